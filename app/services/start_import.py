"""Take in files that somebody sends: keep them, and have them staged in the background."""

from collections.abc import Sequence

from app import database
from app.rules.permissions import Viewer
from app.services.import_upload import Upload, UploadChoices, order_upload
from app.services.queue_import import queue_import
from app.services.work_on_job import WAKE


def start_import(viewer: Viewer, uploads: Sequence[Upload], choices: UploadChoices) -> int:
    """Keep the files and queue their staging; the import's number. Its page shows the progress.

    Raises NotAllowed, InvalidInput, UploadTooLarge, Busy.
    """
    order = order_upload(viewer, uploads, choices)
    with database.write_briefly() as connection:
        import_id, _ = queue_import(connection, order)
    WAKE.set()
    return import_id
