"""Work on one job of the queue: hold it while it is worked on, settle it, or put it back."""

import json
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app import database
from app.queries.bulk import has_long_turn
from app.queries.jobs import (
    ATTEMPTS,
    LEASE,
    JobLost,
    fail_job,
    finish_job,
    has_work,
    hold_job,
    postpone_job,
    return_job,
    take_job,
)
from importers.ahead import SLEEPER

WAKE = threading.Event()  # set by whoever adds a job, so that a worker in this process starts at once
INLINE_LEASE = timedelta(minutes=10)
PAUSE = timedelta(seconds=5)  # before a job that went wrong is tried again
TURN = timedelta(seconds=2)  # before a job that waits for its turn is looked at again
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that this process holds. What `tell` and `finish` write in a transaction commits only if it still does:
    so nothing is done twice, even by a process that slept through its lease."""

    id: int
    worker: str
    arguments: dict[str, Any]

    def tell(self, connection: Connection, done: int, total: int = 0) -> None:
        """Say how far it is. Raises JobLost."""
        hold_job(connection, self.id, self.worker, done=done, total=total)

    def finish(self, connection: Connection) -> None:
        """Settle the job in the transaction of its last step. Raises JobLost."""
        finish_job(connection, self.id, self.worker)

    def postpone(self) -> bool:
        """Put the job back, for a moment, where a long writer is at work: this worker has others to do meanwhile.
        Whether that is so; `run` has nothing to do then. Raises JobLost."""
        with database.write() as connection:
            if has_long_turn(connection):
                return False
            postpone_job(connection, self.id, self.worker, TURN)
            return True


@dataclass(frozen=True, slots=True)
class Work:
    """What a kind of job does: `run` must call `finish` in its last transaction; `give_up` (given the arguments) is
    called when it went wrong too often."""

    run: Callable[[HeldJob], None]
    give_up: Callable[[Connection, dict[str, Any]], None]


def has_waiting(kinds: dict[str, Work]) -> bool:
    """Whether there is work of these kinds: looked at without a writer's lock, which polling would take from others."""
    with database.read() as connection:
        return has_work(connection, kinds)


def work_on_all(kinds: dict[str, Work]) -> int:
    """Work on all jobs of these kinds that are free, one after the other; how many there were."""
    count = 0
    while has_waiting(kinds) and work_on_job(kinds):
        count += 1
    return count


def work_on_job(kinds: dict[str, Work], job_id: int | None = None, *, is_inline: bool = False) -> bool:
    """Take the job (default: the oldest of these kinds that is free) and work on it; False if there is none.

    Inline, what goes wrong is raised, and no second thread holds the job meanwhile.
    """
    worker = secrets.token_hex(8)
    with database.write() as connection:
        row = take_job(connection, worker, kinds, job_id, INLINE_LEASE if is_inline else LEASE)
    if row is None:
        return False
    job, work = HeldJob(row.id, worker, json.loads(row.arguments)), kinds[row.kind]
    if row.attempts >= ATTEMPTS:
        _give_up(job, work, row.error or "The process that worked on it ended each time.")
    elif is_inline:
        work.run(job)
    else:
        _work(job, work, is_last=row.attempts + 1 == ATTEMPTS)
    return True


def _work(job: HeldJob, work: Work, *, is_last: bool) -> None:
    try:
        with _held(job):
            work.run(job)
    except JobLost:
        log.warning("job %s was taken up by somebody else", job.id)
    except Exception:  # noqa: BLE001 (whatever went wrong is tried again, then said)
        error = traceback.format_exc()
        log.warning("job %s went wrong:\n%s", job.id, error)
        if is_last:
            _give_up(job, work, error)
        else:
            with database.write() as connection:
                return_job(connection, job.id, job.worker, error, PAUSE)


def _give_up(job: HeldJob, work: Work, error: str) -> None:
    with database.write() as connection:
        fail_job(connection, job.id, job.worker, error)
        work.give_up(connection, job.arguments)


@contextmanager
def _held(job: HeldJob) -> Iterator[None]:
    """Keeps the job's lease from running out, from a thread of its own, while it is worked on."""
    ended = threading.Event()
    holder = threading.Thread(target=_hold, args=(job, ended), name=SLEEPER, daemon=True)
    holder.start()
    try:
        yield
    finally:
        ended.set()
        holder.join()


def _hold(job: HeldJob, ended: threading.Event) -> None:
    while not ended.wait(LEASE.total_seconds() / 3):
        try:
            with database.write() as connection:
                hold_job(connection, job.id, job.worker)
        except JobLost:
            return
        except OperationalError:
            log.warning("job %s: the database is busy", job.id)
