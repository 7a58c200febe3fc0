"""Freeze the report that a job asks for."""

import json
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import Refused
from app.queries.jobs import fail_job, hold_job
from app.queries.users import get_viewer
from app.services.freeze_snapshot import read_snapshot, write_snapshot
from app.services.start_pack import read_filter
from app.services.work_on_job import HeldJob, Work
from app.settings import settings

STEPS = 2


def run_freezing(job: HeldJob) -> None:
    """Settle the job: with the number of the snapshot, or with a refusal."""
    _tell(job, 0)
    said = job.arguments
    try:
        with database.read(settings().database_url) as connection:
            viewer = get_viewer(connection, said["user_id"])
            values = read_snapshot(connection, read_filter(said["asked"]))
    except Refused as refusal:
        with database.write() as connection:
            fail_job(connection, job.id, job.worker, str(refusal))
        return
    _tell(job, 1)
    with database.write() as connection:
        number = write_snapshot(connection, viewer, said["title"], said["note"], values)
        hold_job(connection, job.id, job.worker, done=STEPS, arguments=json.dumps({**said, "snapshot": number}))
        job.finish(connection)


def _tell(job: HeldJob, done: int) -> None:
    with database.write() as connection:
        job.tell(connection, done, STEPS)


def _give_up(_: Connection, __: dict[str, Any]) -> None:
    """Nothing was begun that has to be cleared."""


FREEZING = Work(run_freezing, _give_up)
