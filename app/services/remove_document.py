"""Take a funding line, a plan or a good practice out of every list, and bring it back; it stays in the database for what
refers to it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotAllowed, NotFound
from app.models.worded import worded
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.rules.permissions import Viewer, may_change
from app.services.document_kinds import Kind

CURRENT, REMOVED = "current", "removed"


def remove_document(viewer: Viewer, kind: Kind, number: int) -> None:
    """Raises NotFound, NotAllowed."""
    with database.write() as connection:
        if not may_change(viewer, kind.get(connection, viewer, number).owner_id):
            raise NotAllowed("Only editors of the organisation whose entry this is may remove it.")
        archive(connection, kind, number, datetime.now(UTC))
        note_action(connection, viewer.user_id, f"remove {kind.said}", f"{kind.said} {number}")


def archive(connection: Connection, kind: Kind, number: int, at: datetime) -> None:
    """Out of every list, in the caller's transaction."""
    kind.set_state(connection, number, REMOVED, at)
    bump_data_version(connection)


def restore_document(viewer: Viewer, kind: Kind, number: int) -> None:
    """Bring back what was removed, as it was. Raises NotFound, NotAllowed, InvalidInput."""
    with database.write() as connection:
        row = kind.lock(connection, number)
        if row.state != REMOVED or (viewer.organisation_id != row.owner_id and not may_change(viewer, row.owner_id)):
            raise NotFound("There is no entry of yours that was removed under this number.")
        if not may_change(viewer, row.owner_id):
            raise NotAllowed("Only editors of the organisation whose entry this is may bring it back.")
        if kind.find(connection, row.owner_id, row.reference) is not None:
            raise InvalidInput(
                worded("Another entry is called “%(name)s” now: change that one first.", name=row.reference)
            )
        bring_back(connection, kind, number, datetime.now(UTC))
        note_action(connection, viewer.user_id, f"bring back {kind.said}", f"{kind.said} {number}")


def bring_back(connection: Connection, kind: Kind, number: int, at: datetime) -> None:
    """Into every list again, in the caller's transaction."""
    kind.set_state(connection, number, CURRENT, at)
    bump_data_version(connection)


def list_removed(connection: Connection, viewer: Viewer, kind: Kind) -> list[Any]:
    """What the viewer may bring back, newest first."""
    if viewer.organisation_id is None or not may_change(viewer, viewer.organisation_id):
        return []
    rows = [kind.lock(connection, number) for number in kind.list_ids(connection, viewer.organisation_id, REMOVED)]
    return sorted(rows, key=lambda row: row.updated_at, reverse=True)
