"""The words behind suggestions: admins change them after a look at what that alters."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.rules.lexicon import read_lexicon_file
from app.services.run_jobs import run_waiting_jobs
from tests.browser import find_axe_violations, follow
from tests.pages.conftest import ORIGIN, People
from tests.pages.test_mapping import bring, states

SAME_ORIGIN = {"Origin": ORIGIN}
WHERE = {"framework": "florence-2008", "area": "R1", "language": "en", "kind": "terms"}
WORDS = "Blue umbrella work for child victims of sexual exploitation"


def form(*more: str) -> dict[str, str]:
    built_in = read_lexicon_file("florence-2008")["areas"]["R1"]["terms"]["en"]
    return {**WHERE, "phrases": "\n".join([*built_in, *more])}


def test_only_admins_see_and_change(people: People) -> None:
    assert "Terms: each speaks" in people.admin.get("/mapping/lexicon?area=R1").text
    for client in (people.owner, people.colleague, people.stranger):
        assert client.get("/mapping/lexicon").status_code == 403
        assert client.post("/mapping/lexicon", data=form("blue umbrella*"), headers=SAME_ORIGIN).status_code == 403
        assert client.post("/mapping/lexicon/preview", data=form(), headers=SAME_ORIGIN).status_code == 403
    assert people.nobody.get("/mapping/lexicon").status_code == 303
    assert people.admin.get("/mapping/lexicon?framework=nobody-knows").status_code == 404


def test_a_change_is_shown_saved_and_taken_back(people: People, tmp_path: Path) -> None:
    bring(tmp_path, 2, WORDS)
    assert "R1" not in states("M-1")
    page = people.admin.post("/mapping/lexicon/preview", data=form("blue umbrella*"), headers=SAME_ORIGIN).text
    assert "2 stored projects get other suggestions" in page
    assert "<ins>blue umbrella*</ins>" in page
    assert "Plain project 1" in page
    assert "R1" not in states("M-1")
    assert people.admin.post("/mapping/lexicon", data=form("blue umbrella*"), headers=SAME_ORIGIN).status_code == 303
    assert run_waiting_jobs() == 1
    assert states("M-1")["R1"] == "suggested"
    assert "changed here" in people.admin.get("/mapping/lexicon?area=R1").text
    sent = {"text": f"Title. {WORDS}", "framework": "florence-2008"}
    assert "R1" in {one["area"] for one in people.owner.post("/api/v1/mappings", json=sent).json()["areas"]}
    assert people.admin.post("/mapping/lexicon", data=form(), headers=SAME_ORIGIN).status_code == 303
    run_waiting_jobs()
    assert "R1" not in states("M-1")
    assert "changed here" not in people.admin.get("/mapping/lexicon?area=R1").text


def test_where_many_projects_have_the_words_all_are_looked_at_in_the_background(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(tmp_path, 3, WORDS)
    monkeypatch.setattr("app.services.edit_lexicon.TRIED", 2)
    page = people.admin.post("/mapping/lexicon/preview", data=form("blue umbrella*"), headers=SAME_ORIGIN).text
    assert "of 2 looked at; these words stand in 3" in page
    work = page.split('href="/mapping/work/')[1].split('"')[0]
    assert run_waiting_jobs() == 1
    page = people.admin.get(f"/mapping/work/{work}").text
    assert "3 stored projects get other suggestions" in page
    assert "of 3 looked at; these words stand in 3" in page
    assert people.owner.get(f"/mapping/work/{work}").status_code == 404
    assert people.admin.get("/mapping/work/999").status_code == 404


def test_learning_is_for_admins_and_says_why_it_ended(people: People) -> None:
    sent = {"framework": "florence-2008", "action": "learn"}
    for client in (people.owner, people.colleague, people.stranger):
        assert client.post("/mapping/lexicon/learn", data=sent, headers=SAME_ORIGIN).status_code == 403
    assert people.nobody.post("/mapping/lexicon/learn", data=sent, headers=SAME_ORIGIN).status_code == 303
    assert people.admin.post("/mapping/lexicon/learn", data=sent, headers=SAME_ORIGIN).status_code == 303
    assert "It is being learned now" in people.admin.get("/mapping/lexicon").text
    assert run_waiting_jobs() == 1
    assert "0 projects are decided in florence-2008; learning needs 30." in people.admin.get("/mapping/lexicon").text
    off = {**sent, "action": "off"}
    assert people.admin.post("/mapping/lexicon/learn", data=off, headers=SAME_ORIGIN).status_code == 404


@pytest.mark.parametrize("phrase", ["ab", "(one", "one)", "one|two", "* one", "a*b word", "x" * 301, "(a|b|c)" * 8])
def test_phrases_that_cannot_be_are_refused_with_their_line(people: People, phrase: str) -> None:
    answer = people.admin.post(
        "/mapping/lexicon/preview", data={**WHERE, "phrases": f"good phrase\n{phrase}"}, headers=SAME_ORIGIN
    )
    assert answer.status_code == 422
    assert "Line 2" in answer.text


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_are_accessible_and_fit(
    page: Page, server: str, sign_in_to: Callable[[Page, str], None], tmp_path: Path, width: int
) -> None:
    bring(tmp_path, 2, WORDS)
    sign_in_to(page, "admin")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server}/mapping/lexicon?area=R1")
    assert find_axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("#phrases-terms").fill("blue umbrella")
    follow(page.get_by_role("button", name="See what it would alter").first)
    assert find_axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
