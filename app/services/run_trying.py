"""Try changed words on all stored projects that they may touch."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import Refused
from app.queries.jobs import fail_job, hold_job
from app.queries.users import get_viewer
from app.services.edit_lexicon import LexiconPreview, WordList, try_words
from app.services.work_on_job import HeldJob, Work
from app.settings import settings


def _run(job: HeldJob) -> None:
    changed = WordList(**job.arguments["changed"])
    try:
        with database.read(settings().database_url) as connection:
            viewer = get_viewer(connection, job.arguments["user_id"])
            for found in try_words(connection, viewer, changed):
                _tell(job, found)
    except Refused as refusal:
        with database.write() as connection:
            fail_job(connection, job.id, job.worker, str(refusal))
        return
    with database.write() as connection:
        said = json.dumps({**job.arguments, "found": asdict(found)}, ensure_ascii=False)
        hold_job(connection, job.id, job.worker, arguments=said)
        job.finish(connection)


def _tell(job: HeldJob, found: LexiconPreview) -> None:
    with database.write() as connection:
        job.tell(connection, found.tried, found.found)


def _give_up(_connection: Connection, _arguments: dict[str, Any]) -> None:
    """Nothing was to be written."""


TRYING = Work(_run, _give_up)
