"""Of a preview only what its owner chose is written: projects left out, stored values kept; and what hands wrote is told."""

from decimal import Decimal

import pytest

from app import database
from app.errors import ImportConflict, NotAllowed, NotFound
from app.rules.permissions import Viewer
from app.services.choose_changes import choose_changes
from app.services.confirm_import import confirm_import
from app.services.edit_project import edit_project, open_project_form
from app.services.undo_import import undo_import
from tests.services.iati_files import activity, country, description, iati, spent
from tests.services.stored import Portfolio, counts, findings, query, record, titles, visible
from tests.services.uploads import person, show, stage

A = activity("XX-1-A", country("KH"), spent("2019-05-01", 100))
B = activity("XX-1-B", country("LA"), description("Old words"), spent("2019-05-01", 200), spent("2020-05-01", 20))
C = activity("XX-1-C", country("KH"), spent("2020-05-01", 300))
B_CHANGED = activity(
    "XX-1-B",
    country("LA"),
    description("New words"),
    spent("2019-05-01", 250),
    spent("2020-05-01", 25),
    title="New title",
)
XML = "portfolio.xml"


@pytest.fixture
def owner(portfolio: Portfolio) -> Viewer:
    portfolio.take(A, B, owner="XX-1")
    return person("owner@example.org")


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def ids(viewer: Viewer, number: int) -> dict[str, int]:
    return {one.identifier: one.id for one in show(viewer, number).changes}


def test_projects_are_left_out(owner: Viewer) -> None:
    """A new one, a changed one, and one that would be archived."""
    before = visible()
    number = stage(owner, iati(B_CHANGED, C), XML, mode="replace")
    named = ids(owner, number)
    choose_changes(owner, number, set(named.values()), {})
    assert [one.left_out for one in show(owner, number).changes] == [True, True, True]
    result = confirm_import(number)
    assert counts(result) == (2, 0, 0, 1, 0, 1)
    assert visible() == before
    assert query("SELECT COUNT(*) FROM activity") == [(2,)]


def test_stored_values_are_kept_field_by_field(owner: Viewer) -> None:
    before = visible()
    flows = "SELECT f.start, f.whole, f.place FROM flow f JOIN activity a ON a.id = f.activity_id WHERE a.identifier = 'XX-1-B'"
    places = {str(day)[:4]: place for day, _, place in query(flows)}
    number = stage(owner, iati(B_CHANGED), XML)
    kept = {"title", "transaction 3 2019"}
    choose_changes(owner, number, set(), {ids(owner, number)["XX-1-B"]: kept})
    [project] = show(owner, number).changes
    assert project.kept == kept
    confirm_import(number)
    assert titles()["XX-1-B"] == "Safe schools"
    assert "New words" in record("XX-1-B")
    money = {str(day)[:4]: (amount, place) for day, amount, place in query(flows)}
    # What stays keeps the place in the earlier file that it came from.
    [line] = [number for number, line in enumerate(iati(B_CHANGED).splitlines(), 1) if ">25<" in line]
    assert money == {"2019": (200, places["2019"]), "2020": (25, str(line - 3))}
    undo_import(number)
    assert visible() == before


def test_stored_values_are_kept_against_a_sheet(portfolio: Portfolio) -> None:
    admin = person("a@example.org", "admin", None)
    portfolio.take(activity("P1", country("KH"), description("Old words"), title="Old title"), owner="XX-1")
    sheet = "Project ID;Project title;Description\nP1;New title;New words\n"
    number = stage(admin, sheet, owner="XX-1")
    [project] = show(admin, number).changes
    field = next(change.field for change in project.fields if change.before == "Old title")
    choose_changes(admin, number, set(), {project.id: {field}})
    confirm_import(number)
    assert titles() == {"P1": "Old title"}
    assert "New words" in record("P1")


def test_everything_kept_is_no_change(owner: Viewer) -> None:
    before = visible()
    number = stage(owner, iati(B_CHANGED), XML)
    [project] = show(owner, number).changes
    choose_changes(owner, number, set(), {project.id: {change.field for change in project.fields}})
    assert counts(confirm_import(number)) == (1, 0, 0, 1, 0, 0)
    assert visible() == before


def test_a_page_of_choices_leaves_the_others_as_they_are(owner: Viewer) -> None:
    number = stage(owner, iati(B_CHANGED, C), XML)
    named = ids(owner, number)
    choose_changes(owner, number, set(named.values()), {})
    choose_changes(owner, number, set(), {}, shown={named["XX-1-C"]})
    assert {one.identifier: one.left_out for one in show(owner, number).changes} == {"XX-1-B": True, "XX-1-C": False}
    confirm_import(number)
    assert titles() == dict.fromkeys(("XX-1-A", "XX-1-B", "XX-1-C"), "Safe schools")


def test_who_may_choose_and_when(owner: Viewer) -> None:
    number = stage(owner, iati(B_CHANGED), XML)
    with pytest.raises(NotAllowed):
        choose_changes(person("c@example.org", "reader"), number, set(), {})
    with pytest.raises(NotFound):
        choose_changes(person("s@example.org", ref="YY-2"), number, set(), {})
    choose_changes(owner, number, {77}, {78: {"title"}}, shown={77, 78})  # nothing of this import
    confirm_import(number)
    with pytest.raises(ImportConflict):
        choose_changes(owner, number, set(), {})


# --- by hand ---------------------------------------------------------------------------------


def edit_title(viewer: Viewer, identifier: str, title: str) -> int:
    number = query("SELECT id FROM activity WHERE identifier = :i", i=identifier)[0][0]
    with database.read() as connection:
        _, form = open_project_form(connection, viewer, number, "en")
    [row] = form.rows["title"]
    row["text"] = title
    edited = edit_project(viewer, number, form)
    assert edited.import_id is not None, edited
    return edited.import_id


def warned(viewer: Viewer, number: int) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (one.activity, one.column, one.value)
        for group in show(viewer, number).groups if group.code == "edited-by-hand" for one in group.first
    ]  # fmt: skip


def test_an_upload_says_that_it_would_overwrite_what_was_written_by_hand(owner: Viewer, portfolio: Portfolio) -> None:
    edit_title(owner, "XX-1-B", "Written by hand")
    number = stage(owner, iati(B_CHANGED, A), XML)
    assert warned(owner, number) == [("XX-1-B", "title", "Written by hand")]
    message = next(group.first[0].message for group in show(owner, number).groups if group.code == "edited-by-hand")
    assert "owner@example.org" in message
    # What the upload leaves as it was written is no matter.
    same_title = B_CHANGED.replace("New title", "Written by hand")
    assert warned(owner, stage(owner, iati(same_title), XML)) == []
    # An import without a preview says it as well.
    result = portfolio.take(B_CHANGED, owner="XX-1")
    assert [issue.code for issue in result.issues] == ["edited-by-hand"]
    # Now the value is the import's.
    assert warned(owner, stage(owner, iati(B), XML)) == []


def test_an_edit_by_hand_is_a_later_import(owner: Viewer) -> None:
    number = stage(owner, iati(B_CHANGED), XML)
    confirm_import(number)
    later = edit_title(owner, "XX-1-B", "Written by hand")
    assert show(owner, number).later == [later]
    with pytest.raises(ImportConflict, match=str(later)):
        undo_import(number)
    undo_import(later)
    assert titles()["XX-1-B"] == "New title"
    assert show(owner, number).later == []
    assert [(total.before, total.after) for total in show(owner, number).totals][:1] == [(Decimal(200), Decimal(250))]
