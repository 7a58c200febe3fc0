"""Projects by hand: made and changed on a page, checked as an import is, and taken back like one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Page
from starlette.testclient import TestClient

from app.models.tables import TABLES
from app.rules.compare import is_same_record
from app.services.import_portfolio import ImportRequest, import_portfolio
from app.services.project_form import MOST_SHOWN
from app.services.undo_import import undo_import
from importers.base import Source
from tests.browser import find_axe_violations, follow
from tests.pages.conftest import OWNERS_ORG, People
from tests.services import stored
from tests.services.iati_files import (
    activity,
    budget,
    committed,
    country,
    description,
    iati,
    organisation,
    sector,
    spent,
)

RICH = activity(
    "X-1",
    description("First line.\nSecond line."),
    organisation("4", "XX-9", "Partner"),
    '<activity-status code="2"/>',
    '<activity-date type="2" iso-date="2019-01-15"/>',
    '<activity-date type="4" iso-date="2019-02-31"/>',
    country("KH", 60),
    country("NP", 45),
    "<location><name><narrative>Takeo</narrative></name><point><pos>10.99 104.78</pos></point></location>",
    sector("15160", 100),
    sector("anything at all", 100, vocabulary="99"),
    '<tag vocabulary="1" code="ours"/>',
    committed("2019-02-01", "120000.50", "<aid-type code='C01'/>", provider="XX-1"),
    spent("2019-03-01", "1.500", receiver="XX-9"),
    budget("2019-01-01", "2019-12-31", 90000),
    '<unknown-to-us a="b">kept</unknown-to-us>',
    reporter=OWNERS_ORG,
)


def take(*activities: str, owner: str | None = OWNERS_ORG, **said: Any) -> Any:
    folder = Path(said.pop("folder"))
    path = folder / "report.xml"
    path.write_text(iati(*activities))
    result = import_portfolio(ImportRequest([Source(path, path.name)], owner, **said))
    assert result.state == "committed", result.issues
    return result


@pytest.fixture
def number(people: People, tmp_path: Path) -> int:
    """The number of a project with all kinds of parts, some of them odd."""
    take(RICH, folder=tmp_path)
    return number_of("X-1")


def number_of(identifier: str) -> int:
    [(number,)] = stored.query("SELECT id FROM activity WHERE identifier = :i AND state = 'current'", i=identifier)
    return int(number)


def parsed(text: str) -> Any:
    return html.fromstring(text)


def fields_of(text: str) -> dict[str, str]:
    """What a browser would send of the form on a page."""
    form = parsed(text).get_element_by_id("project")
    return {name: value.replace("\n", "\r\n") for name, value in form.form_values()}


def opened(client: TestClient, address: str) -> dict[str, str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return fields_of(answer.text)


def problems_of(text: str) -> dict[str, str]:
    """Field -> what is said beside it; each is linked at the top and named by its field."""
    page = parsed(text)
    found = {one.get("id").removesuffix("-problem"): one.text_content() for one in page.find_class("problem")}
    links = {str(link) for link in page.xpath("//*[@role='alert']//a/@href")}
    assert links == {f"#{name}" for name in found}
    for name in found:
        field = page.get_element_by_id(name)
        assert field.get("aria-invalid") == "true"
        assert f"{name}-problem" in field.get("aria-describedby").split()
    return found


def runs() -> int:
    return int(stored.query("SELECT COUNT(*) FROM import_run")[0][0])


# --- editing ------------------------------------------------------------------------------------


def test_a_form_that_nobody_touched_changes_nothing(people: People, number: int) -> None:
    before = stored.dump()
    answer = people.owner.post(f"/projects/{number}/edit", data=opened(people.owner, f"/projects/{number}/edit"))
    assert answer.headers["location"] == f"/projects/{number}"
    assert stored.dump() == before


def test_only_what_changed_is_changed(people: People, number: int) -> None:
    before = stored.record("X-1")
    sent = opened(people.owner, f"/projects/{number}/edit")
    sent |= {
        "title-0-text": "Safer schools",
        "place-1-percentage": "40",
        "money-1-value": "2500",
        "actual_end": "2019-02-28",
    }
    assert people.owner.post(f"/projects/{number}/edit", data=sent).status_code == 303
    after = before.replace("<narrative>Safe schools<", "<narrative>Safer schools<").replace(
        'percentage="45"', 'percentage="40"'
    )
    after = after.replace(">1.500<", ">2500<").replace("2019-02-31", "2019-02-28")
    assert is_same_record(stored.record("X-1").encode(), after.encode())
    assert stored.findings() == []


def test_an_edit_is_an_import_that_can_be_taken_back(people: People, number: int) -> None:
    before, visible = stored.record("X-1"), stored.visible()
    sent = opened(people.owner, f"/projects/{number}/edit")
    people.owner.post(f"/projects/{number}/edit", data={**sent, "title-0-text": "Safer schools", "money-0-value": "1"})
    run = stored.query("SELECT id, state, format, mode, read, changed, user_id FROM import_run ORDER BY id DESC")[0]
    assert tuple(run[1:6]) == ("committed", "by-hand", "update", 1, 1)
    assert run[6] is not None
    assert "Safer schools" in people.owner.get("/portfolio?q=safer").text
    assert "by hand" in people.owner.get(f"/projects/{number}").text
    undo_import(run[0])
    assert stored.record("X-1") == before
    assert stored.visible() == visible


def test_amounts_keep_the_place_of_the_file_that_brought_them(people: People, number: int) -> None:
    places = "SELECT place FROM flow WHERE activity_id = :n ORDER BY position"
    lines = [place for (place,) in stored.query(places, n=number)]
    sent = opened(people.owner, f"/projects/{number}/edit")
    people.owner.post(f"/projects/{number}/edit", data={**sent, "money-1-value": "2500"})
    assert [place for (place,) in stored.query(places, n=number)] == [
        f"report.xml!{lines[0]}",
        "",
        f"report.xml!{lines[2]}",
    ]
    sent = opened(people.owner, f"/projects/{number}/edit")
    people.owner.post(f"/projects/{number}/edit", data={**sent, "status": "4"})
    assert [place for (place,) in stored.query(places, n=number)] == [
        f"report.xml!{lines[0]}",
        "",
        f"report.xml!{lines[2]}",
    ]


def test_rows_are_added_and_taken_out_without_a_script(people: People, number: int) -> None:
    address = f"/projects/{number}/edit"
    sent = opened(people.owner, address)
    answer = people.owner.post(address, data={**sent, "title-0-text": "Typed", "rows": "add-organisation"})
    assert answer.status_code == 200
    assert runs() == 1
    sent = fields_of(answer.text)
    assert sent["title-0-text"] == "Typed"
    assert parsed(answer.text).get_element_by_id("organisation-1-role").get("autofocus") is not None
    sent |= {"organisation-1-role": "1", "organisation-1-name": "Sida"}
    sent = fields_of(people.owner.post(address, data={**sent, "rows": "remove-organisation-0"}).text)
    assert sent["organisation-0-name"] == "Sida"
    sent = fields_of(people.owner.post(address, data={**sent, "rows": "remove-money-0"}).text)
    assert people.owner.post(address, data=sent).status_code == 303
    after = stored.record("X-1")
    assert "Sida" in after
    assert "Partner" not in after
    assert "120000.50" not in after
    assert "1.500" in after


def test_every_kind_of_amount_can_be_written(people: People, number: int) -> None:
    address = f"/projects/{number}/edit"
    new = {"origin": "", "start": "2020-01-01", "value": "1250000.5", "currency": "EUR"}
    rows = {
        "money-3": {**new, "kind": "3", "provider": "Sida", "provider_ref": "SE-0", "value_date": "2020-01-05"},
        "money-4": {**new, "kind": "budget-revised", "end": "2020-12-31"},
        "money-5": {**new, "kind": "planned", "end": "2020-12-31", "receiver": "Partner"},
    }
    extra = {f"{row}-{name}": text for row, texts in rows.items() for name, text in texts.items()}
    answer = people.owner.post(address, data={**opened(people.owner, address), **extra})
    assert answer.status_code == 303, problems_of(answer.text)
    after = stored.record("X-1")
    assert '<value currency="EUR" value-date="2020-01-05">1250000.5</value>' in after
    assert '<budget type="2"><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/>' in after
    assert "<receiver-org><narrative>Partner</narrative></receiver-org></planned-disbursement>" in after
    assert '<provider-org ref="SE-0"><narrative>Sida</narrative></provider-org></transaction>' in after
    sums = stored.query("SELECT kind, SUM(whole) FROM flow GROUP BY kind ORDER BY kind")
    assert ("3", 1250000) in [(kind, int(whole) - 1) for kind, whole in sums] or ("3", 1250001) in sums


def test_a_payment_can_become_a_budget(people: People, number: int) -> None:
    address = f"/projects/{number}/edit"
    sent = {**opened(people.owner, address), "money-0-kind": "budget", "money-0-end": "2019-12-31",
            "money-0-provider": "", "money-0-provider_ref": ""}  # fmt: skip
    answer = people.owner.post(address, data=sent)
    assert answer.status_code == 303, problems_of(answer.text)
    assert "120000.50" in stored.record("X-1").partition("<budget>")[2]


def test_a_list_that_is_too_long_for_a_form_stays_as_it_is(people: People, tmp_path: Path) -> None:
    payments = [spent("2019-03-01", 100 + number) for number in range(MOST_SHOWN + 1)]
    take(activity("L-1", *payments, reporter=OWNERS_ORG), folder=tmp_path)
    address = f"/projects/{number_of('L-1')}/edit"
    assert "too many for a form" in people.owner.get(address).text
    before = stored.record("L-1")
    people.owner.post(address, data={**opened(people.owner, address), "title-0-text": "New"})
    assert is_same_record(stored.record("L-1").encode(), before.replace("Safe schools", "New").encode())


def test_a_later_file_that_writes_over_an_edit_says_so(people: People, number: int, tmp_path: Path) -> None:
    address = f"/projects/{number}/edit"
    people.owner.post(address, data={**opened(people.owner, address), "title-0-text": "Safer schools"})
    result = take(RICH, folder=tmp_path)
    assert "edited-by-hand" in [issue.code for issue in result.issues]


# --- bad input ----------------------------------------------------------------------------------


BAD = {
    "actual_start": ("31/02/2019", "not a day of the calendar"),
    "actual_end": ("2018-12-31", "before the start"),
    "money-0-value": ("12,5OO", "not an amount"),
    "money-1-value": ("12,500", "may mean 12500 or 12.500"),
    "place-0-percentage": ("130", "more than the whole"),
    "currency": ("Talers", "no currency"),
}


def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(people: People, number: int) -> None:
    """All of it at once; tests/services/test_fill_record.py has each kind by itself."""
    address, before = f"/projects/{number}/edit", stored.dump()
    sent = {**opened(people.owner, address), "description-0-text": "Typed & <kept>", "actual_start": "2019-01-15"}
    sent |= {field: text for field, (text, _) in BAD.items() if field != "actual_start"}
    answer = people.owner.post(address, data=sent)
    assert answer.status_code == 422
    found = problems_of(answer.text)
    for field, (_, said) in BAD.items():
        assert field == "actual_start" or said in found[field]
    assert fields_of(answer.text) == sent
    answer = people.owner.post(address, data={**sent, "actual_start": "31/02/2019"})
    assert BAD["actual_start"][1] in problems_of(answer.text)["actual_start"]
    assert fields_of(answer.text)["actual_start"] == "31/02/2019"
    assert stored.dump() == before


def test_hostile_text_is_text(people: People, number: int) -> None:
    address = f"/projects/{number}/edit"
    for text in ("<script>alert(1)</script>", "=cmd|'/C calc'!A0", "مرحبا 🙂", "x" * 30_000, "a\x0bb\ufffe"):
        answer = people.owner.post(address, data={**opened(people.owner, address), "title-0-text": text})
        assert answer.status_code == 303
        assert "<script>alert" not in people.owner.get(f"/projects/{number}").text
    assert "<narrative>ab</narrative>" in stored.record("X-1")


def test_strange_requests_are_answered_with_a_sentence(people: People, number: int) -> None:
    address = f"/projects/{number}/edit"
    sent = opened(people.owner, address)
    for version in ("", "0", "999999", "-1", "x", "9" * 40):
        answer = people.owner.post(address, data={**sent, "version": version})
        assert answer.status_code == 422
        assert "Open the project" in answer.text
    for command in ("add-nothing", "remove-money-9999", "remove-money", "x" * 1000, "add-"):
        assert people.owner.post(address, data={**sent, "rows": command}).status_code == 200
    assert people.owner.post(address, data={**sent, "money-0-origin": "77", "title-0-origin": "-1"}).status_code == 303
    assert people.owner.post(address, data={**sent, "title-0-text": "a\x00b"}).status_code == 422
    assert people.owner.get("/projects/999999/edit").status_code == 404
    assert people.owner.get("/projects/x/edit").status_code == 422


# --- two people at once ---------------------------------------------------------------------------


def test_what_two_people_change_in_different_parts_is_kept(people: People, number: int) -> None:
    address = f"/projects/{number}/edit"
    mine, theirs = opened(people.owner, address), opened(people.admin, address)
    people.admin.post(address, data={**theirs, "status": "4"})
    assert people.owner.post(address, data={**mine, "title-0-text": "Mine"}).status_code == 303
    after = stored.record("X-1")
    assert '<activity-status code="4"/>' in after
    assert "Mine" in after


@pytest.mark.parametrize(("choice", "stands"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_what_both_changed_is_shown_and_asked(people: People, number: int, choice: str, stands: str) -> None:
    address = f"/projects/{number}/edit"
    mine, theirs = opened(people.owner, address), opened(people.admin, address)
    people.admin.post(address, data={**theirs, "title-0-text": "Theirs", "status": "4"})
    mine |= {"title-0-text": "Mine", "money-0-value": "7"}
    answer = people.owner.post(address, data=mine)
    assert answer.status_code == 409
    for words in ("Somebody else changed this project", "Safe schools", "Theirs", "Mine"):
        assert words in answer.text
    assert "Mine" not in stored.record("X-1")
    sent = fields_of(answer.text)
    assert {name: sent[name] for name in mine} == mine
    assert people.owner.post(address, data=sent).status_code == 409  # nothing chosen yet
    answer = people.owner.post(address, data={**sent, "keep:title": choice})
    assert answer.status_code == 303
    after = stored.record("X-1")
    assert f"<narrative>{stands}</narrative>" in after
    assert '<activity-status code="4"/>' in after
    assert ">7</value>" in after


def test_a_third_change_while_choosing_is_asked_about_too(people: People, number: int) -> None:
    address = f"/projects/{number}/edit"
    mine = {**opened(people.owner, address), "title-0-text": "Mine"}
    people.admin.post(address, data={**opened(people.admin, address), "title-0-text": "Theirs"})
    sent = {**fields_of(people.owner.post(address, data=mine).text), "keep:title": "mine"}
    people.admin.post(address, data={**opened(people.admin, address), "title-0-text": "Third"})
    answer = people.owner.post(address, data=sent)
    assert answer.status_code == 409
    assert "Third" in answer.text


# --- new projects ---------------------------------------------------------------------------------

NEW = {
    "identifier": "N-1", "title-0-text": "A shelter", "title-0-language": "en", "currency": "EUR", "status": "2",
    "description-0-text": "Two\r\nlines", "planned_start": "2020-01-01", "place-0-code": "Cambodia (KH)", "place-0-percentage": "100",
    "sector-0-vocabulary": "1", "sector-0-code": "15160", "organisation-0-role": "1", "organisation-0-name": "Sida",
    "money-0-kind": "3", "money-0-start": "2020-03-01", "money-0-value": "1,250,000.50",
}  # fmt: skip


def test_a_project_is_made_on_a_page(people: People) -> None:
    assert "/projects/new" in people.owner.get("/portfolio").text
    sent = {**opened(people.owner, "/projects/new"), **NEW}
    answer = people.owner.post("/projects/new", data=sent)
    assert answer.status_code == 303, problems_of(answer.text)
    page = people.owner.get(answer.headers["location"]).text
    for words in ("A shelter", "Cambodia", "Sida", "15160", "1,250,000.5"):
        assert words in page
    document = people.owner.get(f"{answer.headers['location']}?format=json").json()
    assert document["flows"][0] | {"rate": "", "base": "", "rate_date": "", "rate_source": ""} == document["flows"][0] | {
        "kind": "3", "value": "1250000.50", "currency": "EUR", "rate": "", "base": "", "rate_date": "", "rate_source": "",
    }  # fmt: skip
    record = stored.record("N-1")
    assert f'<reporting-org ref="{OWNERS_ORG}"' in record
    assert "Two\nlines" in record
    assert stored.findings() == []
    undo_import(1)
    assert stored.titles() == {}


def test_a_new_project_needs_an_identifier_of_its_own_and_a_title(people: People) -> None:
    answer = people.owner.post("/projects/new", data=opened(people.owner, "/projects/new"))
    assert answer.status_code == 422
    assert set(problems_of(answer.text)) == {"identifier", "title-0-text"}
    people.owner.post("/projects/new", data=NEW)
    answer = people.owner.post("/projects/new", data=NEW)
    assert "There is a project N-1 already" in problems_of(answer.text)["identifier"]
    long = people.owner.post("/projects/new", data={**NEW, "identifier": "x" * 501})
    assert "500 characters" in problems_of(long.text)["identifier"]


def test_the_admin_says_whose_project_it_is(people: People) -> None:
    assert "owner" in problems_of(people.admin.post("/projects/new", data=NEW).text)
    assert people.admin.post("/projects/new", data={**NEW, "owner": OWNERS_ORG}).status_code == 303
    assert "/edit" in people.owner.get(f"/projects/{number_of('N-1')}").text


# --- who may ----------------------------------------------------------------------------------------


def test_only_the_owners_editors_and_admins_edit(people: People, number: int) -> None:
    address, sent = f"/projects/{number}/edit", opened(people.owner, f"/projects/{number}/edit")
    changed = {**sent, "title-0-text": "Changed"}
    for client in (people.colleague, people.stranger):
        assert f"{address}" not in client.get(f"/projects/{number}").text
        assert client.get(address).status_code == 403
        assert client.post(address, data=changed).status_code == 403
        assert client.post(address, data={**changed, "rows": "add-money"}).status_code == 403
    assert people.nobody.get(address).headers["location"].startswith("/sign-in")
    assert people.nobody.post(address, data=changed).headers["location"].startswith("/sign-in")
    assert "Changed" not in stored.record("X-1")
    assert people.admin.post(address, data=changed).status_code == 303


def test_a_project_that_is_not_shared_is_not_there_for_strangers(people: People, number: int) -> None:
    from app import database

    with database.write() as connection:
        connection.execute(TABLES["activity"].update().values(visibility="private"))
    assert people.stranger.get(f"/projects/{number}/edit").status_code == 404
    assert people.owner.get(f"/projects/{number}/edit").status_code == 200


def test_readers_add_nothing_and_nobody_adds_for_others(people: People) -> None:
    assert "/projects/new" not in people.colleague.get("/portfolio").text
    assert people.colleague.get("/projects/new").status_code == 403
    assert people.colleague.post("/projects/new", data=NEW).status_code == 403
    assert people.nobody.get("/projects/new").headers["location"].startswith("/sign-in")
    assert people.nobody.post("/projects/new", data=NEW).headers["location"].startswith("/sign-in")
    assert people.stranger.post("/projects/new", data={**NEW, "owner": OWNERS_ORG}).status_code == 403
    assert stored.titles() == {}


# --- in a browser -----------------------------------------------------------------------------------


def test_in_a_browser(server: str, page: Page, sign_in_to: Callable[[Page, str], None]) -> None:
    sign_in_to(page, "owner")
    page.goto(f"{server}/portfolio")
    follow(page.get_by_role("link", name="Add a project"))
    assert find_axe_violations(page) == []
    page.get_by_label("Identifier", exact=True).fill("B-1")
    page.get_by_label("Title", exact=True).fill("A shelter")
    page.get_by_role("button", name="Add an amount").click()
    page.locator("#money-1-kind:focus").wait_for()
    page.get_by_role("group", name="Amount 2").get_by_label("Kind").select_option("Disbursement")
    page.locator("#money-1-value").fill("12,5OO")
    page.locator("#money-1-start").fill("2020-03-01")
    page.locator("#money-1-currency").fill("EUR")
    page.get_by_role("button", name="Take out: Amount 1").click()
    page.locator("#money-1-kind").wait_for(state="detached")
    page.locator("#money-0-value").press("Enter")
    page.get_by_role("alert").get_by_role("link", name="is not an amount").click()
    page.locator("#money-0-value:focus").wait_for()
    assert find_axe_violations(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("#money-0-value").fill("12500.00")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Edit").click()
    assert page.locator("#money-0-value").input_value() == "12500.00"
    assert find_axe_violations(page) == []
