"""Plans on pages: gaps, projects, public page, interests; who may do what; and the whole way in a browser."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from app import database
from app.queries.action_links import insert_links
from app.services.import_portfolio import ImportResult
from tests.browser import find_axe_violations
from tests.pages.conftest import People
from tests.pages.test_opportunities import plain, titles, viewer
from tests.services.funding import a_line, a_plan, action_ids, an_action, enter_line, enter_plan
from tests.services.stored import query

PLAN = {
    "reference": "NPA",
    "country": "KH",
    "title": "Plan",
    "currency": "USD",
    "visibility": "private",
    "fiscal_year_start": "7",
}
ACTION: dict[str, Any] = {
    "code": "1.1", "title": "Shelters", "areas": "florence-2008/N3 60%\nflorence-2008/N4 40%", "indicators": "Beds | 0 | 40",
    "cost_kind": ["cost", "budget", "cost"], "cost_year": ["2026", "2026", ""], "cost_amount": ["100 000", "25000.50", ""],
    "cost_currency": ["USD", "usd", "USD"],
}  # fmt: skip


def enter(people: People) -> int:
    answer = people.owner.post("/plans/new", data=PLAN)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rsplit("/", 1)[1])


def test_an_editor_enters_a_plan_and_its_actions(people: People) -> None:
    number = enter(people)
    assert people.owner.post(f"/plans/{number}/actions/new", data=ACTION).status_code == 303
    page = people.colleague.get(f"/plans/{number}").text
    for words in ("Shelters", "US$100,000", "USD 25,000.5", "US$75,000", "Beds (0 → 40)", "orphan", "<svg"):
        assert words in page, words
    found = people.owner.get(f"/plans/{number}?format=json").json()
    assert found["whole"]["open_need"] == "74999.50"
    assert sorted(found["years"]) == ["2026", "2027"]
    action = found["actions"][0]["id"]
    edit = people.owner.get(f"/plans/{number}/actions/{action}/edit").text
    assert "florence-2008/N3 60%" in edit
    changed = people.owner.post(f"/plans/{number}/actions/{action}/edit", data=ACTION | {"title": "Safe shelters"})
    assert changed.status_code == 303
    assert people.owner.get(f"/plans/{number}?format=json").json()["actions"][0]["id"] == action
    for client, status in ((people.colleague, 403), (people.stranger, 404)):
        assert client.get(f"/plans/{number}/edit").status_code == status
        assert client.post(f"/plans/{number}/edit", data=PLAN).status_code == status
        assert client.post(f"/plans/{number}/actions/new", data=ACTION).status_code == status
        assert client.post(f"/plans/{number}/propose").status_code == status
        assert client.post(f"/plans/{number}/remove").status_code == status
    assert people.stranger.get(f"/plans/{number}").status_code == 404
    assert people.nobody.get(f"/plans/{number}/public").status_code == 404
    assert (
        people.owner.post(f"/plans/{number}/actions/{action}/edit", data=ACTION | {"remove": "yes"}).status_code == 303
    )
    assert people.owner.get(f"/plans/{number}?format=json").json()["actions"] == []
    assert people.owner.post(f"/plans/{number}/remove").status_code == 303


def test_a_form_that_somebody_else_overtook_is_refused(people: People) -> None:
    number = enter(people)
    stale = plain(PLAN | {"version": "1", "title": "Mine"})
    assert people.owner.post(f"/plans/{number}/edit", data=stale).status_code == 303
    assert people.owner.post(f"/plans/{number}/edit", data=stale).status_code == 409


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"areas": "florence-2008/XX"}, "is no area that is known here"), ({"cost_currency": ["XQX"] * 3}, "is no currency"),
        ({"cost_year": ["", "2026", ""]}, "has no year"), ({"cost_amount": ["1.000,0", "1", ""]}, "can&#39;t be read"),
        ({"cost_year": ["2026", "2026", "2028"]}, "has no amount"), ({"code": ""}, "no code or no title"),
        ({"areas": "florence-2008/N3 70%\nflorence-2008/N4 70%"}, "more than 100 percent"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_action_is_said_and_nothing_lost(
    people: People, changes: dict[str, Any], words: str
) -> None:
    number = enter(people)
    answer = people.owner.post(f"/plans/{number}/actions/new", data=ACTION | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Shelters" in answer.text
    assert "25000.50" in answer.text or "cost_amount" in changes


def test_a_form_without_its_fields_is_shown_again(people: People) -> None:
    number = enter_plan(viewer("owner"), a_plan("NPA", an_action("1.1")))
    action = action_ids(number)["1.1"]
    answer = people.owner.post(f"/plans/{number}/actions/{action}/edit", data={"areas": "N3 many"})
    assert (answer.status_code, "Not saved yet" in answer.text) == (422, True)


def test_a_public_plan_is_open_to_everybody_and_exported(people: People) -> None:
    number = enter_plan(viewer("owner"), a_plan("NPA", an_action("1.1"), an_action("1.2", cost=0, costs=())))
    page = people.nobody.get(f"/plans/{number}/public")
    assert page.status_code == 200
    assert "US$100,000" in page.text
    assert people.nobody.get(f"/plans/{number}/public?format=json").json()["actions"][0]["open_need"] == "100000.00"
    xml = etree.fromstring(people.nobody.get(f"/plans/{number}/public?format=xml").content)
    assert [one.text for one in xml.iterfind("iati-activity/iati-identifier")] == [
        "XM-DAC-6-4-NPA-1.1",
        "XM-DAC-6-4-NPA-1.2",
    ]
    assert [one.text for one in xml.iterfind(".//{*}open")] == ["50000.00", "50000.00"]
    assert people.nobody.get(f"/plans/{number}/public?format=xlsx").content[:2] == b"PK"
    assert people.nobody.get(f"/plans/{number}/public?format=odd").status_code == 422
    assert people.nobody.get(f"/plans/{number}/public?flow=odd").status_code == 422
    assert titles(people.stranger.get("/plans").text) == ["National plan of action"]
    assert len(people.stranger.get("/plans?format=csv").text.splitlines()) == 2


def test_projects_are_proposed_accepted_and_rejected(people: People, portfolio: ImportResult) -> None:
    number = enter_plan(viewer("owner"), a_plan())
    action = action_ids(number)["1.1"]
    with database.write() as connection:
        activity = query("SELECT id FROM activity WHERE identifier LIKE '%T-1'")[0][0]
        insert_links(connection, [{
            "action_id": action, "activity_id": activity, "state": "proposed", "share": None, "reasons": '["Same area."]',
            "user_id": None, "at": datetime.now(UTC),
        }])  # fmt: skip
    assert people.owner.post(f"/plans/{number}/propose").status_code == 303
    page = people.owner.get(f"/plans/{number}").text
    assert "Schools free from violence" in page
    assert "Same area." in page
    link = query(f"SELECT id FROM action_link WHERE activity_id = {activity}")[0][0]
    for client, status in ((people.colleague, 403), (people.stranger, 403)):
        assert client.post(f"/plans/{number}/links/{link}", data={"state": "confirmed"}).status_code == status
    for share in ("abc", "nan", "1e999", "120"):
        assert (
            people.owner.post(f"/plans/{number}/links/{link}", data={"state": "confirmed", "share": share}).status_code
            == 422
        )
    assert (
        people.owner.post(f"/plans/{number}/links/{link}", data={"state": "confirmed", "share": "50"}).status_code
        == 303
    )
    assert people.owner.get(f"/plans/{number}?format=json").json()["whole"]["linked"] == "60000.00"
    assert people.owner.post(f"/plans/{number}/links/{link}", data={"state": "rejected"}).status_code == 303
    assert people.owner.get(f"/plans/{number}?format=json").json()["whole"]["linked"] == "0.00"


def test_a_project_that_nobody_proposed_is_linked_by_its_identifier(people: People, portfolio: ImportResult) -> None:
    number = enter_plan(viewer("owner"), a_plan())
    action = action_ids(number)["1.1"]
    identifier = query("SELECT identifier FROM activity WHERE identifier LIKE '%T-1'")[0][0]
    form = {"action": str(action), "project": f" {identifier} ", "share": "33,5 %"}
    assert "Link a project" in people.owner.get(f"/plans/{number}").text
    for client, status in ((people.colleague, 403), (people.stranger, 403), (people.nobody, 303)):
        assert client.post(f"/plans/{number}/links", data=form).status_code == status
    for wrong in ({"project": "XX-none"}, {"share": "half"}, {"project": ""}):
        assert people.owner.post(f"/plans/{number}/links", data={**form, **wrong}).status_code == 422
    assert people.owner.post(f"/plans/{number}/links", data={**form, "action": "99999"}).status_code == 404
    assert people.owner.post(f"/plans/{number}/links", data=form).status_code == 303
    page = people.owner.get(f"/plans/{number}").text
    assert "Linked by hand." in page
    assert people.owner.get(f"/plans/{number}?format=json").json()["whole"]["linked"] == "40200.00"
    assert people.owner.post(f"/plans/{number}/links", data=form).status_code == 422, "it is linked already"


def test_an_interest_reaches_the_team_and_is_tracked_to_a_decision(people: People) -> None:
    number = enter_plan(viewer("owner"), a_plan())
    action = action_ids(number)["1.1"]
    assert people.stranger.post(f"/actions/{action}/interest", data={"message": "We <can> fund"}).status_code == 303
    assert people.stranger.post(f"/actions/{action}/interest").status_code == 422
    assert people.owner.post(f"/actions/{action}/interest").status_code == 422
    assert people.colleague.post(f"/actions/{action}/interest").status_code == 403
    assert people.nobody.post(f"/actions/{action}/interest").headers["location"].startswith("/sign-in")
    for client in (people.owner, people.colleague):
        assert "Donors that wait for an answer" in client.get("/").text
        assert "We &lt;can&gt; fund" in client.get(f"/plans/{number}").text
    assert "Donors that wait" not in people.stranger.get("/").text
    assert people.stranger.post("/interests/1", data={"state": "agreed"}).status_code == 403
    assert people.colleague.post("/interests/1", data={"state": "declined"}).status_code == 403
    assert people.owner.post("/interests/1", data={"state": "agreed", "message": "Welcome"}).status_code == 303
    assert "Welcome" in people.stranger.get("/plans").text
    assert people.owner.post("/interests/1", data={"state": "declined"}).status_code == 422
    assert "Donors that wait" not in people.owner.get("/").text


def test_a_plan_is_watched(people: People) -> None:
    number = enter_plan(viewer("owner"), a_plan())
    assert people.stranger.post(f"/plans/{number}/watch", data={"frequency": "now"}).status_code == 303
    assert f'href="/plans/{number}"' in people.stranger.get("/alerts").text
    assert people.stranger.post("/plans/99/watch").status_code == 404


def test_from_a_plan_to_the_shortlist_in_a_browser(
    server: str, sign_in_to: Callable[[Page, str], None], page: Page
) -> None:
    """A team enters its plan by the forms, sees which line fits and why, and puts it on its shortlist; on the way each
    page is looked at by axe, at 1280 and at 320 pixels."""
    enter_line(viewer("stranger"), a_line(title="Shelter fund"))
    sign_in_to(page, "owner")
    page.get_by_role("link", name="Plans", exact=True).click()
    page.get_by_role("link", name="Enter a plan").click()
    page.get_by_label("Title").fill("National plan")
    page.get_by_label("Reference").fill("KH-NPA")
    page.get_by_label("Country").select_option("KH")
    page.get_by_label("Currency (code)").fill("USD")
    page.get_by_label("Applies as").select_option("10")
    page.get_by_label("Languages in which").select_option("en")
    page.get_by_label("Shown to").select_option("public")
    check(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add an action").click()
    page.get_by_label("Code").fill("1.1")
    page.get_by_label("Title").fill("Shelters")
    page.get_by_label("Areas").fill("florence-2008/N3")
    page.get_by_label("Fiscal year").first.fill("2026")
    page.get_by_label("Amount").first.fill("lots")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("can't be read")
    check(page)
    page.get_by_label("Amount").first.fill("120000")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Shelter fund").click()
    expect(page.get_by_text("is within what the line gives")).to_be_visible()
    check(page)
    page.get_by_label("Note for colleagues").fill("Let us apply")
    page.get_by_role("button", name="Put on the shortlist").click()
    expect(page.get_by_text("It is on the shortlist.")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Open the shortlist").click()
    expect(page.get_by_text("Let us apply")).to_be_visible()
    check(page)
    page.goto(f"{server}/opportunities?q=shelter")
    check(page)
    page.get_by_role("button", name="Tell me").click()
    page.get_by_text("Feeds for your reader").click()
    check(page)
    for address in ("/plans", "/plans/1/public", "/opportunities/new"):
        page.goto(f"{server}{address}")
        check(page)


SHEET = (
    "Plan reference,Plan title,Country,Currency,Plan applicant type,Languages,Action code,Action title,Areas,Cost 2026,Budget 2026\n"
    "NPA,Plan of the sheet,Cambodia,USD,10,en,1.1,Shelters,florence-2008/N3,120000,\n"
    ",,,,,,1.2,Courts,florence-2008/N5,80000,5000\n"
    "Total,,,,,,,,,200000,5000\n"
)


def test_from_a_plans_sheet_to_the_shortlist_in_fewer_than_fifteen_clicks(
    server: str, sign_in_to: Callable[[Page, str], None], page: Page
) -> None:
    """At ten seconds a click, to read and to decide, that is well below three minutes."""
    enter_line(viewer("stranger"), a_line(title="Shelter fund"))
    sign_in_to(page, "owner")
    clicks = 0

    def click(role: Any, name: str) -> None:
        nonlocal clicks
        clicks += 1
        page.get_by_role(role, name=name, exact=True).first.click()

    click("link", "Imports")
    clicks += 1
    page.locator("input[type=file]").first.set_input_files(
        {"name": "plan.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    )
    click("button", "Check the file")
    expect(page.get_by_text("This row sums up others").first).to_be_visible()
    expect(page.get_by_text("1 new, 0 changed")).to_have_count(4)
    check(page)
    click("button", "Write it")
    click("link", "Plan of the sheet")
    expect(page.get_by_text("US$200,000")).not_to_have_count(0)
    clicks += 1
    page.get_by_text("Shelter fund").first.click()
    clicks += 1
    page.get_by_label("Note for colleagues").first.fill("Let us apply")
    click("button", "Put on the shortlist")
    click("link", "Open the shortlist")
    expect(page.get_by_text("Let us apply")).to_be_visible()
    expect(page.get_by_text("For action 1.1 Shelters")).to_be_visible()
    assert clicks < 15


def check(page: Page) -> None:
    """Accessible, and without a page-wide scroll bar, on a desk and on a telephone."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert find_axe_violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    page.set_viewport_size({"width": 1280, "height": 900})
