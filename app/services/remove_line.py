"""Take a funding line out of every list; it stays in the database for what refers to it."""

from datetime import UTC, datetime

from app import database
from app.errors import NotAllowed
from app.queries import funding_lines
from app.queries.audit import note_action
from app.rules.permissions import Viewer, may_change


def remove_line(viewer: Viewer, line_id: int) -> None:
    """Raises NotFound, NotAllowed."""
    now = datetime.now(UTC)
    with database.write() as connection:
        line = funding_lines.get_line(connection, viewer, line_id)
        if not may_change(viewer, line.owner_id):
            raise NotAllowed("Only editors of the donor may remove its funding lines.")
        funding_lines.set_line_state(connection, line_id, "removed", now)
        funding_lines.insert_changes(connection, line_id, [("closed", line.closes, "removed")], now)
        note_action(connection, viewer.user_id, "remove funding line", str(line_id))
