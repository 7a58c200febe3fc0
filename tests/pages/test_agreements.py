"""Agreements as pages: who enters, who reads, and what the form keeps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import find_axe_violations
from tests.overlap_portfolio import SIDA, UNICEF, USAID, import_overlap_portfolio
from tests.pages.conftest import People

FORM = {
    "country": "KH", "about": "florence-2008/N1", "description": "USAID leads, Sida joins.", "decided_on": "2019-06-01",
    "due": "2019-12-31", "lead": USAID, "join": [SIDA], "leave": [UNICEF, SIDA],
}  # fmt: skip


@pytest.fixture
def imported(people: People) -> int:
    return import_overlap_portfolio()


@pytest.mark.usefixtures("imported")
def test_editors_enter_and_all_read(people: People) -> None:
    for number, client in enumerate((people.owner, people.stranger, people.admin), 1):
        assert client.post("/agreements", data=FORM).headers["location"] == f"/agreements/{number}"
    assert people.colleague.post("/agreements", data=FORM).status_code == 403
    assert people.nobody.post("/agreements", data=FORM).status_code in (303, 401)
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        page = client.get("/agreements/1").text
        assert "USAID leads, Sida joins." in page
        assert "late" in page
        assert client.get("/agreements?country=KH&state=open").status_code == 200
    assert "How it stands" not in people.colleague.get("/agreements/1").text
    assert people.nobody.get("/agreements/1").headers["location"].startswith("/sign-in")
    assert people.nobody.get("/agreements").headers["location"].startswith("/sign-in")


@pytest.mark.usefixtures("imported")
def test_the_report_of_the_country_shows_it(people: People) -> None:
    people.owner.post("/agreements", data=FORM)
    assert "USAID leads, Sida joins." in people.stranger.get("/reports/overlap?country=KH").text
    assert "USAID leads, Sida joins." not in people.stranger.get("/reports/overlap?country=KE").text


@pytest.mark.usefixtures("imported")
def test_state_comment_and_correction(people: People) -> None:
    people.owner.post("/agreements", data=FORM)
    said = {"state": "kept", "comment": "<b>Done</b>"}
    assert people.stranger.post("/agreements/1/state", data=said).status_code == 303
    assert people.colleague.post("/agreements/1/state", data=said).status_code == 403
    assert people.nobody.post("/agreements/1/state", data=said).status_code in (303, 401)
    page = people.colleague.get("/agreements/1").text
    assert "&lt;b&gt;Done&lt;/b&gt;" in page
    assert people.owner.post("/agreements/1/state", data={"state": "kept"}).status_code == 422
    corrected = {**FORM, "description": "Sida leads.", "lead": SIDA, "join": [], "leave": []}
    assert people.stranger.post("/agreements/1", data=corrected).status_code == 303
    assert people.colleague.post("/agreements/1", data=corrected).status_code == 403
    assert people.nobody.post("/agreements/1", data=corrected).status_code in (303, 401)
    page = people.owner.get("/agreements/1").text
    assert "Sida leads." in page
    assert "What it said before" in page


@pytest.mark.usefixtures("imported")
def test_what_cannot_be_said(people: People) -> None:
    for wrong in (
        {"country": "XX"},
        {"description": ""},
        {"due": "2001-01-01"},
        {"about": "none/"},
        {"lead": "nobody"},
    ):
        assert people.owner.post("/agreements", data={**FORM, **wrong}).status_code in (404, 422), wrong
    for address in ("/agreements/1", "/agreements/99"):
        assert people.owner.get(address).status_code == 404
    assert people.owner.get("/agreements?state=lost").status_code == 422
    for form in ("csv", "xlsx", "json"):
        assert people.owner.get(f"/agreements?format={form}").status_code == 200


def test_in_a_browser(page: Page, server: str, sign_in_to: Callable[[Page, str], None]) -> None:
    import_overlap_portfolio()
    sign_in_to(page, "owner")
    page.goto(f"{server}/agreements?country=KH&framework=florence-2008&area=N1")
    assert not find_axe_violations(page)
    page.get_by_label("Who leads").select_option(USAID)
    page.get_by_text("Who leaves nobody").click()
    page.get_by_role("group", name="Who leaves").get_by_label("United Nations Children").check()
    page.get_by_label("What was agreed").fill("USAID leads.")
    page.get_by_role("button", name="Enter").click()
    page.wait_for_url("**/agreements/1")
    assert page.get_by_text("Cambodia, N1").is_visible()
    page.get_by_text("Correct what it says").click()
    assert not find_axe_violations(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
