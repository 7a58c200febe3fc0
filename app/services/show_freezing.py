"""A report that is being frozen: how far it is, and its snapshot."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotFound
from app.queries.jobs import get_job
from app.rules.permissions import ADMIN, Viewer
from app.services.start_freezing import FREEZE


@dataclass(frozen=True, slots=True)
class ShownFreezing:
    """`row`: the job; `snapshot`: its number, once there is one; `refusal`: why there never will be."""

    row: Any
    snapshot: int | None
    refusal: str

    @property
    def is_over(self) -> bool:
        return self.row.state in ("done", "failed")


def show_freezing(connection: Connection, viewer: Viewer, job_id: int) -> ShownFreezing:
    """Raises NotFound, also for somebody else's."""
    row = get_job(connection, job_id, FREEZE)
    said = json.loads(row.arguments) if row else {}
    if row is None or (viewer.role != ADMIN and said.get("user_id") != viewer.user_id):
        raise NotFound("No report is being frozen under this number.")
    return ShownFreezing(row, said.get("snapshot"), row.error if "Traceback" not in row.error else "")
