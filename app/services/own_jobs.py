"""What somebody asked for in the background: only they see it, how far it is, and why it came to nothing."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.queries.jobs import get_job, list_jobs
from app.rules.permissions import ADMIN, Viewer

LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class OwnJob:
    """`row`: the job. What the kinds of work add to it have classes of their own."""

    row: Any

    @property
    def is_over(self) -> bool:
        return self.row.state in ("done", "failed")

    @property
    def refusal(self) -> str:
        """Why there is no outcome; '' also for a fault of ours, which the log has."""
        return self.row.error if self.row.state == "failed" and "Traceback" not in self.row.error else ""


def find_own_job(connection: Connection, viewer: Viewer, kind: str, job_id: int) -> tuple[Any, dict[str, Any]] | None:
    """A job's row and its arguments; None also for somebody else's. An admin sees all."""
    row = get_job(connection, job_id, kind)
    said = json.loads(row.arguments) if row else {}
    return (row, said) if row and _is_own(viewer, said) else None


def list_own_jobs(connection: Connection, viewer: Viewer, kind: str, most: int) -> list[tuple[Any, dict[str, Any]]]:
    """The same of the viewer's last ones."""
    found = [(row, json.loads(row.arguments)) for row in list_jobs(connection, kind, LOOKED_AT)]
    return [(row, said) for row, said in found if _is_own(viewer, said)][:most]


def _is_own(viewer: Viewer, said: dict[str, Any]) -> bool:
    return viewer.role == ADMIN or said.get("user_id") == viewer.user_id
