"""What became of fetching, for who asked for it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotFound
from app.rules.permissions import Viewer
from app.services.own_jobs import OwnJob, find_own_job, list_own_jobs
from app.services.start_fetch import FETCH

SHOWN = 10


@dataclass(frozen=True, slots=True)
class ShownFetch(OwnJob):
    """What was asked for, and the outcome. `is_same`: the import had all of it before; `left_out`: why files are
    missing."""

    asked: str
    is_same: bool
    left_out: list[str]


def show_fetch(connection: Connection, viewer: Viewer, job_id: int) -> ShownFetch:
    """Raises NotFound, also for somebody else's."""
    found = find_own_job(connection, viewer, FETCH, job_id)
    if found is None:
        raise NotFound("There is nothing that was fetched under this number.")
    return _shown(*found)


def list_fetches(connection: Connection, viewer: Viewer) -> list[ShownFetch]:
    """The viewer's last ones."""
    return [_shown(row, said) for row, said in list_own_jobs(connection, viewer, FETCH, SHOWN)]


def _shown(row: Any, said: dict[str, Any]) -> ShownFetch:
    return ShownFetch(row, said["address"] or said["publisher"], said.get("is_same", False), said.get("refusals", []))
