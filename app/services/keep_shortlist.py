"""An organisation's shortlist of funding lines, with notes for colleagues."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotAllowed
from app.models.worded import worded
from app.queries import funding_lines, plans, shortlists
from app.rules.permissions import Viewer
from app.services.search_lines import LineShown, line_shown

LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """One entry; `line` is None where the line was withdrawn or is no longer shared."""

    row: Any
    line: LineShown | None
    notes: list[Any]


def _organisation(viewer: Viewer) -> int:
    if viewer.organisation_id is None or viewer.user_id is None:
        raise NotAllowed("A shortlist is an organisation's: you are of none.")
    return viewer.organisation_id


def add_to_shortlist(viewer: Viewer, line_id: int, note: str = "", action_id: int | None = None) -> int:
    """Put a line on the list, or add a note to it if it is there already. Raises NotFound, NotAllowed, InvalidInput."""
    organisation, now, text = _organisation(viewer), datetime.now(UTC), _checked(note)
    with database.write() as connection:
        funding_lines.get_line(connection, viewer, line_id)
        if action_id is not None:
            plans.plan_of_action(connection, viewer, action_id)
        there = shortlists.find_entry(connection, organisation, line_id)
        number = there.id if there else shortlists.insert_entry(
            connection, organisation_id=organisation, line_id=line_id, action_id=action_id, user_id=viewer.user_id, at=now
        )  # fmt: skip
        if text:
            shortlists.insert_note(connection, number, viewer.user_id, text, now)
    return int(number)


def add_note(viewer: Viewer, entry_id: int, note: str) -> None:
    """Raises NotFound, NotAllowed, InvalidInput."""
    organisation, text = _organisation(viewer), _checked(note)
    if not text:
        raise InvalidInput("Write the note first.")
    with database.write() as connection:
        shortlists.get_entry(connection, organisation, entry_id)
        shortlists.insert_note(connection, entry_id, viewer.user_id, text, datetime.now(UTC))


def take_off_shortlist(viewer: Viewer, entry_id: int) -> None:
    """With its notes. Raises NotFound, NotAllowed."""
    with database.write() as connection:
        shortlists.get_entry(connection, _organisation(viewer), entry_id)
        shortlists.delete_entry(connection, entry_id)


def list_shortlist(connection: Connection, viewer: Viewer, now: datetime) -> list[Shortlisted]:
    """The list of the viewer's organisation: what closes first in front, what is gone at the end."""
    if viewer.organisation_id is None:
        return []
    rows = shortlists.list_entries(connection, viewer.organisation_id)
    lines = funding_lines.read_lines(connection, viewer, [row.line_id for row in rows])
    notes = shortlists.read_notes(connection, [row.id for row in rows])
    found = [
        Shortlisted(row, line_shown(lines[row.line_id], viewer, now) if row.line_id in lines else None, notes[row.id])
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.line is None, _order(one)))


def _order(one: Shortlisted) -> str:
    closes = one.line.closes_at if one.line else None
    return closes.isoformat() if closes else "9"


def find_shortlisted(connection: Connection, viewer: Viewer, line_id: int, now: datetime) -> Shortlisted | None:
    """The entry of one line, if it is on the list."""
    return next((one for one in list_shortlist(connection, viewer, now) if one.row.line_id == line_id), None)


def _checked(note: str) -> str:
    if len(note) > LONGEST_NOTE or "\x00" in note:
        raise InvalidInput(worded("A note has at most %(longest_note)s characters.", longest_note=LONGEST_NOTE))
    return note.strip()


__all__ = [
    "Shortlisted", "add_note", "add_to_shortlist", "find_shortlisted", "list_shortlist", "take_off_shortlist",
]  # fmt: skip
