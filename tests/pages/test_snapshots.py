"""Snapshots and their comparison as pages: who may do what, and from a figure to its projects."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.rules.permissions import OPERATOR
from app.services.freeze_snapshot import freeze_snapshot
from app.services.report_overlap import OverlapFilter
from app.services.run_jobs import run_waiting_jobs
from tests.browser import find_axe_violations
from tests.overlap_portfolio import FILE, USAID, import_overlap_portfolio
from tests.pages.conftest import OWNERS_ORG, People
from tests.services.stored import Portfolio

REPORT = "/reports/snapshots?country=KH"
ONE = "/reports/snapshots/1"
PAGES = (ONE, f"{ONE}/projects?area=N1&donor={USAID}", f"{ONE}/compare", "/reports/snapshots")


@pytest.fixture
def frozen(people: People) -> int:
    import_overlap_portfolio()
    return freeze_snapshot(OPERATOR, OverlapFilter(countries=("KH",)), "Spring meeting", "What we saw")


def test_editors_of_any_organisation_freeze(people: People) -> None:
    import_overlap_portfolio()
    for number, client in enumerate((people.owner, people.stranger, people.admin), 1):
        answer = client.post(REPORT, data={"title": "Spring", "note": ""})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/reports/snapshots/{number}")
    assert people.colleague.post(REPORT, data={"title": "Spring"}).status_code == 403
    assert people.nobody.post(REPORT, data={"title": "Spring"}).status_code in (303, 401)
    assert people.owner.post(REPORT, data={"title": ""}).status_code == 422
    assert people.owner.post(f"{REPORT}&flow=gifts", data={"title": "x"}).status_code == 422
    assert "Freeze this report" not in people.colleague.get("/reports/overlap?country=KH").text


def test_a_large_report_is_frozen_while_one_waits(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    import_overlap_portfolio()
    monkeypatch.setattr("app.services.start_freezing.ROWS_AT_ONCE", 2)
    place = people.owner.post(REPORT, data={"title": "Spring"}).headers["location"]
    assert place == "/reports/snapshots/freezing/1"
    for address in (place, f"{place}/progress"):
        assert 'id="progress"' in people.owner.get(address).text
        assert people.colleague.get(address).status_code == 404
        assert people.stranger.get(address).status_code == 404
        assert people.nobody.get(address).status_code in (303, 401)
    run_waiting_jobs()
    assert people.owner.get(f"{place}/progress").headers["hx-refresh"] == "true"
    assert people.owner.get(place).headers["location"] == ONE
    assert people.owner.get(ONE).status_code == 200


@pytest.mark.usefixtures("frozen")
def test_everybody_who_is_signed_in_opens_it(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        for address in PAGES:
            assert client.get(address).status_code == 200, address
    for address in PAGES:
        assert people.nobody.get(address).headers["location"].startswith("/sign-in")


@pytest.mark.usefixtures("frozen")
def test_it_shows_the_same_after_another_import(people: People, tmp_path: object) -> None:
    before = people.owner.get(f"{ONE}?format=json").json()
    page = people.owner.get(ONE).text
    for words in ("US$125,000", "Spring meeting", "What we saw", "This report is frozen", "Key messages"):
        assert words in page
    assert f'href="{ONE}/projects?area=N1&amp;donor={USAID}' in page
    content = FILE.read_text(encoding="utf-8").replace(">40000<", ">41000.01<", 1)
    assert Portfolio(tmp_path).import_text(content, OWNERS_ORG, "replace").state == "committed"  # type: ignore[arg-type]
    assert people.owner.get(f"{ONE}?format=json").json() == before
    assert people.owner.get(ONE).text == page
    changed = people.stranger.get(f"{ONE}/compare").text
    for words in ("US$125,000.00 became US$126,000.01", "other amounts reported", "+US$1,000.01"):
        assert words in changed
    assert people.stranger.get(f"{ONE}/compare?format=json").json()["total"]["difference"] == "1000.01"
    lines = people.owner.get(f"{ONE}/compare?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert people.owner.get(f"{ONE}/compare?format=xlsx").content.startswith(b"PK")


@pytest.mark.usefixtures("frozen")
def test_downloads_and_what_is_not_there(people: People) -> None:
    for form in ("csv", "xlsx"):
        assert people.colleague.get(f"{ONE}?format={form}").status_code == 200
        assert people.colleague.get(f"{ONE}/projects?format={form}").status_code == 200
    assert people.owner.get(f"{ONE}/projects?format=json&area=N1").json()["projects"]
    for wrong, status in (
        ("/reports/snapshots/9", 404), ("/reports/snapshots/0", 422), ("/reports/snapshots/abc", 422),
        (f"{ONE}/compare?with=1", 422), (f"{ONE}/compare?with=7", 404), (f"{ONE}/compare?with=then", 422),
        (f"{ONE}/projects?area=Z9", 404), (f"{ONE}?format=pdf", 422),
    ):  # fmt: skip
        assert people.owner.get(wrong).status_code == status, wrong


def test_no_snapshot_yet(people: People) -> None:
    assert "No report has been frozen yet" in people.owner.get("/reports/snapshots").text


def test_from_the_report_to_a_snapshot_and_its_comparison(
    page: Page, server: str, sign_in_to: Callable[[Page, str], None]
) -> None:
    import_overlap_portfolio()
    sign_in_to(page, "owner")
    page.goto(f"{server}/reports/overlap?country=KH")
    assert not find_axe_violations(page)
    page.get_by_label("Title, such as the meeting and its day").fill("Spring meeting")
    page.get_by_role("button", name="Freeze").click()
    page.wait_for_url("**/reports/snapshots/1")
    assert not find_axe_violations(page)
    page.get_by_role("button", name="Show what changed").click()
    assert page.get_by_role("heading", name="What changed").is_visible()
    for address in (*PAGES, "/agreements"):
        page.goto(server + address)
        assert not find_axe_violations(page), address
    page.set_viewport_size({"width": 320, "height": 640})
    for address in ("/reports/overlap?country=KH", *PAGES, "/agreements"):
        page.goto(server + address)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, address
