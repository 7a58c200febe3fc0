"""From upload to preview: files kept, read in the background, compared in each mode; nothing written before."""

import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app import database
from app.errors import ImportConflict, InvalidInput, NotAllowed, NotFound
from app.queries import jobs
from app.queries.staging import Stager
from app.rules.permissions import Viewer
from app.services import stage_import as staging
from app.services.change_mode import change_mode
from app.services.confirm_import import confirm_import
from app.services.discard_import import discard_import
from app.services.get_import_file import get_import_file
from app.services.import_page import CHANGES_A_PAGE
from app.services.import_portfolio import Mode
from app.services.keep_file import UploadTooLarge
from app.services.queue_import import STAGE
from app.services.run_jobs import run_waiting_jobs
from app.services.undo_import import undo_import
from app.services.work_on_job import HeldJob
from app.settings import settings
from importers import registry
from tests.services.iati_files import activity, country, iati, spent
from tests.services.stored import HISTORY, Portfolio, dump, findings, query, titles
from tests.services.test_run_jobs import let_leases_run_out
from tests.services.uploads import person, send, show, stage

A = activity("XX-1-A", country("KH"), spent("2019-05-01", 100))
B = activity("XX-1-B", country("LA"), spent("2019-05-01", 200))
C = activity("XX-1-C", country("KH"), spent("2020-05-01", "300.25", currency="EUR"))
B_CHANGED = activity("XX-1-B", country("LA"), spent("2019-05-01", 250), title="Safer schools")
BAD = activity("XX-1-D", spent("2019-05-01", "12,5OO"))
XML = "portfolio.xml"


@pytest.fixture
def owner(portfolio: Portfolio) -> Viewer:
    """An editor whose organisation has A and B."""
    portfolio.take(A, B, owner="XX-1")
    return person("owner@example.org")


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def counted(counts: Any) -> tuple[int, int, int, int, int, int]:
    return counts.read, counts.new, counts.changed, counts.unchanged, counts.removed, counts.rejected


# --- the way ---------------------------------------------------------------------------------


def test_an_upload_waits_then_is_a_preview(owner: Viewer) -> None:
    number = send(owner, iati(B_CHANGED, C), XML)
    page = show(owner, number)
    assert (page.run.state, page.run.file_name, page.run.done, page.changes) == ("queued", XML, 0, [])
    before = dump(*HISTORY)
    assert run_waiting_jobs() == 1
    assert dump(*HISTORY) == before
    page = show(owner, number)
    assert (page.run.state, page.run.format, page.run.done, page.run.total) == ("previewed", "iati-xml", 2, 2)
    assert (page.owner, page.user) == ("XX-1", "owner@example.org")
    assert counted(page.run) == (2, 1, 1, 0, 0, 0)
    confirm_import(number, owner.user_id)
    assert titles() == {"XX-1-A": "Safe schools", "XX-1-B": "Safer schools", "XX-1-C": "Safe schools"}
    assert query("SELECT COUNT(*) FROM staged_activity") == [(0,)]
    page = show(owner, number)
    assert sorted((one.kind, one.identifier, one.title) for one in page.changes) == [
        ("changed", "XX-1-B", "Safer schools"), ("new", "XX-1-C", "Safe schools"),
    ]  # fmt: skip


def test_progress_is_seen_while_a_file_is_read(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", 10)
    seen = []
    take = Stager.take

    def take_and_look(self: Any, connection: Any, batch: Any) -> Any:
        seen.append(query("SELECT state, done FROM import_run WHERE id = 2")[0])
        return take(self, connection, batch)

    if database.engine().dialect.name == "sqlite":
        monkeypatch.setattr(Stager, "take", take_and_look)  # a reader looks on while the writer writes
    stage(owner, iati(*[activity(f"XX-1-{n}") for n in range(35)]), XML)
    assert seen in ([], [("running", 0), ("running", 10), ("running", 20), ("running", 30)])
    assert query("SELECT done, total FROM job") == [(30, 0)] or query("SELECT done FROM job") == [(35,)]


def test_a_file_with_an_error_is_refused_and_leaves_nothing(owner: Viewer) -> None:
    number = stage(owner, iati(B_CHANGED, BAD), XML)
    page = show(owner, number)
    assert (page.run.state, counted(page.run)) == ("refused", (2, 0, 0, 0, 0, 1))
    assert [group.code for group in page.groups] == ["amount-unreadable"]
    assert query("SELECT COUNT(*) FROM staged_activity") == [(0,)]
    with pytest.raises(ImportConflict, match="refused"):
        confirm_import(number)
    change_mode(owner, number, "update", keep_good=True)
    run_waiting_jobs()
    page = show(owner, number)
    assert (page.run.state, counted(page.run)) == ("previewed", (2, 0, 1, 0, 0, 1))
    assert [one.identifier for one in show(owner, number, "rejected").changes] == ["XX-1-D"]
    assert query("SELECT COUNT(*) FROM import_issue") == [(1,)]
    result = confirm_import(number)
    assert counted(result.counts) == (2, 0, 1, 0, 0, 1)
    assert [issue.code for issue in result.issues] == ["amount-unreadable"]


def test_a_broken_file_is_refused_with_the_reason(owner: Viewer) -> None:
    number = stage(owner, "", "empty.csv")
    assert [group.code for group in show(owner, number).groups] == ["file-empty"]
    assert query("SELECT state FROM job") == [("done",)]


def test_nobody_is_made_by_a_preview_or_a_refusal(owner: Viewer) -> None:
    """The parties of a file become organisations when it is confirmed."""
    before = query("SELECT ref FROM organisation ORDER BY ref")
    partner = '<participating-org role="4" ref="ZZ-9"><narrative>Partner</narrative></participating-org>'
    admin = person("admin@example.org", "admin", None)
    number = stage(admin, iati(activity("YY-2-A", partner, reporter="YY-2")), XML)
    stage(admin, iati(activity("WW-3-A", partner, reporter="WW-3"), BAD), XML)
    assert query("SELECT ref FROM organisation ORDER BY ref") == before
    assert query("SELECT owner_id FROM import_run WHERE id = :i", i=number) == [(None,)]
    confirm_import(number)
    assert {ref for (ref,) in query("SELECT ref FROM organisation")} >= {"YY-2", "ZZ-9"}
    assert show(admin, number).owner == "YY-2"


# --- files -----------------------------------------------------------------------------------


def test_a_file_is_kept_and_given_back(owner: Viewer, portfolio: Portfolio) -> None:
    content = iati(A, C).encode()
    number = stage(owner, content, "C:\\Users\\me\\our portfolio.xml")
    [shown] = show(owner, number).files
    assert (shown.name, shown.size) == ("our portfolio.xml", len(content))
    with database.read() as connection:
        kept = get_import_file(connection, owner, number)
        assert (kept.path.read_bytes(), kept.name, kept.sha256) == (content, shown.name, shown.sha256)
        with pytest.raises(NotFound):
            get_import_file(connection, owner, number, 1)
    stranger, colleague = person("s@example.org", ref="YY-2"), person("c@example.org", "reader")
    with database.read() as connection:
        assert get_import_file(connection, colleague, number).sha256 == kept.sha256
        with pytest.raises(NotFound):
            get_import_file(connection, stranger, number)
    stage(owner, content, "again.xml")
    assert [path.name for path in (settings().data_dir / "files").iterdir()] == [kept.sha256]


def test_a_file_that_is_gone_is_said(owner: Viewer) -> None:
    number = send(owner, iati(A), XML)
    for path in (settings().data_dir / "files").iterdir():
        path.unlink()
    run_waiting_jobs()
    assert [group.code for group in show(owner, number).groups] == ["file-not-kept"]


def test_an_upload_that_is_too_large_leaves_nothing(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.import_upload.UPLOAD_LIMIT", 10)
    with pytest.raises(UploadTooLarge):
        send(owner, iati(A), XML)
    assert list((settings().data_dir / "files").iterdir()) == []


def test_the_same_file_twice_is_recognised(owner: Viewer) -> None:
    """Of the same owner, and in as it is: not one that was refused or taken back."""
    first = stage(owner, iati(A, C), XML)
    assert show(owner, first).same_file is None
    second = stage(owner, iati(A, C), "other name.xml")
    assert show(owner, second).same_file is None  # the first one is a preview
    confirm_import(first)
    third = stage(owner, iati(A, C), XML)
    assert show(owner, third).same_file == first
    assert show(owner, stage(owner, iati(A), XML)).same_file is None
    stranger = person("s@example.org", ref="YY-2")
    assert show(stranger, stage(stranger, iati(A, C), XML)).same_file is None
    undo_import(first)
    assert show(owner, third).same_file is None


# --- modes -----------------------------------------------------------------------------------


def test_each_modes_effect_is_counted_beforehand(owner: Viewer) -> None:
    number = stage(owner, iati(B_CHANGED, C), XML)
    effects = {mode: counted(counts) for mode, counts in show(owner, number).mode_effects.items()}
    assert effects == {
        "add": (2, 1, 0, 1, 0, 0), "update": (2, 1, 1, 0, 0, 0), "replace": (2, 1, 1, 0, 1, 0),
    }  # fmt: skip
    for mode, expected in effects.items():
        change_mode(owner, number, mode)  # type: ignore[arg-type]
        assert counted(show(owner, number).run) == expected
    assert run_waiting_jobs() == 0  # nothing had to be read again


@pytest.mark.parametrize("mode", ["add", "update", "replace"])
def test_what_was_counted_is_what_confirm_does(owner: Viewer, portfolio: Portfolio, mode: Mode) -> None:
    number = stage(owner, iati(B_CHANGED, C), XML, mode="update")
    change_mode(owner, number, mode)
    page = show(owner, number)
    result = confirm_import(number)
    assert counted(result.counts) == counted(page.mode_effects[mode])
    undo_import(number)
    plain = portfolio.take(B_CHANGED, C, owner="XX-1", mode=mode)
    assert counted(plain.counts) == counted(result.counts)


def test_blanks_erase_nothing_in_any_mode(portfolio: Portfolio) -> None:
    """A sheet that says less leaves what it does not say, also where it replaces the portfolio."""
    admin = person("a@example.org", "admin", None)
    portfolio.take(activity("P1", country("KH"), spent("2019-05-01", 100), title="One"), owner="XX-1")
    number = stage(admin, "Project ID;Project title\nP1;One\n", owner="XX-1")
    effects = show(admin, number).mode_effects
    assert (counted(effects["update"]), counted(effects["replace"])) == ((1, 0, 0, 1, 0, 0), (1, 0, 0, 1, 0, 0))
    change_mode(admin, number, "replace")
    assert [one.before - one.after for one in show(admin, number).totals if one.before != one.after] == []
    confirm_import(number)
    assert query("SELECT COUNT(*) FROM flow") == [(1,)]


def test_modes_that_can_not_be(owner: Viewer) -> None:
    with pytest.raises(InvalidInput):
        send(owner, iati(A), XML, mode="replace", keep_good=True)
    number = stage(owner, iati(A, BAD), XML, keep_good=True)
    with pytest.raises(InvalidInput):
        change_mode(owner, number, "replace")
    confirm_import(number)
    with pytest.raises(ImportConflict):
        change_mode(owner, number, "add")


# --- what the page shows ---------------------------------------------------------------------


def test_totals_before_and_after(owner: Viewer) -> None:
    """Of the file's projects, and of what would be archived, by flow, currency and year."""
    number = stage(owner, iati(B_CHANGED, C), XML)

    def totals() -> list[tuple[str, str, int | None, str, str]]:
        return [(t.flow, t.currency, t.year, str(t.before), str(t.after)) for t in show(owner, number).totals]

    new = ("3", "EUR", 2020, "0", "300.25")
    assert totals() == [new, ("3", "USD", 2019, "200", "250")]
    change_mode(owner, number, "add")
    assert totals() == [new, ("3", "USD", 2019, "200", "200")]
    change_mode(owner, number, "replace")
    assert totals() == [new, ("3", "USD", 2019, "300", "250")]


def test_totals_are_exact(owner: Viewer) -> None:
    values = ["0.000000000001", "999999999999999", "-0.1"]
    one = activity("XX-1-T", *[spent("2019-05-01", value) for value in values])
    first = stage(owner, iati(one), XML)
    assert [str(total.after) for total in show(owner, first).totals] == ["999999999999998.900000000001"]
    confirm_import(first)
    other = activity("XX-1-T", title="Other title", *[spent("2019-05-01", value) for value in values])  # noqa: B026
    [total] = show(owner, stage(owner, iati(other), XML)).totals
    assert total.before == total.after == Decimal("999999999999998.900000000001")


def test_changes_by_kind_words_and_page(owner: Viewer) -> None:
    many = [activity(f"XX-1-{n:03}", title=f"Well {n:03} of the valley") for n in range(CHANGES_A_PAGE + 5)]
    number = stage(owner, iati(A, B_CHANGED, *many), XML, mode="replace")
    page = show(owner, number)
    assert page.kinds == {"new": CHANGES_A_PAGE + 5, "changed": 1, "unchanged": 1}
    assert (page.changes_total, len(page.changes)) == (CHANGES_A_PAGE + 6, CHANGES_A_PAGE)
    assert page.changes[0].kind == "changed"
    assert len(show(owner, number, page=2).changes) == 6
    found = show(owner, number, words="well 007")
    assert ([one.identifier for one in found.changes], found.changes_total) == (["XX-1-007"], 1)
    assert [one.identifier for one in show(owner, number, "unchanged").changes] == ["XX-1-A"]
    assert show(owner, number, words="100%_").changes == []


def test_a_change_can_be_put_into_words(owner: Viewer) -> None:
    number = stage(owner, iati(B_CHANGED), XML)
    [project] = show(owner, number).changes
    parts = {change.field: (change.element, change.codelist, change.code, change.year) for change in project.fields}
    assert parts == {
        "title": ("title", "", "", ""),
        "transaction 3 2019": ("transaction", "TransactionType", "3", "2019"),
    }
    assert project.place == "3"


def test_the_activitys_own_attributes_are_a_change(owner: Viewer) -> None:
    later = A.replace("<iati-activity ", '<iati-activity last-updated-datetime="2024-01-01" ')
    [project] = show(owner, stage(owner, iati(later), XML)).changes
    assert [(change.field, change.after) for change in project.fields] == [
        ("iati-activity", "default-currency USD; last-updated-datetime 2024-01-01; lang en"),
    ]  # fmt: skip


def test_twins_of_other_reporters_are_pointed_out(owner: Viewer, portfolio: Portfolio) -> None:
    title = "Strengthening child protection systems in Cambodia"
    portfolio.take(
        activity("YY-2-A", country("KH"), spent("2019-05-01", 9), reporter="YY-2", title=title), owner="YY-2"
    )
    theirs = query("SELECT id FROM activity WHERE identifier = 'YY-2-A'")[0][0]
    mine = activity(
        "XX-1-N", country("KH"), spent("2019-08-01", 9), title="Strengthening child-protection systems in Cambodia"
    )
    number = stage(owner, iati(mine, C), XML)
    [twin] = show(owner, number).twins
    assert (twin.identifier, twin.activity_id, twin.other_title, twin.other_reporter) == (
        "XX-1-N", theirs, title, "Donor YY-2",
    )  # fmt: skip
    assert twin.score >= 88
    assert "both in KH" in twin.reasons
    with database.write() as connection:
        connection.execute(text("UPDATE activity SET visibility = 'own' WHERE id = :i"), {"i": theirs})
    assert show(owner, number).twins == []
    discard_import(number)
    assert query("SELECT COUNT(*) FROM import_twin") == [(0,)]


def test_a_project_is_no_twin_of_its_own_reporters(owner: Viewer) -> None:
    again = activity("XX-1-N", country("KH"), spent("2019-05-01", 100), title="Safe schools")
    assert show(owner, stage(owner, iati(again), XML)).twins == []


def test_an_undo_that_is_not_possible_names_the_later_imports(owner: Viewer) -> None:
    first = stage(owner, iati(B_CHANGED), XML)
    confirm_import(first)
    assert show(owner, first).later == []
    second = stage(owner, iati(B), XML)
    confirm_import(second)
    assert show(owner, first).later == [second]


# --- who -------------------------------------------------------------------------------------


def test_who_may_do_what(owner: Viewer) -> None:
    number = stage(owner, iati(B_CHANGED), XML)
    colleague, stranger = person("c@example.org", "reader"), person("s@example.org", ref="YY-2")
    assert show(colleague, number).run.state == "previewed"
    with pytest.raises(NotFound):
        show(stranger, number)
    with pytest.raises(NotAllowed):
        change_mode(colleague, number, "add")
    with pytest.raises(NotFound):
        change_mode(stranger, number, "add")
    for nobody in (colleague, Viewer(7, None, "editor")):
        with pytest.raises(NotAllowed):
            send(nobody, iati(A), XML)
    with pytest.raises(NotAllowed):
        send(stranger, iati(A), XML, owner="XX-1")


# --- what goes wrong -------------------------------------------------------------------------


def test_a_staging_that_was_killed_begins_anew(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", 10)
    number = send(owner, iati(*[activity(f"XX-1-{n}") for n in range(35)]), XML)
    with database.write() as connection:
        job = jobs.take_job(connection, "killed", [STAGE])
    held = HeldJob(job.id, "killed", json.loads(job.arguments))
    run, sources, _ = staging._begin(held, number)
    stager = Stager(number, None, run.owner_id)
    _, reading = registry.read(list(sources), "auto")
    batch = [next(reading) for _ in range(10)]
    with database.write() as connection:
        stager.take(connection, batch)
    assert show(owner, number).run.state == "running"
    assert run_waiting_jobs() == 0
    let_leases_run_out()
    assert run_waiting_jobs() == 1
    page = show(owner, number)
    assert (page.run.state, counted(page.run)) == ("previewed", (35, 35, 0, 0, 0, 0))
    assert query("SELECT in_replace, COUNT(*) FROM staged_activity GROUP BY in_replace") == [
        ("archived", 2),
        ("new", 35),
    ]


def test_a_staging_that_always_fails_is_refused_as_interrupted(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(Stager, "stage_missing", fail)
    number = send(owner, iati(A, C), XML)
    for _ in range(3):
        assert run_waiting_jobs() == 1
        let_leases_run_out()
    assert run_waiting_jobs() == 0
    page = show(owner, number)
    assert (page.run.state, [group.code for group in page.groups]) == ("refused", ["import-interrupted"])
    assert query("SELECT COUNT(*) FROM staged_activity") == [(0,)]
    monkeypatch.undo()
