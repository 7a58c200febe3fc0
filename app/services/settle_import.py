"""Confirm an import or take it back: at once where that is quick, else as a job whose progress its page shows.

While a job is at it, or waits, the import is "confirming" or "undoing". The job writes all of it in one transaction:
killed at any moment, the data is as before or as after, and the next worker takes the job up again.
"""

from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict
from app.models.issue import Issue
from app.models.worded import worded
from app.queries import imports
from app.queries.bulk import has_long_turn
from app.queries.jobs import add_job
from app.services.confirm_import import confirm_import, write_preview
from app.services.import_funding import KINDS
from app.services.suggest_areas import queue_suggesting
from app.services.tell_progress import forget_progress, tell_progress
from app.services.undo_import import check_later, take_back, undo_import
from app.services.work_on_job import WAKE, HeldJob, Work

SETTLE = "settle-import"  # the kind of the job
QUICK = 2000  # changes that are written while somebody waits
Settling = Literal["confirm", "undo"]


class _States(NamedTuple):
    before: str
    during: str


STATES: dict[Settling, _States] = {
    "confirm": _States("previewed", "confirming"),
    "undo": _States("committed", "undoing"),
}


def settle_import(import_id: int, decision: Settling, user_id: int | None) -> None:
    """Raises NotFound, Busy, ImportConflict."""
    with database.read() as connection:
        run = imports.get_run(connection, import_id)
        is_quick = run.new + run.changed + run.removed < QUICK and has_long_turn(connection)
    if not is_quick and run.state == STATES[decision].before:
        _queue(import_id, decision, user_id)
    elif decision == "confirm":
        confirm_import(import_id, user_id)
    else:
        undo_import(import_id, user_id)


def _queue(import_id: int, decision: Settling, user_id: int | None) -> None:
    forget_progress(import_id)
    with database.write_briefly() as connection:
        run = imports.get_run(connection, import_id, lock=True)
        if run.state != STATES[decision].before:
            raise ImportConflict(worded("Import %(number)s is %(state)s already.", number=import_id, state=run.state))
        if decision == "undo" and run.format not in KINDS:
            check_later(connection, import_id)
        imports.update_run(
            connection, import_id, state=STATES[decision].during, done=0, total=run.new + run.changed + run.removed
        )
        asked = {"import_id": import_id, "decision": decision, "user_id": user_id}
        add_job(connection, SETTLE, asked, import_id=import_id, dedupe_key=f"{SETTLE} {import_id}")
    WAKE.set()


def _settle(job: HeldJob) -> None:
    """Do what the job says, once no other long writer is at work. Raises JobLost."""
    if job.postpone():
        return
    import_id: int = job.arguments["import_id"]
    try:
        with database.write() as connection:
            _write(connection, job)
    except ImportConflict as refusal:  # somebody else was quicker
        with database.write() as connection:
            _give_back(
                connection, job.arguments, Issue("warning", "write-refused", refusal.sentence, "Nothing was changed.")
            )
            job.finish(connection)
    finally:
        forget_progress(import_id)


def _write(connection: Connection, job: HeldJob) -> None:
    import_id: int = job.arguments["import_id"]
    decision: Settling = job.arguments["decision"]
    asked = (connection, import_id, job.arguments["user_id"], STATES[decision].during)

    def tell(done: int) -> None:
        tell_progress(import_id, done)

    if decision == "confirm":
        write_preview(*asked, tell)
        queue_suggesting(connection, import_id=import_id)
    else:
        take_back(*asked, tell)
        queue_suggesting(connection, undone=import_id)
    job.finish(connection)


def _give_back(connection: Connection, arguments: dict[str, Any], issue: Issue) -> None:
    """The import is as it was before, and its page says why."""
    import_id: int = arguments["import_id"]
    states = STATES[arguments["decision"]]
    if imports.get_run(connection, import_id, lock=True).state == states.during:
        imports.insert_issues(connection, import_id, [issue])
        imports.update_run(connection, import_id, state=states.before)


def _give_up(connection: Connection, arguments: dict[str, Any]) -> None:
    """Leave the import as it was: its writing ended too often."""
    _give_back(connection, arguments, Issue(
        "warning", "write-interrupted", "Writing was interrupted several times; nothing of it was written.",
        "Try it again; if that does not help, ask the operator to look at the log.",
    ))  # fmt: skip


SETTLING = Work(_settle, _give_up)
