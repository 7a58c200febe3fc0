"""A refused file, corrected in the workbook that comes back, in a real browser."""

from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page

SignIn = Callable[[Page, str], None]
ROWS = [
    ["Project ID", "Title", "Country", "Start date", "Currency", "Total commitment"],
    ["F-1", "Wells", "Kenya", "2019-31-12", "EUR", "12,5OO"],
    ["F-2", "Roads", "Mali", "2019-04-03", "EUR", 500],
]


def write_file(path: Path) -> Path:
    book = Workbook()
    book.active.title = "Data"
    for row in ROWS:
        book.active.append(row)
    book.save(path)
    return path


def send(page: Page, server: str, path: Path) -> None:
    page.goto(f"{server}/imports")
    page.get_by_label("Files").set_input_files(path)
    page.get_by_role("button", name="Check the file").click()


def test_fix_by_returned_workbook(server: str, page: Page, sign_in_to: SignIn, tmp_path: Path) -> None:
    sign_in_to(page, "owner")
    send(page, server, write_file(tmp_path / "strange.xlsx"))
    link = page.get_by_role("link", name="Your workbook with marked cells")
    link.wait_for()
    with page.expect_download() as started:
        link.click()
    path = tmp_path / "marked.xlsx"
    started.value.save_as(path)
    book = load_workbook(path)
    sheet = book["Data"]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] >= ["D2", "F2"]
    sheet["D2"], sheet["F2"] = "2019-12-31", 12500
    book.save(path)
    send(page, server, path)
    page.get_by_role("button", name="Write 2 projects").click()
    page.get_by_role("button", name="Take this import back").wait_for()
    page.goto(f"{server}/portfolio")
    assert page.get_by_role("link", name="Wells").is_visible()


def test_download_edit_upload(server: str, page: Page, sign_in_to: SignIn, tmp_path: Path) -> None:
    """The filled template is a round trip: one edited title is one change."""
    sign_in_to(page, "owner")
    path = write_file(tmp_path / "first.xlsx")
    book = load_workbook(path)
    book["Data"]["D2"], book["Data"]["F2"] = "2019-12-31", 12500
    book.save(path)
    send(page, server, path)
    page.get_by_role("button", name="Write 2 projects").click()
    page.get_by_role("button", name="Take this import back").wait_for()
    page.goto(f"{server}/imports")
    with page.expect_download() as started:
        page.get_by_role("link", name="Template with my portfolio").click()
    filled = tmp_path / "filled.xlsx"
    started.value.save_as(filled)
    book = load_workbook(filled)
    book["Projects"]["B2"] = "Deep wells"
    book.save(filled)
    send(page, server, filled)
    page.get_by_text("0 new, 1 changed, 1 unchanged, 0 archived").first.wait_for()
