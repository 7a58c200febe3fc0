"""What became of fetching, for who asked for it."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotFound
from app.queries.jobs import get_job, list_jobs
from app.rules.permissions import ADMIN, Viewer
from app.services.start_fetch import FETCH

LOOKED_AT, SHOWN = 200, 10


@dataclass(frozen=True, slots=True)
class ShownFetch:
    """One fetching: its job's row, what was asked for, and the outcome. `refusal`: why there is none;
    `is_same`: the import had all of it before; `left_out`: why files are missing."""

    row: Any
    asked: str
    refusal: str
    is_same: bool
    left_out: list[str]

    @property
    def is_over(self) -> bool:
        return self.row.state in ("done", "failed")


def show_fetch(connection: Connection, viewer: Viewer, job_id: int) -> ShownFetch:
    """Raises NotFound, also for somebody else's."""
    row = get_job(connection, job_id, FETCH)
    if row is None or not _is_own(viewer, row):
        raise NotFound("There is nothing that was fetched under this number.")
    return _shown(row)


def list_fetches(connection: Connection, viewer: Viewer) -> list[ShownFetch]:
    """The viewer's last ones."""
    rows = [row for row in list_jobs(connection, FETCH, LOOKED_AT) if _is_own(viewer, row)]
    return [_shown(row) for row in rows[:SHOWN]]


def _is_own(viewer: Viewer, row: Any) -> bool:
    return viewer.role == ADMIN or json.loads(row.arguments).get("user_id") == viewer.user_id


def _shown(row: Any) -> ShownFetch:
    said = json.loads(row.arguments)
    refusal = row.error if row.state == "failed" else ""
    if "Traceback" in refusal:
        refusal = ""  # a fault of ours: the log has it
    return ShownFetch(
        row, said["address"] or said["publisher"], refusal, said.get("is_same", False), said.get("refusals", [])
    )
