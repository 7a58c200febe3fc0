"""Background work in the database: who runs what, and until when."""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from app.models.job import Job
from app.queries.bulk import insert_or

JOB = Job.__table__  # type: ignore[attr-defined]
LEASE = timedelta(seconds=60)
ATTEMPTS = 3
_LONGEST_ERROR = 2000


class JobLost(Exception):
    """Somebody else has taken the job up: what this process was doing for it must not be written."""


def add_job(
    connection: Connection, kind: str, arguments: dict[str, Any], *, import_id: int | None = None, dedupe_key: str = ""
) -> int:
    """Queue a job; its number. While one with this key waits or runs there is no second one: its number then."""
    statement = insert_or(connection, JOB).values(
        kind=kind, arguments=json.dumps(arguments), import_id=import_id, state="waiting", worker="", attempts=0,
        dedupe_key=dedupe_key or None, error="", done=0, total=0, created_at=datetime.now(UTC),
    )  # fmt: skip
    added = connection.execute(statement.on_conflict_do_nothing().returning(JOB.c.id)).scalar()
    if added is None:
        return int(connection.execute(select(JOB.c.id).where(JOB.c.dedupe_key == dedupe_key)).scalar_one())
    return int(added)


def get_job(connection: Connection, job_id: int, kind: str) -> Any:
    """The row of a job of this kind, or None."""
    return connection.execute(select(JOB).where(JOB.c.id == job_id, JOB.c.kind == kind)).one_or_none()


def list_jobs(connection: Connection, kind: str, limit: int) -> list[Any]:
    """Jobs of a kind, the newest first."""
    return list(connection.execute(select(JOB).where(JOB.c.kind == kind).order_by(JOB.c.id.desc()).limit(limit)))


def has_work(connection: Connection, kinds: Collection[str]) -> bool:
    """Whether a job of these kinds waits for somebody to take it."""
    return connection.execute(select(JOB.c.id).where(_is_free(kinds)).limit(1)).first() is not None


def take_job(
    connection: Connection, worker: str, kinds: Collection[str], job_id: int | None = None, lease: timedelta = LEASE
) -> Any:
    """Take the job `job_id` (default: the oldest) of these kinds that is free, for as long as `lease`; its row, or None.

    Two workers never take the same one: SQLite has one writer at a time, PostgreSQL skips rows that another one locks.
    """
    chosen = select(JOB).where(_is_free(kinds)).order_by(JOB.c.id).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(chosen if job_id is None else chosen.where(JOB.c.id == job_id)).first()
    if row is None:
        return None
    now = datetime.now(UTC)
    held = {"state": "running", "worker": worker, "lease_until": now + lease, "heartbeat_at": now}
    connection.execute(update(JOB).where(JOB.c.id == row.id).values(**held, attempts=JOB.c.attempts + 1))
    return row


def hold_job(connection: Connection, job_id: int, worker: str, **values: Any) -> None:
    """Say that `worker` is still at it. Raises JobLost if it is not its job any more: the caller's transaction
    must not commit then."""
    now = datetime.now(UTC)
    _change_held(connection, job_id, worker, lease_until=now + LEASE, heartbeat_at=now, **values)


def finish_job(connection: Connection, job_id: int, worker: str) -> None:
    """Done. Raises JobLost."""
    _change_held(connection, job_id, worker, state="done", dedupe_key=None, finished_at=datetime.now(UTC), error="")


def return_job(connection: Connection, job_id: int, worker: str, error: str, wait: timedelta) -> None:
    """Put a job that went wrong back, to be tried again after `wait`. Raises JobLost."""
    later = datetime.now(UTC) + wait
    _change_held(connection, job_id, worker, state="waiting", lease_until=later, error=error[-_LONGEST_ERROR:])


def postpone_job(connection: Connection, job_id: int, worker: str, wait: timedelta) -> None:
    """Put a job back whose time has not come, to be looked at again after `wait`. Raises JobLost."""
    later = datetime.now(UTC) + wait
    _change_held(connection, job_id, worker, state="waiting", lease_until=later, attempts=JOB.c.attempts - 1)


def fail_job(connection: Connection, job_id: int, worker: str, error: str) -> None:
    """Give a job up. Raises JobLost."""
    settled = {"state": "failed", "dedupe_key": None, "finished_at": datetime.now(UTC)}
    _change_held(connection, job_id, worker, **settled, error=error[-_LONGEST_ERROR:])


def _change_held(connection: Connection, job_id: int, worker: str, **values: Any) -> None:
    mine = (JOB.c.id == job_id) & (JOB.c.worker == worker) & (JOB.c.state == "running")
    if not connection.execute(update(JOB).where(mine).values(**values)).rowcount:
        raise JobLost(f"Job {job_id} is not held by this process any more.")


def _is_free(kinds: Collection[str]) -> ColumnElement[bool]:
    is_let_go = or_(JOB.c.lease_until.is_(None), JOB.c.lease_until < datetime.now(UTC))
    return and_(JOB.c.state.in_(("waiting", "running")), JOB.c.kind.in_(list(kinds)), is_let_go)
