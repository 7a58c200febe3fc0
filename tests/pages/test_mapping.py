"""Reviewing areas on the pages: by keyboard, by plain forms; and who may do what."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import text
from starlette.testclient import TestClient

from app import database
from app.queries import imports, users
from app.services.import_portfolio import ImportRequest, import_portfolio
from app.services.run_jobs import run_waiting_jobs
from importers.base import Source
from tests.browser import find_axe_violations
from tests.pages.conftest import HEADINGS, ORIGIN, OWNERS_ORG, People

SAME_ORIGIN = {"Origin": ORIGIN}
WORDS = (
    "Legal aid and protection for child victims of sexual exploitation and witnesses. Adoption of a national plan of action "
    "against the sexual exploitation of children."
)


def bring(folder: Path, count: int = 3, words: str = WORDS) -> None:
    """Import projects of the owner's organisation, the last with the most money."""
    rows = [f"M-{n},Plain project {n},{words},Cambodia,2019-01-15,,{n}000\n" for n in range(1, count + 1)]
    path = folder / "mapping.csv"
    path.write_text(HEADINGS + "".join(rows), encoding="utf-8")
    result = import_portfolio(ImportRequest([Source(path, path.name)], OWNERS_ORG))
    assert result.state == "committed", result.issues


@pytest.fixture
def waiting(people: People, tmp_path: Path) -> People:
    bring(tmp_path)
    return people


def number_of(identifier: str) -> int:
    with database.read() as connection:
        query = text("SELECT id FROM activity WHERE identifier = :identifier")
        return int(connection.execute(query, {"identifier": identifier}).scalar_one())


def states(identifier: str) -> dict[str, str]:
    """code -> state of the project's areas in the leading framework."""
    query = """SELECT r.code, m.state FROM area_mapping m JOIN area r ON r.id = m.area_id JOIN framework f
        ON f.id = m.framework_id WHERE f.key = 'florence-2008' AND m.activity_id = :number"""
    with database.read() as connection:
        return dict(map(tuple, connection.execute(text(query), {"number": number_of(identifier)})))


def send(client: TestClient, identifier: str, **fields: object) -> tuple[int, str]:
    answer = client.post(f"/mapping/{number_of(identifier)}", data=fields, headers=SAME_ORIGIN)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_what_told_an_area_beside_the_words_of_the_text_is_no_quotation(people: People, tmp_path: Path) -> None:
    bring(tmp_path, 1, (
        "Child labour: neighbours walk the kilns at night; they persuade families to let the small ones go home and keep a"
        " tent school open for them."
    ))  # fmt: skip
    for page in (f"/projects/{number_of('M-1')}", "/mapping"):
        shown = people.owner.get(page).text
        assert "(told by parts of words)" in shown, page
        assert "<q>neighbours</q>" in shown
        assert "<q>word-parts</q>" not in shown


def test_who_sees_and_who_decides(waiting: People) -> None:
    for client in (waiting.owner, waiting.admin):
        page = client.get("/mapping").text
        assert "Plain project 3" in page
        assert "Accept ticked" in page
    page = waiting.colleague.get("/mapping").text
    assert "Plain project 3" in page
    assert "Accept ticked" not in page
    assert "Nothing waits here" in waiting.stranger.get("/mapping").text
    assert waiting.nobody.get("/mapping").status_code == 303
    form = {"action": "reject"}
    assert send(waiting.colleague, "M-3", **form)[0] == 403
    assert send(waiting.stranger, "M-3", **form)[0] == 403
    assert send(waiting.nobody, "M-3", **form) == (303, "/sign-in")
    assert waiting.colleague.get("/mapping/bulk?q=plain").status_code == 403
    for client in (waiting.colleague, waiting.stranger):
        assert client.post("/mapping/undo", headers=SAME_ORIGIN).status_code == 404
    assert set(states("M-3").values()) == {"suggested"}
    assert send(waiting.admin, "M-3", **form)[0] == 303
    assert set(states("M-3").values()) == {"rejected"}


def test_a_stranger_finds_only_projects_of_their_own_in_bulk(waiting: People) -> None:
    assert "0 projects" in waiting.stranger.get("/mapping/bulk?q=plain&area=N3").text


def test_evidence_is_marked_in_the_text(waiting: People) -> None:
    page = waiting.owner.get("/mapping").text
    assert "<mark>" in page
    assert "child victims" in page.split("<mark>", 1)[1]


def test_plain_forms_decide_and_lead_on(waiting: People) -> None:
    page = waiting.owner.get("/mapping").text
    following = number_of("M-2")
    assert f'name="next" value="{following}"' in page
    fields = {
        "action": "accept",
        "next": following,
        "code": ["N3", "O2"],
        "share": ["60", ""],
        "keep": ["N3"],
        "add": "R1",
    }
    assert send(waiting.owner, "M-3", **fields) == (303, f"/mapping?at={following}&done=accept")
    found = states("M-3")
    assert (found["N3"], found["R1"]) == ("confirmed", "confirmed")
    assert {state for code, state in found.items() if code not in ("N3", "R1")} <= {"rejected"}
    assert "2 projects wait" in waiting.owner.get("/mapping").text
    assert waiting.owner.post("/mapping/undo", headers=SAME_ORIGIN).status_code == 303
    assert set(states("M-3").values()) == {"suggested"}
    with database.read() as connection:
        query = text("SELECT action FROM audit_entry WHERE subject = :subject ORDER BY id")
        said = list(connection.execute(query, {"subject": f"activity {number_of('M-3')}"}).scalars())
    assert said == ["areas decided", "decision taken back"]


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "accept"},
        {"action": "accept", "code": ["N3"], "share": [], "keep": ["N3"]},
        {"action": "accept", "code": ["N3"], "share": ["101"], "keep": ["N3"]},
        {"action": "comment", "comment": " "},
        {"action": "opinion", "colleague": "999"},
        {"action": "explode"},
    ],
)
def test_what_makes_no_sense_is_refused(waiting: People, fields: dict[str, object]) -> None:
    assert send(waiting.owner, "M-3", **fields)[0] == 422
    assert set(states("M-3").values()) == {"suggested"}


def test_a_second_opinion_is_on_the_list_of_a_colleague(waiting: People) -> None:
    with database.write() as connection:
        organisation = imports.organisation_id(connection, OWNERS_ORG)
        for name in ("second", "third"):
            users.insert_user(
                connection, email=f"{name}@example.org", role="editor", password_hash="", organisation_id=organisation
            )
        second = users.find_user(connection, "second@example.org").id
    assert "second@example.org" in waiting.owner.get("/mapping").text
    assert send(waiting.owner, "M-1", action="opinion", colleague=second, comment="Is this N3?")[0] == 303
    assert "Nothing waits here" in waiting.owner.get("/mapping?kind=opinion").text
    with database.write() as connection:
        connection.execute(text("UPDATE user_account SET email = 'x' WHERE email = 'owner@example.org'"))
        connection.execute(text("UPDATE sign_in_session SET user_id = :second WHERE user_id = (SELECT id FROM user_account"
                                " WHERE email = 'x')"), {"second": second})  # fmt: skip
    page = waiting.owner.get("/mapping?kind=opinion").text
    assert "Plain project 1" in page
    assert "Is this N3?" in page
    assert send(waiting.owner, "M-1", action="reject")[0] == 303
    assert "Nothing waits here" in waiting.owner.get("/mapping?kind=opinion").text


def test_bulk_shows_before_it_does(waiting: People) -> None:
    page = waiting.owner.get("/mapping/bulk?q=plain&area=N3").text
    assert "Accept N3 for all 3 projects" in page
    digest = page.split('name="digest" value="')[1].split('"')[0]
    form = {"q": "plain", "area": "N3", "digest": digest, "others": "reject"}
    assert waiting.owner.post("/mapping/bulk", data={**form, "q": "roads"}, headers=SAME_ORIGIN).status_code == 400
    assert waiting.owner.post("/mapping/bulk", data=form, headers=SAME_ORIGIN).status_code == 303
    assert [states(f"M-{n}")["N3"] for n in (1, 2, 3)] == ["confirmed"] * 3
    assert "Nothing waits here" in waiting.owner.get("/mapping").text


def test_many_at_once_are_decided_in_the_background_and_taken_back_as_one(
    waiting: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.decide_found.AT_ONCE", 1)
    monkeypatch.setattr("app.services.run_deciding.STEP", 2)
    page = waiting.owner.get("/mapping/bulk?q=plain&area=N3").text
    form = {"q": "plain", "area": "N3", "digest": page.split('name="digest" value="')[1].split('"')[0]}
    answer = waiting.owner.post("/mapping/bulk", data=form, headers=SAME_ORIGIN)
    work = answer.headers["location"]
    assert "Waiting for its turn" in waiting.owner.get(work).text
    assert "hx-get" in waiting.owner.get(f"{work}/progress").text
    assert states("M-1")["N3"] == "suggested"
    assert run_waiting_jobs() == 1
    assert waiting.owner.get(f"{work}/progress").headers["hx-refresh"] == "true"
    assert "confirmed for 3 projects" in waiting.owner.get(work).text
    assert [states(f"M-{n}")["N3"] for n in (1, 2, 3)] == ["confirmed"] * 3
    assert [client.get(work).status_code for client in (waiting.admin, waiting.stranger, waiting.nobody)] == [
        200,
        404,
        303,
    ]
    assert waiting.owner.post("/mapping/undo", data={}, headers=SAME_ORIGIN).status_code == 303
    assert [states(f"M-{n}")["N3"] for n in (1, 2, 3)] == ["suggested"] * 3


# --- in a browser ------------------------------------------------------------------------------


@pytest.fixture
def signed_in_page(
    page: Page, server: str, sign_in_to: Callable[[Page, str], None], tmp_path: Path
) -> tuple[Page, str]:
    bring(tmp_path, 20)
    sign_in_to(page, "owner")
    return page, server


def test_twenty_projects_with_the_keyboard_alone(signed_in_page: tuple[Page, str]) -> None:
    page, server = signed_in_page
    page.goto(f"{server}/mapping")
    expect(page.get_by_text("20 projects wait.")).to_be_visible()
    keys = page.keyboard
    for left in range(20, 0, -1):
        expect(page.get_by_role("heading", level=2, name=f"Plain project {left}", exact=True)).to_be_visible()
        if left == 20:  # untick the second area, give the first one a share of its own
            keys.press("2")
            keys.press("s")
            page.keyboard.press("Control+a")
            keys.type("70")
            keys.press("Enter")
        elif left % 5 == 0:
            keys.press("r")
        elif left == 13:  # by mistake; taken back and decided anew
            keys.press("r")
            expect(page.get_by_role("heading", level=2, name="Plain project 12", exact=True)).to_be_visible()
            keys.press("u")
            expect(page.get_by_role("heading", level=2, name="Plain project 13", exact=True)).to_be_visible()
            keys.press("a")
        elif left == 7:  # look ahead and come back
            keys.press("j")
            expect(page.get_by_role("heading", level=2, name="Plain project 6", exact=True)).to_be_visible()
            keys.press("k")
            expect(page.get_by_role("heading", level=2, name="Plain project 7", exact=True)).to_be_visible()
            keys.press("a")
        else:
            keys.press("a")
    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    assert set(states("M-15").values()) == {"rejected"}
    assert "confirmed" in states("M-13").values()
    assert set(states("M-20").values()) == {"confirmed", "rejected"}


def test_no_key_is_lost_on_a_page_that_is_seen_and_none_decides_twice(signed_in_page: tuple[Page, str]) -> None:
    page, server = signed_in_page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/review.js", hold)
    with page.expect_request("**/review.js"):
        page.goto(f"{server}/mapping", wait_until="commit")
    page.wait_for_timeout(200)
    expect(page.get_by_role("heading", level=2)).to_have_count(0)
    held.pop().continue_()
    page.unroute("**/review.js")
    expect(page.get_by_role("heading", level=2, name="Plain project 20", exact=True)).to_be_visible()
    page.route("**/mapping/*", hold)
    with page.expect_request("**/mapping/*"):
        page.keyboard.press("r")
    page.keyboard.press("r")
    page.wait_for_timeout(50)
    assert len(held) == 1, "the second key is meant for a page that nobody has seen"
    held.pop().continue_()
    page.unroute("**/mapping/*")
    expect(page.get_by_role("heading", level=2, name="Plain project 19", exact=True)).to_be_visible()
    expect(page.get_by_text("19 projects wait.")).to_be_visible()


def test_the_review_page_is_accessible(signed_in_page: tuple[Page, str]) -> None:
    page, server = signed_in_page
    page.goto(f"{server}/mapping?q=plain")
    assert find_axe_violations(page) == []
    page.keyboard.press("?")
    expect(page.get_by_text("next, previous project")).to_be_visible()
    page.get_by_label("Use single keys on this page").uncheck()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("r")
    assert set(states("M-20").values()) == {"suggested"}
    page.goto(f"{server}/mapping/bulk?q=plain&area=N3")
    assert find_axe_violations(page) == []


@pytest.mark.parametrize("width", [1280, 320])
def test_nothing_is_wider_than_the_screen(signed_in_page: tuple[Page, str], width: int) -> None:
    page, server = signed_in_page
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/mapping?q=plain", "/mapping/bulk?q=plain&area=N3"):
        page.goto(server + address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
