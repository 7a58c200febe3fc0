"""Freeze a report: at once, or in the background where that takes more than a second."""

from dataclasses import asdict, dataclass

from app import database
from app.queries.frozen_money import count_rows
from app.queries.jobs import add_job
from app.rules.permissions import Viewer
from app.services.freeze_snapshot import check_freezing, freeze_snapshot
from app.services.report_overlap import OverlapFilter, report_scope
from app.services.work_on_job import WAKE
from app.settings import settings

FREEZE = "freeze-snapshot"  # the kind of the job
ROWS_AT_ONCE = 10_000  # amounts, about a second


@dataclass(frozen=True, slots=True)
class Freezing:
    """The number of the snapshot, or that of the job which makes it."""

    snapshot: int | None = None
    job: int | None = None


def start_freezing(viewer: Viewer, asked: OverlapFilter, title: str, note: str = "") -> Freezing:
    """Raises NotAllowed, InvalidInput, NotFound."""
    title, note = check_freezing(viewer, title, note)
    with database.read(settings().database_url) as connection:
        _framework, scope = report_scope(connection, asked)
        rows = count_rows(connection, scope)
    if rows <= ROWS_AT_ONCE:
        return Freezing(snapshot=freeze_snapshot(viewer, asked, title, note))
    said = {"asked": asdict(asked), "title": title, "note": note, "user_id": viewer.user_id}
    with database.write() as connection:
        job = add_job(connection, FREEZE, said)
    WAKE.set()
    return Freezing(job=job)
