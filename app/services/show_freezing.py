"""A report that is being frozen: how far it is, and its snapshot."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.errors import NotFound
from app.rules.permissions import Viewer
from app.services.own_jobs import OwnJob, find_own_job
from app.services.start_freezing import FREEZE


@dataclass(frozen=True, slots=True)
class ShownFreezing(OwnJob):
    """`snapshot`: its number, once there is one."""

    snapshot: int | None


def show_freezing(connection: Connection, viewer: Viewer, job_id: int) -> ShownFreezing:
    """Raises NotFound, also for somebody else's."""
    found = find_own_job(connection, viewer, FREEZE, job_id)
    if found is None:
        raise NotFound("No report is being frozen under this number.")
    row, said = found
    return ShownFreezing(row, said.get("snapshot"))
