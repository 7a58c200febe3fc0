"""Give up a previewed import."""

from datetime import UTC, datetime

from app import database
from app.errors import ImportConflict
from app.models.worded import worded
from app.queries import imports
from app.queries.audit import note_action
from app.queries.funding_entries import clear_entries
from app.queries.staged_rows import clear_staged


def discard_import(import_id: int, user_id: int | None = None) -> None:
    """Drop what a preview staged; its entry stays in the history as refused. Raises NotFound, ImportConflict."""
    with database.write() as connection:
        run = imports.get_run(connection, import_id, lock=True)
        if run.state != "previewed":
            raise ImportConflict(
                worded(
                    "Import %(number)s is %(state)s; only a previewed import can be discarded.",
                    number=import_id,
                    state=run.state,
                )
            )
        clear_staged(connection, import_id)
        clear_entries(connection, import_id)
        note_action(connection, user_id, "discard import", f"import {import_id}")
        imports.update_run(connection, import_id, state="refused", issue_counts="{}", finished_at=datetime.now(UTC))
