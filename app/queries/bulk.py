"""Set-based writes for both databases: executemany on SQLite, COPY on PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, text
from sqlmodel import SQLModel

from app.models.tables import TABLES

Rows = Sequence[tuple[Any, ...]]
IDS_PER_STATEMENT = 5000


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def columns_of(model: type[SQLModel]) -> list[str]:
    """The column names of `model`'s table, in the order of its declaration."""
    return [column.name for column in model.__table__.columns]  # type: ignore[attr-defined]


def insert_rows(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> None:
    """Insert tuples in the order of `columns`; dates as ISO text or date objects."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if is_sqlite(connection):
        marks = ", ".join("?" * len(columns))
        _cursor(connection).executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
    else:
        with _cursor(connection) as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def _cursor(connection: Connection) -> Any:
    return connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]


def insert_models(connection: Connection, model: type[SQLModel], rows: Rows) -> None:
    """Insert tuples that hold every column of `model`, in the order of its declaration."""
    insert_rows(connection, str(model.__tablename__), columns_of(model), rows)


def delete_by_activity(connection: Connection, tables: Iterable[str], ids: Sequence[int]) -> None:
    """Delete the rows of these activities from each of `tables`."""
    for start in range(0, len(ids), IDS_PER_STATEMENT):
        some = list(ids[start : start + IDS_PER_STATEMENT])
        for name in tables:
            table = TABLES[name]
            chosen = bindparam("ids", some, expanding=True)
            connection.execute(delete(table).where(table.c.activity_id.in_(chosen)))


def take_ids(connection: Connection, name: str, count: int) -> int:
    """Reserve `count` ids of the table `name`; the first of them. Serialises bulk writers."""
    statement = text(
        "INSERT INTO counter (name, value) VALUES (:name, :count) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value"
    )
    last: int = connection.execute(statement, {"name": name, "count": count}).scalar_one()
    return last - count + 1


def bump_data_version(connection: Connection) -> None:
    """Say that reports made before may be out of date."""
    take_ids(connection, "data-version", 1)


def data_version(connection: Connection) -> int:
    """Grows with every write that can change a report."""
    found = connection.execute(text("SELECT value FROM counter WHERE name = 'data-version'")).scalar()
    return int(found or 0)
