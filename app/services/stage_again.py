"""Have an import read again, after its owner said something about its files."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.errors import ImportConflict
from app.models.worded import worded
from app.queries import imports
from app.queries.staged_rows import clear_staged
from app.rules.answers import Path
from app.rules.permissions import Viewer
from app.services.open_import import open_to_settle
from app.services.queue_import import queue_staging
from app.services.remember_answers import put_answers, remember_answers

OPEN = ("previewed", "refused")  # the states in which an import can still be read again


def open_unsettled(connection: Connection, viewer: Viewer, import_id: int) -> Any:
    """The row of an import of the viewer's that is neither written nor being read, locked.

    Raises NotFound, NotAllowed, ImportConflict.
    """
    open_to_settle(connection, viewer, import_id)
    run = imports.get_run(connection, import_id, lock=True)
    if run.state not in OPEN or not run.files_digest:
        raise ImportConflict(
            worded(
                "Import %(number)s is %(state)s; it can't be read again. Upload its files anew.",
                number=import_id,
                state=run.state,
            )
        )
    return run


def answer_and_stage(connection: Connection, run: Any, given: Mapping[Path, str]) -> None:
    """Remember answers for the import's owner, or for this import where nobody owns it yet; queue its staging.

    Raises InvalidInput.
    """
    if run.owner_id is None:
        answers = put_answers(json.loads(run.answers), given)
        imports.update_run(connection, run.id, answers=json.dumps(answers, ensure_ascii=False))
    else:
        remember_answers(connection, run.owner_id, run.profile, given)
    stage_again(connection, run.id)


def stage_again(connection: Connection, import_id: int) -> None:
    """Drop what was staged and queue the import."""
    clear_staged(connection, import_id)
    imports.update_run(connection, import_id, state="queued", questions="[]", done=0, total=0, finished_at=None)
    queue_staging(connection, import_id)
