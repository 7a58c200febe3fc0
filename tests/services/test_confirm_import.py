"""Preview, then confirm or discard: what was shown is what is written, unless something came in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app import database
from app.errors import ImportConflict, NotFound
from app.rules.permissions import OPERATOR
from app.services.confirm_import import confirm_import
from app.services.discard_import import discard_import
from app.services.import_portfolio import ImportResult
from app.services.show_import import show_import
from app.services.undo_import import undo_import
from tests.importers.sheet_files import write_csv
from tests.services.iati_files import activity, area, country, description, iati, spent
from tests.services.stored import (
    HISTORY,
    Portfolio,
    by_country,
    codes,
    counts,
    dump,
    findings,
    query,
    record,
    titles,
    visible,
)

A = activity("XX-1-A", country("KH"), spent("2019-05-01", 100))
B = activity("XX-1-B", country("LA"), spent("2019-05-01", 200))
C = activity("XX-1-C", country("KH"), area("N3"), spent("2019-05-01", 300))
B_CHANGED = activity("XX-1-B", country("LA"), spent("2019-05-01", 250), title="Safer schools")
OWNER = "XX-1"


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    portfolio.take(A, B, owner=OWNER)
    yield
    assert findings() == []


def preview(portfolio: Portfolio, *activities: str, **said: object) -> ImportResult:
    return portfolio.take(*activities, owner=OWNER, preview=True, **said)  # type: ignore[arg-type]


def committed_instead(portfolio: Portfolio, import_id: int) -> dict[str, list[tuple[object, ...]]]:
    """What a plain import of the same file makes, after `import_id` is taken back."""
    undo_import(import_id)
    portfolio.import_paths([portfolio.folder / "file2.xml"], OWNER, mode="replace")
    return visible()


def without_imports(stored: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows for name, rows in stored.items() if name != "activity"}


def test_a_preview_stages_and_changes_nothing(portfolio: Portfolio) -> None:
    before = dump(*HISTORY)
    result = preview(portfolio, B_CHANGED, C, mode="replace")
    assert (result.state, counts(result)) == ("previewed", (2, 1, 1, 0, 1, 0))
    assert dump(*HISTORY) == before
    with database.read() as connection:
        page = show_import(connection, OPERATOR, result.import_id)
    assert [(one.kind, one.identifier, one.title) for one in page.changes] == [
        ("changed", "XX-1-B", "Safer schools"), ("new", "XX-1-C", "Safe schools"), ("archived", "XX-1-A", "Safe schools"),
    ]  # fmt: skip
    assert {change.field: (change.before, change.after) for change in page.changes[0].fields} == {
        "title": ("Safe schools", "Safer schools"),
        "transaction 3 2019": ("200 (2019-05-01)", "250 (2019-05-01)"),
    }


def test_confirm_writes_what_the_preview_showed(portfolio: Portfolio) -> None:
    staged = preview(portfolio, B_CHANGED, C, mode="replace")
    result = confirm_import(staged.import_id)
    assert (result.state, counts(result)) == ("committed", counts(staged))
    assert by_country() == {"KH": 300_00, "LA": 250_00}
    assert query("SELECT o.ref FROM activity a JOIN organisation o ON o.id = a.owner_id WHERE a.state = 'current'") == [
        (OWNER,), (OWNER,),
    ]  # fmt: skip
    confirmed = visible()
    assert without_imports(committed_instead(portfolio, staged.import_id)) == without_imports(confirmed)


def test_confirm_and_undo_leave_what_was_there(portfolio: Portfolio) -> None:
    before = visible()
    staged = preview(portfolio, B_CHANGED, C, mode="replace")
    confirm_import(staged.import_id)
    undo_import(staged.import_id)
    assert visible() == before


def test_discard_leaves_no_trace_but_the_entry(portfolio: Portfolio) -> None:
    before = dump("import_run", "import_issue", "import_file", "job", "counter", "audit_entry")
    staged = preview(portfolio, B_CHANGED, C, activity("XX-1-D", country("KH", 60), country("LA", 30)), mode="replace")
    discard_import(staged.import_id)
    assert dump("import_run", "import_issue", "import_file", "job", "counter", "audit_entry") == before
    assert query("SELECT state, issue_counts FROM import_run WHERE id = :i", i=staged.import_id) == [("refused", "{}")]
    assert query("SELECT action, subject FROM audit_entry ORDER BY id") == [
        ("import", "import 1"), ("discard import", f"import {staged.import_id}")
    ]  # fmt: skip


def test_a_refused_preview_is_no_preview(portfolio: Portfolio) -> None:
    result = portfolio.import_text(iati(A, activity("")), OWNER, preview=True)
    assert (result.state, codes(result)) == ("refused", ["identifier-missing"])
    with pytest.raises(ImportConflict, match="refused"):
        confirm_import(result.import_id)


def test_only_a_preview_can_be_settled_and_only_once(portfolio: Portfolio) -> None:
    staged = preview(portfolio, C)
    confirm_import(staged.import_id)
    for settle in (confirm_import, discard_import):
        with pytest.raises(ImportConflict, match="committed"):
            settle(staged.import_id)
        with pytest.raises(NotFound):
            settle(99)


def test_two_people_confirm_at_once(portfolio: Portfolio) -> None:
    staged = preview(portfolio, C)

    def confirm(_: int) -> str:
        try:
            return confirm_import(staged.import_id).state
        except ImportConflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, range(2))) == ["committed", "conflict"]
    assert query("SELECT new FROM import_run WHERE id = :i", i=staged.import_id) == [(1,)]


# --- something came in between ---------------------------------------------------------------


def test_what_became_the_same_since_is_unchanged(portfolio: Portfolio) -> None:
    staged = preview(portfolio, B_CHANGED, C)
    portfolio.take(B_CHANGED, owner=OWNER)
    assert counts(confirm_import(staged.import_id)) == (2, 1, 0, 1, 0, 0)


def test_what_changed_since_is_not_removed(portfolio: Portfolio) -> None:
    staged = preview(portfolio, B, mode="replace")
    newer = activity("XX-1-A", country("KH"), spent("2019-05-01", 111))
    portfolio.take(newer, owner=OWNER)
    assert counts(confirm_import(staged.import_id)) == (1, 0, 0, 1, 0, 0)
    assert by_country() == {"KH": 111_00, "LA": 200_00}
    undo_import(staged.import_id)
    assert by_country() == {"KH": 111_00, "LA": 200_00}


def test_what_left_since_returns_as_new_and_is_not_removed_twice(portfolio: Portfolio) -> None:
    staged = preview(portfolio, B_CHANGED, mode="replace")
    undo_import(1)
    assert counts(confirm_import(staged.import_id)) == (1, 1, 0, 0, 0, 0)
    assert titles() == {"XX-1-B": "Safer schools"}
    undo_import(staged.import_id)
    assert titles() == {}


def test_a_partial_report_is_laid_over_what_is_stored_at_the_end(portfolio: Portfolio) -> None:
    """A preview of a spreadsheet must not bring back what another import has corrected meanwhile."""
    path = write_csv(portfolio.folder / "titles.csv", "Project ID;Project title\nXX-1-A;New title\n")
    answers = {"reporter": {"ref": "XX-1", "name": "Donor XX-1", "type": "10"}}
    staged = portfolio.import_paths([path], OWNER, preview=True, answers=answers)
    assert counts(staged) == (1, 0, 1, 0, 0, 0)
    with database.read() as connection:
        [changed] = show_import(connection, OPERATOR, staged.import_id).changes
    assert (changed.title, [change.field for change in changed.fields]) == ("New title", ["title"])
    portfolio.take(activity("XX-1-A", country("KH"), description("Told since"), spent("2019-05-01", 777)), owner=OWNER)
    assert counts(confirm_import(staged.import_id)) == (1, 0, 1, 0, 0, 0)
    assert titles()["XX-1-A"] == "New title"
    assert by_country()["KH"] == 777_00
    assert "Told since" in record("XX-1-A")
