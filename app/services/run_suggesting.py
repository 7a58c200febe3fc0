"""Suggestions made anew in the background, after the words behind them were changed."""

from typing import Any

from sqlalchemy import Connection

from app import database
from app.services.suggest_areas import suggest_areas
from app.services.work_on_job import HeldJob, Work


def _run(job: HeldJob) -> None:
    suggest_areas(job.arguments["framework"])
    with database.write() as connection:
        job.finish(connection)


def _give_up(_connection: Connection, _arguments: dict[str, Any]) -> None:
    """Nothing is half done: the suggestions are still those of the words before."""


SUGGESTING = Work(_run, _give_up)
