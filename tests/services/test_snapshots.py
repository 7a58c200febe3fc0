"""Snapshots: frozen for good, and compared to the cent, on both databases."""

import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from app import database
from app.errors import InvalidInput, NotAllowed, NotFound
from app.models.tables import TABLES
from app.queries.bulk import bump_data_version
from app.queries.roll_ups import roll_up
from app.rules.permissions import OPERATOR, READER, Viewer
from app.services import freeze_snapshot as freezing
from app.services.compare_snapshots import ComparedSnapshots, compare_snapshots
from app.services.compared_files import changes_table, comparison_as_json, comparison_tables
from app.services.freeze_snapshot import freeze_snapshot
from app.services.list_frozen_projects import list_frozen_projects
from app.services.meeting_files import meeting_as_json, meeting_tables
from app.services.open_snapshot import open_money, open_snapshot
from app.services.overlap_json import overlap_as_json
from app.services.overlap_tables import areas_table, overlap_tables
from app.services.report_overlap import OverlapFilter, report_overlap
from exports.table import write_tables_xlsx
from tests.overlap_portfolio import FILE, import_overlap_portfolio
from tests.services.stored import Portfolio, decide

CAMBODIA = OverlapFilter(countries=("KH",))
OWNER = "XM-DAC-6-4"
XML = FILE.read_text(encoding="utf-8")


@pytest.fixture
def imported(portfolio: Portfolio) -> Portfolio:
    import_overlap_portfolio()
    return portfolio


def again(portfolio: Portfolio, *changes: tuple[str, str]) -> None:
    """Import the file once more with these texts in place of others."""
    content = XML
    for old, new in changes:
        assert old in content
        content = content.replace(old, new, 1)
    assert portfolio.import_text(content, OWNER, "replace").state == "committed"


def freeze(asked: OverlapFilter = CAMBODIA, title: str = "Spring") -> int:
    return freeze_snapshot(OPERATOR, asked, title)


def documents(number: int) -> list[Any]:
    """Everything that a snapshot shows: JSON, CSV and each table."""
    with database.read() as connection:
        snapshot = open_snapshot(connection, number)
    tables = [*overlap_tables(snapshot.report), *meeting_tables(snapshot.report, snapshot.meeting)]
    return [
        overlap_as_json(snapshot.report), meeting_as_json(snapshot.report, snapshot.meeting),
        list(areas_table(snapshot.report).rows), [(table.name, [list(row) for row in table.rows]) for table in tables],
        list_frozen_projects(snapshot), snapshot.formulas,
    ]  # fmt: skip


def compared(number: int, other: int | None = None) -> ComparedSnapshots:
    with database.read() as connection:
        return compare_snapshots(connection, number, other)


@pytest.mark.parametrize("asked", [
    CAMBODIA, OverlapFilter(), OverlapFilter(gross=True, level="government"), OverlapFilter(countries=("FR",)),
    OverlapFilter(countries=("KE",), first_year=2019, last_year=2019, flow="budget"),
])  # fmt: skip
def test_a_snapshot_is_the_report(imported: Portfolio, asked: OverlapFilter) -> None:
    number = freeze(asked)
    with database.read() as connection:
        report, snapshot = report_overlap(connection, asked), open_snapshot(connection, number)
    assert overlap_as_json(snapshot.report) == overlap_as_json(report)
    assert list(areas_table(snapshot.report).rows) == list(areas_table(report).rows)
    rows = open_money(snapshot).rows
    assert sum(row.gross for row in rows) == report.figures.gross
    assert sum(row.net for row in rows) == report.figures.net


def test_nothing_that_happens_later_changes_it(imported: Portfolio) -> None:
    number = freeze()
    before = documents(number)
    again(imported, (">40000<", ">41000<"), ("Project 2", "Another name"), ("Agency", "Office"))
    decide("US-GOV-1-P2", "N2", "reject")
    with database.write() as connection:
        # All that a report is made of: a snapshot must not need any of it.
        for name in ("allocation", "cell_year", "activity_money", "flow", "area_mapping"):
            connection.execute(TABLES[name].delete())
        connection.execute(text("UPDATE organisation SET name = 'X', ref = 'X' || id"))
        connection.execute(text("UPDATE area SET title = 'X'"))
        connection.execute(text("UPDATE framework SET title = 'X'"))
    assert documents(number) == before


def test_a_workbook_of_it_holds_the_sum_to_the_cent(imported: Portfolio) -> None:
    number = freeze()
    with database.read() as connection:
        report = open_snapshot(connection, number).report
    out = io.BytesIO()
    write_tables_xlsx(overlap_tables(report), out)
    rows = list(openpyxl.load_workbook(out)["Summary"].values)
    assert {row[0]: row[1] for row in rows}["Net"] == 125000


def test_rows_lead_to_payment_rate_and_place(imported: Portfolio) -> None:
    number = freeze()
    with database.read() as connection:
        snapshot = open_snapshot(connection, number)
    [line, *_] = list_frozen_projects(snapshot, "N1", ("KH",), ("US-GOV-1",))
    assert (line.frozen.identifier, line.gross, line.net) == ("US-GOV-1-P1", 4_000_000, 4_000_000)
    [payment] = line.frozen.payments
    assert (payment.amount, payment.currency, payment.cents, payment.place) == ("40000", "USD", 4_000_000, "15")
    netted = [one for one in list_frozen_projects(snapshot) if one.gross != one.net]
    assert [[code for code, _ in one.reasons] for one in netted] == [["secondary-reporter"]]
    unknown = list_frozen_projects(snapshot, "unmapped")
    assert sum(one.net for one in unknown) == 2_500_000
    with pytest.raises(NotFound):
        list_frozen_projects(snapshot, "no such area")


def test_what_changed_and_why(imported: Portfolio) -> None:
    first = freeze()
    again(imported, (">40000<", ">41000.01<"), ("<narrative>Project 2<", "<narrative>Another name<"))
    decide("US-GOV-1-P2", "N2", "reject")
    decide("US-GOV-1-P2", "N3")
    found = compared(first).found
    assert found.total.reasons["amount"] == 100_001
    assert sum(found.total.reasons.values()) == found.total.difference
    with database.read() as connection:
        now = report_overlap(connection, CAMBODIA)
    assert found.total.after == now.figures.counted
    assert list(found.renamed.values()) == [("Project 2", "Another name")]
    cells = {(now.areas[area].code if area else "", donor): change for (_, area, donor), change in found.cells.items()}
    moved = {code: change.reasons for (code, _), change in cells.items() if "mapping" in change.reasons}
    assert moved == {"N2": {"mapping": -1_000_000}, "N3": {"mapping": 1_000_000}}
    for (country, area, donor), change in found.cells.items():
        cell = now.cell(country, area, donor) if area else None
        assert not area or change.after == (cell.cents if cell else 0)


def test_new_and_gone_projects_and_netting(imported: Portfolio) -> None:
    later = XML.replace("US-GOV-1-P2", "US-GOV-1-P9")
    first = freeze()
    assert imported.import_text(later, OWNER, "replace").state == "committed"
    second = freeze(title="Autumn")
    found = compared(second, first)
    assert (found.before.number, found.after.number) == (first, second)
    assert found.found.total.reasons == {"new-project": 1_000_000, "gone-project": -1_000_000}
    assert {found.project(number).identifier for number in found.found.projects} == {"US-GOV-1-P2", "US-GOV-1-P9"}


def test_netting_that_ends_is_its_own_reason(imported: Portfolio) -> None:
    first = freeze()
    again(imported, (' secondary-reporter="1"', ""))
    with database.read() as connection:
        twice = report_overlap(connection, CAMBODIA).figures
    found = compared(first).found
    assert set(found.total.reasons) <= {"netting"}
    assert found.total.difference == twice.counted - 12_500_000


def test_another_rate_is_no_other_amount(imported: Portfolio) -> None:
    again(imported, ('default-currency="USD"', 'default-currency="EUR"'))
    first = freeze()
    with database.write() as connection:
        connection.execute(text("UPDATE flow SET base_cents = base_cents * 2 WHERE currency = 'EUR'"))
        paid_in_euro = "(SELECT activity_id FROM flow WHERE currency = 'EUR')"
        connection.execute(
            text(f"UPDATE allocation SET gross = gross * 2, net = net * 2 WHERE activity_id IN {paid_in_euro}")
        )
        roll_up(connection, list(connection.execute(text("SELECT id FROM activity")).scalars()))
        bump_data_version(connection)
    found = compared(first).found
    assert set(found.total.reasons) == {"rate"}
    assert sum(found.total.reasons.values()) == found.total.difference > 0


def test_other_years_are_no_change_of_the_data(imported: Portfolio) -> None:
    first = freeze()
    second = freeze(replace(CAMBODIA, first_year=2020), "Only later")
    found = compared(first, second)
    assert not found.is_same_question
    assert set(found.found.total.reasons) == {"scope"}


def test_files_of_a_comparison_agree(imported: Portfolio) -> None:
    first = freeze()
    again(imported, (">40000<", ">41000.01<"))
    found = compared(first)
    said = comparison_as_json(found)
    assert said["total"]["difference"] == "1000.01" == said["total"]["reasons"]["amount"]
    assert json.dumps(said)
    assert [row[-1] for row in changes_table(found).rows] == [Decimal("1000.01")]
    assert [table.name for table in comparison_tables(found)] == [
        "Changes", "Summary", "Cells", "Projects", "Renamed",
    ]  # fmt: skip


def test_what_is_not_shared_has_no_name_in_a_snapshot(imported: Portfolio) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE activity SET visibility = 'private' WHERE identifier LIKE 'US-GOV-1-P%'"))
    number = freeze()
    with database.read() as connection:
        snapshot = open_snapshot(connection, number)
    money = open_money(snapshot)
    assert not {one.identifier for one in money.projects.values()} & {"US-GOV-1-P1", "US-GOV-1-P2"}
    [hidden] = [one for one in list_frozen_projects(snapshot) if not one.project]
    assert (hidden.frozen.title, hidden.gross) == ("", 11_500_000)
    assert sum(one.net for one in list_frozen_projects(snapshot)) == snapshot.report.figures.net


def test_reports_of_another_kind_are_not_compared(imported: Portfolio) -> None:
    first, other = freeze(), freeze(replace(CAMBODIA, gross=True), "Gross")
    with pytest.raises(InvalidInput, match="basis"):
        compared(first, other)
    with pytest.raises(InvalidInput):
        compared(first, first)
    with pytest.raises(NotFound):
        compared(first, 99)


def test_who_may_freeze_what(imported: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotAllowed):
        freeze_snapshot(Viewer(1, 1, READER), CAMBODIA, "Spring")
    for title in ("", "  ", "x" * 201):
        with pytest.raises(InvalidInput):
            freeze(title=title)
    monkeypatch.setattr(freezing, "MOST_ROWS", 2)
    with pytest.raises(InvalidInput, match="fewer countries"):
        freeze()
