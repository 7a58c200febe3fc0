"""The marked workbook: everything of the owner's stays, the marks say what to do, and a corrected file imports clean."""

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook

from app.codelists.template import UNREAD_MARK
from app.languages import speaking
from app.models.issue import Issue
from exports.annotated_workbook import can_mark, mark_workbook_file
from exports.issue_list import COMMENT_MARK, FILLS, SheetIssue
from exports.marked_copy import write_marked_copy
from importers.base import Source
from importers.read_sheets import read_sheets
from tests.importers.sheet_files import read_files

ERROR = Issue(
    "error", "amount-unreadable", "“12,5OO” is not an amount.", "Write digits.", "Data", 4, "Paid", "D4", value="12,5OO"
)
WARNING = Issue("warning", "status-unknown", "“Maybe” is no status.", "Write Closed.", "Data", 5, "Status", "C5")
ON_ROW = Issue("info", "row-read", "This row was read so.", "", "Data", 9)
ON_FILE = Issue("warning", "encoding-guessed", "The file is old.", "", None)
SECOND = Issue("info", "said", "A note on the same cell.", "", "Data", 4, "Paid", "D4")
ISSUES = [SheetIssue(issue, issue.sheet or "") for issue in (ERROR, WARNING, ON_ROW, ON_FILE, SECOND)]


@pytest.fixture
def owners(tmp_path: Path) -> Path:
    """A workbook that somebody has worked on: formulas, widths, formats, a chart, lists, comments, a hidden sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in (["Our projects"], [], ["ID", "Title", "Status", "Paid"], ["A-1", "Water", "Closed", "12,5OO"],
                ["A-2", "Roads", "Maybe", 5.5], [None, None, "sum", "=SUM(D4:D5)"]):  # fmt: skip
        sheet.append(row)
    sheet.column_dimensions["B"].width = 55
    sheet["D4"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["D4"].font = Font(bold=True)
    sheet["C5"].comment = Comment("Ask Maria", "Officer")
    sheet["A3"].comment = Comment("Left alone", "Officer")
    sheet.merge_cells("A1:D1")
    rule = DataValidation("list", formula1='"Closed,Implementation"', allow_blank=True)
    rule.add("C4:C99")
    sheet.add_data_validation(rule)
    other = book.create_sheet("It's a chart")
    other["A1"] = 3
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=4, max_row=5))
    other.add_chart(chart, "C3")
    book.create_sheet("Secret").sheet_state = "hidden"
    path = tmp_path / "owners.xlsx"
    book.save(path)
    return path


def marked(path: Path, issues: list[SheetIssue], name: str = "marked.xlsx") -> Path:
    assert can_mark(path, ["Data"])
    target = path.with_name(name)
    with target.open("wb") as out:
        mark_workbook_file(path, issues, out)
    return target


def colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)[-6:] if cell.fill.fill_type else ""


def test_cells_are_coloured_and_say_what_to_do(owners: Path) -> None:
    sheet = load_workbook(marked(owners, ISSUES))["Data"]
    assert (colour(sheet["D4"]), colour(sheet["C5"]), colour(sheet["A9"])) == tuple(FILLS.values())
    assert colour(sheet["B4"]) == ""
    assert sheet["D4"].font.bold
    text = sheet["D4"].comment.text
    assert text.startswith(f"{COMMENT_MARK}\nError: “12,5OO” is not an amount.\nWrite digits.")
    assert "Note: A note on the same cell." in text
    assert sheet["C5"].comment.text.startswith(f"Ask Maria\n\n{COMMENT_MARK}\nWarning:")
    assert sheet["A3"].comment.text == "Left alone"


def test_all_else_stays_as_it_was(owners: Path) -> None:
    path = marked(owners, ISSUES)
    with zipfile.ZipFile(owners) as before, zipfile.ZipFile(path) as after:
        assert after.testzip() is None
        names = after.namelist()
        assert len(names) == len(set(names))
        for name in before.namelist():
            if name not in ("[Content_Types].xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                            "xl/worksheets/sheet1.xml") and "omment" not in name and "drawing" not in name.lower():  # fmt: skip
                assert after.read(name) == before.read(name), name
        assert [name for name in names if "chart" in name] == [name for name in before.namelist() if "chart" in name]
        drawing = next(name for name in names if name.startswith("xl/drawings/drawing"))
        assert after.read(drawing) == before.read(drawing)
    book = load_workbook(path)
    assert book.sheetnames == ["Data", "It's a chart", "Secret", "Issues"]
    sheet = book["Data"]
    assert sheet["D6"].value == "=SUM(D4:D5)"
    assert sheet.column_dimensions["B"].width == 55
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["C4:C99"]
    assert str(next(iter(sheet.merged_cells.ranges))) == "A1:D1"
    assert book["Secret"].sheet_state == "hidden"


def test_the_list_leads_to_the_cells(owners: Path) -> None:
    path = marked(
        owners,
        [*ISSUES, SheetIssue(Issue("info", "x", "Elsewhere.", "", "It's a chart", 1, None, "A1"), "It's a chart")],
    )
    sheet = load_workbook(path)["Issues"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == UNREAD_MARK
    assert rows[2][0].startswith("Error: 1, Warning: 2, Note: 3.")
    assert rows[4][:8] == ("Error", "D4", "Data", 4, "Paid", "12,5OO", ERROR.message, ERROR.hint)
    assert [row[1] for row in rows[4:]] == ["D4", "C5", "A9", "file", "D4", "A1"]
    assert [sheet.cell(row, 2).hyperlink and sheet.cell(row, 2).hyperlink.location for row in range(5, 11)] == [
        "'Data'!D4", "'Data'!C5", "'Data'!A9", None, "'Data'!D4", "'It''s a chart'!A1",
    ]  # fmt: skip
    assert sheet.column_dimensions["J"].hidden
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Issues").to_python()[4][0] == "Error"


def test_marking_again_takes_the_old_marks_out(owners: Path) -> None:
    once = marked(owners, ISSUES)
    with speaking("fr"):  # our list of the time before is known in any language
        again = marked(once, [ISSUES[1]], "again.xlsx")
    book = load_workbook(again)
    sheet = book["Data"]
    assert book.sheetnames == ["Data", "It's a chart", "Secret", "Issues"]
    assert (colour(sheet["D4"]), sheet["D4"].comment) == ("00FF00", None)
    assert sheet["C5"].comment.text.count(COMMENT_MARK) == 1
    assert sheet["C5"].comment.text.startswith("Ask Maria\n\n")
    assert len(list(book["Issues"].iter_rows(min_row=5))) == 1
    clean = load_workbook(marked(again, [], "clean.xlsx"))["Data"]
    assert (colour(clean["C5"]), colour(clean["A9"]), clean["C5"].comment.text) == ("", "", "Ask Maria")


def test_marks_survive_a_program_that_saves_the_file_anew(owners: Path) -> None:
    path = marked(owners, ISSUES)
    book = load_workbook(path)
    book["Data"]["D4"].value = 12500
    book.save(path)
    sheet = load_workbook(marked(path, [], "clean.xlsx"))["Data"]
    assert (sheet["D4"].value, colour(sheet["D4"]), sheet["D4"].comment) == (12500, "00FF00", None)


def test_an_owners_sheet_named_issues_is_the_owners(owners: Path) -> None:
    book = load_workbook(owners)
    book.create_sheet("issues")["A1"] = "Mine"
    book.save(owners)
    path = marked(owners, ISSUES)
    book = load_workbook(path)
    assert book.sheetnames[-2:] == ["issues", "Issues 2"]
    assert book["issues"]["A1"].value == "Mine"


def test_issues_in_merged_cells_stand_at_the_cell_that_shows(owners: Path) -> None:
    issue = SheetIssue(Issue("error", "x", "Bad.", "", "Data", 1, None, "C1"), "Data")
    sheet = load_workbook(marked(owners, [issue]))["Data"]
    assert (colour(sheet["A1"]), colour(sheet["C1"])) == (FILLS["error"], "")
    assert "Bad." in sheet["A1"].comment.text


def test_cells_that_do_not_say_where_they_stand_are_found(tmp_path: Path) -> None:
    """Some programs leave the references of rows and cells out."""
    book = Workbook()
    book.active.title = "Data"
    for row in (["ID", "Title"], ["A-1", "Water"], ["A-2", "Roads"]):
        book.active.append(row)
    numbered, bare = tmp_path / "numbered.xlsx", tmp_path / "bare.xlsx"
    book.save(numbered)
    with zipfile.ZipFile(numbered) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            is_sheet = name == "xl/worksheets/sheet1.xml"
            target.writestr(name, re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", content) if is_sheet else content)
    issues = [SheetIssue(Issue("error", "x", "Bad.", "", "Data", 1, None, cell), "Data") for cell in ("B3", "C2", "A5")]
    sheet = load_workbook(marked(bare, issues))["Data"]
    assert (sheet["B3"].value, sheet["B2"].value) == ("Roads", "Water")
    assert {cell: colour(sheet[cell]) for cell in ("B3", "C2", "A5", "B2")} == {
        "B3": FILLS["error"], "C2": FILLS["error"], "A5": FILLS["error"], "B2": "",
    }  # fmt: skip


def test_what_is_no_xlsx_or_too_large_is_copied_instead(
    owners: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "small.csv"
    text.write_text("a,b\n", encoding="utf-8")
    assert not can_mark(text, ["small.csv"])
    assert not can_mark(owners, ["Nothing"])
    monkeypatch.setattr("exports.annotated_workbook.LARGEST_SHEET", 10)
    assert not can_mark(owners, ["Data"])


def test_a_copy_holds_the_data_as_read_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "portfolio: of [mine].csv"
    path.write_text("ID,Title,Paid\nA-1,=cmd|' /C calc'!A0,007\nA-2,@x,\n", encoding="utf-8")
    issue = Issue("error", "x", "Bad.", "Do this.", path.name, 3, "Paid", "C3")
    out = BytesIO()
    sheets = [(sheet.name, sheet.rows) for sheet in read_sheets(Source(path, path.name))]
    write_marked_copy(sheets, [SheetIssue(issue, path.name)], out)
    book = load_workbook(BytesIO(out.getvalue()))
    assert book.sheetnames == ["portfolio- of -mine-.csv", "Issues"]
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["ID", "Title", "Paid"], ["A-1", "=cmd|' /C calc'!A0", "007"], ["A-2", "@x", None],
    ]  # fmt: skip
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert sheet["B2"].data_type == "s"
    assert colour(sheet["C3"]) == FILLS["error"]
    assert "Do this." in sheet["C3"].comment.text
    listing = book["Issues"]
    assert listing["B5"].hyperlink.location == "'portfolio- of -mine-.csv'!C3"


def test_the_importer_does_not_see_our_sheets(owners: Path) -> None:
    path = marked(owners, ISSUES)
    assert [sheet.name for sheet in read_sheets(Source(path, path.name))] == ["Data", "It's a chart"]
    assert {record.identifier for record in read_files(path)} == {"A-1", "A-2"}
