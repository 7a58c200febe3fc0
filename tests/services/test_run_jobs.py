"""Background jobs: each is done once, whoever races for it; one whose worker was killed is taken up again."""

import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app import database
from app.queries import jobs
from app.queries.jobs import add_job
from app.services import work_on_job as working
from app.services.run_jobs import JOBS, jobs_in_a_thread
from app.services.work_on_job import HeldJob, Work, work_on_job
from tests.services.stored import query

pytestmark = pytest.mark.usefixtures("database_url")
WORKER = """
import sys, time
from app import database
from app.services import run_jobs
from app.services.work_on_job import Work
from sqlalchemy import text
def run(job):
    print("took", job.arguments["n"], flush=True)
    if sys.argv[1] == "hang":
        time.sleep(600)
    with database.write() as connection:
        connection.execute(text("INSERT INTO counter (name, value) VALUES (:n, 1)"), {"n": f"job {job.arguments['n']}"})
        job.finish(connection)
run_jobs.JOBS["test"] = Work(run, lambda connection, arguments: None)
while run_jobs.run_waiting_jobs():
    pass
print("done", flush=True)
"""


def start(how: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WORKER, how], stdout=subprocess.PIPE, text=True)


def add(count: int, **said: Any) -> None:
    with database.write() as connection:
        for n in range(count):
            add_job(connection, "test", {"n": n}, **said)


def states() -> Counter[tuple[str, int]]:
    return Counter((state, attempts) for state, attempts in query("SELECT state, attempts FROM job"))


def note(connection: Connection, name: str) -> None:
    connection.execute(text("INSERT INTO counter (name, value) VALUES (:n, 1)"), {"n": name})


def test_two_racing_workers_do_each_job_once() -> None:
    """Done twice, a job would break on the counter's key."""
    add(30)
    workers = [start("quickly") for _ in range(2)]
    said = [worker.communicate()[0].split("\n") for worker in workers]
    taken = [line for lines in said for line in lines if line.startswith("took")]
    assert sorted(taken) == sorted(f"took {n}" for n in range(30))
    assert states() == {("done", 1): 30}
    assert query("SELECT COUNT(*) FROM counter WHERE name LIKE 'job %'") == [(30,)]


def test_threads_race_too() -> None:
    add(20)

    def run(job: HeldJob) -> None:
        with database.write() as connection:
            note(connection, f"job {job.arguments['n']}")
            job.finish(connection)

    kinds = {"test": Work(run, lambda *_: None)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: [work_on_job(kinds) for _ in range(20)], range(4)))
    assert states() == {("done", 1): 20}


def test_a_killed_workers_job_is_taken_up_after_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    add(1)
    killed = start("hang")
    assert killed.stdout is not None
    assert killed.stdout.readline() == "took 0\n"
    killed.kill()
    killed.wait()
    killed.stdout.close()
    assert states() == {("running", 1): 1}
    assert start("quickly").communicate()[0] == "done\n"  # the lease still runs
    let_leases_run_out()
    assert start("quickly").communicate()[0] == "took 0\ndone\n"
    assert states() == {("done", 2): 1}


def let_leases_run_out() -> None:
    with database.write() as connection:
        long_ago = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(jobs.JOB.update().where(jobs.JOB.c.state != "done").values(lease_until=long_ago))


def test_who_lost_a_job_can_not_write() -> None:
    add(1)

    def sleep_through_the_lease(job: HeldJob) -> None:
        let_leases_run_out()
        assert work_on_job({"test": Work(take_over, lambda *_: None)})
        with database.write() as connection:
            note(connection, "late")
            job.tell(connection, 1)

    def take_over(job: HeldJob) -> None:
        with database.write() as connection:
            note(connection, "in time")
            job.finish(connection)

    assert work_on_job({"test": Work(sleep_through_the_lease, lambda *_: None)})
    assert query("SELECT name FROM counter WHERE name IN ('late', 'in time')") == [("in time",)]
    assert states() == {("done", 2): 1}


def test_what_goes_wrong_is_tried_three_times_then_given_up(caplog: pytest.LogCaptureFixture) -> None:
    add(1, dedupe_key="only one")

    def fail(_: HeldJob) -> None:
        raise RuntimeError("no luck")

    kinds = {"test": Work(fail, lambda connection, arguments: note(connection, f"gave up {arguments['n']}"))}
    for attempt in range(1, 4):
        assert states() == {("waiting", attempt - 1): 1}
        assert work_on_job(kinds)
        assert not work_on_job(kinds)  # not at once again
        let_leases_run_out()
    assert states() == {("failed", 3): 1}
    assert query("SELECT name FROM counter WHERE name LIKE 'gave%'") == [("gave up 0",)]
    assert "no luck" in query("SELECT error FROM job")[0][0]
    add(1, dedupe_key="only one")
    assert states() == {("failed", 3): 1, ("waiting", 0): 1}


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    add(1)
    kinds = {"test": Work(lambda *_: None, lambda connection, _: note(connection, "gave up"))}
    for _ in range(3):
        with database.write() as connection:
            assert jobs.take_job(connection, "killed", kinds, lease=timedelta(seconds=-1))
    assert work_on_job(kinds)
    assert query("SELECT state FROM job") == [("failed",)]
    assert query("SELECT name FROM counter WHERE name = 'gave up'") == [("gave up",)]


def test_the_same_work_waits_once() -> None:
    with database.write() as connection:
        one = add_job(connection, "test", {"n": 1}, dedupe_key="stage 1")
        assert add_job(connection, "test", {"n": 2}, dedupe_key="stage 1") == one
        assert add_job(connection, "test", {"n": 3}) != one
    assert query("SELECT COUNT(*) FROM job") == [(2,)]


def test_a_job_is_held_while_it_is_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that is shorter than the work is made longer all the time."""
    for module in (jobs, working):
        monkeypatch.setattr(module, "LEASE", timedelta(seconds=0.6))
    add(1)

    def work(job: HeldJob) -> None:
        time.sleep(1.5)
        assert not work_on_job({"test": Work(lambda *_: None, lambda *_: None)})
        with database.write() as connection:
            job.finish(connection)

    assert work_on_job({"test": Work(work, lambda *_: None)})
    assert states() == {("done", 1): 1}


def test_a_server_works_on_jobs_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def run(job: HeldJob) -> None:
        with database.write() as connection:
            job.finish(connection)
        done.set()

    monkeypatch.setitem(JOBS, "test", Work(run, lambda *_: None))
    with jobs_in_a_thread():
        add(1)
        working.WAKE.set()
        assert done.wait(10)
    assert states() == {("done", 1): 1}
