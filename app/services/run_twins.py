"""The search for likely pairs as background work: whenever projects are new or changed."""

from typing import Any

from app import database
from app.queries.bulk import data_version
from app.queries.jobs import add_job
from app.queries.twin_pairs import list_unseen
from app.services.find_stored_twins import find_stored_twins
from app.services.work_on_job import HeldJob, Work
from app.settings import settings

TWINS = "twins"
_last: dict[str, Any] = {}


def queue_twins() -> bool:
    """Queue a search if an import, an undo or an edit left something to look at. Every process may ask."""
    with database.read(settings().database_url) as connection:
        stamp = (settings().database_url, data_version(connection))
        if stamp == _last.get("stamp") or not list_unseen(connection, 1):
            _last["stamp"] = stamp
            return False
    with database.write() as connection:
        add_job(connection, TWINS, {}, dedupe_key=TWINS)
    return True


def _run(job: HeldJob) -> None:
    find_stored_twins(job.finish)


FINDING_TWINS = Work(_run, lambda _connection, _arguments: None)
