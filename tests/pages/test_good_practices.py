"""Good practices on pages: search, one of them, its form; who may do what."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from app.services.import_portfolio import ImportResult
from tests.browser import find_axe_violations
from tests.pages.conftest import People

PRACTICE: dict[str, Any] = {
    "title": "Hotels and police around one table", "description": "A monthly meeting.\nReports go to one hotline.",
    "results": "Reports rose from 3 to 41 a year.", "evidence": "evaluated", "areas": ["florence-2008/N3"],
    "countries": ["KH"], "projects": "T-1\nOTHER-9", "documents": "Final evaluation https://example.org/e",
    "visibility": "shared",
}  # fmt: skip


def test_who_may_open_and_change_what(people: People) -> None:
    for address in ("/good-practices", "/good-practices/new", "/good-practices/1"):
        assert people.nobody.get(address).headers["location"].startswith("/sign-in"), address
    assert people.nobody.post("/good-practices/new", data=PRACTICE).status_code in (303, 401)
    assert people.colleague.get("/good-practices/new").status_code == 403
    assert people.colleague.post("/good-practices/new", data=PRACTICE).status_code == 403
    assert people.owner.post("/good-practices/new", data=PRACTICE).headers["location"] == "/good-practices/1"
    for client, can_edit in (
        (people.owner, True),
        (people.colleague, False),
        (people.stranger, False),
        (people.admin, True),
    ):
        page = client.get("/good-practices/1").text
        assert ("/good-practices/1/edit" in page) == can_edit
        assert client.get("/good-practices/1/edit").status_code == (200 if can_edit else 403)
    for client in (people.colleague, people.stranger):
        for form in ("edit", "remove"):
            assert client.post(f"/good-practices/1/{form}", data=PRACTICE).status_code == 403
    private = PRACTICE | {"visibility": "private", "version": "1"}
    assert people.owner.post("/good-practices/1/edit", data=private).status_code == 303
    assert people.stranger.get("/good-practices/1").status_code == 404
    assert "Hotels" not in people.stranger.get("/good-practices").text
    assert "Hotels" in people.colleague.get("/good-practices").text


def test_the_page_leads_to_what_it_rests_on_and_other_pages_lead_to_it(people: People, portfolio: ImportResult) -> None:
    people.stranger.post("/good-practices/new", data=PRACTICE)
    page = people.owner.get("/good-practices/1").text
    assert 'href="https://example.org/e"' in page
    assert "Schools free from violence</a> <small>T-1</small>" in page
    assert "OTHER-9 <small>not among the projects here</small>" in page
    project = people.owner.get("/projects/1").text
    assert '<a href="/good-practices/1">' in project
    assert "/good-practices/new?project=T-1" in project
    assert ">T-1</textarea>" in people.owner.get("/good-practices/new?project=T-1").text
    assert '"/good-practices?country=KH">1<' in people.owner.get("/countries/KH").text
    behind = "/reports/overlap/projects?framework=florence-2008&country=KH&area=N3"
    assert "/good-practices?area=florence-2008%2FN3" in people.owner.get(behind).text


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(people: People) -> None:
    sent = PRACTICE | {"results": "", "lessons": "Srey Mom, 12 years old, said so.", "documents": ""}
    answer = people.owner.post("/good-practices/new", data=sent)
    assert answer.status_code == 422
    assert 'id="results-problem"' in answer.text
    assert 'id="lessons-problem"' in answer.text
    assert 'id="documents-problem"' in answer.text
    assert "Reports go to one hotline.</textarea>" in answer.text
    assert people.owner.get("/good-practices?format=json").json() == {"good_practices": []}


def test_somebody_elses_change_is_not_overwritten(people: People) -> None:
    people.owner.post("/good-practices/new", data=PRACTICE)
    assert people.owner.post("/good-practices/1/edit", data=PRACTICE | {"version": "1"}).status_code == 303
    assert people.owner.post("/good-practices/1/edit", data=PRACTICE | {"version": "1"}).status_code == 409


def test_what_is_removed_leaves_the_lists_and_comes_back(people: People) -> None:
    people.owner.post("/good-practices/new", data=PRACTICE)
    assert people.owner.post("/good-practices/1/remove").headers["location"] == "/good-practices"
    assert people.owner.get("/good-practices/1").status_code == 404
    assert "/good-practices/1/restore" in people.owner.get("/good-practices").text
    assert "/good-practices/1/restore" not in people.stranger.get("/good-practices").text
    assert people.owner.post("/good-practices/1/restore").headers["location"] == "/good-practices/1"
    assert people.stranger.get("/good-practices/1").status_code == 200


def test_downloads_hold_what_the_page_shows(people: People) -> None:
    people.owner.post("/good-practices/new", data=PRACTICE)
    people.stranger.post("/good-practices/new", data=PRACTICE | {"title": "=Foster families", "countries": ["KE"]})
    kenya = people.owner.get("/good-practices?country=KE&format=csv").text
    assert "'=Foster families" in kenya
    assert "Hotels" not in kenya
    assert people.owner.get("/good-practices?format=xlsx").content.startswith(b"PK")
    found = people.owner.get("/good-practices?format=json").json()["good_practices"]
    assert [one["title"] for one in found] == ["=Foster families", PRACTICE["title"]]
    for wrong in ("evidence=sure", "page=0", "page=x"):
        assert people.owner.get(f"/good-practices?{wrong}").status_code == 422


def test_in_a_browser(page: Page, server: str, sign_in_to: Callable[[Page, str], None]) -> None:
    sign_in_to(page, "owner")
    page.goto(f"{server}/good-practices")
    assert not find_axe_violations(page)
    page.get_by_role("link", name="Tell of a good practice").click()
    page.get_by_label("Title").fill("Hotels and police around one table")
    page.get_by_label("Evidence").select_option("evaluated")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("link", name="The evaluation is not named").is_visible()
    assert not find_axe_violations(page)
    page.get_by_label("What was done").fill("A monthly meeting.")
    page.get_by_label("What came of it").fill("Reports rose from 3 to 41 a year.")
    page.get_by_label("Areas").select_option(["florence-2008/N3"])
    page.get_by_label("Documents").fill("Final evaluation https://example.org/e")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/good-practices/1")
    assert page.get_by_role("link", name="Final evaluation").is_visible()
    assert not find_axe_violations(page)
    for address in ("/good-practices?q=hotels", "/good-practices/1", "/good-practices/1/edit"):
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(f"{server}{address}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (
            address
        )
