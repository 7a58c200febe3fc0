"""The first page: what waits for whom."""

from collections.abc import Callable

from playwright.sync_api import Page

from app.services.import_portfolio import ImportResult
from tests.browser import find_axe_violations
from tests.pages.conftest import People
from tests.pages.test_imports import BAD, SMALL, upload


def test_it_is_empty_at_first(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        assert "Nothing is waiting for you." in client.get("/").text
    assert people.nobody.get("/").headers["location"] == "/sign-in"


def test_a_preview_and_a_refusal_wait_for_their_owner_only(people: People) -> None:
    people.owner.post("/imports", files=upload(SMALL, "waiting.csv"))
    people.owner.post("/imports", files=upload(BAD, "refused.csv"))
    for client, expected in (
        (people.owner, True),
        (people.colleague, True),
        (people.admin, True),
        (people.stranger, False),
    ):
        page = client.get("/").text
        assert ('<a href="/imports/1">waiting.csv</a>' in page) is expected
        assert ('<a href="/imports/2">refused.csv</a>' in page) is expected


def test_a_refusal_is_settled_when_its_file_gets_in(people: People) -> None:
    people.owner.post("/imports", files=upload(BAD))
    people.owner.post("/imports", files=upload(SMALL))
    people.owner.post("/imports/2/confirm")
    assert "Refused imports" not in people.owner.get("/").text


def test_projects_without_confirmed_areas_are_counted(people: People, portfolio: ImportResult) -> None:
    page = people.owner.get("/").text
    assert "1 project without any area" in page
    assert "1 project with suggested areas only" in page
    assert "/portfolio?organisation=XM-DAC-6-4&amp;mapping=none" in page
    assert "without any area" not in people.stranger.get("/").text


def test_gaps_where_the_organisation_works(people: People, portfolio: ImportResult) -> None:
    page = people.colleague.get("/").text
    assert '<a href="/reports/overlap?country=KH">Cambodia</a>' in page


def test_in_a_browser_at_both_widths(server: str, page: Page, sign_in_to: Callable[[Page, str], None]) -> None:
    sign_in_to(page, "owner")
    page.get_by_role("heading", name="What needs your attention").wait_for()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert find_axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
