"""Frameworks on the pages: everybody looks, admins change, files come and go."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.frameworks import load_builtin, load_framework
from tests.browser import find_axe_violations
from tests.pages.conftest import ORIGIN, People

SAME_ORIGIN = {"Origin": ORIGIN}
PLAN = b"key: ours\ntitle: Our plan\nversion: '1'\nareas:\n- {code: A, title: Schools}\n- {code: A1, title: Teachers, parent: A}\n"


def test_everybody_who_is_signed_in_looks(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        assert "rome-2012" in client.get("/frameworks").text
        page = client.get("/frameworks/florence-2008").text
        assert "Ending impunity" in page
        assert ("Change the names" in page) == (client is people.admin)
    assert people.nobody.get("/frameworks").status_code == 303
    assert people.owner.get("/frameworks/nobody-knows").status_code == 404
    assert people.owner.get("/frameworks/NOT%20A%20KEY").status_code == 422


@pytest.mark.parametrize("format_key", ["yaml", "xlsx", "ttl"])
def test_a_file_leads_back_to_the_framework(people: People, format_key: str) -> None:
    answer = people.stranger.get(f"/frameworks/florence-2008?format={format_key}")
    read = load_framework(answer.content, f"florence-2008.{format_key}")
    assert read.areas == load_builtin()[0].areas
    assert len(read.matches) > 20


def test_only_admins_load_and_change(people: People) -> None:
    file = {"file": ("ours.yaml", PLAN)}
    for client in (people.owner, people.colleague, people.stranger):
        assert client.post("/frameworks", files=file, headers=SAME_ORIGIN).status_code == 403
        assert (
            client.post("/frameworks/rome-2012", data={"title": "x", "version": "1"}, headers=SAME_ORIGIN).status_code
            == 403
        )
        for part in ("areas", "groups", "matches"):
            form = {"code": "PREV1", "title": "x", "area": "PREV1", "other": "inspire-2016/N", "match": "close"}
            assert client.post(f"/frameworks/rome-2012/{part}", data=form, headers=SAME_ORIGIN).status_code == 403
    assert people.nobody.post("/frameworks", files=file, headers=SAME_ORIGIN).status_code == 303
    assert people.admin.post("/frameworks", files=file, headers=SAME_ORIGIN).headers["location"] == "/frameworks/ours"
    assert "Part of A." in people.stranger.get("/frameworks/ours").text


def test_a_bad_file_is_refused_with_its_line(people: People) -> None:
    answer = people.admin.post(
        "/frameworks", files={"file": ("ours.yaml", PLAN + b"- {code: A, title: Again}\n")}, headers=SAME_ORIGIN
    )
    assert answer.status_code == 422
    assert "Line 7, area A" in answer.text


def test_an_admin_changes_names_areas_groups_and_matches(people: People) -> None:
    people.admin.post("/frameworks", files={"file": ("ours.yaml", PLAN)}, headers=SAME_ORIGIN)

    def send(part: str, **form: str) -> int:
        return people.admin.post(f"/frameworks/ours{part}", data=form, headers=SAME_ORIGIN).status_code

    assert send("", title="Our plan 2", title_fr="Notre plan", version="2", short_title="Ours") == 303
    assert send("/groups", code="G", title="Prevention") == 303
    assert send("/areas", code="B", title="Courts", group="G", summary="Judges.", replaces="tribunals\nbenches") == 303
    assert send("/areas", code="A1", gone="true") == 303
    assert send("/areas", code="ZZ", gone="true") == 404
    assert send("/matches", area="B", other="florence-2008/N3", match="narrow") == 303
    assert send("/matches", area="B", other="florence-2008/ZZ", match="narrow") == 404
    assert send("/matches", area="B", other="florence-2008/N3", match="like") == 422
    found = load_framework(people.owner.get("/frameworks/ours?format=yaml").content)
    assert (found.title, found.titles, found.version) == ("Our plan 2", {"fr": "Notre plan"}, "2")
    assert [(one.code, one.group, one.replaces) for one in found.areas] == [
        ("A", None, ()),
        ("B", "G", ("tribunals", "benches")),
    ]
    assert [(one.area, one.other_area, one.match) for one in found.matches] == [("B", "N3", "narrow")]
    assert send("/matches", area="B", other="florence-2008/N3", match="none") == 303
    assert load_framework(people.owner.get("/frameworks/ours?format=yaml").content).matches == ()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_are_accessible_and_fit(
    page: Page, server: str, sign_in_to: Callable[[Page, str], None], width: int
) -> None:
    sign_in_to(page, "admin")
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/frameworks", "/frameworks/rome-2012"):
        page.goto(server + address)
        assert find_axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
