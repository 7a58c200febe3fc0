"""Imports as somebody may see and settle them."""

from typing import Any, Literal

from sqlalchemy import Connection

from app import database
from app.errors import NotAllowed, NotFound
from app.models.worded import worded
from app.queries import imports
from app.rules.permissions import ADMIN, Viewer, may_change, may_see_import
from app.services.discard_import import discard_import
from app.services.settle_import import settle_import

Decision = Literal["confirm", "discard", "undo"]


def open_import(connection: Connection, viewer: Viewer, import_id: int) -> Any:
    """The import's row. Raises NotFound, also for one that is not the viewer's business."""
    run = imports.get_run(connection, import_id)
    if not may_see_import(viewer, run.owner_id):
        raise NotFound(worded("There is no import %(number)s.", number=import_id))
    return run


def open_to_settle(connection: Connection, viewer: Viewer, import_id: int) -> Any:
    """The row of an import that the viewer may confirm, change or take back; in a writing transaction nobody else
    does meanwhile. Raises NotFound, NotAllowed."""
    run = open_import(connection, viewer, import_id)
    if not may_change(viewer, run.owner_id):
        raise NotAllowed("Your role lets you read imports but not settle them. Ask an editor of your organisation.")
    return run


def list_own_imports(connection: Connection, viewer: Viewer) -> list[Any]:
    """The imports of the viewer's organisation, newest first; all for admins."""
    if viewer.role == ADMIN:
        return imports.list_runs(connection)
    if viewer.organisation_id is None:
        return []
    return imports.list_runs(connection, viewer.organisation_id)


def decide_import(viewer: Viewer, import_id: int, decision: Decision) -> None:
    """Confirm, discard or undo; a large one goes on in the background. Raises NotFound, NotAllowed, Busy, ImportConflict."""
    with database.read() as connection:
        open_to_settle(connection, viewer, import_id)
    if decision == "discard":
        discard_import(import_id, viewer.user_id)
    else:
        settle_import(import_id, decision, viewer.user_id)
