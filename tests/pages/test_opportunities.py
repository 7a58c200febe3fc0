"""Funding lines on pages: search, one line, its form, the shortlist; who may do what."""

from dataclasses import replace
from typing import Any

import pytest
from icalendar import Calendar
from lxml import etree
from lxml.html import document_fromstring

from app import database
from app.queries.users import find_user
from app.rules.permissions import Viewer
from app.services.find_alerts import find_alerts
from app.services.save_document import save_document
from tests.pages.conftest import PEOPLE, People
from tests.services.funding import a_line, a_plan, action_ids, enter_line, enter_plan, soon
from tests.services.stored import query


def viewer(name: str) -> Viewer:
    with database.read() as connection:
        row = find_user(connection, f"{name}@example.org")
    return Viewer(row.id, row.organisation_id, PEOPLE[name][0], row.email)


def find(page: str, path: str) -> list[Any]:
    """The elements of a page."""
    found: Any = document_fromstring(page).xpath(path)
    return list(found)


def titles(page: str) -> list[str]:
    return [str(one.text_content()) for one in find(page, "//tbody//th/a")]


def fields(page: str, **changes: Any) -> dict[str, Any]:
    """A form as a browser sends it, with other values."""
    form = find(page, "//form[contains(@class, 'edit')]")[0]
    return {name: form.fields[name] for name in form.fields} | changes


def plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, (set, list)) or hasattr(value, "add") else value
        for name, value in values.items()
        if value is not None
    }


LINE = {
    "reference": "CALL-9", "title": "Protección de la niñez", "type": "call", "visibility": "shared", "countries": ["KH", "KE"],
    "areas": ["florence-2008/N3"], "currency": "EUR", "minimum": "10 000", "maximum": "250000.50", "own_share": "12.5",
    "closes": "2027-03-31T17:00", "time_zone": "Europe/Rome", "months_max": "36", "documents": "Guide https://example.org/g",
}  # fmt: skip


def test_nobody_is_asked_to_sign_in(people: People) -> None:
    for address in (
        "/opportunities",
        "/opportunities/new",
        "/opportunities/1",
        "/shortlist",
        "/alerts",
        "/plans",
        "/plans/1",
    ):
        assert people.nobody.get(address).headers["location"].startswith("/sign-in"), address


def test_an_editor_enters_changes_and_removes_a_line(people: People) -> None:
    answer = people.owner.post("/opportunities/new", data=LINE)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    page = people.stranger.get(address).text
    for words in (
        "Protección de la niñez",
        "EUR 250,000.5",
        "12.5",
        "Europe/Rome",
        "It closes on",
        'href="https://example.org/g"',
    ):
        assert words in page, words
    edit = people.owner.get(f"{address}/edit").text
    sent = plain(fields(edit, title="Another title"))
    assert people.owner.post(f"{address}/edit", data=sent).status_code == 303
    assert people.owner.post(f"{address}/edit", data=sent).status_code == 409
    assert "Another title" in people.owner.get("/opportunities").text
    line = people.owner.get(f"{address}?format=json").json()
    assert line["maximum"] == "250000.50"
    assert sorted(line["countries"]) == ["KE", "KH"]
    for client, status in ((people.colleague, 403), (people.stranger, 403)):
        assert client.get(f"{address}/edit").status_code == status
        assert client.post(f"{address}/edit", data=sent).status_code == status
        assert client.post(f"{address}/remove").status_code == status
    assert people.colleague.get("/opportunities/new").status_code == 403
    assert people.owner.post(f"{address}/remove").status_code == 303
    assert people.owner.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("minimum", "1.000,00", "can’t be read as a number"), ("minimum", "300000", "The minimum is above the maximum."),
        ("closes", "31/03/2027", "is no date"), ("currency", "XXQ", "is no currency"), ("excluded", "KH", "both eligible"),
        ("opens", "2027-05-01", "before it opens"), ("time_zone", "Mars/Base", "no time zone"), ("title", "", "no title"),
        ("maximum", "1e400", "amount"), ("months_max", "x", "number"), ("own_share", "NaN", "number"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(people: People, name: str, value: str, words: str) -> None:
    answer = people.owner.post("/opportunities/new", data=LINE | {name: value})
    assert answer.status_code == 422
    said = " ".join(str(one.text_content()) for one in find(answer.text, "//small[@class='problem']"))
    assert words.replace("’", "'") in said
    said_of = {"opens": "closes"}.get(name, name)  # the two dates are one problem, told beside the second
    assert find(answer.text, f"//*[@name='{said_of}'][@aria-invalid='true']")
    assert "Protección" in answer.text or name == "title"
    assert query("SELECT COUNT(*) FROM funding_line") == [(0,)]


def test_the_list_is_searched_and_downloaded_as_it_stands(people: People) -> None:
    giver = viewer("owner")
    enter_line(giver, a_line("A", title="Niñez protegida", closes=soon(5)))
    enter_line(giver, a_line("B", title="Roads", countries=("KE",), areas=()))
    enter_line(giver, a_line("C", title="Child pornography online", closes="", rolling=True))
    enter_line(giver, a_line("D", title="Hidden", visibility="private"))
    for asked, expected in (
        ("q=ninez", ["Niñez protegida"]), ("q=sexual+exploitation+of+children+through+abusive+images", ["Child pornography online"]),
        ("country=ke", ["Roads"]),
        ("status=closing+soon", ["Niñez protegida"]), (f"closes_by={soon(10)}", ["Niñez protegida"]),
        ("status=rolling", ["Child pornography online"]), ("amount=900000", []), ("applicant=22", []), ("type=envelope", []),
    ):  # fmt: skip
        assert titles(people.stranger.get(f"/opportunities?{asked}").text) == expected, asked
        found = people.stranger.get(f"/opportunities?{asked}&format=json").json()["lines"]
        assert [line["title"] for line in found] == expected
        csv = people.stranger.get(f"/opportunities?{asked}&format=csv").text
        assert len(csv.splitlines()) == 1 + len(expected)
    assert people.stranger.get("/opportunities?format=xlsx").content[:2] == b"PK"
    assert "Hidden" in people.colleague.get("/opportunities").text
    for bad in ("closes_by=x", "status=odd", "amount=many", "page=0", "format=pdf&page=x"):
        assert people.stranger.get(f"/opportunities?{bad}").status_code == 422, bad


def test_colleagues_share_a_shortlist_and_strangers_do_not(people: People) -> None:
    number = enter_line(viewer("stranger"), a_line())
    assert people.owner.post(f"/opportunities/{number}/shortlist", data={"note": "Ask <Anna>"}).status_code == 303
    assert people.owner.post(f"/opportunities/{number}/shortlist", data={"note": "Second"}).status_code == 303
    page = people.colleague.get("/shortlist").text
    assert "Ask &lt;Anna&gt;" in page
    assert "Second" in page
    assert "Ask" not in people.stranger.get("/shortlist").text
    assert people.stranger.post("/shortlist/1/note", data={"note": "x"}).status_code == 404
    assert people.stranger.post("/shortlist/1/remove").status_code == 404
    assert people.admin.post(f"/opportunities/{number}/shortlist", data={}).status_code == 403
    assert people.colleague.post("/shortlist/1/note", data={"note": "From me"}).status_code == 303
    assert people.colleague.post("/shortlist/1/remove").status_code == 303
    assert "Nothing is on it yet" in people.owner.get("/shortlist").text


def test_a_line_tells_what_became_of_it(people: People) -> None:
    line = a_line()
    number = enter_line(viewer("owner"), line)
    save_document(viewer("owner"), replace(line, closes=soon(90)), number, 1)
    save_document(viewer("owner"), replace(line, closes=soon(90), maximum=1_500_000), number, 2)
    told = [
        str(one.text_content()) for one in find(people.stranger.get(f"/opportunities/{number}").text, "//main//ul/li")
    ]
    kinds = ("amount changed", f"deadline moved ({line.closes} → {soon(90)})", "entered")
    assert [one.split(": ", 1)[1] for one in told[-3:]] == [one.replace("T", " ") for one in kinds]


def test_near_deadlines_of_the_shortlist_are_on_the_home_page(people: People) -> None:
    near = enter_line(viewer("stranger"), a_line("NEAR", title="Near call", closes=soon(9)))
    far = enter_line(viewer("stranger"), a_line("FAR", title="Far call", closes=soon(90)))
    for number in (near, far):
        people.owner.post(f"/opportunities/{number}/shortlist")
    page = people.colleague.get("/").text
    assert "Near call" in page
    assert "Far call" not in page
    assert "Near call" not in people.stranger.get("/").text


def test_alerts_are_kept_fed_and_ended_without_sign_in(people: People) -> None:
    assert people.owner.post("/alerts/searches?country=KH&junk=1", data={"name": "Khmer"}).status_code == 303
    number = enter_line(
        viewer("stranger"), a_line("X", title="Ends; at, noon\\", closes="2027-03-31T12:00", time_zone="Asia/Tokyo")
    )
    enter_line(viewer("stranger"), a_line("Y", title="A day " + "ñ" * 80, closes="2027-04-01"))
    from datetime import UTC, datetime

    find_alerts(datetime.now(UTC))
    page = people.owner.get("/alerts").text
    assert "Ends; at, noon" in page
    assert "country=KH" in page
    assert "Khmer" not in people.colleague.get("/alerts").text
    token = query("SELECT token FROM saved_search")[0][0]
    feed = etree.fromstring(people.nobody.get(f"/feeds/{token}.atom").content)
    assert len(feed.findall("{*}entry")) == 2
    assert len({one.text for one in feed.iterfind("{*}entry/{*}id")}) == 2
    calendar = Calendar.from_ical(people.nobody.get(f"/feeds/{token}.ics").content)
    events = {str(one["SUMMARY"]): one for one in calendar.walk("VEVENT")}
    assert events["Deadline: Ends; at, noon\\"].decoded("DTSTART") == datetime(2027, 3, 31, 3, tzinfo=UTC)
    assert str(events["Deadline: A day " + "ñ" * 80].decoded("DTSTART")) == "2027-04-01"
    assert str(events["Deadline: Ends; at, noon\\"]["UID"]).startswith(f"line-{number}@")
    assert people.stranger.post("/alerts/searches/1", data={"frequency": "never"}).status_code == 404
    assert people.stranger.post("/alerts/searches/1/remove").status_code == 404
    assert people.nobody.get(f"/unsubscribe/{token}").status_code == 200
    assert query("SELECT frequency FROM saved_search") == [("daily",)]
    answer = people.nobody.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert "no more mails" in answer.text
    assert query("SELECT frequency FROM saved_search") == [("never",)]
    for address in ("/feeds/{}.atom", "/feeds/{}.ics", "/unsubscribe/{}"):
        assert people.nobody.get(address.format("x" * 32)).status_code == 404
    assert people.owner.post("/alerts/searches/1", data={"frequency": "weekly", "name": "New name"}).status_code == 303
    assert "New name" in people.owner.get("/alerts").text
    assert people.owner.post("/alerts/searches/1/remove").status_code == 303
    assert people.nobody.get(f"/feeds/{token}.ics").status_code == 404


def test_a_line_says_which_actions_it_fits_with_every_condition(people: People) -> None:
    plan = enter_plan(viewer("owner"), a_plan())
    number = enter_line(viewer("stranger"), a_line(languages=()))
    page = people.stranger.get(f"/opportunities/{number}").text
    assert "9/10" in page
    assert "The line does not say in which languages to apply." in page
    assert f'href="/plans/{plan}#action-{action_ids(plan)["1.1"]}"' in page


def test_the_same_call_of_two_donors_and_a_past_deadline_are_pointed_out_to_editors(people: People) -> None:
    enter_line(viewer("stranger"), a_line("S-1", title="Fonds d’urgence", closes="2020-01-01"))
    number = enter_line(viewer("owner"), a_line("O-1", title="FONDS D'URGENCE", closes="2020-01-01"))
    page = people.owner.get(f"/opportunities/{number}").text
    assert "perhaps the same call" in page
    assert "the line counts as closed" in page
    assert "perhaps the same call" not in people.stranger.get(f"/opportunities/{number}").text


def test_removed_lines_and_plans_are_brought_back_on_their_pages(people: People) -> None:
    line, plan = enter_line(viewer("owner"), a_line()), enter_plan(viewer("owner"), a_plan())
    for base, number, title in (("/opportunities", line, "Protection of children"), ("/plans", plan, "National plan")):
        assert people.owner.post(f"{base}/{number}/remove").status_code == 303
        restore = f"{base}/{number}/restore"
        assert restore in people.owner.get(base).text
        for client in (people.colleague, people.stranger):
            assert restore not in client.get(base).text
        for client, status in ((people.stranger, 404), (people.colleague, 403)):
            assert client.post(restore).status_code == status
        assert people.nobody.post(restore).headers["location"].startswith("/sign-in")
        assert people.owner.post(restore).status_code == 303
        assert title in people.colleague.get(f"{base}/{number}").text
