"""Fix it, upload it again: the file of an import comes back with its issues marked, and imports once it is corrected."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app import database
from app.errors import ImportConflict, NotFound
from app.rules.permissions import OPERATOR, Viewer
from app.services.import_files import import_files
from app.services.import_portfolio import ImportResult
from app.services.mark_workbook import MarkedFile, mark_workbook
from exports.issue_list import FILLS
from tests.services.stored import Portfolio

OWNER = "XX-1"
HEADINGS = ["Project ID", "Title", "Country", "Start date", "Status", "Currency", "Total commitment"]
STRANGE: list[list[Any]] = [
    ["Portfolio of the ministry, as of May"], [], HEADINGS,
    ["A-1", "Wells", "Kenia Republic of nowhere", "2019-31-12", "Ongoing", "EUR", "12,5OO"],
    ["A-2", "Roads", "Kenya", "2019-04-03", "Perhaps", "EUR", 500],
    [None, "A school without an id", "Mali", None, None, "EUR", 7],
]  # fmt: skip


def write_strange(path: Path, rows: list[list[Any]] = STRANGE, sheet: str = "Data") -> Path:
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def marked(result: ImportResult, viewer: Viewer = OPERATOR) -> tuple[MarkedFile, BytesIO]:
    out = BytesIO()
    with database.read() as connection:
        file = mark_workbook(connection, viewer, result.import_id, out)
    out.seek(0)
    return file, out


def colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)[-6:] if cell.fill.fill_type else ""


def test_a_corrected_workbook_imports_clean(portfolio: Portfolio, tmp_path: Path) -> None:
    result = import_files([write_strange(tmp_path / "strange.xlsx")], owner=OWNER)
    assert result.state == "refused"
    file, out = marked(result)
    assert file.name == f"import-{result.import_id}-issues.xlsx"
    book = load_workbook(out)
    sheet = book["Data"]
    wrong = {cell.coordinate for row in sheet.iter_rows() for cell in row if colour(cell) == FILLS["error"]}
    assert wrong == {"C4", "D4", "E5", "G4", "A6"}  # C4 and E5 are what the open questions ask about
    assert all(sheet[cell].comment for cell in wrong)
    assert "Which country" in sheet["C4"].comment.text
    sheet["C4"], sheet["D4"], sheet["G4"], sheet["E5"] = "Kenya", "2019-12-31", 12500, "Closed"
    sheet["A6"], sheet["D6"] = "A-3", "2020-01-31"
    corrected = tmp_path / "corrected.xlsx"
    book.save(corrected)
    again = import_files([corrected], owner=OWNER)
    assert again.state == "committed", again.issues
    assert (again.counts.new, again.counts.rejected) == (3, 0)
    assert [issue for issue in again.issues if issue.level != "info"] == []
    assert not any(issue.sheet == "Issues" for issue in again.issues)
    _, clean = marked(again)
    sheet = load_workbook(clean)["Data"]
    shown = {colour(cell) for row in sheet.iter_rows() for cell in row}
    assert shown <= {"", FILLS["info"]}


def test_a_csv_comes_back_as_a_workbook_that_imports(portfolio: Portfolio, tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text("Project ID;Title;Total commitment (EUR)\nB-1;=1+1;12,5OO\nB-2;Roads;\n", encoding="utf-8")
    result = import_files([path], owner=OWNER)
    assert result.state == "refused"
    _, out = marked(result)
    book = load_workbook(out)
    assert book.sheetnames == ["small.csv", "Issues"]
    sheet = book["small.csv"]
    assert (colour(sheet["C2"]), sheet["B2"].value, sheet["B2"].data_type) == (FILLS["error"], "=1+1", "s")
    sheet["C2"] = 12500
    sheet["B2"] = "Two"
    corrected = tmp_path / "corrected.xlsx"
    book.save(corrected)
    again = import_files([corrected], owner=OWNER)
    assert again.state == "committed", again.issues
    assert again.counts.new == 2


def test_each_of_several_files_comes_back_with_its_own_issues(portfolio: Portfolio, tmp_path: Path) -> None:
    """Two workbooks with a sheet of one name, and a file in a zip."""
    rows: list[list[Any]] = [HEADINGS, ["C-1", "Wells", "Kenya", None, None, "EUR", "1OO"]]
    one = write_strange(tmp_path / "one.xlsx", rows)
    two = write_strange(tmp_path / "two.xlsx", [HEADINGS, ["C-2", "Roads", "Kenya", "2019-31-12", None, "EUR", 5]])
    packed = tmp_path / "more.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("three.csv", "Project ID,Title,Total commitment (EUR)\nC-3,Schools,5OO\n")
    result = import_files([one, two, packed], owner=OWNER)
    assert result.state == "refused"
    file, out = marked(result)
    assert (file.name, file.media_type) == (f"import-{result.import_id}-issues.zip", "application/zip")
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        books = [load_workbook(BytesIO(archive.read(name))) for name in names]
    assert names == ["1-one.xlsx", "2-two.xlsx", "3-three.xlsx"]
    assert (colour(books[0]["Data"]["G2"]), colour(books[0]["Data"]["D2"])) == (FILLS["error"], "")
    assert (colour(books[1]["Data"]["G2"]), colour(books[1]["Data"]["D2"])) == ("", FILLS["error"])
    assert colour(books[2].worksheets[0]["C2"]) == FILLS["error"]
    assert [sheet["C5"].value for sheet in (books[0]["Issues"], books[1]["Issues"])] == ["Data", "Data"]


def test_a_file_without_cells_gives_the_list_alone(portfolio: Portfolio, tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_text("<iati-activities><iati-activity>", encoding="utf-8")
    result = import_files([path], owner=OWNER)
    assert result.state == "refused"
    book = load_workbook(marked(result)[1])
    assert book.sheetnames == ["Issues"]
    assert book["Issues"]["A5"].value == "Error"


def test_a_workbook_that_nobody_can_open_gives_the_list_alone(portfolio: Portfolio, tmp_path: Path) -> None:
    path = write_strange(tmp_path / "cut.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "broken.xlsx", "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name)[:40] if name.startswith("xl/work") else source.read(name))
    result = import_files([tmp_path / "broken.xlsx"], owner=OWNER)
    assert result.state == "refused"
    assert load_workbook(marked(result)[1]).sheetnames == ["Issues"]


def test_only_those_whose_import_it_is(portfolio: Portfolio, tmp_path: Path) -> None:
    result = import_files([write_strange(tmp_path / "strange.xlsx")], owner=OWNER)
    with pytest.raises(NotFound):
        marked(result, Viewer(7, 999, "editor"))


def test_not_while_it_is_being_read(portfolio: Portfolio, tmp_path: Path) -> None:
    from sqlalchemy import text

    result = import_files([write_strange(tmp_path / "strange.xlsx")], owner=OWNER)
    with database.write() as connection:
        connection.execute(text("UPDATE import_run SET state = 'running'"))
    with pytest.raises(ImportConflict):
        marked(result)


def test_a_file_that_is_not_kept_any_more_is_said(portfolio: Portfolio, tmp_path: Path) -> None:
    result = import_files([write_strange(tmp_path / "strange.xlsx")], owner=OWNER)
    from app.settings import settings

    for path in (settings().data_dir / "files").iterdir():
        path.unlink()
    with pytest.raises(NotFound, match="not kept here"):
        marked(result)
