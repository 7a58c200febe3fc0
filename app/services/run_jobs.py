"""Run the jobs that wait in the database: in a thread of `tessera serve`, or by `tessera worker` elsewhere."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from app.services.decide_found import DECIDE
from app.services.keep_file import sweep_incoming
from app.services.queue_import import STAGE
from app.services.run_alerts import ALERTING, ALERTS, EVERY, queue_alerts
from app.services.run_deciding import DECIDING
from app.services.run_fetch import FETCHING
from app.services.run_freezing import FREEZING
from app.services.run_pack import PACKING
from app.services.run_suggesting import LEARNING, SUGGESTING
from app.services.run_trying import TRYING
from app.services.run_twins import FINDING_TWINS, TWINS, queue_twins
from app.services.settle_import import SETTLE, SETTLING
from app.services.stage_import import STAGING
from app.services.start_fetch import FETCH
from app.services.start_freezing import FREEZE
from app.services.start_pack import PACK
from app.services.start_trying import TRY_WORDS
from app.services.suggest_areas import LEARN, SUGGEST
from app.services.work_on_job import WAKE, Work, has_waiting, work_on_all, work_on_job

POLL = 1.0  # seconds
LAST_SECONDS = 10.0  # that a stopping server gives to the job at hand
JOBS: dict[str, Work] = {
    STAGE: STAGING, SETTLE: SETTLING, FETCH: FETCHING, SUGGEST: SUGGESTING, PACK: PACKING, FREEZE: FREEZING, ALERTS: ALERTING,
    TWINS: FINDING_TWINS, LEARN: LEARNING, DECIDE: DECIDING, TRY_WORDS: TRYING,
}  # fmt: skip
log = logging.getLogger(__name__)


def run_waiting_jobs() -> int:
    """Work on all jobs that are free, one after the other; how many there were."""
    return work_on_all(JOBS)


def run_jobs(stop: threading.Event) -> None:
    """Work on jobs as they come, until `stop` is set: the one that is worked on is finished first."""
    sweep_incoming(time.time())
    next_look = 0.0
    while not stop.is_set():
        WAKE.clear()
        try:
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + EVERY
                queue_alerts()
                queue_twins()
            if has_waiting(JOBS) and work_on_job(JOBS):
                continue
        except SQLAlchemyError as error:
            log.warning("the jobs wait: %s", error)
        WAKE.wait(POLL)


@contextmanager
def jobs_in_a_thread() -> Iterator[None]:
    """Work on jobs beside what this process does; at the end a job may be left, to be taken up by another one."""
    stop = threading.Event()
    thread = threading.Thread(target=run_jobs, args=(stop,), name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        WAKE.set()
        thread.join(LAST_SECONDS)
