"""Imports on the pages: upload, progress, preview, confirm, undo; and who may do what."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from httpx2 import Response
from openpyxl import load_workbook
from playwright.sync_api import Page
from starlette.testclient import TestClient
from xlsxwriter import Workbook

from app.services.import_portfolio import ImportResult
from app.services.run_jobs import run_waiting_jobs
from app.settings import settings
from tests.browser import find_axe_violations
from tests.pages.conftest import HEADINGS, ROWS, People

SMALL = (HEADINGS + "".join(ROWS.values())).encode()
BAD = (HEADINGS + 'T-3,Water,Wells,Kenya,31/02/2019,,"12,5OO"\n').encode()


def upload(content: bytes, name: str = "small.csv") -> dict[str, tuple[str, bytes]]:
    return {"files": (name, content)}


def preview(client: TestClient, content: bytes = SMALL, name: str = "small.csv", **fields: str) -> Response:
    """The page of the upload once it is staged."""
    sent = client.post("/imports", files=upload(content, name), data=fields)
    assert sent.status_code == 303, sent.text
    run_waiting_jobs()
    return client.get(sent.headers["location"])


def test_an_upload_leads_to_its_page_at_once(people: People) -> None:
    sent = people.owner.post("/imports", files=upload(SMALL))
    assert sent.headers["location"] == "/imports/1"
    page = people.owner.get("/imports/1").text
    assert "You may close this page" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    waiting = people.owner.get("/imports/1/progress")
    assert "<progress" in waiting.text
    assert "hx-refresh" not in waiting.headers
    run_waiting_jobs()
    assert people.owner.get("/imports/1/progress").headers["hx-refresh"] == "true"


def test_a_preview_says_what_would_be_written_and_writes_nothing(people: People) -> None:
    page = preview(people.owner).text
    assert "2 new, 0 changed, 0 unchanged, 0 archived" in page
    assert "Write 2 projects" in page
    assert "Nothing has been written yet" in page
    assert "Schools free from violence" in page
    assert people.owner.get("/api/v1/activities").json()["items"] == []


def test_issues_are_said_in_the_readers_language(people: People) -> None:
    people.owner.cookies.set("lang", "fr")
    page = preview(people.owner, BAD).text
    assert "« 31/02/2019 » n&#39;est pas un jour du calendrier." in page
    assert "Écrivez les dates sous la forme AAAA-MM-JJ" in page
    assert "is not a day of the calendar" not in page
    one_kind = people.owner.get("/imports/1?code=amount-unreadable").text
    assert "« 12,5OO » n&#39;est pas un montant." in one_kind
    listed = people.owner.get("/imports/1?format=csv").text
    assert "« 31/02/2019 » n'est pas un jour du calendrier." in listed
    book = load_workbook(BytesIO(people.owner.get("/imports/1/workbook").content))
    comments = [cell.comment.text for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]
    assert any("« 12,5OO » n'est pas un montant." in comment for comment in comments)
    assert any("« 12,5OO » n'est pas un montant." in str(cell) for row in book["Issues"].values for cell in row)
    assert any("Ce qui ne va pas" in row and "Que faire" in row for row in book["Issues"].values)
    told = people.owner.get("/api/v1/imports/1").json()["issues"]
    assert "“31/02/2019” is not a day of the calendar." in [issue["message"] for issue in told]


def test_questions_are_asked_in_the_readers_language(people: People) -> None:
    people.owner.cookies.set("lang", "fr")
    dated = b"Project ID,Title,Start date\nP1,School,03/04/2019\n"
    page = preview(people.owner, dated).text
    assert "Dans quel ordre" in page
    assert "Le jour d’abord" in page
    assert "03 est le jour et 04 le mois" in page
    page = preview(people.owner, b"Project ID,Title,Country,Disbursed 2019\nP2,School,Niger(ia),500\n").text
    assert "Allemagne (DE)" in page
    assert "EUR · euro" in page
    assert "Germany" not in page
    assert "In which order" not in page


def test_only_what_can_be_read_is_offered(people: People) -> None:
    assert 'accept=".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt,.xml,.json,.zip"' in people.owner.get("/imports").text


def test_confirm_and_undo(people: People) -> None:
    preview(people.owner)
    assert people.owner.post("/imports/1/confirm").status_code == 303
    assert len(people.owner.get("/api/v1/activities").json()["items"]) == 2
    assert "Take this import back" in people.owner.get("/imports/1").text
    assert people.owner.post("/imports/1/undo").status_code == 303
    assert people.owner.get("/api/v1/activities").json()["items"] == []


def test_a_large_import_is_written_in_the_background(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.settle_import.QUICK", 2)
    preview(people.owner)
    assert people.owner.post("/imports/1/confirm").status_code == 303
    page = people.colleague.get("/imports/1").text
    assert "Writing the projects" in page
    assert "You may close this page" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Write 2 projects" not in page
    assert "being written" in people.owner.get("/imports").text
    assert people.owner.get("/api/v1/imports/1").json()["state"] == "confirming"
    assert "Writing the projects" in people.owner.get("/imports/1/progress").text
    assert people.owner.post("/imports/1/discard").status_code == 409
    assert people.stranger.get("/imports/1/progress").status_code == 404
    run_waiting_jobs()
    assert people.owner.get("/imports/1/progress").headers["hx-refresh"] == "true"
    assert len(people.owner.get("/api/v1/activities").json()["items"]) == 2
    undone = people.owner.post("/api/v1/imports/1/undo")
    assert (undone.status_code, undone.json()["state"]) == (202, "undoing")
    assert "Taking the import back" in people.owner.get("/imports/1").text
    run_waiting_jobs()
    assert "This import was taken back" in people.owner.get("/imports/1").text


def test_a_change_is_shown_part_by_part(people: People, portfolio: ImportResult) -> None:
    page = preview(people.owner, SMALL.replace(b"Rural roads", b"Rural bridges").replace(b"75000", b"80000")).text
    assert "<del>Rural roads</del>" in page
    assert "<ins>Rural bridges</ins>" in page
    assert "<del>USD 75000 (2019-12-31)</del>" in page
    assert "Outgoing Commitment</bdi> 2019" in page


def test_money_before_and_after_by_currency_and_year(people: People, portfolio: ImportResult) -> None:
    page = preview(people.owner, SMALL.replace(b"75000", b"80000")).text
    assert "Money before and after" in page
    assert '<td class="figure">195,000</td><td class="figure">200,000</td><td class="figure">+5,000</td>' in page


def test_an_undo_that_a_later_import_forbids_says_so_before_and_after_the_click(
    people: People, portfolio: ImportResult
) -> None:
    preview(people.owner, SMALL.replace(b"Rural roads", b"Rural bridges"))
    people.owner.post("/imports/2/confirm")
    page = people.owner.get("/imports/1").text
    assert "Take these back first" in page
    assert '<a href="/imports/2">' in page
    assert "Take this import back" not in page
    answer = people.owner.post("/imports/1/undo")
    assert answer.status_code == 409
    assert "Later imports changed the same projects" in answer.text


def test_a_preview_can_be_discarded(people: People) -> None:
    preview(people.owner)
    assert people.owner.post("/imports/1/discard").status_code == 303
    assert "was discarded" in people.owner.get("/imports/1").text
    answer = people.owner.post("/imports/1/confirm")
    assert answer.status_code == 409
    assert "only a previewed import" in answer.text


def test_a_refused_file_shows_its_issues_by_kind_and_each_at_its_cell(people: People) -> None:
    page = preview(people.owner, BAD).text
    assert "Nothing of this file was written" in page
    assert "E2" in page
    assert "date-unreadable" in page
    assert "· date-unreadable</small>" in page
    assert "· date-unreadable</small>" not in people.owner.get("/imports/1?level=warning").text
    only = people.owner.get("/imports/1?level=error&code=amount-unreadable").text
    assert "12,5OO" in only
    assert "31/02/2019" not in only
    table = people.owner.get("/imports/1?format=csv&code=date-unreadable")
    assert table.headers["content-type"].startswith("text/csv")
    assert "31/02/2019" in table.text
    assert "12,5OO" not in table.text


def test_the_same_issue_many_times_is_one_line(people: People) -> None:
    rows = "".join(f"T-{n},Project {n},Text,Kenya,31/02/2019,,1000\n" for n in range(10, 50))
    page = preview(people.owner, (HEADINGS + rows).encode()).text
    assert page.count("· date-unreadable</small>") == 1
    assert "<strong>40</strong>" in page
    assert "See all 40" in page
    assert people.owner.get("/imports/1?code=date-unreadable").text.count("<code") == 40


def test_good_rows_are_kept_where_asked(people: People) -> None:
    page = preview(people.owner, SMALL + BAD.split(b"\n", 1)[1], keep_good="true").text
    assert "Write 2 projects" in page
    assert "; 1 rejected" in page


def test_the_same_file_again_is_recognised(people: People, portfolio: ImportResult) -> None:
    preview(people.owner)
    people.owner.post("/imports/2/confirm")
    page = preview(people.owner).text
    assert "This very file was imported before" in page
    assert "nothing to write" in page


def test_a_project_that_another_donor_reports_is_pointed_out(people: People, portfolio: ImportResult) -> None:
    page = preview(people.stranger, SMALL.replace(b"T-1", b"S-1")).text
    assert "looks like" in page or "look like" in page
    assert '<a href="/projects/1">Schools free from violence</a>' in page
    assert "Write 2 projects" in page


def test_the_file_can_be_downloaded_again(people: People) -> None:
    preview(people.owner, name="Projets d'été.csv")
    answer = people.owner.get("/imports/1/files/0")
    assert answer.content == SMALL
    assert answer.headers["content-disposition"].startswith("attachment")
    assert people.owner.get("/imports/1/files/1").status_code == 404
    assert people.colleague.get("/imports/1/files/0").status_code == 200
    assert people.stranger.get("/imports/1/files/0").status_code == 404
    assert people.nobody.get("/imports/1/files/0").headers["location"].startswith("/sign-in")


def test_the_history_says_who_did_what(people: People) -> None:
    preview(people.owner, mode="add")
    page = people.colleague.get("/imports").text
    assert "owner@example.org" in page
    assert "<td>Add new projects only</td>" in page


def test_the_colleague_reads_but_settles_nothing(people: People) -> None:
    preview(people.owner)
    page = people.colleague.get("/imports/1").text
    assert "Schools free from violence" in page
    for name in ("Write 2 projects", "Discard", "Choose this", 'name="take"'):
        assert name not in page
    assert people.colleague.get("/imports/1/progress").status_code == 200
    assert people.colleague.post("/imports/1/confirm").status_code == 403
    assert people.colleague.post("/imports", files=upload(SMALL)).status_code == 403


def test_the_stranger_sees_no_import(people: People, portfolio: ImportResult) -> None:
    for address in ("/imports/1", "/imports/1/progress"):
        assert people.stranger.get(address).status_code == 404
    for action in ("confirm", "discard", "undo"):
        assert people.stranger.post(f"/imports/1/{action}").status_code == 404
    assert "portfolio.csv" not in people.stranger.get("/imports").text
    answer = people.stranger.post("/imports", files=upload(SMALL), data={"owner": "XM-DAC-6-4"})
    assert answer.status_code == 403
    assert "your own organisation only" in answer.text


def test_the_admin_imports_for_anybody(people: People) -> None:
    preview(people.admin, owner="XM-DAC-6-4")
    assert people.owner.get("/imports/1").status_code == 200


def test_nobody_signs_in_first(people: People, portfolio: ImportResult) -> None:
    for address in ("/imports", "/imports/1", "/imports/1/progress"):
        assert people.nobody.get(address).headers["location"].startswith("/sign-in")
    for action in ("confirm", "discard", "undo"):
        assert people.nobody.post(f"/imports/1/{action}").headers["location"] == "/sign-in"
    assert people.nobody.post("/imports", files=upload(SMALL)).headers["location"] == "/sign-in"


def test_an_upload_that_is_too_large_stops(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.import_upload.UPLOAD_LIMIT", 10)
    answer = people.owner.post("/imports", files=upload(SMALL))
    assert answer.status_code == 413
    assert "is larger than" in answer.text
    assert not [path for path in (settings().data_dir / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize("files", [{}, {"files": ("", b"")}])
def test_no_file_is_a_sentence_on_the_page(people: People, files: dict[str, tuple[str, bytes]]) -> None:
    answer = people.owner.post("/imports", files=files, data={"mode": "replace"})
    assert answer.status_code == 422
    assert "Choose at least one file" in answer.text


def test_modes_that_go_ill_together_are_a_sentence_on_the_page(people: People) -> None:
    answer = people.owner.post("/imports", files=upload(SMALL), data={"mode": "replace", "keep_good": "true"})
    assert answer.status_code == 422
    assert 'name="mode" value="replace" checked' in answer.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.zip", b"PK\x03\x04 and then nothing"),
        ("broken.xlsx", b"PK\x05\x06" + bytes(18)),
        ("empty.csv", b""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n"),
        ("cut.xml", b'<?xml version="1.0"?><iati-activities version="2.03"><iati-activity>'),
    ],
)
def test_a_broken_file_is_refused_with_what_to_do(people: People, name: str, content: bytes) -> None:
    page = preview(people.owner, content, name)
    assert page.status_code == 200
    assert "Nothing of this file was written" in page.text
    assert people.owner.get("/imports/1/columns").status_code == 200


def test_addresses_out_of_bounds(people: People) -> None:
    preview(people.owner)
    for query in ("page=0", "changes=99999999999999999999", "kind=lost", "level=fatal", "q=%00", "format=exe"):
        assert people.owner.get(f"/imports/1?{query}").status_code == 422
    assert people.owner.get("/imports/1?changes=999&q=zz").status_code == 200
    assert people.owner.get("/imports/99").status_code == 404
    assert people.owner.post("/imports/1/destroy").status_code == 422


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
    page.get_by_role("status").get_by_text("The file is on its way").wait_for()
    assert page.get_by_role("button", name="Check the file").is_disabled()
    assert find_axe_violations(page) == []


def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    server: str, page: Page, sign_in_to: Callable[[Page, str], None], tmp_path: Path
) -> None:
    path = tmp_path / "small.csv"
    path.write_bytes(SMALL)
    sign_in_to(page, "owner")
    page.goto(f"{server}/imports")
    page.get_by_label("Files").evaluate("(field) => { field.dataset.limit = 10; }")
    page.get_by_label("Files").set_input_files(path)
    assert "larger than" in page.get_by_label("Files").evaluate("(field) => field.validationMessage")
    page.get_by_role("button", name="Check the file").click()
    assert page.url == f"{server}/imports"


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
    page.get_by_text("Nothing has been written yet").wait_for()
    assert find_axe_violations(page) == []
    page.get_by_role("button", name="Write 2 projects").click()
    page.get_by_role("button", name="Take this import back").click()
    page.get_by_text("This import was taken back").wait_for()
    assert find_axe_violations(page) == []
