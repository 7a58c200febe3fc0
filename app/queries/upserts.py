"""Reading and changing many rows by their keys: one by one on SQLite, as arrays on PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from app.models.tables import TABLES
from app.queries.bulk import Rows, is_sqlite


def read_by_key(connection: Connection, table: str, keys: Rows) -> list[tuple[Any, ...]]:
    """The rows of these primary keys, as many as there are."""
    if not keys:
        return []
    key = TABLES[table].primary_key.columns.keys()
    if is_sqlite(connection):
        cursor = _cursor(connection)
        same = " AND ".join(f"{name} = ?" for name in key)
        found = (cursor.execute(f"SELECT * FROM {table} WHERE {same}", one).fetchone() for one in keys)
        return [row for row in found if row is not None]
    same = " AND ".join(f"kept.{name} = wanted.{name}" for name in key)
    source, values = _arrays(connection, table, key, keys)
    query = f"SELECT kept.* FROM {source} wanted JOIN {table} kept ON {same}"
    return [tuple(row) for row in connection.execute(text(query), values)]


def upsert_rows(connection: Connection, table: str, rows: Rows, changes: Mapping[str, str]) -> None:
    """Insert tuples that hold every column; where one of the key is there, set the columns as `changes` says."""
    if not rows:
        return
    columns, key = TABLES[table].columns.keys(), TABLES[table].primary_key.columns.keys()
    names = ", ".join(columns)
    update = ", ".join(f"{name} = {value}" for name, value in changes.items())
    conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {update}"
    if is_sqlite(connection):
        marks = ", ".join("?" * len(columns))
        _cursor(connection).executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {conflict}", rows)
        return
    source, values = _arrays(connection, table, columns, rows)
    connection.execute(text(f"INSERT INTO {table} ({names}) SELECT {names} FROM {source} given {conflict}"), values)


def delete_by_key(connection: Connection, table: str, keys: Rows, condition: str = "") -> None:
    """Delete the rows of these primary keys (of those, the ones that fulfil `condition`)."""
    if not keys:
        return
    key = TABLES[table].primary_key.columns.keys()
    also = f" AND {condition}" if condition else ""
    if is_sqlite(connection):
        same = " AND ".join(f"{name} = ?" for name in key)
        _cursor(connection).executemany(f"DELETE FROM {table} WHERE {same}{also}", keys)
        return
    source, values = _arrays(connection, table, key, keys)
    same = " AND ".join(f"kept.{name} = gone.{name}" for name in key)
    connection.execute(text(f"DELETE FROM {table} kept USING {source} gone WHERE {same}{also}"), values)


def _arrays(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> tuple[str, dict[str, Any]]:
    """Rows as a table of arrays, one for each column."""
    types = [TABLES[table].c[name].type.compile(dialect=connection.dialect) for name in columns]
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in zip(columns, types, strict=True))
    given = zip(columns, map(list, zip(*rows, strict=True)), strict=True)
    return f"(SELECT * FROM unnest({arrays}) AS listed ({', '.join(columns)}))", dict(given)


def _cursor(connection: Connection) -> Any:
    return connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
