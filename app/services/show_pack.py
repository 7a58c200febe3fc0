"""A meeting pack that somebody had made: how far it is, and its file."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotFound
from app.rules.permissions import Viewer
from app.services.keep_file import KeptFile, kept_path
from app.services.own_jobs import OwnJob, find_own_job, list_own_jobs
from app.services.start_pack import PACK

SHOWN = 5


@dataclass(frozen=True, slots=True)
class ShownPack(OwnJob):
    """`file`: what was made, None before and where it is not kept any more."""

    file: KeptFile | None


def show_pack(connection: Connection, viewer: Viewer, job_id: int) -> ShownPack:
    """Raises NotFound, also for somebody else's: the annex holds the projects that its own reader may see."""
    found = find_own_job(connection, viewer, PACK, job_id)
    if found is None:
        raise NotFound("There is no meeting pack under this number.")
    return _shown(*found)


def list_packs(connection: Connection, viewer: Viewer) -> list[ShownPack]:
    """The viewer's last ones."""
    return [_shown(row, said) for row, said in list_own_jobs(connection, viewer, PACK, SHOWN)]


def get_pack_file(connection: Connection, viewer: Viewer, job_id: int) -> KeptFile:
    """Raises NotFound, also while it is being made."""
    pack = show_pack(connection, viewer, job_id)
    if pack.file is None:
        raise NotFound("This meeting pack is not there: it is still being made, or was cleared away. Make a new one.")
    return pack.file


def _shown(row: Any, said: dict[str, Any]) -> ShownPack:
    digest = said.get("sha256", "")
    path = kept_path(digest)
    file = KeptFile(path, f"meeting-pack-{row.id}.zip", said["size"], digest) if digest and path.is_file() else None
    return ShownPack(row, file)
