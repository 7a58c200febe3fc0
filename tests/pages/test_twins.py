"""Likely twins as a page: who sees which pairs, who decides, and how it is taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app import database
from app.services.find_stored_twins import find_stored_twins
from tests.browser import find_axe_violations
from tests.pages.conftest import OWNERS_ORG, People
from tests.services import stored
from tests.services.iati_files import activity, committed, country, organisation, spent
from tests.services.stored import Portfolio

KH, KE = country("KH"), country("KE")
SHELTER, SCHOOLS = "Safe shelter for girls and boys, Phnom Penh", "Schools free from violence against children"


def bring(folder: Path) -> None:
    """Two pairs of the owner's organisation and another one: pair 1 in Cambodia, pair 2 in Kenya."""
    portfolio = Portfolio(folder)
    portfolio.take(
        activity("OURS-1", KH, committed("2019-01-05", 100), spent("2019-05-01", 80), reporter=OWNERS_ORG, title=SHELTER),
        activity("OURS-2", KE, spent("2019-05-01", 40), organisation("4", "YY-2", "Two"), reporter=OWNERS_ORG,
                 title=SCHOOLS),
    )  # fmt: skip
    portfolio.take(
        activity("THEIRS-1", KH, spent("2019-06-01", 82), reporter="YY-2",
                 title="Safe shelter for boys and girls in Phnom Penh"),
        activity("THEIRS-2", KE, spent("2019-06-01", 40), reporter="YY-2", title=SCHOOLS + " (Kenya)"),
    )  # fmt: skip
    assert find_stored_twins() == (4, 2)


@pytest.fixture
def pairs(people: People, tmp_path: Path) -> People:
    bring(tmp_path)
    return people


def numbers() -> dict[str, int]:
    return dict(stored.query("SELECT identifier, id FROM activity_link"))


def test_everybody_who_sees_both_sides_sees_the_pair(pairs: People) -> None:
    for client in (pairs.owner, pairs.colleague, pairs.stranger, pairs.admin):
        page = client.get("/twins").text
        assert "THEIRS-1" in page
        assert "2 pairs" in page
        assert "THEIRS-2" not in client.get("/twins?country=kh").text
        assert "2 pairs" in client.get(f"/twins?organisation={OWNERS_ORG}").text
    assert 'name="answer"' not in pairs.stranger.get("/twins").text
    assert 'name="answer"' not in pairs.colleague.get("/twins").text
    assert pairs.nobody.get("/twins").headers["location"].startswith("/sign-in")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE activity SET visibility = 'held' WHERE identifier = 'OURS-1'")
    assert "THEIRS-1" not in pairs.stranger.get("/twins?state=all").text
    assert "THEIRS-1" in pairs.owner.get("/twins").text
    assert "may be of the same money" in pairs.owner.get("/").text


def test_who_decides_and_that_it_is_taken_back(pairs: People) -> None:
    number = numbers()["OURS-1"]
    said = {"pair": [f"{number}.0"], "answer": "accepted", "relation": "same other", "note": "<b>met</b>"}
    for client in (pairs.colleague, pairs.stranger):
        assert client.post("/twins/decide", data=said).status_code == 403
    assert pairs.nobody.post("/twins/decide", data=said).status_code in (303, 401)
    answer = pairs.owner.post("/twins/decide", data=said)
    assert answer.headers["location"] == f"/twins?done=accepted&pair={number}"
    assert stored.net("OURS-1") == 0
    assert pairs.owner.post("/twins/decide", data=said).status_code == 400  # somebody has answered since
    page = pairs.stranger.get("/twins?state=accepted").text
    assert "&lt;b&gt;met&lt;/b&gt;" in page
    project = stored.query("SELECT id FROM activity WHERE identifier = 'OURS-1'")[0][0]
    for address in (f"/projects/{project}", "/reports/overlap/projects?country=KH&basis=gross"):
        assert f"Decision {number}" in pairs.stranger.get(address).text, address
    for form in ("csv", "xlsx", "json"):
        assert pairs.stranger.get(f"/twins?state=all&format={form}").status_code == 200
    found = pairs.stranger.get("/twins?state=all&format=json").json()["pairs"]
    assert {one["state"] for one in found} == {"accepted", "proposed"}
    assert pairs.stranger.post("/twins/withdraw", data={"pair": [number]}).status_code == 403
    assert pairs.nobody.post("/twins/withdraw", data={"pair": [number]}).status_code in (303, 401)
    assert pairs.owner.post("/twins/withdraw", data={"pair": [number]}).status_code == 303
    assert stored.net("OURS-1") == 180_00


def test_two_that_nobody_found_are_put_side_by_side(pairs: People) -> None:
    [(project,)] = stored.query("SELECT id FROM activity WHERE identifier = 'OURS-1'")
    sent = {"one": project, "other": "THEIRS-2"}
    assert pairs.stranger.post("/twins/pairs", data=sent).status_code == 403
    assert pairs.colleague.post("/twins/pairs", data=sent).status_code == 403
    assert pairs.owner.post("/twins/pairs", data={**sent, "other": "NOBODY"}).status_code == 404
    assert pairs.owner.post("/twins/pairs", data={**sent, "other": "OURS-1"}).status_code == 422
    assert pairs.owner.post("/twins/pairs", data=sent).headers["location"] == f"/twins?project={project}&state=all"
    assert "put side by side by a person" in pairs.owner.get(f"/twins?project={project}&state=all").text


@pytest.mark.usefixtures("pairs")
@pytest.mark.parametrize("address", ["/twins?state=lost", "/twins?page=0", "/twins?pair=x", "/twins?project=0"])
def test_what_cannot_be_asked(people: People, address: str) -> None:
    assert people.owner.get(address).status_code == 422


def test_in_a_browser(page: Page, server: str, sign_in_to: Callable[[Page, str], None], tmp_path: Path) -> None:
    (tmp_path / "sent").mkdir()
    bring(tmp_path / "sent")
    sign_in_to(page, "owner")
    page.goto(f"{server}/twins")
    assert not find_axe_violations(page)
    for box in page.get_by_label("Decide together with others").all():
        box.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="The same money (all ticked pairs)").press("Enter")
    page.wait_for_url("**/twins?done=accepted*")
    assert page.get_by_text("No pair waits here.").is_visible()
    assert stored.net("THEIRS-1") == 0
    page.get_by_role("button", name="Take it back").click()
    page.wait_for_url("**/twins?done=withdrawn")
    assert stored.net("THEIRS-1") == 82_00
    pair = page.locator("#pair-1")
    pair.get_by_label("If it is the same money").select_option(label="A pays B")
    pair.get_by_role("button", name="The same money").click()
    page.goto(f"{server}/twins?state=accepted")
    assert page.get_by_text("A pays B", exact=True).first.is_visible()
    assert not find_axe_violations(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
