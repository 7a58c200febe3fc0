"""kill -9 at any moment of an import: the data is as before or as after it, never between."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from app import database
from app.services.confirm_import import confirm_import
from app.services.keep_file import keep_path
from app.services.preview_import import preview_import
from app.services.queue_import import ImportOrder
from app.services.run_jobs import run_waiting_jobs
from app.services.suggest_areas import suggest_areas
from tests.conftest import forget_settings
from tests.services.iati_files import activity, area, committed, country, description, iati, related, spent
from tests.services.stored import Portfolio, Rows, dump, findings, query, visible
from tests.services.test_run_jobs import let_leases_run_out

SEED = 20190503
NUMBERS = "SELECT value FROM counter WHERE name = 'activity_version'"
WORDS = description("Legal aid for child victims of trafficking")
# Everything is loaded once; each import runs in a child of its own, which is killed when its time has come.
SERVER = """
import os, signal, sys, time
from pathlib import Path
from app import database
from app.services.confirm_import import confirm_import
from app.services.import_files import import_files
import app.services.run_jobs
from app.rules.suggest import suggestible_frameworks
from app.services.suggest_lines import suggest_lines

for framework in suggestible_frameworks():  # reads the word lists, which takes longer than an import here
    list(suggest_lines(iter(['{"id": "1", "text": "Legal aid"}']), framework))

def work(how, argument):
    if how == "import":
        import_files([Path(argument)], owner="XX-1", mode="replace")
    elif how == "preview":
        import_files([Path(argument)], owner="XX-1", mode="replace", preview=True)
    else:
        confirm_import(int(argument))

def wait(child, seconds):
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]

for line in sys.stdin:
    how, seconds, argument = line.rstrip().split(" ", 2)
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        work(how, argument)
        os._exit(0)
    print(wait(child, float(seconds)), time.monotonic() - start, flush=True)
"""


class Killer:
    """Has one import after the other run, and kills it when its time has come."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
        )

    def run(self, how: str, argument: object, kill_after: float | None = None) -> float:
        """Seconds that it ran: all that it needs, or at most `kill_after`."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{how} {kill_after or 600} {argument}\n")
        self._server.stdin.flush()
        status, seconds = self._server.stdout.readline().split()
        assert int(status) in ((0,) if kill_after is None else (0, signal.SIGKILL)), status
        return float(seconds)

    def close(self) -> None:
        for stream in (self._server.stdin, self._server.stdout):
            if stream is not None:
                stream.close()
        self._server.wait()


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for another one by its parameters."""
    found: str = request.getfixturevalue(getattr(request, "param", "sqlite_url"))
    return found


@pytest.fixture
def portfolio(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portfolio]:
    monkeypatch.setenv("TESSERA_DATABASE_URL", url)
    monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path))
    forget_settings()
    folder = tmp_path / "sent"
    folder.mkdir()
    yield Portfolio(folder)
    database.engine(None).dispose()
    forget_settings()


@pytest.fixture
def killer(portfolio: Portfolio) -> Iterator[Killer]:
    killer = Killer()
    yield killer
    killer.close()


def projects(first: int, count: int, value: int) -> list[str]:
    return [
        activity(f"XX-1-{n}", country("KH", 60), country("LA", 40), WORDS, spent("2019-05-01", value), committed("2018-02-01", value * 2),
                 related("1", f"XX-1-{n + 1}"), *([area("N3")] if n % 3 == 0 else []), title=f"Project {n}, {value}")
        for n in range(first, first + count)
    ]  # fmt: skip


@pytest.fixture
def changing(portfolio: Portfolio) -> Path:
    """A file that adds, changes, leaves and archives projects of a portfolio that is in."""
    portfolio.take(*projects(0, 30, 1), owner="XX-1")
    return portfolio.write(iati(*projects(5, 10, 1), *projects(15, 40, 2)))


class Saved:
    """The database as it is now, to be put back."""

    def __init__(self, folder: Path) -> None:
        self.path, self.copy = Path(database.engine(None).url.database or ""), folder / "saved.db"
        with closing(connect(self.path)) as now, closing(connect(self.copy)) as copy:
            now.backup(copy)
        self.everything, self.seen = dump(), visible()

    def put_back(self) -> None:
        database.engine(None).dispose()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.copy, self.path)


def moments(count: int, seconds: float) -> list[float]:
    """Random moments, more of them early: the suggestions that follow an import take longer than itself."""
    draw = random.Random(SEED)
    return [seconds * 1.05 * draw.random() ** 2 for _ in range(count)]


def after_all(import_id: int) -> dict[str, Rows]:
    """What is seen once suggestions, which have a transaction of their own, are made up for."""
    suggest_areas(import_id=import_id)
    return visible()


def test_an_import_that_is_killed_is_in_or_not(killer: Killer, changing: Path, tmp_path: Path) -> None:
    before = Saved(tmp_path)
    seconds = killer.run("import", changing)
    after, found = visible(), {"before": 0, "after": 0}
    assert after != before.seen
    for moment in moments(20, seconds):
        before.put_back()
        killer.run("import", changing, kill_after=moment)
        if query("SELECT COUNT(*) FROM import_run") == [(1,)]:
            found["before"] += 1
            assert dump() == before.everything
        else:
            found["after"] += 1
            assert query("SELECT state FROM import_run WHERE id = 2") == [("committed",)]
            assert after_all(2) == after
        assert findings() == []
    assert min(found.values()) >= 2, found


def test_a_confirmation_that_is_killed_is_done_or_not(killer: Killer, changing: Path, tmp_path: Path) -> None:
    order = ImportOrder((keep_path(changing, changing.name),), "XX-1", mode="replace")
    number = preview_import(order).import_id
    before = Saved(tmp_path)
    seconds = killer.run("confirm", number)
    after, found = visible(), {"before": 0, "after": 0}
    for moment in moments(12, seconds):
        before.put_back()
        killer.run("confirm", number, kill_after=moment)
        state = query("SELECT state FROM import_run WHERE id = :i", i=number)
        if state == [("previewed",)]:
            found["before"] += 1
            assert dump() == before.everything
        else:
            found["after"] += 1
            assert state == [("committed",)]
            assert after_all(number) == after
        assert findings() == []
    assert min(found.values()) >= 1, found
    before.put_back()
    confirm_import(number)
    assert visible() == after


def test_a_preview_that_is_killed_is_taken_up_again(killer: Killer, changing: Path, tmp_path: Path) -> None:
    before = Saved(tmp_path)
    seconds = killer.run("preview", changing)
    counts = query("SELECT new, changed, unchanged, removed FROM import_run WHERE id = 2")
    staged = "SELECT identifier, in_add, in_update, in_replace FROM staged_activity ORDER BY position"
    shown = query(staged)
    for moment in moments(8, seconds):
        before.put_back()
        killer.run("preview", changing, kill_after=moment)
        assert visible() == before.seen
        assert findings() == []
        let_leases_run_out()
        run_waiting_jobs()
        if query("SELECT COUNT(*) FROM import_run") == [(2,)]:
            assert query("SELECT state FROM import_run WHERE id = 2") == [("previewed",)]
            assert query("SELECT new, changed, unchanged, removed FROM import_run WHERE id = 2") == counts
            assert query(staged) == shown
        assert findings() == []


@pytest.mark.postgres
@pytest.mark.parametrize("url", ["postgres_url"], indirect=True)
def test_a_confirmation_that_is_killed_on_postgresql_is_done_or_not(
    killer: Killer, changing: Path, tmp_path: Path
) -> None:
    """Ever later moments, each from where the kill before left it, until one comes too late."""
    number = preview_import(ImportOrder((keep_path(changing, changing.name),), "XX-1", mode="replace")).import_id
    before, seen, numbers = dump("counter"), visible(), query(NUMBERS)
    is_torn, moment = False, 0.02
    while query("SELECT state FROM import_run WHERE id = :i", i=number) == [("previewed",)]:
        assert dump("counter") == before
        is_torn |= query(NUMBERS) != numbers
        killer.run("confirm", number, kill_after=moment)
        moment *= 1.3
    assert is_torn  # numbers were given out for projects that a kill took back
    suggest_areas(import_id=number)
    assert query("SELECT state FROM import_run WHERE id = :i", i=number) == [("committed",)]
    assert visible() != seen
    assert len(query("SELECT id FROM activity WHERE state = 'current'")) == 50
    assert findings() == []
