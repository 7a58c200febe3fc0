"""What spreadsheets should not hold, and do: read where it can be, said at its cell, never a crash."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from importers import read_sheets
from importers.base import FileRefused, Issue, Source
from tests.importers.error_files import write_ods_with_errors, write_xls_with_errors
from tests.importers.sheet_files import (
    Rows,
    errors_of,
    flows,
    issues_of,
    read_files,
    read_rows,
    write_csv,
    write_workbook,
)


def test_blank_rows_without_end_take_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_sheets, "MOST_BLANK_ROWS", 1000)
    head, blank, last = "ID,Title,Country\nP1,One,Kenya\n", ",,\n", "P2,Two,Mali\n"
    path = write_csv(tmp_path / "p.csv", head + blank * 900 + last + blank * 400_000)
    records = read_files(path)
    assert [record.place for record in records] == ["p.csv!2", "p.csv!903"]
    (sheet,) = read_sheets.read_sheets(Source(path, path.name, {}))
    assert len(sheet.rows) == 903
    path = write_csv(tmp_path / "q.csv", head + blank * 3000 + last)
    with pytest.raises(FileRefused) as caught:
        read_files(path)
    (issue,) = caught.value.issues
    assert isinstance(issue, Issue)
    assert (issue.code, issue.line) == ("sheet-too-long", 1003)


def test_formatted_blank_rows_of_a_workbook_are_no_projects(tmp_path: Path) -> None:
    workbook = xlsxwriter.Workbook(str(tmp_path / "p.xlsx"), {"constant_memory": True})
    sheet, red = workbook.add_worksheet("Projects"), workbook.add_format({"bg_color": "red"})
    sheet.write_row(0, 0, ["ID", "Title", "Country"])
    sheet.write_row(1, 0, ["P1", "One", "Kenya"])
    for row in range(2, 20_000):
        sheet.write_blank(row, 0, None, red)
    workbook.close()
    assert [record.identifier for record in read_files(tmp_path / "p.xlsx")] == ["P1"]


def test_sixteen_thousand_columns_are_kept_and_said_together(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", *(f"Extra {n}" for n in range(16382))], ["P1", "One", *["x"] * 16382]]
    (record,) = read_rows(tmp_path, rows)
    assert b'name="Extra 16381">x<' in record.xml
    assert len(issues_of([record], "column-unknown")) == 60
    (rest,) = issues_of([record], "columns-unknown")
    assert "16322 more columns" in rest.message


@pytest.mark.parametrize("write", [write_xls_with_errors, write_ods_with_errors])
def test_cells_that_show_errors_are_said_in_every_kind_of_workbook(tmp_path: Path, write: Any) -> None:
    records = read_files(write(tmp_path / "e"), currency="EUR")
    (amount,) = issues_of(records, "amount-unreadable")
    assert (amount.level, amount.cell, amount.value) == ("error", "C2", "#REF!")
    (title,) = issues_of(records, "cell-error")
    assert (title.level, title.cell, title.value) == ("warning", "B3", "#N/A")
    assert [record.titles for record in records] == [[("", "One")], []]


def test_a_workbook_that_hides_its_errors_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_sheets, "check_workbook", lambda _: True)  # as of an XLSB, which no library here writes
    monkeypatch.setattr(read_sheets, "find_error_cells", lambda _: None)
    path = write_workbook(tmp_path / "p.xlsx", Projects=[["ID", "Title"], ["P1", "One"]], Old=[["x", "y"], ["z", "w"]])
    (issue,) = issues_of(read_files(path), "errors-unchecked")
    assert issue.level == "warning"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=1+1", "cell-formula"),
        ("=cmd|' /C calc'!A0", "cell-formula"),
        ("@SUM(1+1)*cmd|' /C calc'!A0", "cell-formula"),
        ("-cmd|' /C calc'!A0", "cell-formula"),
        ("Wat\x07er\x1f", "characters-hidden"),
        ("#REF!", "cell-error"),
    ],
)
def test_hostile_and_hidden_cells_are_said_with_their_place(tmp_path: Path, text: str, code: str) -> None:
    records = read_rows(tmp_path, [["ID", "Title", "Note of ours"], ["P1", text, "x"], ["P2", "Two", text]])
    issues = issues_of(records, code)
    assert [(i.level, i.sheet, i.row, i.column, i.cell) for i in issues] == [
        ("warning", "Projects", 2, "Title", "B2"),
        ("warning", "Projects", 3, "Note of ours", "C3"),
    ]
    assert errors_of(records) == []


@pytest.mark.parametrize(
    "text", ["- Improve water\n- Build wells", "+254 700 123456", "@ministry", "مشروع المياه", "Water 💧 for all"]
)
def test_ordinary_texts_are_no_formulas(tmp_path: Path, text: str) -> None:
    (record,) = read_rows(tmp_path, [["ID", "Title", "Country"], ["P1", text, "Kenya"]])
    assert record.title == text
    assert not record.issues


def test_formulas_are_no_amounts(tmp_path: Path) -> None:
    (record,) = read_rows(tmp_path, [["ID", "Title", "Budget 2019 (EUR)"], ["P1", "One", "=1+1"]])
    (issue,) = issues_of([record], "amount-unreadable")
    assert (issue.cell, issue.value, record.flows) == ("C2", "=1+1", [])


def test_nul_bytes_are_taken_out_and_said(tmp_path: Path) -> None:
    filler = "".join(f"P{n},Title of project {n},Kenya\n" for n in range(1000))
    records = read_files(write_csv(tmp_path / "p.csv", f"ID,Title,Country\n{filler}Q1,Wa\0ter,Mali\n"))
    assert records[-1].title == "Water"
    assert [issue.cell for issue in issues_of(records, "characters-hidden")] == ["B1002"]


def test_a_heading_that_stands_twice_is_said(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Budget 2019 (EUR)", "Budget 2019 (EUR)"], ["P1", "One", 10, 20]]
    records = read_rows(tmp_path, rows)
    (issue,) = issues_of(records, "heading-repeated")
    assert (issue.level, issue.cell) == ("warning", "D1")
    assert "column C" in issue.message
    assert [f[3] for f in flows(records)] == [10]
    assert b">20<" in records[0].xml


# --- ids -----------------------------------------------------------------------------------


def test_ids_that_differ_in_case_or_spaces_are_said_once(tmp_path: Path) -> None:
    projects: Rows = [
        ["ID", "Title", "Currency"],
        ["P-1", "One", "EUR"],
        ["p-1", "Two", "EUR"],
        ["P 2", "Three", "EUR"],
    ]
    path = write_workbook(tmp_path / "p.xlsx", Projects=projects, Transactions=[
        ["ID", "Type", "Date", "Amount"],
        *[["p2", "D", date(2019, 1, day), 10] for day in range(1, 9)],
    ])  # fmt: skip
    records = read_files(path)
    assert [record.identifier for record in records] == ["P-1", "p-1", "P 2"]
    assert [len(record.flows) for record in records] == [0, 0, 8]
    first, second = sorted(issues_of(records, "identifiers-alike"), key=lambda issue: issue.sheet or "")
    assert (first.level, first.cell) == ("warning", "A3")
    assert "“P-1” and “p-1”" in first.message
    assert (second.sheet, second.cell) == ("Transactions", "A2")
    assert "“p2” and “P 2”" in second.message
    assert errors_of(records) == []


def test_an_id_that_could_be_two_projects_is_none(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[["ID", "Title", "Currency"], ["P-1", "One", "EUR"], ["p-1", "Two", "EUR"]],
        Transactions=[["ID", "Type", "Date", "Amount"], ["P -1", "D", date(2019, 1, 2), 10]],
    )
    assert "project-unknown" in errors_of(read_files(path))


def test_an_id_that_stands_in_two_rows_or_files_is_said(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Country"], *[[f"P{n}", f"Project {n}", "Kenya"] for n in range(30)]]
    records = read_rows(tmp_path, [*rows, ["P7", "Project 7", "Mali"]])
    (issue,) = issues_of(records, "identifier-repeated")
    assert (issue.level, issue.cell) == ("warning", "A32")
    assert "“P7” (Projects!9, Projects!32)" in issue.message
    january, february = (write_workbook(tmp_path / name, Projects=rows[:3]) for name in ("jan.xlsx", "feb.xlsx"))
    records = read_files(january, february)
    assert len(records) == 2
    (issue,) = issues_of(records, "identifier-repeated")
    assert issue.sheet == "Projects (feb.xlsx)"


def test_several_rows_a_project_are_no_mistake(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Country"], *[[f"P{n // 2}", f"Project {n // 2}", "Kenya"] for n in range(30)]]
    assert not issues_of(read_rows(tmp_path, rows), "identifier-repeated")


def test_a_list_of_codes_is_no_list_of_projects(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[["ID", "Title", "Country"], ["P1", "One", "Kenya"]],
        Codes=[["Code", "Country"], ["KE", "Kenya"], ["ML", "Mali"]],
    )
    records = read_files(path)
    assert [record.identifier for record in records] == ["P1"]
    assert [issue.sheet for issue in issues_of(records, "sheet-not-read")] == ["Codes"]


# --- values that can't be meant ------------------------------------------------------------


def test_negative_budgets_and_ends_before_starts_are_warnings_at_their_cells(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Start date", "End date", "Budget 2019 (EUR)", "Disbursed 2019 (EUR)"],
        ["P1", "One", date(2019, 5, 1), date(2018, 5, 1), -100, -5],
    ]
    records = read_rows(tmp_path, rows)
    (budget,) = issues_of(records, "budget-negative")
    (dates,) = issues_of(records, "dates-backwards")
    assert [(i.level, i.row, i.column, i.cell) for i in (budget, dates)] == [
        ("warning", 2, "Budget 2019 (EUR)", "E2"),
        ("warning", 2, "End date", "D2"),
    ]
    assert [f[3] for f in flows(records)] == [-100, -5]
    assert errors_of(records) == []
