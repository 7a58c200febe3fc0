"""What stands in the cells of a spreadsheet: every problem at its place, with a remedy; nothing guessed."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.record import Part
from importers.base import FileRefused
from tests.importers.sheet_files import (
    FULL,
    Rows,
    errors_of,
    flows,
    issues_of,
    read_files,
    read_rows,
    write_csv,
    write_workbook,
)


def test_merged_project_ids_hold_for_the_rows_below(tmp_path: Path) -> None:
    import xlsxwriter

    workbook = xlsxwriter.Workbook(str(tmp_path / "m.xlsx"))
    sheet = workbook.add_worksheet("Projects")
    sheet.write_row(0, 0, ["Project ID", "Title", "Country"])
    sheet.merge_range(1, 0, 2, 0, "P1")
    sheet.write_row(1, 1, ["One", "Kenya"])
    sheet.write_row(2, 1, ["", "Uganda"])
    sheet.write_row(3, 1, ["Two", "Uganda"])
    workbook.close()
    records = read_files(tmp_path / "m.xlsx")
    assert [r.identifier for r in records] == ["P1", ""]
    assert [part.code for part in records[0].countries] == ["KE", "UG"]
    missing = next(i for i in issues_of(records, "identifier-missing") if i.cell)
    assert (missing.sheet, missing.row, missing.column, missing.cell) == ("Projects", 4, "Project ID", "A4")


BAD_CELLS = [
    ("Total commitment", "12,5OO", "error", "amount-unreadable", "digits only"),
    ("Start date", "31/02/2019", "error", "date-unreadable", "YYYY-MM-DD"),
    ("Currency", "Galactic credits", "error", "currency-unknown", "ISO 4217"),
    ("Areas", "X9", "warning", "area-unknown", "N3"),
]


@pytest.mark.parametrize(("heading", "text", "level", "code", "hint"), BAD_CELLS)
def test_what_cannot_be_read_is_an_issue_at_its_cell(
    tmp_path: Path, heading: str, text: Any, level: str, code: str, hint: str
) -> None:
    row = list(FULL[1])
    column = FULL[0].index(heading)
    row[column] = text
    records = read_rows(tmp_path, [["Portfolio"], [], FULL[0], FULL[1][:], ["KH-2", *row[1:]]])
    (issue,) = issues_of(records, code)
    assert (issue.level, issue.sheet, issue.row, issue.column) == (level, "Projects", 5, heading)
    assert issue.cell == f"{'ABCDEFGHIJKLMN'[column]}5"
    assert (issue.value, issue.activity) == (text, "KH-2")
    assert hint in issue.hint
    assert errors_of(records) == ([code] if level == "error" else [])
    assert flows(records[:1]) == [("2", "2019-04-03", "", Decimal("1250000.5"), "EUR", "Projects!4")]
    if heading in ("Total commitment", "Currency"):
        assert records[1].flows == []


def test_all_problems_come_in_one_pass(tmp_path: Path) -> None:
    rows: Rows = [FULL[0], FULL[1]]
    for heading, text, _, _, _ in BAD_CELLS:
        row = list(FULL[1])
        row[0], row[FULL[0].index(heading)] = f"P{len(rows)}", text
        rows.append(row)
    records = read_rows(tmp_path, rows)
    codes = {issue.code for record in records for issue in record.issues}
    assert codes >= {code for _, _, _, code, _ in BAD_CELLS}


def test_the_rest_of_the_column_decides(tmp_path: Path) -> None:
    text = "ID;Title;Start date;Total commitment\nP1;One;03/04/2019;12,500\nP2;Two;25/12/2019;1,250,000\n"
    records = read_files(write_csv(tmp_path / "p.csv", text), currency="USD")
    assert errors_of(records) == []
    assert records[0].dates == {"2": date(2019, 4, 3)}
    assert [f.value for r in records for f in r.flows] == [12500, 1250000]


def test_the_owners_answers_decide(tmp_path: Path) -> None:
    text = "ID;Title;Start date;Total commitment\nP1;One;03/04/2019;12,500\n"
    (record,) = read_files(write_csv(tmp_path / "p.csv", text), date_order="mdy", decimal=",", currency="USD")
    assert record.dates == {"2": date(2019, 3, 4)}
    assert record.flows[0].value == Decimal("12.5")
    path = write_csv(tmp_path / "q.csv", "ID,What we call it,Title\nP1,Kenya,One\n")
    (record,) = read_files(path, headings={"What we call it": "country"})
    assert record.countries == [Part("KE", None)]


def test_amounts_in_the_styles_of_several_countries(tmp_path: Path) -> None:
    amounts = ["1.250.000,00", "12.500", "(1.200,5)", "USD 3,5 million", "n/a"]
    rows = "".join(f"P{number}\tA\t{amount}\n" for number, amount in enumerate(amounts))
    text = f"ID\tTitle\tBudget 2019 (EUR)\n{rows}"
    records = read_files(write_csv(tmp_path / "p.tsv", text))
    assert errors_of(records) == []
    values = [(f.value, f.currency) for r in records for f in r.flows]
    assert values == [(1250000, "EUR"), (12500, "EUR"), (Decimal("-1200.5"), "EUR"), (3500000, "USD")]


def test_percentages_in_a_column_beside(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Country", "Country %"],
        ["P1", "A", "Kenya; Uganda", "60; 40"],
        ["P2", "B", "Kenya; Uganda", "60"],
        ["P3", "C", "Kenya / Korea, Republic of", ""],
        ["P4", "D", "KE 80%; UG 50%", ""],
    ]
    records = read_rows(tmp_path, rows)
    assert [p.percentage for p in records[0].countries] == [60, 40]
    (issue,) = issues_of(records, "percentages-unmatched")
    assert (issue.cell, issue.value) == ("D3", "60")
    assert [p.code for p in records[2].countries] == ["KE", "KR"]
    (sums,) = issues_of(records, "percentages-rebased")
    assert (sums.row, sums.value) == (5, "130")


def test_a_region_beside_a_country_takes_no_money(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Country", "Region"],
        ["P1", "A", "Bangladesh", "South Asia"],
        ["P2", "B", "", "South Asia"],
        ["P3", "C", "", "Mekong delta"],
    ]
    records = read_rows(tmp_path, rows)
    assert [[p.code for p in r.countries] for r in records] == [["BD"], ["679"], ["99-Mekong delta"]]
    assert b'name="Region">South Asia' in records[0].xml


def test_sectors_by_vocabulary(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Sector"],
        ["P1", "A", "12220 - Basic health care; 15160"],
        ["P2", "B", "122"],
        ["P3", "C", "Child safety"],
    ]
    records = read_rows(tmp_path, rows)
    assert [[(p.code, p.vocabulary) for p in r.sectors] for r in records] == [
        [("12220", "1"), ("15160", "1")],
        [("122", "2")],
        [("Child safety", "99")],
    ]


@pytest.mark.parametrize("is_large", [False, True])
def test_error_cells_are_not_taken_for_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_large: bool) -> None:
    import xlsxwriter

    monkeypatch.setattr("importers.sheet.AHEAD_FROM", 0 if is_large else 1 << 20)

    workbook = xlsxwriter.Workbook(str(tmp_path / "e.xlsx"))
    sheet = workbook.add_worksheet("Projects")
    sheet.write_row(0, 0, ["ID", "Title", "Budget 2019"])
    sheet.write_row(1, 0, ["P1", "One"])
    sheet.write_formula(1, 2, "=Missing!A1", None, "#REF!")
    workbook.close()
    (issue,) = issues_of(read_files(tmp_path / "e.xlsx"), "amount-unreadable")
    assert (issue.cell, issue.value) == ("C2", "#REF!")
    with zipfile.ZipFile(tmp_path / "e.xlsx") as usual, zipfile.ZipFile(tmp_path / "moved.xlsx", "w") as moved:
        for name in usual.namelist():
            moved.writestr(name.replace("worksheets/", "pages/"), usual.read(name).replace(b"worksheets/", b"pages/"))
    (issue,) = issues_of(read_files(tmp_path / "moved.xlsx"), "amount-unreadable")
    assert (issue.cell, issue.value) == ("C2", "#REF!")


CELLS = st.one_of(
    st.text(max_size=12),
    st.integers(-5, 3000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2090, 1, 1)),
)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=6))
def test_any_cells_give_records_or_issues_and_places_for_each_amount(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows
) -> None:
    headings = ["ID", "Title", "Country", "Start date", "Total commitment", "Sector"]
    path = write_workbook(tmp_path_factory.mktemp("any") / "p.xlsx", Projects=[headings, *rows])
    try:
        records = read_files(path)
    except FileRefused:
        return
    assert all(flow.place.startswith("Projects!") for record in records for flow in record.flows)
