"""Choose another mode for a preview."""

import json

from app import database
from app.errors import ImportConflict
from app.models.worded import worded
from app.queries import imports
from app.rules.permissions import Viewer
from app.services.import_funding import KINDS
from app.services.import_outcome import Mode
from app.services.queue_import import check_mode
from app.services.stage_again import open_unsettled, stage_again
from app.services.work_on_job import WAKE


def change_mode(viewer: Viewer, import_id: int, mode: Mode, *, keep_good: bool | None = None) -> None:
    """Show the preview in another mode, at once; with another `keep_good`, or with funding lines or a plan, the file is
    staged again.

    Raises NotFound, NotAllowed, InvalidInput, ImportConflict.
    """
    with database.write() as connection:
        run = open_unsettled(connection, viewer, import_id)
        keeps = run.keep_good if keep_good is None else keep_good
        check_mode(mode, keep_good=keeps)
        if keeps != run.keep_good or run.format in KINDS:
            imports.update_run(connection, import_id, mode=mode, keep_good=keeps)
            stage_again(connection, import_id)
            WAKE.set()
        elif run.state == "previewed":
            imports.update_run(connection, import_id, mode=mode, **json.loads(run.mode_effects)[mode])
        else:
            raise ImportConflict(
                worded(
                    "Import %(number)s is %(state)s; another mode does not change that.",
                    number=import_id,
                    state=run.state,
                )
            )
