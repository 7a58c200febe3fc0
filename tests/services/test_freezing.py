"""A large report is frozen in the background: once, with progress, and only told to who asked."""

import pytest

from app import database
from app.errors import InvalidInput, NotAllowed, NotFound
from app.rules.permissions import READER, Viewer
from app.services import start_freezing as freezing
from app.services.open_snapshot import open_snapshot
from app.services.report_overlap import OverlapFilter
from app.services.run_jobs import run_waiting_jobs
from app.services.show_freezing import ShownFreezing, show_freezing
from app.services.start_freezing import start_freezing
from tests.overlap_portfolio import import_overlap_portfolio
from tests.services import stored
from tests.services.uploads import person

CAMBODIA = OverlapFilter(countries=("KH",))


@pytest.fixture
def editor(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    import_overlap_portfolio()
    monkeypatch.setattr(freezing, "ROWS_AT_ONCE", 2)
    return person("XM-DAC-6-4")


def shown(viewer: Viewer, job: int | None) -> ShownFreezing:
    with database.read() as connection:
        return show_freezing(connection, viewer, job or 0)


def test_a_large_report_is_frozen_by_a_job(editor: Viewer) -> None:
    made = start_freezing(editor, CAMBODIA, " Spring ", "Note")
    assert (made.snapshot, shown(editor, made.job).is_over) == (None, False)
    assert run_waiting_jobs() == 1
    found = shown(editor, made.job)
    assert (found.is_over, found.snapshot, found.row.done, found.row.total) == (True, 1, 2, 2)
    with database.read() as connection:
        snapshot = open_snapshot(connection, 1)
    assert (snapshot.row.title, snapshot.report.figures.net, snapshot.row.user_id) == (
        "Spring",
        12_500_000,
        editor.user_id,
    )
    with pytest.raises(NotFound):
        shown(person("SE-0"), made.job)


def test_what_cannot_be_frozen_is_refused_at_once(editor: Viewer) -> None:
    with pytest.raises(NotAllowed):
        start_freezing(Viewer(1, 1, READER), CAMBODIA, "Spring")
    with pytest.raises(InvalidInput):
        start_freezing(editor, CAMBODIA, " ")
    with pytest.raises(NotFound):
        start_freezing(editor, OverlapFilter(framework="none"), "Spring")
    assert stored.query("SELECT COUNT(*) FROM job") == [(0,)]


def test_a_job_that_is_refused_says_why(editor: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start_freezing(editor, CAMBODIA, "Spring")
    monkeypatch.setattr("app.services.freeze_snapshot.MOST_ROWS", 3)
    run_waiting_jobs()
    found = shown(editor, made.job)
    assert (found.row.state, found.snapshot) == ("failed", None)
    assert "fewer countries" in found.refusal
