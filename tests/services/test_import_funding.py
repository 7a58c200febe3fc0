"""Sheets of funding lines and plans through the shared upload: preview, confirm, undo, and files read back."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from app import database
from app.errors import ImportConflict, InvalidInput, NotAllowed, NotFound
from app.models.plan_document import Cost
from app.queries import funding_lines, imports, plans
from app.queries.funding_lines import LineFilter
from app.rules.permissions import Viewer
from app.services.change_mode import change_mode
from app.services.confirm_import import confirm_import
from app.services.discard_import import discard_import
from app.services.document_kinds import LINE
from app.services.import_upload import Upload, UploadChoices, import_upload
from app.services.line_tables import line_table
from app.services.plan_tables import plan_tables
from app.services.remove_document import list_removed, remove_document, restore_document
from app.services.run_jobs import run_waiting_jobs
from app.services.search_lines import search_lines
from app.services.show_plan import show_plan
from app.services.show_plan_gap import show_plan_gap
from app.services.undo_import import undo_import
from exports.funding_tables import lines_table, plan_table
from exports.table import write_table_csv, write_tables_xlsx
from tests.services.funding import a_line, a_plan, action_ids, an_action, donor, enter_line, enter_plan, team
from tests.services.test_funding_lines import found
from tests.services.uploads import person, show, stage

pytestmark = pytest.mark.usefixtures("database_url")
LINES = "Line reference,Title,Eligible countries,Areas,Currency,Minimum,Maximum,Opens,Closes\n"
GOOD = "C-1,Children first,Cambodia; Asia,florence-2008/N3,EUR,10000,50000.50,2090-01-01,2090-03-31 17:00\n"


def issues(import_id: int) -> list[tuple[str, int | None, str | None]]:
    with database.read() as connection:
        return [(row.code, row.row, row.cell) for row in imports.list_issues(connection, import_id)]


def state(viewer: Viewer, import_id: int) -> str:
    return str(show(viewer, import_id).run.state)


def stored_line(reference: str, owner: int) -> object:
    with database.read() as connection:
        number = funding_lines.find_line_id(connection, owner, reference)
        return number and funding_lines.document_of(funding_lines.lock_line(connection, number))


def sheet_of(table: object, suffix: str) -> bytes:
    out = BytesIO()
    if suffix == ".csv":
        write_table_csv(table, out)  # type: ignore[arg-type]
    else:
        write_tables_xlsx([table], out)  # type: ignore[list-item]
    return out.getvalue()


def test_a_sheet_of_lines_is_previewed_confirmed_and_taken_back() -> None:
    viewer = donor()
    number = stage(viewer, LINES + GOOD, "calls.csv")
    run = show(viewer, number).run
    assert (run.state, run.format, run.new, found(viewer)) == ("previewed", "funding-lines", 1, set())
    assert confirm_import(number).state == "committed"
    line: Any = stored_line("C-1", viewer.organisation_id or 0)
    assert (line.countries, line.minimum, line.maximum, line.closes) == (
        ("KH", "798"),
        1_000_000,
        5_000_050,
        "2090-03-31T17:00",
    )
    again = stage(viewer, LINES + GOOD.replace("50000.50", "60000"), "calls.csv")
    assert confirm_import(again).counts.changed == 1
    with pytest.raises(ImportConflict, match=str(again)):
        undo_import(number)
    undo_import(again)
    assert stored_line("C-1", viewer.organisation_id or 0) == line
    undo_import(number)
    assert found(viewer) == set()


def test_the_same_file_again_changes_nothing_and_a_discarded_one_leaves_nothing() -> None:
    viewer = donor()
    confirm_import(stage(viewer, LINES + GOOD, "calls.csv"))
    again = stage(viewer, LINES + GOOD, "calls.csv")
    run = show(viewer, again).run
    assert (run.new, run.changed, run.unchanged) == (0, 0, 1)
    discard_import(again)
    assert state(viewer, again) == "refused"
    assert found(viewer) == {"C-1"}


def test_every_bad_cell_is_named_and_nothing_is_written() -> None:
    viewer = donor()
    rows = (
        "C-2,Backwards,KH,florence-2008/N3,EUR,9,8,2090-04-01,2090-03-01\n"
        "C-3,Unreadable,Atlantis,N3,Shells,a lot,0.005,soon,31/31/2090\n"
        ",No reference,KH,,,,,,\n"
        "Total,,,,,17,,,\n"
        "C-4,Past,KH,,,,,,2001-01-01\n"
    )
    number = stage(viewer, LINES + GOOD + rows, "calls.csv")
    assert state(viewer, number) == "refused"
    assert set(issues(number)) == {
        ("close-before-open", 3, "I3"), ("minimum-above-maximum", 3, "F3"), ("country-unknown", 4, "C4"), ("area-unknown", 4, "D4"),
        ("currency-unknown", 4, "E4"), ("amount-unreadable", 4, "F4"), ("amount-too-fine", 4, "G4"), ("date-unreadable", 4, "H4"),
        ("date-unreadable", 4, "I4"), ("reference-missing", 5, "A5"), ("totals-row", 6, None), ("deadline-past", 7, "I7"),
    }  # fmt: skip
    assert found(viewer) == set()
    kept = stage(viewer, LINES + GOOD + rows, "calls.csv", keep_good=True)
    confirm_import(kept)
    assert found(viewer) == {"C-1", "C-4"}


def test_one_reference_twice_and_another_donors_line_are_refused() -> None:
    viewer = donor()
    twice = stage(viewer, LINES + GOOD + GOOD.replace("first", "last"), "calls.csv")
    same = stage(viewer, LINES + GOOD + GOOD, "calls.csv")
    others = stage(viewer, "Donor," + LINES + "FR-3," + GOOD, "calls.csv")
    assert [issues(number) for number in (twice, same, others)] == [
        [("line-twice", 3, "A3")], [("line-twice", 3, "A3")], [("donor-differs", 2, "A2")],
    ]  # fmt: skip
    assert [state(viewer, number) for number in (twice, same, others)] == ["refused", "previewed", "refused"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_exported_lines_are_read_back_identically(suffix: str) -> None:
    viewer = donor()
    lines = [
        a_line("=1+1", title="Été; l’école, \"pour tous\"", description="Two\nlines",
               documents=(("A", "https://e.org/a"), ("B", "https://e.org/b"))),
        a_line("007", countries=("*",), excluded=("TH", "289"), nationalities=(), own_share=125_000, total=99_999_999_999_99, rolling=True),
        a_line("X", areas=(), languages=(), minimum=None, maximum=None, currency="", own_share=None, opens="2090-01-01T09:30", closes="",
               time_zone="Asia/Phnom_Penh", forecast="2089-12-01", visibility="private", type="pooled-fund",
               months_min=6, link="https://e.org"),
    ]  # fmt: skip
    for line in lines:
        enter_line(viewer, line)
    number = stage(
        viewer, sheet_of(lines_table(("XM-DAC-9-1", line, ("", "", "")) for line in lines), suffix), f"calls{suffix}"
    )
    run = show(viewer, number).run
    assert (run.state, run.unchanged, run.new + run.changed, issues(number)) == ("previewed", 3, 0, [])


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("month", [1, 7])
def test_an_exported_plan_is_read_back_identically(suffix: str, month: int) -> None:
    viewer = team()
    plan = a_plan(
        "KH-NPA",
        an_action("1.1", areas=(("florence-2008/N3", 625_000), ("rome-2012/PROT1", None)),
                  indicators=(("Shelters", "3", "9"), ("Staff", "", "40"))),
        an_action("01", "florence-2008/O1", responsible="Ministry; police", priority="1", applicant_type="22", description="Long\ntext",
                  costs=(Cost("cost", 2025, 1_050, "KHR"), Cost("cost", 2025, 70_000_001, "USD"), Cost("budget", 2026, 5, "USD"))),
        fiscal_year_start=month, document="https://e.org/plan.pdf", edition="v2",
    )  # fmt: skip
    enter_plan(viewer, plan)
    number = stage(viewer, sheet_of(plan_table(plan), suffix), f"plan{suffix}")
    run = show(viewer, number).run
    assert (run.format, run.state, issues(number)) == ("plan", "previewed", [])
    assert (run.unchanged, run.new + run.changed) == (1, 0)


PLAN = (
    "National plan,,,,,,\n,,,,,,\n"
    "Plan reference,Plan title,Country,Currency,Action code,Action title,Areas,Cost 2025,Cost 2026,Budget 2026\n"
    "P,Our plan,Cambodia,USD,1,Shelters,florence-2008/N3 60%; florence-2008/N4,1000,2000.50,100\n"
    ",,,,2,Courts,florence-2008/N5,500,,\n"
)


def test_a_plans_sheet_makes_a_plan_and_undo_removes_it() -> None:
    viewer = team()
    result = import_upload(
        viewer,
        [Upload("plan.csv", BytesIO((PLAN + ",,,,Total,,,1500,2000.50,100\n").encode()))],
        UploadChoices(preview=False),
    )
    assert (result.state, [issue.code for issue in result.issues]) == ("committed", ["totals-row"])
    with database.read() as connection:
        number = plans.find_plan_id(connection, viewer.organisation_id or 0, "P")
        assert number is not None
        plan = plans.document_of(connection, plans.lock_plan(connection, number))
    assert (plan.title, plan.country, [action.code for action in plan.actions]) == ("Our plan", "KH", ["1", "2"])
    assert plan.actions[0].areas == (("florence-2008/N3", 600_000), ("florence-2008/N4", None))
    assert plan.actions[0].costs == (
        Cost("cost", 2025, 100_000, "USD"), Cost("cost", 2026, 200_050, "USD"), Cost("budget", 2026, 10_000, "USD"),
    )  # fmt: skip
    assert set(action_ids(number)) == {"1", "2"}
    undo_import(result.import_id)
    with database.read() as connection:
        assert plans.find_plan_id(connection, viewer.organisation_id or 0, "P") is None


def test_a_plan_sheet_with_wrong_totals_costs_without_year_and_unclear_fiscal_years() -> None:
    viewer = team()
    wrong = stage(viewer, PLAN + ",,,,Total,,,1400,,\n", "plan.csv")
    assert issues(wrong) == [("total-differs", 6, "H6"), ("totals-row", 6, None)]
    assert state(viewer, wrong) == "previewed"
    no_year = stage(viewer, PLAN.replace("Cost 2025", "Cost"), "plan.csv")
    assert issues(no_year) == [("cost-without-year", 4, "H4"), ("cost-without-year", 5, "H5")]
    unclear = (
        PLAN.replace("Currency", "Fiscal year starts,Currency")
        .replace("Cambodia,USD", "Cambodia,July,USD")
        .replace(",,,,2", ",,,,,2")
    )
    assert {code for code, _, _ in issues(stage(viewer, unclear, "plan.csv"))} == {"fiscal-year-unclear"}
    clear = unclear.replace("2025", "2025/26").replace("2026,B", "2026/27,B").replace("Budget 2026", "Budget 2026-27")
    assert issues(stage(viewer, clear, "plan.csv")) == []


def test_projects_and_plans_in_one_upload_are_refused() -> None:
    viewer = team()
    projects = Upload("projects.csv", BytesIO(b"Project ID,Title,Country\nA,Schools,Kenya\n"))
    plan = Upload("plan.csv", BytesIO(PLAN.encode()))
    result = import_upload(viewer, [projects, plan], UploadChoices(preview=False))
    assert (result.state, [issue.code for issue in result.issues]) == ("refused", ["files-mixed"])


def restage(viewer: Viewer, content: str, name: str, mode: str) -> int:
    number = stage(viewer, content, name, mode=mode)
    assert state(viewer, number) == "previewed", issues(number)
    return number


def test_modes_of_an_import_of_lines_and_cells_that_are_blank() -> None:
    viewer = donor()
    owner = viewer.organisation_id or 0
    confirm_import(stage(viewer, LINES + GOOD + GOOD.replace("C-1", "C-2"), "calls.csv"))
    changed = LINES + "C-1,Children last,,,,,,,\nC-3,New,Kenya,,,,,,\n"
    add = restage(viewer, changed, "calls.csv", "add")
    page = show(viewer, add)
    assert [(one.key, one.change) for one in page.entries] == [("C-1", "unchanged"), ("C-3", "new")]
    effects = {mode: (one.new, one.changed, one.removed) for mode, one in page.mode_effects.items()}
    assert effects == {"add": (1, 0, 0), "update": (1, 1, 0), "replace": (1, 1, 1)}
    change_mode(viewer, add, "replace")
    run_waiting_jobs()
    assert [one.change for one in show(viewer, add).entries] == ["changed", "new", "removed"]
    before: Any = stored_line("C-1", owner)
    assert confirm_import(add).counts.removed == 1
    line: Any = stored_line("C-1", owner)
    assert line == replace(before, title="Children last")
    assert found(viewer) == {"C-1", "C-3"}
    undo_import(add)
    assert (found(viewer), stored_line("C-1", owner)) == ({"C-1", "C-2"}, before)


def test_a_plans_sheet_adds_updates_and_replaces_actions_and_erases_nothing() -> None:
    viewer = team()
    plan = a_plan("P", an_action("1", indicators=(("Beds", "0", "9"),), priority="1"), an_action("2"))
    number = enter_plan(viewer, plan)
    heads = "Plan reference,Action code,Action title,Priority,Indicator,Target,Cost 2025 (USD),Cost 2027 (USD)\n"
    sheet = heads + "P,1,,,Staff,4,77,\n,3,Third,,,,,5\n"

    def actions() -> Any:
        with database.read() as connection:
            return {one.code: one for one in plans.document_of(connection, plans.lock_plan(connection, number)).actions}

    confirm_import(added := restage(viewer, sheet, "plan.csv", "add"))
    assert (list(actions()), actions()["1"]) == (["1", "2", "3"], plan.actions[0])
    undo_import(added)
    assert list(actions()) == ["1", "2"]
    confirm_import(updated := restage(viewer, sheet, "plan.csv", "update"))
    one = actions()["1"]
    assert (one.title, one.priority, one.areas) == ("Action 1", "1", plan.actions[0].areas)
    assert one.indicators == (("Beds", "0", "9"), ("Staff", "", "4"))
    assert one.costs == (Cost("cost", 2025, 7_700, "USD"), plan.actions[0].costs[1])
    assert list(actions()) == ["1", "2", "3"]
    undo_import(updated)
    confirm_import(restage(viewer, sheet, "plan.csv", "replace"))
    assert list(actions()) == ["1", "3"]


def test_a_preview_that_somebody_overtook_is_not_written() -> None:
    viewer = donor()
    confirm_import(stage(viewer, LINES + GOOD, "calls.csv"))
    late = stage(viewer, LINES + GOOD.replace("first", "late"), "calls.csv")
    confirm_import(stage(viewer, LINES + GOOD.replace("first", "last"), "calls.csv"))
    with pytest.raises(ImportConflict, match="changed since this preview"):
        confirm_import(late)


def test_the_downloads_of_the_pages_are_read_back_unchanged() -> None:
    """What is offered as CSV and XLSX of lines, and as XLSX of a plan with its gaps, goes through the upload again."""
    giver, keeper = donor(), team()
    enter_line(giver, a_line(documents=(("A", "https://e.org/a"),), excluded=("TH",), own_share=None, rolling=True))
    enter_line(giver, a_line("X", countries=(), areas=("florence-2008/N3", "rome-2012/PROT1"), closes="2001-01-01"))
    number = enter_plan(keeper, a_plan("KH-NPA", an_action("1.1", indicators=(("Beds", "0", "9"),)), an_action("2")))
    with database.read() as connection:
        lines = search_lines(connection, giver, LineFilter(), datetime.now(UTC), None).lines
        shown = show_plan(connection, keeper, number).plan
        tables = plan_tables(shown, show_plan_gap(connection, keeper, number))
    out = BytesIO()
    write_tables_xlsx(tables, out)
    files = [
        (giver, sheet_of(line_table(lines), ".csv"), "a.csv"),
        (giver, sheet_of(line_table(lines), ".xlsx"), "a.xlsx"),
        (keeper, out.getvalue(), "p.xlsx"),
    ]
    for viewer, content, name in files:
        page = show(viewer, stage(viewer, content, name))
        assert {one.change for one in page.entries} == {"unchanged"}, (name, page.run.format, issues(page.run.id))
        assert page.run.state == "previewed"


def test_what_was_removed_is_brought_back_by_its_own_editors_alone() -> None:
    viewer, colleague, stranger = donor(), person("r@example.org", "reader", "XM-DAC-9-1"), team()
    number = enter_line(viewer, a_line())
    remove_document(viewer, LINE, number)
    with database.read() as connection:
        listed = [[row.id for row in list_removed(connection, one, LINE)] for one in (viewer, colleague, stranger)]
    assert listed == [[number], [], []]
    for one, refusal in ((colleague, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            restore_document(one, LINE, number)
    restore_document(viewer, LINE, number)
    assert found(viewer) == {"CALL-1"}
    with pytest.raises(NotFound):
        restore_document(viewer, LINE, number)
    remove_document(viewer, LINE, number)
    enter_line(viewer, a_line())
    with pytest.raises(InvalidInput, match="CALL-1"):
        restore_document(viewer, LINE, number)
