"""Imports by address on a page: fetched in the background, then previewed like an upload."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from app.services import download_file as downloads
from app.services.run_jobs import run_waiting_jobs
from app.settings import settings
from tests.browser import find_axe_violations, follow
from tests.conftest import forget_settings
from tests.pages.conftest import HEADINGS, OWNERS_ORG, ROWS, People
from tests.services import stored
from tests.web_server import Web, package, serve_registry, web_server

SMALL = (HEADINGS + "".join(ROWS.values())).encode()
HERE = "/imports/fetch"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A publisher's server that may be asked; ask for `people` or `server` after it."""
    monkeypatch.setattr(downloads, "WAIT_SECONDS", 0)
    with web_server() as web:
        monkeypatch.setenv("TESSERA_FETCH_PRIVATE", "127.0.0.1/32")
        monkeypatch.setenv("TESSERA_REGISTRY", web.address)
        forget_settings()
        yield web


def test_an_address_becomes_a_preview(web: Web, people: People) -> None:
    assert HERE in people.owner.get("/imports").text
    answer = people.owner.post(HERE, data={"address": web.add("/data/small.csv", SMALL)})
    assert answer.headers["location"] == f"{HERE}/1"
    assert "Waiting for its turn" in people.owner.get(f"{HERE}/1").text
    assert "Waiting for its turn" in people.owner.get(f"{HERE}/1/progress").text
    run_waiting_jobs()
    assert people.owner.get(f"{HERE}/1/progress").headers["hx-refresh"] == "true"
    assert people.owner.get(f"{HERE}/1").headers["location"] == "/imports/1"
    page = people.owner.get("/imports/1").text
    assert "small.csv" in page
    assert "Schools free from violence" in page
    assert stored.titles() == {}
    assert list((settings().data_dir / "uploads").iterdir()) == []
    assert people.owner.post("/imports/1/confirm").status_code == 303
    assert len(stored.titles()) == 2


def test_what_has_not_changed_is_said_so(web: Web, people: People) -> None:
    address = web.add("/small.csv", SMALL, etag='"1"')
    for _ in range(2):
        people.owner.post(HERE, data={"address": address})
        run_waiting_jobs()
    page = people.owner.get(f"{HERE}/3").text
    assert "Not modified" in page
    assert 'href="/imports/1"' in page
    assert "not modified" in people.owner.get(HERE).text
    assert stored.query("SELECT COUNT(*) FROM import_run") == [(1,)]


BAD_ADDRESSES = {
    "": "Give an address or a publisher",
    "example.org/a.xml": "begin with http:// or https://",
    "ftp://example.org/a.xml": "begin with http:// or https://",
    "https://me:secret@example.org/a.xml": "password",
    "http://[::1": "no web address",
    "x" * 3000: "no web address",
}


def test_an_address_that_is_none_is_refused_at_once(web: Web, people: People) -> None:
    for address, said in BAD_ADDRESSES.items():
        answer = people.owner.post(HERE, data={"address": address})
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{address}"' in answer.text
    assert stored.query("SELECT COUNT(*) FROM job") == [(0,)]


def test_what_goes_wrong_on_the_way_is_said(web: Web, people: People) -> None:
    for number, (address, said) in enumerate(
        [(f"{web.address}/gone.xml", "404"), ("http://127.0.0.2/a.xml", "public internet"), ("http://nobody.invalid/", "no server called")],
        1,
    ):  # fmt: skip
        people.owner.post(HERE, data={"address": address})
        run_waiting_jobs()
        page = people.owner.get(f"{HERE}/{number}").text
        assert said in page
        assert "Nothing was imported" in page
    assert stored.query("SELECT COUNT(*) FROM import_run") == [(0,)]


def test_a_publisher_is_found_and_all_its_files_fetched(web: Web, people: People) -> None:
    serve_registry(web, OWNERS_ORG, "ministry", package("a", web.add("/small.csv", SMALL)))
    page = people.owner.get(f"{HERE}?words=cooperation").text
    assert "Ministère de la Coopération" in page
    assert "Other publisher" not in page
    assert "No publisher is called so" in people.owner.get(f"{HERE}?words=nobody").text
    people.owner.post(HERE, data={"publisher": "ministry"})
    run_waiting_jobs()
    assert people.owner.get(f"{HERE}/1").headers["location"] == "/imports/1"


def test_files_that_are_left_out_are_named(web: Web, people: People) -> None:
    serve_registry(web, OWNERS_ORG, "ministry", package("a", web.add("/small.csv", SMALL), web.address + "/gone.xml"))
    people.owner.post(HERE, data={"publisher": "ministry", "keep_good": "true"})
    run_waiting_jobs()
    page = people.owner.get(f"{HERE}/1").text
    assert "gone.xml answers 404" in page
    assert 'href="/imports/1"' in page


def test_a_registry_that_is_silent_is_said_so(web: Web, people: People) -> None:
    answer = people.owner.get(f"{HERE}?words=ministry")
    assert answer.status_code == 422
    assert "answers 404" in answer.text


def test_the_page_asks_no_other_registry(web: Web, people: People) -> None:
    people.owner.post(HERE, data={"publisher": "x", "registry": f"{web.address}/elsewhere"})
    run_waiting_jobs()
    assert all(not path.startswith("/elsewhere") for path, _ in web.asked)


def test_who_may_fetch(web: Web, people: People) -> None:
    address = web.add("/small.csv", SMALL)
    people.owner.post(HERE, data={"address": address})
    assert people.colleague.get(HERE).status_code == 403
    assert people.colleague.post(HERE, data={"address": address}).status_code == 403
    assert people.nobody.get(HERE).headers["location"].startswith("/sign-in")
    assert people.nobody.post(HERE, data={"address": address}).headers["location"].startswith("/sign-in")
    answer = people.stranger.post(HERE, data={"address": address, "owner": OWNERS_ORG})
    assert answer.status_code == 403
    for client in (people.stranger, people.colleague):
        for page in (f"{HERE}/1", f"{HERE}/1/progress"):
            assert client.get(page).status_code == 404
    assert address not in people.stranger.get(HERE).text
    assert people.admin.get(f"{HERE}/1").status_code == 200
    people.admin.post(HERE, data={"address": address, "owner": OWNERS_ORG})
    run_waiting_jobs()
    assert people.owner.get("/imports/2").status_code == 200
    assert people.owner.get(f"{HERE}/999").status_code == 404


def test_in_a_browser(web: Web, server: str, page: Page, sign_in_to: Callable[[Page, str], None]) -> None:
    serve_registry(web, OWNERS_ORG, "ministry", package("a", web.add("/small.csv", SMALL)))
    sign_in_to(page, "owner")
    page.goto(f"{server}/imports")
    follow(page.get_by_role("link", name="Fetch from an address"))
    assert find_axe_violations(page) == []
    page.get_by_label("Publisher", exact=True).fill("ministere")
    page.get_by_role("button", name="Find it").click()
    page.get_by_label("Ministère de la Coopération").wait_for()
    assert find_axe_violations(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Fetch all its files").click()
    page.wait_for_url("**/imports/1")
    page.get_by_role("button", name="Write 2 projects").wait_for()
    page.goto(f"{server}{HERE}")
    page.get_by_label("Address of the file").fill(f"{web.address}/gone.xml")
    page.get_by_role("button", name="Fetch it").click()
    page.get_by_role("alert").get_by_text("404").wait_for()
    assert find_axe_violations(page) == []
