"""The overlap report as a page: who may open it, what it shows, from a cell to the file row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring
from playwright.sync_api import Page
from starlette.testclient import TestClient

from app.services.import_portfolio import ImportRequest, import_portfolio
from importers.base import Source
from tests.browser import find_axe_violations, follow
from tests.overlap_portfolio import USAID, import_overlap_portfolio
from tests.pages.conftest import People

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "portfolio"
REPORT = "/reports/overlap?country=KH"
BEHIND = f"/reports/overlap/projects?country=KH&area=N1&donor={USAID}"


@pytest.fixture
def imported(people: People) -> int:
    return import_overlap_portfolio()


@pytest.mark.usefixtures("imported")
def test_everybody_who_is_signed_in_sees_the_report(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        for address in (REPORT, BEHIND):
            assert client.get(address).status_code == 200
    assert people.nobody.get(REPORT).headers["location"].startswith("/sign-in")
    assert people.nobody.get(BEHIND).headers["location"].startswith("/sign-in")


@pytest.mark.usefixtures("imported")
def test_figures_statuses_and_the_caution(people: People) -> None:
    page = people.owner.get(REPORT).text
    for words in ("US$125,000", "US$165,000", "single donor", "never a proof of duplication", "Rome 2012"):
        assert words in page
    assert 'class="status s-gap"' in page
    assert 'class="status s-no-data"' in people.owner.get("/reports/overlap?country=FR").text


@pytest.mark.usefixtures("imported")
def test_the_map_and_its_table_say_the_same(people: People) -> None:
    page: Any = document_fromstring(people.colleague.get("/reports/overlap?map_by=donors").text)
    countries = {link.get("href"): link.get("aria-label") for link in page.xpath("//figure[@class='world']//a")}
    assert countries["/reports/overlap?map_by=donors&country=KH"] == "Cambodia: US$125,000, 4 donors, gap"
    [row] = [
        row
        for row in page.xpath("//table//tr")
        if row.xpath("./th/a[@href='/reports/overlap?map_by=donors&country=KH']")
    ]
    assert [cell.text_content() for cell in row.xpath("./td")] == ["US$125,000", "4", "gap"]
    one_area = people.colleague.get("/reports/overlap?map_by=status&map_area=N1").text
    assert "Cambodia: US$50,000, 2 donors, shared" in one_area
    assert 'id="map"' not in people.colleague.get(REPORT).text, "one country needs no map"


@pytest.mark.usefixtures("imported")
def test_a_form_with_empty_fields_and_a_donor_filter(people: People) -> None:
    page = people.owner.get(f"{REPORT}&from=&to=&crowded=&donor={USAID}&region=").text
    assert "Only the chosen donors are counted" in page


@pytest.mark.usefixtures("imported")
def test_what_cannot_be_asked_is_refused(people: People) -> None:
    for wrong in (
        "flow=gifts",
        "from=abc",
        "from=2020&to=2010",
        "crowded=0",
        "country=%00",
        "level=x",
        "format=pdf",
        "cells=gold",
        "map_by=x",
    ):
        assert people.owner.get(f"/reports/overlap?{wrong}").status_code == 422, wrong
    assert people.owner.get("/reports/overlap?framework=none").status_code == 404


@pytest.mark.usefixtures("imported")
def test_downloads_hold_the_same_filters(people: People) -> None:
    report = people.stranger.get(f"{REPORT}&format=json").json()
    assert (report["countries"], report["totals"]["net"]) == (["KH"], "125000.00")
    lines = people.stranger.get(f"{REPORT}&format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Country,Country name,Area")
    assert len(lines) == 1 + len(report["areas"])
    assert people.stranger.get(f"{REPORT}&format=xlsx").content.startswith(b"PK")
    behind = people.stranger.get(f"{BEHIND}&format=json").json()
    assert [one["net"] for one in behind["projects"]] == ["40000.00"]
    assert people.stranger.get(f"{BEHIND}&format=csv").content.count(b"\n") == 2


def test_an_empty_database_has_a_report_too(people: People) -> None:
    page = people.owner.get("/reports/overlap")
    assert page.status_code == 200
    assert "No money with a known area" in page.text


def figure_links(client: TestClient, address: str) -> set[str]:
    """The addresses to which the main part of a page leads."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    main = next(document_fromstring(answer.text).iter("main"))
    return {href for link in main.iter("a") if (href := link.get("href", "")).startswith("/")}


@pytest.mark.usefixtures("imported")
def test_every_link_of_the_report_answers(people: People) -> None:
    for query in (
        "",
        "?country=KH",
        f"?level=government&basis=gross&donor={USAID}",
        "?flow=budget&framework=rome-2012",
        "?cells=projects&share=column&map_by=status&map_area=N1",
    ):
        links = figure_links(people.stranger, f"/reports/overlap{query}")
        assert {people.stranger.get(link).status_code for link in links} == {200}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_link_of_a_report_on_real_portfolios_answers(people: People) -> None:
    for name, owner in (("child-horizon.xml", "GB-CHC-9900117"), ("fundacion-sendero.xlsx", "ES-CIF-G99000123")):
        path = EXAMPLES / name
        assert import_portfolio(ImportRequest([Source(path, name)], owner)).state == "committed"
    links = figure_links(people.stranger, "/reports/overlap")
    assert len(links) > 100
    assert {link: status for link in links if (status := people.stranger.get(link).status_code) != 200} == {}


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("area", "net", "words"),
    [
        ("", "125000.00", "all areas"),
        ("mapped", "100000.00", "all known areas"),
        ("unmapped", "25000.00", "area not known"),
    ],
)
def test_figures_of_all_areas_and_of_none(people: People, area: str, net: str, words: str) -> None:
    address = f"/reports/overlap/projects?country=kh&area={area}"
    assert people.owner.get(f"{address}&format=json").json()["totals"]["net"] == net
    assert words in people.owner.get(address).text


def test_on_paper(server: str, page: Page, sign_in_to: Callable[[Page, str], None]) -> None:
    import_overlap_portfolio()
    sign_in_to(page, "owner")
    page.set_viewport_size({"width": 1047, "height": 718})  # A4 across, less its margins
    page.goto(f"{server}/reports/overlap")
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("button").filter(visible=True).count() == 0


@pytest.mark.parametrize("width", [1280, 320])
def test_from_a_cell_to_the_file_row(
    server: str, page: Page, sign_in_to: Callable[[Page, str], None], width: int
) -> None:
    import_overlap_portfolio()
    page.set_viewport_size({"width": width, "height": 900})
    sign_in_to(page, "owner")
    page.goto(server + REPORT)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not find_axe_violations(page)
    follow(page.locator("table.heat").first.get_by_role("link", name="40").first)
    assert not find_axe_violations(page)
    follow(page.get_by_role("link", name="Project 1", exact=True))
    assert not find_axe_violations(page)
    assert page.get_by_role("cell", name="line 15").is_visible()
    follow(page.get_by_role("link", name="Import 1", exact=True))
    assert "/imports/1" in page.url
