"""The meeting pack from the page of the report: ordered, waited for, downloaded, by who asked for it alone."""

import io
from collections.abc import Callable
from zipfile import ZipFile

from playwright.sync_api import Page
from sqlalchemy import text

from app import database
from app.services.import_portfolio import ImportResult
from app.services.keep_file import kept_path
from app.services.run_jobs import run_waiting_jobs
from tests.browser import find_axe_violations
from tests.overlap_portfolio import import_overlap_portfolio
from tests.pages.conftest import People
from tests.services import stored

PACK = "/reports/overlap/pack"


def test_a_reader_has_a_pack_made_and_downloads_it(people: People, portfolio: ImportResult) -> None:
    import_overlap_portfolio()
    assert f'action="{PACK}?country=KH"' in people.colleague.get("/reports/overlap?country=KH").text
    people.colleague.cookies.set("lang", "fr")
    answer = people.colleague.post(f"{PACK}?country=KH")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PACK}/1")
    assert 'id="progress"' in people.colleague.get(f"{PACK}/1").text
    assert 'id="progress"' in people.colleague.get(f"{PACK}/1/progress").text
    assert people.colleague.get(f"{PACK}/1/file").status_code == 404
    assert run_waiting_jobs() == 1
    assert people.colleague.get(f"{PACK}/1/progress").headers["hx-refresh"] == "true"
    assert f"{PACK}/1/file" in people.colleague.get(f"{PACK}/1").text
    sent = people.colleague.get(f"{PACK}/1/file")
    assert sent.headers["content-type"] == "application/zip"
    archive = ZipFile(io.BytesIO(sent.content))
    assert archive.testzip() is None
    assert "Cambodge" in archive.read("README.txt").decode()
    assert stored.query("SELECT done, total FROM job") == [(5, 5)]


def test_only_who_asked_and_an_admin_have_the_pack(people: People, portfolio: ImportResult) -> None:
    people.owner.post(PACK)
    run_waiting_jobs()
    for path in (f"{PACK}/1", f"{PACK}/1/progress", f"{PACK}/1/file"):
        assert people.admin.get(path).status_code == 200
        assert people.colleague.get(path).status_code == 404
        assert people.stranger.get(path).status_code == 404
        assert people.nobody.get(path).status_code in (303, 401)
    assert people.nobody.post(PACK).status_code in (303, 401)
    assert people.stranger.post(PACK).status_code == 303, "who may read the report may have a pack of it"


def test_the_annex_holds_what_its_reader_may_see(people: People, portfolio: ImportResult) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE activity SET visibility = 'private' WHERE identifier = 'T-1'"))
    listed = []
    for client in (people.owner, people.stranger):
        place = client.post(f"{PACK}?flow=commitment").headers["location"]
        run_waiting_jobs()
        archive = ZipFile(io.BytesIO(client.get(f"{place}/file").content))
        listed.append("Schools free from violence" in archive.read("data/projects.csv").decode())
    assert listed == [True, False]


def test_asked_for_twice_it_is_made_once(people: People, portfolio: ImportResult) -> None:
    places = {people.owner.post(f"{PACK}?country=KH").headers["location"] for _ in range(3)}
    assert places == {f"{PACK}/1"}
    assert people.stranger.post(f"{PACK}?country=KH").headers["location"] not in places


def test_what_does_not_exist_is_refused_at_once(people: People, portfolio: ImportResult) -> None:
    for query, status in (
        ("from=2020&to=2010", 422),
        ("framework=none", 404),
        ("since=9", 404),
        ("donor=XX-NOBODY", 404),
    ):
        assert people.owner.post(f"{PACK}?{query}").status_code == status, query
    assert people.owner.get(f"{PACK}/7").status_code == 404
    assert stored.query("SELECT COUNT(*) FROM job") == [(0,)]


def test_a_pack_that_was_cleared_away_is_said_so(people: People, portfolio: ImportResult) -> None:
    people.owner.post(PACK)
    run_waiting_jobs()
    [(said,)] = stored.query("SELECT arguments FROM job")
    kept_path(said.split('"sha256": "')[1].split('"')[0]).unlink()
    assert "cleared away" in people.owner.get(f"{PACK}/1").text
    assert people.owner.get(f"{PACK}/1/file").status_code == 404


def test_the_pages_can_be_used_by_everybody(page: Page, server: str, sign_in_to: Callable[[Page, str], None]) -> None:
    import_overlap_portfolio()
    sign_in_to(page, "owner")
    page.goto(f"{server}/reports/overlap?country=KH")
    page.get_by_role("button", name="Meeting pack").click()
    page.get_by_role("link", name="Download it").wait_for(timeout=30_000)
    assert find_axe_violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it").click()
    assert download.value.suggested_filename == "meeting-pack-1.zip"
