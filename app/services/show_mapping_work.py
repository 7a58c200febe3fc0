"""A job that somebody began on the mapping pages: how far it is, and what came of it."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import NotFound
from app.queries.jobs import get_job
from app.rules.permissions import ADMIN, Viewer
from app.services.decide_found import DECIDE
from app.services.edit_lexicon import Altered, LexiconPreview, WordList
from app.services.start_trying import TRY_WORDS


@dataclass(frozen=True, slots=True)
class MappingWork:
    """`row`: the job; `area`: of a decision; `changed` and `found`: of words that are tried, once they were."""

    row: Any
    refusal: str
    area: str = ""
    changed: WordList | None = None
    found: LexiconPreview | None = None

    @property
    def is_over(self) -> bool:
        return self.row.state in ("done", "failed")


def show_mapping_work(connection: Connection, viewer: Viewer, job_id: int) -> MappingWork:
    """Raises NotFound, also for somebody else's."""
    for kind in (DECIDE, TRY_WORDS):
        row = get_job(connection, job_id, kind)
        said = json.loads(row.arguments) if row else {}
        if row and (viewer.role == ADMIN or said["user_id"] == viewer.user_id):
            refusal = row.error if row.state == "failed" and "Traceback" not in row.error else ""
            if kind == DECIDE:
                return MappingWork(row, refusal, area=said["order"]["code"])
            return MappingWork(row, refusal, changed=WordList(**said["changed"]), found=_found(said.get("found")))
    raise NotFound("There is no such work under this number.")


def _found(said: dict[str, Any] | None) -> LexiconPreview | None:
    altered = [Altered(**{**one, "before": tuple(one["before"]), "after": tuple(one["after"])})
               for one in said["altered"]] if said else []  # fmt: skip
    return LexiconPreview(**{**said, "altered": altered}) if said else None
