"""Make the meeting pack that a job asks for, and keep it under its digest like an upload."""

import json
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import Refused
from app.queries.jobs import fail_job, hold_job
from app.queries.users import get_viewer
from app.services.build_pack import PackContent, build_pack
from app.services.keep_file import keep_file
from app.services.start_pack import read_order
from app.services.work_on_job import HeldJob, Work
from app.services.write_pack import STEPS, write_pack


def run_pack(job: HeldJob) -> None:
    """Settle the job: with the digest of the archive, or with a refusal."""
    _tell(job, 0)
    try:
        content = _read(job)
    except Refused as refusal:
        with database.write() as connection:
            fail_job(connection, job.id, job.worker, str(refusal))
        return
    with TemporaryFile() as out:
        write_pack(content, out, lambda done: _tell(job, done))
        out.seek(0)
        kept = keep_file(out, "pack.zip")
    told = {**job.arguments, "sha256": kept.sha256, "size": kept.size}
    with database.write() as connection:
        hold_job(connection, job.id, job.worker, arguments=json.dumps(told))
        job.finish(connection)


def _read(job: HeldJob) -> PackContent:
    """All figures at one moment: no import comes between the pages of a pack."""
    with database.read() as connection:
        viewer = get_viewer(connection, job.arguments["user_id"])
        return build_pack(connection, viewer, read_order(job.arguments), datetime.now(UTC))


def _tell(job: HeldJob, done: int) -> None:
    with database.write() as connection:
        job.tell(connection, done, STEPS)


def _give_up(_: Connection, __: dict[str, Any]) -> None:
    """Nothing was begun that has to be cleared."""


PACKING = Work(run_pack, _give_up)
