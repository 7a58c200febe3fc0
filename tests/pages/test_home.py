"""The first page: what waits for whom."""

from collections.abc import Callable

from lxml.html import document_fromstring
from playwright.sync_api import Page

from app.services.import_portfolio import ImportResult
from app.services.run_jobs import run_waiting_jobs
from tests.browser import find_axe_violations
from tests.pages.conftest import People
from tests.pages.test_imports import BAD, SMALL, upload


def test_it_is_empty_at_first(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        assert "Nothing is waiting for you." in client.get("/").text
    assert people.nobody.get("/").headers["location"] == "/sign-in"


def test_a_preview_and_a_refusal_wait_for_their_owner_only(people: People) -> None:
    people.owner.post("/imports", files=upload(SMALL, "waiting.csv"))
    run_waiting_jobs()
    people.owner.post("/imports", files=upload(BAD, "refused.csv"))
    run_waiting_jobs()
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
    run_waiting_jobs()
    people.owner.post("/imports", files=upload(SMALL))
    run_waiting_jobs()
    people.owner.post("/imports/2/confirm")
    assert "Refused imports" not in people.owner.get("/").text


def test_projects_without_confirmed_areas_are_counted(people: People, portfolio: ImportResult) -> None:
    page = people.owner.get("/").text
    assert "1 project without any area" in page
    assert "1 project with suggested areas only" in page
    assert "/portfolio?owner=XM-DAC-6-4&amp;mapping=none" in page
    assert "without any area" not in people.stranger.get("/").text


def test_who_has_nothing_yet_and_admins_start_here(people: People) -> None:
    for client in (people.owner, people.stranger, people.admin):
        page = client.get("/").text
        assert "Start here" in page
        assert '<a href="/imports">Import your projects</a>' in page
    page = people.colleague.get("/").text
    assert "Ask an editor of your organisation" in page
    assert "Import your projects" not in page


def figures(page: str) -> list[str]:
    """The headline figures: projects, donors, countries, disbursements, newest import."""
    counts = next(one for one in document_fromstring(page).iter("dl") if one.get("class") == "counts")
    return ["".join(map(str, figure.itertext())).strip() for figure in counts.iter("dd")]


def test_who_has_imported_sees_figures_instead(people: People, portfolio: ImportResult) -> None:
    for client, starts in ((people.owner, False), (people.colleague, False), (people.stranger, True)):
        page = client.get("/").text
        assert ("Start here" in page) is starts
        assert figures(page)[:4] == ["2", "1", "2", "US$0"]
    assert '<a href="/imports/1">' in people.owner.get("/").text
    assert '<a href="/imports/1">' not in people.stranger.get("/").text


def test_a_region_is_no_country(people: People) -> None:
    """DAC regions have numbers for codes, Europe's (89) as long as a country's."""
    people.owner.post("/imports", files=upload(SMALL.replace(b"Kenya", b"89"), "regions.csv"))
    run_waiting_jobs()
    people.owner.post("/imports/1/confirm")
    page = people.owner.get("/").text
    assert "/reports/overlap?country=KH" in page
    assert "/reports/overlap?country=89" not in page
    assert figures(page)[2] == "1"


def test_amounts_without_a_rate_lead_to_their_projects(people: People) -> None:
    people.owner.post("/imports", files=upload(SMALL.replace(b"(USD)", b"(KPW)").replace(b"75000", b"")))
    run_waiting_jobs()
    people.owner.post("/imports/1/confirm")
    address = "/portfolio?owner=XM-DAC-6-4&amp;left_out=no-rate"
    assert f'no exchange rate: 1 amount, <a href="{address}">1 project</a>' in people.owner.get("/").text
    listed = people.owner.get("/portfolio?owner=XM-DAC-6-4&left_out=no-rate&format=json").json()["projects"]
    assert [one["identifier"] for one in listed] == ["T-1"]
    assert people.owner.get("/portfolio?owner=SE-0&left_out=no-rate&format=json").json()["projects"] == []


def test_gaps_where_the_organisation_works(people: People, portfolio: ImportResult) -> None:
    page = people.colleague.get("/").text
    assert '<a href="/reports/overlap?country=KH">Cambodia</a>' in page


def test_in_a_browser_at_both_widths(server: str, page: Page, sign_in_to: Callable[[Page, str], None]) -> None:
    sign_in_to(page, "owner")
    page.get_by_role("heading", name="Start here").wait_for()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert find_axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
