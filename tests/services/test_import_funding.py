"""Sheets of funding lines and plans through the shared upload: preview, confirm, undo, and files read back."""

from io import BytesIO
from typing import Any

import pytest

from app import database
from app.errors import ImportConflict
from app.models.plan_document import Cost
from app.queries import funding_lines, imports, plans
from app.rules.permissions import Viewer
from app.services.confirm_import import confirm_import
from app.services.discard_import import discard_import
from app.services.import_upload import Upload, UploadChoices, import_upload
from app.services.undo_import import undo_import
from exports.funding_tables import lines_table, plan_table
from exports.table import write_table_csv, write_tables_xlsx
from tests.services.funding import a_line, a_plan, action_ids, an_action, donor, enter_line, enter_plan, team
from tests.services.test_funding_lines import found
from tests.services.uploads import show, stage

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
        ("close-before-open", 3, None), ("minimum-above-maximum", 3, None), ("country-unknown", 4, "C4"), ("area-unknown", 4, "D4"),
        ("currency-unknown", 4, "E4"), ("amount-unreadable", 4, "F4"), ("amount-too-fine", 4, "G4"), ("date-unreadable", 4, "H4"),
        ("date-unreadable", 4, "I4"), ("reference-missing", 5, None), ("totals-row", 6, None), ("deadline-past", 7, None),
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
        [("line-twice", 3, None)], [("line-twice", 3, None)], [("donor-differs", 2, None)],
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
    number = stage(viewer, sheet_of(lines_table(("XM-DAC-9-1", line) for line in lines), suffix), f"calls{suffix}")
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
