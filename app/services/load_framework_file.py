"""Load a framework from a file: YAML, workbook, SKOS in Turtle or JSON-LD."""

from pathlib import Path

from app import database
from app.errors import InvalidInput, NotAllowed
from app.frameworks import FrameworkError, load_framework
from app.queries.audit import note_action
from app.queries.bulk import wait_for_turn
from app.rules.permissions import OPERATOR, Viewer, may_edit_frameworks
from app.services.load_frameworks import LoadedFramework
from app.services.load_frameworks import load_framework as store_framework


def load_framework_file(source: Path | bytes, name: str = "", viewer: Viewer = OPERATOR) -> LoadedFramework:
    """Add the framework of a file, or bring it to this version. Raises InvalidInput with every problem, NotAllowed."""
    if not may_edit_frameworks(viewer):
        raise NotAllowed("Only admins load frameworks.")
    try:
        framework = load_framework(source, name)
    except (FrameworkError, OSError) as error:
        raise InvalidInput(str(error)) from error
    with database.write() as connection:
        wait_for_turn(connection)
        loaded = store_framework(connection, framework, "file", viewer.user_id)
        note_action(connection, viewer.user_id, "framework loaded", framework.key, f"version {framework.version}")
    return loaded
