"""The lines that organisations keep an eye on, and what colleagues write to each other about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.errors import NotFound
from app.models.funding_line import ShortlistEntry, ShortlistNote
from app.models.user import User
from app.queries.bulk import one_of
from app.queries.plans import ACTION

ENTRY = ShortlistEntry.__table__  # type: ignore[attr-defined]
NOTE = ShortlistNote.__table__  # type: ignore[attr-defined]
USER = User.__table__  # type: ignore[attr-defined]


def list_entries(connection: Connection, organisation_id: int) -> list[Any]:
    """Entries with the code of their action and its plan, newest first."""
    query = select(ENTRY, ACTION.c.code, ACTION.c.title.label("action_title"), ACTION.c.plan_id)
    query = query.select_from(ENTRY.outerjoin(ACTION, ACTION.c.id == ENTRY.c.action_id))
    return list(connection.execute(query.where(ENTRY.c.organisation_id == organisation_id).order_by(ENTRY.c.id.desc())))


def find_entry(connection: Connection, organisation_id: int, line_id: int) -> Any:
    """The entry of a line, or None."""
    chosen = (ENTRY.c.organisation_id == organisation_id) & (ENTRY.c.line_id == line_id)
    return connection.execute(select(ENTRY).where(chosen)).one_or_none()


def get_entry(connection: Connection, organisation_id: int | None, entry_id: int) -> Any:
    """Raises NotFound: a shortlist is its organisation's own."""
    chosen = (ENTRY.c.organisation_id == organisation_id) & (ENTRY.c.id == entry_id)
    row = connection.execute(select(ENTRY).where(chosen)).one_or_none()
    if row is None:
        raise NotFound("There is no such entry on your organisation's shortlist.")
    return row


def read_notes(connection: Connection, entry_ids: Sequence[int]) -> dict[int, list[Any]]:
    """entry -> notes with their writers' names, oldest first."""
    query = select(NOTE, USER.c.name, USER.c.email).select_from(NOTE.outerjoin(USER, USER.c.id == NOTE.c.user_id))
    found: dict[int, list[Any]] = {number: [] for number in entry_ids}
    for row in connection.execute(query.where(one_of(NOTE.c.entry_id, entry_ids)).order_by(NOTE.c.id)):
        found[row.entry_id].append(row)
    return found


def insert_entry(connection: Connection, **values: Any) -> int:
    return int(connection.execute(insert(ENTRY).values(**values).returning(ENTRY.c.id)).scalar_one())


def insert_note(connection: Connection, entry_id: int, user_id: int | None, text: str, at: datetime) -> None:
    connection.execute(insert(NOTE).values(entry_id=entry_id, user_id=user_id, description=text, at=at))


def delete_entry(connection: Connection, entry_id: int) -> None:
    connection.execute(delete(NOTE).where(NOTE.c.entry_id == entry_id))
    connection.execute(delete(ENTRY).where(ENTRY.c.id == entry_id))
