"""A long confirmation or undo goes on in the background: its progress is told, others write beside it, a kill is harmless."""

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app import database
from app.errors import ImportConflict
from app.queries import imports
from app.queries.bulk import is_sqlite
from app.queries.jobs import take_job
from app.queries.record_writer import RecordWriter
from app.rules.permissions import Viewer
from app.services import settle_import as settling
from app.services.add_project import add_project
from app.services.choose_changes import choose_changes
from app.services.edit_project import edit_project, open_project_form
from app.services.keep_file import sweep_incoming
from app.services.open_import import decide_import
from app.services.project_form import Problem, ProjectForm
from app.services.run_jobs import run_waiting_jobs
from app.services.tell_progress import how_far
from app.settings import settings
from tests.services.iati_files import activity, country, description, iati, spent
from tests.services.stored import Portfolio, areas, dump, findings, query, titles
from tests.services.test_run_jobs import let_leases_run_out
from tests.services.uploads import person, show, stage

BUSY = (
    "An import is being written that changes the same project or organisation. Nothing of yours was saved: try again in "
    "a minute."
)
WORDS = description("Legal aid for child victims of trafficking")


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written counts as long."""
    monkeypatch.setattr(settling, "QUICK", 0)


def projects(first: int, count: int, value: int = 1) -> str:
    return iati(*[
        activity(f"XX-1-{n}", country("KH"), WORDS, spent("2019-05-01", value), title=f"Project {n}, {value}")
        for n in range(first, first + count)
    ])  # fmt: skip


@pytest.fixture
def owner(portfolio: Portfolio) -> Viewer:
    portfolio.import_text(projects(0, 5), "XX-1")
    return person("owner@example.org")


def state(number: int) -> str:
    return str(query("SELECT state FROM import_run WHERE id = :i", i=number)[0][0])


def test_confirmed_and_taken_back_in_the_background(owner: Viewer) -> None:
    number = stage(owner, projects(3, 5, 2), "file.xml")
    before = titles()
    decide_import(owner, number, "confirm")
    assert (state(number), titles()) == ("confirming", before)
    page = show(owner, number)
    assert (page.run.total, page.done, page.kinds) == (5, 0, {"new": 3, "changed": 2})
    for forbidden in ("confirm", "discard", "undo"):
        with pytest.raises(ImportConflict, match="confirming"):
            decide_import(owner, number, forbidden)
    with pytest.raises(ImportConflict):
        choose_changes(owner, number, {1}, {})
    assert findings() == []
    run_waiting_jobs()
    assert state(number) == "committed"
    assert titles()["XX-1-7"] == "Project 7, 2"
    assert areas("XX-1-7")  # suggested by a job of its own
    decide_import(owner, number, "undo")
    assert state(number) == "undoing"
    assert findings() == []
    run_waiting_jobs()
    assert (state(number), titles(), findings()) == ("undone", before, [])
    assert query("SELECT COUNT(*) FROM job WHERE state <> 'done'") == [(0,)]


def test_a_writer_that_dies_each_time_leaves_everything_as_it_was(owner: Viewer) -> None:
    number = stage(owner, projects(3, 5, 2), "file.xml")
    left_out = ("job", "import_run", "import_issue", "counter", "audit_entry")
    before = dump(*left_out)
    decide_import(owner, number, "confirm")
    for _ in range(3):
        let_leases_run_out()
        with database.write() as connection:
            assert take_job(connection, "killed", [settling.SETTLE])
    let_leases_run_out()
    run_waiting_jobs()
    assert (state(number), dump(*left_out)) == ("previewed", before)
    assert [group.code for group in show(owner, number).groups] == ["write-interrupted"]
    decide_import(owner, number, "confirm")
    run_waiting_jobs()
    assert state(number) == "committed"


def test_an_undo_that_a_later_import_overtakes_is_refused(owner: Viewer) -> None:
    first, later = stage(owner, projects(0, 5, 2), "file.xml"), stage(owner, projects(0, 5, 3), "file.xml")
    decide_import(owner, first, "confirm")
    run_waiting_jobs()
    decide_import(owner, later, "confirm")
    decide_import(owner, first, "undo")
    run_waiting_jobs()
    assert (state(first), state(later)) == ("committed", "committed")
    assert "take back" in show(owner, first).groups[-1].message
    with pytest.raises(ImportConflict, match="take back"):
        decide_import(owner, first, "undo")


@pytest.fixture
def halfway(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The number of an import of which one batch is written, and that goes on once the test is over."""
    number, reached, going = stage(owner, projects(3, 5, 2), "file.xml"), threading.Event(), threading.Event()
    take = RecordWriter.take

    def take_and_wait(self: RecordWriter, batch: Any) -> Any:
        issues = take(self, batch)
        if self._run_id == number and not reached.is_set():
            reached.set()
            going.wait(60)
        return issues

    monkeypatch.setattr(RecordWriter, "take", take_and_wait)
    decide_import(owner, number, "confirm")
    worker = threading.Thread(target=run_waiting_jobs)
    worker.start()
    assert reached.wait(60)
    yield number
    going.set()
    worker.join()
    run_waiting_jobs()
    assert (state(number), findings()) == ("committed", [])
    assert titles()["XX-1-7"] == "Project 7, 2"


def hand_written(identifier: str, title: str) -> ProjectForm:
    form = ProjectForm()
    form.singles["identifier"] = identifier
    form.rows["title"] = [{"origin": "", "language": "en", "text": title}]
    return form


def test_short_writes_go_on_beside_a_long_one(owner: Viewer, halfway: int) -> None:
    """By hand, what the import does not touch; a second upload, up to its preview. SQLite has one writer at a time."""
    with database.read() as connection:
        assert how_far(imports.get_run(connection, halfway)) == 0
        if is_sqlite(connection):
            return
    assert add_project(owner, hand_written("XX-1-99", "By hand")).problems == []
    assert retitle(owner, "XX-1-1", "Edited") == []
    assert retitle(owner, "XX-1-4", "Too late") == [Problem("", BUSY)]
    second = stage(owner, projects(1, 2, 9), "second.xml")
    assert (state(second), state(halfway)) == ("previewed", "confirming")
    now = titles()
    assert (now["XX-1-99"], now["XX-1-1"], now["XX-1-4"]) == ("By hand", "Edited", "Project 4, 1")


def retitle(viewer: Viewer, identifier: str, title: str) -> list[Problem]:
    """Edit a project by hand; what is said against it."""
    [(number,)] = query("SELECT id FROM activity WHERE identifier = :i", i=identifier)
    with database.read() as connection:
        _, form = open_project_form(connection, viewer, number, "en")
    form.rows["title"][0]["text"] = title
    return edit_project(viewer, number, form).problems


def test_what_killed_uploads_left_is_swept_after_a_day(portfolio: Portfolio) -> None:
    folder = settings().data_dir / "files"
    folder.mkdir(exist_ok=True)
    now = time.time()
    for name, age in ((".incoming-old", 90_000), (".incoming-new", 60), ("kept", 90_000)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (now - age, now - age))
    sweep_incoming(now)
    assert sorted(path.name for path in folder.iterdir()) == [".incoming-new", "kept"]
