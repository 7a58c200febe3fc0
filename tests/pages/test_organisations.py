"""The list of organisations and one organisation's page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from app import database
from tests.browser import find_axe_violations
from tests.overlap_portfolio import UNICEF, USAID, import_overlap_portfolio
from tests.pages.conftest import People


@pytest.fixture
def imported(people: People) -> int:
    return import_overlap_portfolio()


@pytest.mark.usefixtures("imported")
def test_list_search_and_flags(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger):
        assert USAID in client.get("/organisations").text
    assert people.nobody.get("/organisations").status_code == 303
    found = people.owner.get("/organisations?q=children+united&format=json").json()["organisations"]
    assert [one["ref"] for one in found] == [UNICEF]
    assert people.owner.get("/organisations?q=%25&format=json").json()["organisations"] == []
    with database.write() as connection:
        connection.execute(text("UPDATE organisation SET known = :no WHERE ref = :ref"), {"no": False, "ref": UNICEF})
    unknown = people.owner.get("/organisations?known=no&format=json").json()["organisations"]
    assert UNICEF in [one["ref"] for one in unknown]
    assert USAID not in [one["ref"] for one in unknown]
    assert "not confirmed" in people.owner.get(f"/organisations/{UNICEF}").text


@pytest.mark.usefixtures("imported")
def test_one_organisation(people: People) -> None:
    page = people.stranger.get(f"/organisations/{USAID}").text
    for words in ("United States Agency", "Reporting", "Cambodia", "Project 1"):
        assert words in page
    assert people.nobody.get(f"/organisations/{USAID}").status_code == 303
    document = people.stranger.get("/organisations/US?format=json").json()
    money = {one["country"]: one["disbursement"] for one in document["countries"]}
    assert money == {"KH": "105000.00", "KE": "30000.00"}
    assert people.stranger.get(f"/organisations/{USAID}?format=xlsx").content.startswith(b"PK")
    assert people.stranger.get("/organisations/none").status_code == 404


@pytest.mark.usefixtures("imported")
def test_a_reference_may_hold_slashes(people: People) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE organisation SET ref = 'name:a/b c?' WHERE ref = :ref"), {"ref": UNICEF})
    page = people.owner.get("/organisations")
    assert 'href="/organisations/name:a/b%20c%3F"' in page.text
    assert people.owner.get("/organisations/name:a/b%20c%3F").status_code == 200


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_accessible(server: str, page: Page, sign_in_to: Callable[[Page, str], None], width: int) -> None:
    import_overlap_portfolio()
    page.set_viewport_size({"width": width, "height": 900})
    sign_in_to(page, "owner")
    for address in (
        "/portfolio",
        "/portfolio?mapping=none",
        "/projects/9",
        "/reports/overlap",
        "/countries",
        "/countries/KH",
        "/organisations",
        f"/organisations/{USAID}",
    ):
        page.goto(server + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert not find_axe_violations(page), address
