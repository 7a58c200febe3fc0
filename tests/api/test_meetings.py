"""Snapshots and agreements over the API."""

import pytest

from app.services.run_jobs import run_waiting_jobs
from tests.overlap_portfolio import SIDA, USAID, import_overlap_portfolio
from tests.pages.conftest import People

SNAPSHOTS, AGREEMENTS = "/api/v1/reports/snapshots", "/api/v1/agreements"
NEW = {"title": "Spring", "report": {"country": ["KH"], "from": 2019}}
AGREED = {
    "country": "KH", "description": "USAID leads.", "decided_on": "2019-06-01", "area": "N1",
    "parties": [{"organisation": USAID, "role": "lead"}, {"organisation": SIDA, "role": "join"}],
}  # fmt: skip


@pytest.fixture
def imported(people: People) -> int:
    return import_overlap_portfolio()


@pytest.mark.usefixtures("imported")
def test_snapshots(people: People) -> None:
    assert people.owner.post(SNAPSHOTS, json=NEW).json() == {"id": 1}
    assert people.stranger.post(SNAPSHOTS, json={**NEW, "title": "Autumn"}).status_code == 201
    assert people.colleague.post(SNAPSHOTS, json=NEW).status_code == 403
    assert people.nobody.post(SNAPSHOTS, json=NEW).status_code == 401
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        listed = client.get(f"{SNAPSHOTS}?limit=1").json()
        assert ([one["title"] for one in listed["items"]], listed["next_cursor"]) == (["Spring"], "1")
        found = client.get(f"{SNAPSHOTS}/1").json()
        assert (found["totals"]["net"], found["snapshot"]["title"]) == ("125000.00", "Spring")
        assert found["meeting"]["key_messages"][0]["code"] == "donors"
        assert client.get(f"{SNAPSHOTS}/1/compare?with=2").json()["total"]["difference"] == "0.00"
    for address in ("", "/1", "/1/compare"):
        assert people.nobody.get(SNAPSHOTS + address).status_code == 401
    assert people.owner.get(f"{SNAPSHOTS}/9").status_code == 404
    assert people.owner.post(SNAPSHOTS, json={"title": "x", "report": {"flow": "gifts"}}).status_code == 422


@pytest.mark.usefixtures("imported")
def test_a_large_snapshot_is_made_in_the_background(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.start_freezing.ROWS_AT_ONCE", 2)
    made = people.owner.post(SNAPSHOTS, json=NEW)
    assert (made.status_code, made.json()["state"], made.json()["snapshot"]) == (202, "waiting", None)
    address = f"{SNAPSHOTS}/freezing/{made.json()['job']}"
    run_waiting_jobs()
    assert (people.owner.get(address).json()["state"], people.admin.get(address).json()["snapshot"]) == ("done", 1)
    for client, status in ((people.colleague, 404), (people.stranger, 404), (people.nobody, 401)):
        assert client.get(address).status_code == status
    assert people.owner.get(f"{SNAPSHOTS}/1").json()["totals"]["net"] == "125000.00"


@pytest.mark.usefixtures("imported")
def test_the_report_has_what_the_meeting_asks_and_agreed(people: People) -> None:
    people.owner.post(AGREEMENTS, json=AGREED)
    page = people.stranger.get("/reports/overlap?country=KH&format=json").json()
    report = people.stranger.get("/api/v1/reports/overlap?country=KH").json()
    assert report == page
    assert report["agreements"][0]["description"] == "USAID leads."
    assert {"key_messages", "time_line", "leads", "joint_work", "handovers", "ahead", "ages", "plans"} <= report[
        "meeting"
    ].keys()


@pytest.mark.usefixtures("imported")
def test_agreements(people: People) -> None:
    made = people.owner.post(AGREEMENTS, json=AGREED)
    assert (made.status_code, made.json()["parties"][0]["verdict"]) == (201, "not-yet")
    assert people.colleague.post(AGREEMENTS, json=AGREED).status_code == 403
    assert people.nobody.post(AGREEMENTS, json=AGREED).status_code == 401
    changed = people.stranger.post(f"{AGREEMENTS}/1/changes", json={"state": "kept", "comment": "Done"})
    assert changed.json()["state"] == "kept"
    corrected = {"agreement": {**AGREED, "description": "Sida leads."}}
    assert people.admin.post(f"{AGREEMENTS}/1/changes", json=corrected).status_code == 200
    assert people.colleague.post(f"{AGREEMENTS}/1/changes", json={"state": "open"}).status_code == 403
    assert people.nobody.post(f"{AGREEMENTS}/1/changes", json={"state": "open"}).status_code == 401
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        assert [one["state"] for one in client.get(f"{AGREEMENTS}?country=kh").json()["items"]] == ["kept"]
        history = client.get(f"{AGREEMENTS}/1").json()["history"]
        assert [one["before"] and one["before"]["description"] for one in history] == [
            "USAID leads.", "USAID leads.", None,
        ]  # fmt: skip
    assert people.nobody.get(AGREEMENTS).status_code == 401
    assert people.nobody.get(f"{AGREEMENTS}/1").status_code == 401
    assert people.owner.get(f"{AGREEMENTS}/2").status_code == 404
    assert people.owner.post(AGREEMENTS, json={**AGREED, "country": "XX"}).status_code == 422
