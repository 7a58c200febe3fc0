"""How the installation does, for its admins: what runs, what was given up, what it is set to; no secrets."""

import shutil
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, make_url

from app.queries.accounts import check_keeper
from app.queries.work import Work, list_work, measure_work, stored_bytes
from app.rates.ecb import newest_day
from app.rules.permissions import Viewer
from app.services.migrate_database import is_migrated
from app.settings import settings

JOBS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class State:
    """`jobs`: those that wait, run or were given up; sizes in bytes; `rates_until`: the last day of the daily rates."""

    version: str
    is_migrated: bool
    database: str
    size: int
    free: int
    work: Work
    jobs: list[Any]
    rates_until: date
    base_currency: str
    public_url: str
    mail_host: str
    has_replica: bool

    @property
    def done(self) -> int:
        """Pieces of work that came to their end."""
        return sum(row.count for row in self.work.jobs if row.state == "done")


def show_state(connection: Connection, viewer: Viewer) -> State:
    """Raises NotAllowed for who is no admin."""
    check_keeper(viewer)
    said = settings()
    return State(
        version("tessera"), is_migrated(connection), make_url(said.database_url).render_as_string(hide_password=True),
        stored_bytes(connection), shutil.disk_usage(said.data_dir).free, measure_work(connection),
        list_work(connection, JOBS_SHOWN), newest_day(), said.base_currency, said.public_url,
        urlsplit(said.smtp_url).hostname or "", bool(said.read_database_url),
    )  # fmt: skip


def state_as_json(state: State) -> dict[str, Any]:
    """The state for programs."""
    work = state.work
    return {
        "version": state.version, "migrated": state.is_migrated, "database": state.database, "bytes": state.size,
        "free_bytes": state.free, "projects": work.activities,
        "imports": {row.state: row.count for row in work.imports},
        "jobs": [{"kind": row.kind, "state": row.state, "count": row.count} for row in work.jobs],
        "oldest_job_seconds": round(work.waited), "rates_until": state.rates_until.isoformat(),
    }  # fmt: skip
