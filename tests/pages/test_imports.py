"""Imports on the pages: upload, preview, confirm, undo; and who may do what."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from xlsxwriter import Workbook

from app.services.import_portfolio import ImportResult
from app.settings import settings
from tests.browser import find_axe_violations
from tests.pages.conftest import HEADINGS, ROWS, People

SMALL = (HEADINGS + "".join(ROWS.values())).encode()
BAD = (HEADINGS + 'T-3,Water,Wells,Kenya,31/02/2019,,"12,5OO"\n').encode()


def upload(content: bytes, name: str = "small.csv") -> dict[str, tuple[str, bytes]]:
    return {"files": (name, content)}


def test_an_upload_becomes_a_preview_that_writes_nothing(people: People) -> None:
    answer = people.owner.post("/imports", files=upload(SMALL))
    assert answer.headers["location"] == "/imports/1"
    page = people.owner.get("/imports/1").text
    assert "nothing has been written yet" in page
    assert "Schools free from violence" in page
    assert people.owner.get("/api/v1/activities").json()["items"] == []
    assert list((settings().data_dir / "uploads").iterdir()) == []


def test_only_what_can_be_read_is_offered(people: People) -> None:
    assert 'accept=".xml,.xlsx,.xls,.ods,.csv,.tsv"' in people.owner.get("/imports").text


def test_confirm_and_undo(people: People) -> None:
    people.owner.post("/imports", files=upload(SMALL))
    assert people.owner.post("/imports/1/confirm").status_code == 303
    assert len(people.owner.get("/api/v1/activities").json()["items"]) == 2
    assert "Take this import back" in people.owner.get("/imports/1").text
    assert people.owner.post("/imports/1/undo").status_code == 303
    assert people.owner.get("/api/v1/activities").json()["items"] == []


def test_a_change_is_shown_field_by_field(people: People, portfolio: ImportResult) -> None:
    answer = people.owner.post("/imports", files=upload(SMALL.replace(b"Rural roads", b"Rural bridges")))
    page = people.owner.get(answer.headers["location"]).text
    assert "<del>Rural roads</del>" in page
    assert "<ins>Rural bridges</ins>" in page


def test_an_undo_that_a_later_import_forbids_says_why(people: People, portfolio: ImportResult) -> None:
    people.owner.post("/imports", files=upload(SMALL.replace(b"Rural roads", b"Rural bridges")))
    people.owner.post("/imports/2/confirm")
    answer = people.owner.post("/imports/1/undo")
    assert answer.status_code == 409
    assert "Later imports changed the same projects" in answer.text


def test_a_preview_can_be_discarded(people: People) -> None:
    people.owner.post("/imports", files=upload(SMALL))
    assert people.owner.post("/imports/1/discard").status_code == 303
    assert people.owner.post("/imports/1/confirm").status_code == 409


def test_a_refused_file_shows_each_issue_at_its_cell(people: People) -> None:
    people.owner.post("/imports", files=upload(BAD))
    page = people.owner.get("/imports/1").text
    assert "E2" in page
    assert "date-unreadable" in page
    only = people.owner.get("/imports/1?level=error&code=amount-unreadable").text
    assert "12,5OO" in only
    assert "31/02/2019" not in only
    table = people.owner.get("/imports/1?format=csv&code=date-unreadable")
    assert table.headers["content-type"].startswith("text/csv")
    assert "31/02/2019" in table.text
    assert "12,5OO" not in table.text


def test_good_rows_are_kept_where_asked(people: People) -> None:
    people.owner.post("/imports", files=upload(SMALL + BAD.split(b"\n", 1)[1]), data={"keep_good": "true"})
    assert "nothing has been written yet" in people.owner.get("/imports/1").text


def test_the_colleague_reads_but_settles_nothing(people: People) -> None:
    people.owner.post("/imports", files=upload(SMALL))
    page = people.colleague.get("/imports/1").text
    assert "Schools free from violence" in page
    assert "Confirm" not in page
    assert people.colleague.post("/imports/1/confirm").status_code == 403
    assert people.colleague.post("/imports", files=upload(SMALL)).status_code == 422


def test_the_stranger_sees_no_import(people: People, portfolio: ImportResult) -> None:
    assert people.stranger.get("/imports/1").status_code == 404
    assert people.stranger.post("/imports/1/undo").status_code == 404
    assert "portfolio.csv" not in people.stranger.get("/imports").text
    answer = people.stranger.post("/imports", files=upload(SMALL), data={"owner": "XM-DAC-6-4"})
    assert "your own organisation only" in answer.text


def test_the_admin_imports_for_anybody(people: People) -> None:
    people.admin.post("/imports", files=upload(SMALL), data={"owner": "XM-DAC-6-4"})
    assert people.owner.get("/imports/1").status_code == 200


def test_nobody_signs_in_first(people: People, portfolio: ImportResult) -> None:
    for address in ("/imports", "/imports/1"):
        assert people.nobody.get(address).headers["location"].startswith("/sign-in")
    assert people.nobody.post("/imports/1/undo").headers["location"] == "/sign-in"


def test_an_upload_that_is_too_large_stops(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.import_upload.UPLOAD_LIMIT", 10)
    answer = people.owner.post("/imports", files=upload(SMALL))
    assert "is larger than" in answer.text
    assert list((settings().data_dir / "uploads").iterdir()) == []


def test_a_button_says_that_its_work_takes_a_while(
    server: str, page: Page, sign_in_to: Callable[[Page, str], None], tmp_path: Path
) -> None:
    path = tmp_path / "small.csv"
    path.write_bytes(SMALL)
    sign_in_to(page, "owner")
    page.goto(f"{server}/imports")
    # The page stays, as it does while the server works.
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_label("Files").set_input_files(path)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("status").get_by_text("This may take a minute").wait_for()
    assert page.get_by_role("button", name="Check the file").is_disabled()
    assert find_axe_violations(page) == []


def test_from_workbook_to_undo_in_a_browser(
    server: str, page: Page, sign_in_to: Callable[[Page, str], None], tmp_path: Path
) -> None:
    path = tmp_path / "projects.xlsx"
    with Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Projects")
        for number, line in enumerate([HEADINGS, *ROWS.values()]):
            sheet.write_row(number, 0, line.strip().split(","))
    sign_in_to(page, "owner")
    page.goto(f"{server}/imports")
    assert find_axe_violations(page) == []
    page.get_by_label("Files").set_input_files(path)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("nothing has been written yet").wait_for()
    assert find_axe_violations(page) == []
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Take this import back").click()
    page.get_by_text("This import was taken back").wait_for()
    assert find_axe_violations(page) == []
