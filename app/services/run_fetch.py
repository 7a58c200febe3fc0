"""Fetch what a job names, and queue the staging of what arrived."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import Refused
from app.queries.fetched_addresses import remember_fetched
from app.queries.jobs import fail_job, hold_job
from app.services.download_file import Downloaded
from app.services.fetch_files import Fetched, FetchRequest, fetch_files
from app.services.import_upload import UPLOAD_LIMIT
from app.services.keep_file import KeptFile, keep_file
from app.services.queue_import import ImportOrder, queue_import
from app.services.work_on_job import WAKE, HeldJob, Work
from app.settings import settings


def run_fetch(job: HeldJob) -> None:
    """Settle the job: with the number of the import, of the import that has it all already, or with a refusal."""
    said = {name: job.arguments[name] for name in FetchRequest.__dataclass_fields__}
    asked = FetchRequest(**said)
    folder = settings().data_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as place:
        try:
            fetched = fetch_files(asked, Path(place), lambda done, total: _note(job, done, total))
        except Refused as refusal:
            with database.write() as connection:
                fail_job(connection, job.id, job.worker, str(refusal))
            return
        kept = tuple(_keep(file) for file in fetched.files)
    with database.write() as connection:
        _settle(connection, job, asked, fetched, kept)
    WAKE.set()


def _note(job: HeldJob, done: int, total: int) -> None:
    with database.write() as connection:
        job.tell(connection, done, total)


def _keep(file: Downloaded) -> KeptFile:
    with file.path.open("rb") as stream:
        return keep_file(stream, file.name, UPLOAD_LIMIT)


def _settle(
    connection: Connection, job: HeldJob, asked: FetchRequest, fetched: Fetched, kept: tuple[KeptFile, ...]
) -> None:
    import_id = fetched.same_as
    if kept:
        order = ImportOrder(
            kept, asked.owner or None, mode=asked.mode, keep_good=asked.keep_good, user_id=job.arguments["user_id"]
        )
        import_id, _ = queue_import(connection, order)
        answers = [(file.address, file.validators.etag, file.validators.last_modified) for file in fetched.files]
        remember_fetched(connection, asked.owner, import_id, answers)
    told = {**job.arguments, "is_same": not kept, "refusals": fetched.refusals}
    hold_job(connection, job.id, job.worker, import_id=import_id, arguments=json.dumps(told))
    job.finish(connection)


def _give_up(_: Connection, __: dict[str, Any]) -> None:
    """Nothing was begun that has to be cleared."""


FETCHING = Work(run_fetch, _give_up)
