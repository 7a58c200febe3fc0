"""Lines and plans of an import: staged, then written; with what was there before, for undo."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.models.funding_line import FundingEntry
from app.models.import_run import IN_FORCE, ImportRun

ENTRY = FundingEntry.__table__  # type: ignore[attr-defined]
RUN = ImportRun.__table__  # type: ignore[attr-defined]


def insert_entries(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(ENTRY), list(rows))


def clear_entries(connection: Connection, import_id: int) -> None:
    connection.execute(delete(ENTRY).where(ENTRY.c.import_id == import_id))


def list_entries(connection: Connection, import_id: int) -> list[Any]:
    """The entries in the order of the file."""
    return list(connection.execute(select(ENTRY).where(ENTRY.c.import_id == import_id).order_by(ENTRY.c.position)))


def settle_entry(connection: Connection, import_id: int, position: int, **values: Any) -> None:
    connection.execute(
        update(ENTRY).where(ENTRY.c.import_id == import_id, ENTRY.c.position == position).values(**values)
    )


def later_entries(connection: Connection, import_id: int) -> list[int]:
    """Committed imports that changed again what this one changed."""
    mine = (
        select(ENTRY.c.kind, ENTRY.c.target_id)
        .where(ENTRY.c.import_id == import_id, ENTRY.c.change != "unchanged")
        .subquery()
    )
    query = (
        select(ENTRY.c.import_id)
        .join(mine, (mine.c.kind == ENTRY.c.kind) & (mine.c.target_id == ENTRY.c.target_id))
        .join(RUN, RUN.c.id == ENTRY.c.import_id)
        .where(ENTRY.c.import_id > import_id, ENTRY.c.change != "unchanged", RUN.c.state.in_(IN_FORCE))
    )
    return sorted(set(connection.execute(query).scalars()))
