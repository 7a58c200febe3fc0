"""Suggestions made in the background: after the words behind them were changed, what is confirmed was learned from, or
projects were written."""

from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import Refused
from app.queries.imports import list_changed
from app.queries.jobs import fail_job
from app.services.learn_areas import learn_areas
from app.services.suggest_areas import SUGGEST, suggest_areas
from app.services.work_on_job import HeldJob, Work, work_on_all


def _run(job: HeldJob) -> None:
    if job.postpone():
        return
    asked = job.arguments
    ids = None
    if "undone" in asked:
        with database.read() as connection:
            ids = list_changed(connection, asked["undone"])
    suggest_areas(asked["framework"], asked.get("import_id"), ids)
    with database.write() as connection:
        job.finish(connection)


def _learn(job: HeldJob) -> None:
    try:
        learn_areas(job.arguments["framework"])
    except Refused as refusal:
        with database.write() as connection:
            fail_job(connection, job.id, job.worker, str(refusal))
        return
    _run(job)


def _give_up(_connection: Connection, _arguments: dict[str, Any]) -> None:
    """Nothing is half done: the suggestions are still those of before."""


def finish_suggesting() -> None:
    """Make the suggestions that wait, for somebody who wants to see them and may have no other process that does."""
    work_on_all({SUGGEST: SUGGESTING})


SUGGESTING = Work(_run, _give_up)
LEARNING = Work(_learn, _give_up)
