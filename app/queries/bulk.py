"""Set-based writes for both databases: executemany on SQLite, COPY on PostgreSQL."""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import chain
from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    String,
    Table,
    TypeDecorator,
    bindparam,
    delete,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine
from sqlmodel import AutoString, SQLModel

from app.models.tables import TABLES

Rows = Sequence[tuple[Any, ...]]
_IDS_PER_STATEMENT = 5000
_ROWS_PER_STATEMENT = 200
ALONE = "is_alone"  # the option of a connection beside which nobody writes: even its tables are seen by nobody else
# Any numbers: the locks of PostgreSQL that writers take. Long ones, one at a time; short ones, one at a time; and
# whoever brings figures up to date that several projects share.
_LONG, _SHORT, _FIGURES = 7_355_374, 7_355_375, 7_355_376
_PATIENCE = "20s"  # of a short writer with figures that are being brought up to date
_MOMENT = (
    "700ms"  # of a short writer with a row; less than PostgreSQL's deadlock_timeout, so that it is the one that yields
)


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def wait_for_turn(connection: Connection) -> None:
    """Keep all other writers of projects out until this transaction ends.

    SQLite has one writer at a time; on PostgreSQL two of them would wait for each other's rows for ever.
    """
    wait_for_long_turn(connection)
    _lock(connection, _SHORT)


def wait_for_long_turn(connection: Connection) -> None:
    """Keep other long writers out (imports, undo, suggestions); on PostgreSQL edits by hand go on beside it.

    Who takes this locks the projects that it changes before it reads them: an edit that needs one of them yields.
    """
    _lock(connection, _LONG)


def take_short_turn(connection: Connection) -> None:
    """Write beside a long writer: from here on this transaction fails rather than wait for its rows.

    To be taken first, in a transaction of `write_briefly`, which says so to whoever edits.
    """
    if is_sqlite(connection):
        return
    connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
    _lock(connection, _SHORT)
    wait_for_figures(connection)
    connection.execute(text(f"SET LOCAL lock_timeout = '{_MOMENT}'"))


def wait_for_figures(connection: Connection) -> None:
    """Keep out whoever else nets or sums money of several projects, until this transaction ends: taken late."""
    _lock(connection, _FIGURES)


def has_long_turn(connection: Connection) -> bool:
    """Take the turn of a long writer if it is free."""
    if is_sqlite(connection):
        return True
    return bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LONG}).scalar())


def _lock(connection: Connection, key: int) -> None:
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def columns_of(model: type[SQLModel]) -> list[str]:
    """The column names of `model`'s table, in the order of its declaration."""
    return [column.name for column in model.__table__.columns]  # type: ignore[attr-defined]


def insert_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Rows, *, at_once: int = _ROWS_PER_STATEMENT
) -> None:
    """Insert tuples in the order of `columns`; dates as ISO text or date objects. `at_once`: rows a statement on SQLite."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if is_sqlite(connection):
        _insert_many(_cursor(connection), f'INSERT INTO "{table}" ({names}) VALUES', len(columns), rows, at_once)
    else:
        with _cursor(connection) as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def _insert_many(cursor: Any, head: str, width: int, rows: Rows, at_once: int) -> None:
    """Several rows a statement: for SQLite a statement costs as much as the row in it."""
    at_once = max(1, min(at_once, cursor.connection.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER) // width))
    row = f"({', '.join('?' * width)})"
    done = 0
    for size in (at_once, max(1, at_once // 10), 1):
        starts = range(done, len(rows) - size + 1, size)
        if starts:
            flat = (list(chain.from_iterable(rows[start : start + size])) for start in starts)
            cursor.executemany(f"{head} {', '.join([row] * size)}", flat)
            done += len(starts) * size


def _cursor(connection: Connection) -> Any:
    return connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]


def insert_or(connection: Connection, table: Table) -> Any:
    """An INSERT of the connection's dialect: one that can say what is done where a row is there already."""
    # Loaded when it is needed: that of the other database costs each command a twentieth of its start.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    return dialect.insert(table)


def insert_models(connection: Connection, model: type[SQLModel], rows: Rows) -> None:
    """Insert tuples that hold every column of `model`, in the order of its declaration."""
    insert_rows(connection, str(model.__tablename__), columns_of(model), rows)


class _Listed(TypeDecorator[Any]):
    """Ids or texts as one value: an array, or JSON for SQLite."""

    impl = String
    cache_ok = True

    def __init__(self, *, is_text: bool) -> None:
        super().__init__()
        self.is_text = is_text

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        array = ARRAY(String) if self.is_text else ARRAY(BigInteger)
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else array)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


class _OneOf(FunctionElement[Any]):
    type = NullType()  # as a Boolean it would be compared with 1 on SQLite, past every index
    inherit_cache = True


def one_of(column: ColumnElement[Any], values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """Whether a column is one of these ids or texts: however many, they are one parameter. An `in_` writes each of them
    into the statement, which for thousands costs more than the query."""
    is_text = isinstance(column.type, String | AutoString)
    return _OneOf(column, bindparam(None, list(values), type_=_Listed(is_text=is_text)))


@compiles(_OneOf, "sqlite")
def _is_listed(element: _OneOf, compiler: Any, **keywords: Any) -> str:
    column, ids = (compiler.process(one, **keywords) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(_OneOf)
def _is_in_array(element: _OneOf, compiler: Any, **keywords: Any) -> str:
    column, ids = (compiler.process(one, **keywords) for one in element.clauses)
    return f"{column} = ANY({ids})"


def in_chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    """`ids` in lists that are short enough for one statement."""
    for start in range(0, len(ids), _IDS_PER_STATEMENT):
        yield list(ids[start : start + _IDS_PER_STATEMENT])


def delete_by_activity(connection: Connection, tables: Iterable[str], ids: Sequence[int]) -> None:
    """Delete the rows of these activities from each of `tables`."""
    for some in in_chunks(ids):
        for name in tables:
            table = TABLES[name]
            connection.execute(delete(table).where(one_of(table.c.activity_id, some)))


def fetch_plain(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """All rows as the driver gives them: for numbers and text by the thousand, where a Row each costs more than the query."""
    result = connection.execute(query)
    rows: list[tuple[Any, ...]] = list(result.cursor.fetchall()) if result.cursor is not None else []
    result.close()
    return rows


def take_ids(connection: Connection, name: str, count: int) -> int:
    """Reserve `count` ids of the table `name`; the first of them.

    On PostgreSQL in a transaction of its own: else whoever needs an id would wait for the end of an import that took
    one before. Ids of what is rolled back are left out there.
    """
    if is_sqlite(connection) or connection.get_execution_options().get(ALONE):
        return _count_up(connection, name, count) - count + 1
    with connection.engine.begin() as own:
        # Nothing is lost with it: what uses the ids is made last by a later commit, and that makes this one last.
        own.execute(text("SET LOCAL synchronous_commit = off"))
        return _count_up(own, name, count) - count + 1


def _count_up(connection: Connection, name: str, count: int) -> int:
    statement = text(
        "INSERT INTO counter (name, value) VALUES (:name, :count) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value"
    )
    return int(connection.execute(statement, {"name": name, "count": count}).scalar_one())


def bump_data_version(connection: Connection) -> None:
    """Say that reports made before may be out of date.

    By a random step, so that a database restored from a backup does not come by the same number with other data. To be
    said last: on PostgreSQL others who say it wait for the end of this transaction.
    """
    _count_up(connection, "data-version", 1 + secrets.randbelow(1000))


def data_version(connection: Connection) -> int:
    """Grows with every write that can change a report."""
    found = connection.execute(text("SELECT value FROM counter WHERE name = 'data-version'")).scalar()
    return int(found or 0)
