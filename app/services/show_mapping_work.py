"""A job that somebody began on the mapping pages: how far it is, and what came of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotFound
from app.rules.permissions import Viewer
from app.services.decide_found import DECIDE
from app.services.edit_lexicon import Altered, LexiconPreview, WordList
from app.services.own_jobs import OwnJob, find_own_job
from app.services.start_trying import TRY_WORDS


@dataclass(frozen=True, slots=True)
class MappingWork(OwnJob):
    """`area`: of a decision; `changed` and `found`: of words that are tried, once they were."""

    area: str = ""
    changed: WordList | None = None
    found: LexiconPreview | None = None


def show_mapping_work(connection: Connection, viewer: Viewer, job_id: int) -> MappingWork:
    """Raises NotFound, also for somebody else's."""
    if deciding := find_own_job(connection, viewer, DECIDE, job_id):
        row, said = deciding
        return MappingWork(row, area=said["order"]["code"])
    if trying := find_own_job(connection, viewer, TRY_WORDS, job_id):
        row, said = trying
        return MappingWork(row, changed=WordList(**said["changed"]), found=_found(said.get("found")))
    raise NotFound("There is no such work under this number.")


def _found(said: dict[str, Any] | None) -> LexiconPreview | None:
    altered = [Altered(**{**one, "before": tuple(one["before"]), "after": tuple(one["after"])})
               for one in said["altered"]] if said else []  # fmt: skip
    return LexiconPreview(**{**said, "altered": altered}) if said else None
