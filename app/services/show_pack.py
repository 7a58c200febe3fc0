"""A meeting pack that somebody had made: how far it is, and its file."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotFound
from app.queries.jobs import get_job, list_jobs
from app.rules.permissions import ADMIN, Viewer
from app.services.keep_file import KeptFile, kept_path
from app.services.start_pack import PACK

LOOKED_AT, SHOWN = 200, 5


@dataclass(frozen=True, slots=True)
class ShownPack:
    """`row`: the job; `file`: what was made, None before and where it is not kept any more; `refusal`: why it never
    will be ('' also for a fault of ours, which the log has)."""

    row: Any
    file: KeptFile | None
    refusal: str

    @property
    def is_over(self) -> bool:
        return self.row.state in ("done", "failed")


def show_pack(connection: Connection, viewer: Viewer, job_id: int) -> ShownPack:
    """Raises NotFound, also for somebody else's: the annex holds the projects that its own reader may see."""
    row = get_job(connection, job_id, PACK)
    if row is None or not _is_own(viewer, row):
        raise NotFound("There is no meeting pack under this number.")
    return _shown(row)


def list_packs(connection: Connection, viewer: Viewer) -> list[ShownPack]:
    """The viewer's last ones."""
    rows = [row for row in list_jobs(connection, PACK, LOOKED_AT) if _is_own(viewer, row)]
    return [_shown(row) for row in rows[:SHOWN]]


def get_pack_file(connection: Connection, viewer: Viewer, job_id: int) -> KeptFile:
    """Raises NotFound, also while it is being made."""
    pack = show_pack(connection, viewer, job_id)
    if pack.file is None:
        raise NotFound("This meeting pack is not there: it is still being made, or was cleared away. Make a new one.")
    return pack.file


def _is_own(viewer: Viewer, row: Any) -> bool:
    return viewer.role == ADMIN or json.loads(row.arguments).get("user_id") == viewer.user_id


def _shown(row: Any) -> ShownPack:
    said = json.loads(row.arguments)
    digest = said.get("sha256", "")
    path = kept_path(digest)
    file = KeptFile(path, f"meeting-pack-{row.id}.zip", said["size"], digest) if digest and path.is_file() else None
    refusal = row.error if row.state == "failed" and "Traceback" not in row.error else ""
    return ShownPack(row, file, refusal)
