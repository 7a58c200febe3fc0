"""Snapshots as they are stored."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.models.snapshot import Snapshot
from app.models.worded import worded

SNAPSHOT = Snapshot.__table__  # type: ignore[attr-defined]
_LISTED = [column for column in SNAPSHOT.c if column.name not in ("document", "money")]


def insert_snapshot(connection: Connection, **values: Any) -> int:
    """The number of the new snapshot."""
    return int(connection.execute(SNAPSHOT.insert().values(**values).returning(SNAPSHOT.c.id)).scalar_one())


def list_snapshots(connection: Connection, *, after: int | None = None, limit: int | None = None) -> Sequence[Any]:
    """Every snapshot without its content, newest first, or those with a number above `after` in their order."""
    query = select(*_LISTED).order_by(SNAPSHOT.c.id.desc() if after is None else SNAPSHOT.c.id)
    if after is not None:
        query = query.where(SNAPSHOT.c.id > after)
    return connection.execute(query.limit(limit)).all()


def get_snapshot(connection: Connection, number: int) -> Any:
    """The whole row. Raises NotFound."""
    row = connection.execute(select(SNAPSHOT).where(SNAPSHOT.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(worded("There is no snapshot %(number)s.", number=number))
    return row
