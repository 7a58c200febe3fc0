"""Stage an import here and now: for commands and programs that wait for what comes of it."""

from app import database
from app.services.import_outcome import ImportResult, read_result
from app.services.queue_import import STAGE, ImportOrder, queue_import
from app.services.stage_import import STAGING
from app.services.work_on_job import work_on_job


def preview_import(order: ImportOrder) -> ImportResult:
    """The result with all issues: previewed or refused. Raises InvalidInput.

    If this process ends before, a worker takes the staging up again.
    """
    with database.write() as connection:
        import_id, job_id = queue_import(connection, order)
    work_on_job({STAGE: STAGING}, job_id, is_inline=True)
    with database.read() as connection:
        return read_result(connection, import_id)
