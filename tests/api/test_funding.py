"""Funding lines, plans and matches over the API: owner, colleague, stranger, nobody."""

from typing import Any

from tests.pages.conftest import People
from tests.services.funding import soon

LINES, PLANS = "/api/v1/funding-lines", "/api/v1/plans"
LINE: dict[str, Any] = {
    "reference": "C-1", "title": "Children first", "countries": ["KH"], "areas": ["florence-2008/N3"], "currency": "USD",
    "minimum": "1000.50", "maximum": "900000", "own_share": "0", "applicant_types": ["10"], "closes": soon(40),
}  # fmt: skip
PLAN: dict[str, Any] = {
    "reference": "KH-1", "country": "KH", "title": "National plan", "currency": "USD", "applicant_type": "10", "visibility": "public",
    "actions": [{"code": "1", "title": "Shelters", "areas": [{"area": "florence-2008/N3", "share": "1"}],
                 "costs": [{"fiscal_year": 2026, "amount": "20000.25", "currency": "USD"}]}],
}  # fmt: skip


def test_lines_are_entered_read_changed_and_removed_by_those_who_may(people: People) -> None:
    assert people.nobody.get(LINES).status_code == people.nobody.post(LINES, json=LINE).status_code == 401
    assert people.colleague.post(LINES, json=LINE).status_code == 403
    number = people.owner.post(LINES, json=LINE).json()["id"]
    address = f"{LINES}/{number}"
    found = people.stranger.get(address).json()
    assert (found["minimum"], found["base"]["maximum"], found["status"], found["own_share"]) == (
        "1000.50",
        "900000.00",
        "open",
        0.0,
    )
    assert [one["id"] for one in people.colleague.get(LINES).json()["items"]] == [number]
    assert (
        people.stranger.put(address, json=LINE).status_code
        == people.colleague.put(address, json=LINE).status_code
        == 403
    )
    assert people.owner.put(address, json=LINE | {"visibility": "private", "version": 1}).status_code == 200
    assert people.owner.put(address, json=LINE | {"version": 1}).status_code == 409
    assert people.stranger.get(address).status_code == 404
    assert people.colleague.get(address).status_code == 200
    assert people.stranger.delete(address).status_code == 404
    assert people.colleague.delete(address).status_code == 403
    assert people.owner.delete(address).status_code == 204
    assert people.owner.get(address).status_code == 404


def test_what_is_wrong_with_a_line_is_said_at_once(people: People) -> None:
    bad = people.owner.post(LINES, json=LINE | {"currency": "XXQ", "excluded": ["KH"], "closes": "soon"})
    assert bad.status_code == 422
    assert all(words in bad.json()["detail"] for words in ("no currency", "both eligible and excluded", "no date"))
    for values in ({"minimum": "-1"}, {"minimum": "0.001"}, {"title": "a\0b"}, {"own_share": "1"}, {"countries": "KH"}):
        assert people.owner.post(LINES, json=LINE | values).status_code == 422
    late = people.owner.post(LINES, json=LINE | {"closes": "2020-01-01"}).json()
    assert [one["code"] for one in late["warnings"]] == ["deadline-past"]
    assert people.owner.get("/api/v1/opportunities").json()["total"] == 0


def test_plans_opportunities_matches_and_gaps(people: People) -> None:
    line = people.stranger.post(LINES, json=LINE).json()["id"]
    assert people.colleague.post(PLANS, json=PLAN).status_code == 403
    assert people.nobody.post(PLANS, json=PLAN).status_code == people.nobody.get(PLANS).status_code == 401
    number = people.owner.post(PLANS, json=PLAN).json()["id"]
    address = f"{PLANS}/{number}"
    actions = people.stranger.get(f"{address}/actions").json()["items"]
    assert actions[0]["costs"] == [{"kind": "cost", "fiscal_year": 2026, "amount": "20000.25", "currency": "USD"}]
    assert people.stranger.get(address).json()["actions"] == actions
    assert [one["id"] for one in people.stranger.get(f"{PLANS}?country=KH").json()["items"]] == [number]
    query = "?q=children&country=KH&area=florence-2008/N3&applicant=10&amount=20000"
    assert [one["id"] for one in people.owner.get(f"/api/v1/opportunities{query}").json()["items"]] == [line]
    for asked in (f"plan={number}", f"action={actions[0]['id']}", f"line={line}", "donor=SE-0"):
        (match,) = people.owner.get(f"/api/v1/matches?{asked}").json()["items"]
        assert (match["line"], match["action_code"], match["verdict"], match["open_need"]) == (
            line,
            "1",
            "fits",
            "20000.25",
        )
        assert (
            match["score"] == sum(one["state"] == "met" for one in match["conditions"]) < len(match["conditions"]) == 10
        )
    assert people.owner.get("/api/v1/matches").status_code == 422
    assert (
        people.nobody.get(f"/api/v1/matches?plan={number}").status_code
        == people.nobody.get("/api/v1/opportunities").status_code
        == 401
    )
    gap = people.stranger.get(f"{address}/gap").json()
    assert (gap["total"]["need"], gap["total"]["status"], gap["total"]["funding_ratio"]) == ("20000.25", "orphan", 0.0)
    assert people.owner.put(address, json=PLAN | {"visibility": "private"}).status_code == 200
    for path in ("", "/actions", "/gap"):
        assert people.stranger.get(address + path).status_code == 404
        assert people.colleague.get(address + path).status_code == 200
        assert people.nobody.get(address + path).status_code == 401
    assert people.stranger.get(f"/api/v1/matches?plan={number}").status_code == 404
    assert people.stranger.put(address, json=PLAN).status_code == people.stranger.delete(address).status_code == 404
    assert people.colleague.put(address, json=PLAN).status_code == people.colleague.delete(address).status_code == 403
    assert people.owner.delete(address).status_code == 204
