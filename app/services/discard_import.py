"""Give up a previewed import."""

from datetime import UTC, datetime

from app import database
from app.errors import ImportConflict
from app.queries import imports
from app.queries.audit import note_action
from app.queries.bulk import wait_for_turn


def discard_import(import_id: int, user_id: int | None = None) -> None:
    """Drop what a preview staged; its entry stays in the history as refused. Raises NotFound, ImportConflict."""
    with database.write() as connection:
        wait_for_turn(connection)
        run = imports.get_run(connection, import_id)
        if run.state != "previewed":
            raise ImportConflict(f"Import {import_id} is {run.state}; only a previewed import can be discarded.")
        removed = [version.id for version in imports.list_versions(connection, import_id, "removed")]
        imports.drop_versions(connection, [*imports.staged_numbers(connection, import_id), *removed])
        note_action(connection, user_id, "discard import", str(import_id))
        imports.update_run(connection, import_id, state="refused", issue_counts="{}", finished_at=datetime.now(UTC))
