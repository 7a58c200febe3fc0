"""Funding lines, plans and matches over the API: owner, colleague, stranger, nobody."""

from datetime import UTC, datetime
from typing import Any

from app.services.find_alerts import find_alerts
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


def test_put_replaces_patch_changes_and_what_was_removed_comes_back(people: People) -> None:
    documents = [{"title": "Guide", "url": "https://example.org/guide"}]
    number = people.owner.post(LINES, json=LINE | {"documents": documents}).json()["id"]
    address = f"{LINES}/{number}"
    read = people.owner.get(address).json()
    assert read["documents"] == documents
    assert people.owner.put(address, json={**LINE, "documents": read["documents"]}).status_code == 200
    assert people.owner.get(address).json()["documents"] == documents
    assert people.owner.patch(address, json={"title": "Other", "own_share": None}).status_code == 200
    changed = people.owner.get(address).json()
    different = {name for name in read if read[name] != changed[name]}
    assert different == {"title", "own_share", "version", "updated_at"}
    assert people.owner.put(address, json=LINE).status_code == 200
    assert people.owner.get(address).json()["documents"] == []
    assert people.owner.patch(address, json={"title": "Late", "version": 1}).status_code == 409
    for wrong, words in (({"tilte": "x"}, "tilte"), ({"minimum": "many"}, "minimum"), ({"closes": "soon"}, "no date")):
        answer = people.owner.patch(address, json=wrong)
        assert (answer.status_code, words in answer.text) == (422, True)
    for client, status in ((people.colleague, 403), (people.stranger, 403), (people.nobody, 401)):
        assert client.patch(address, json={"title": "x"}).status_code == status
    assert people.owner.delete(address).status_code == 204
    for client, status in ((people.stranger, 404), (people.nobody, 401), (people.colleague, 403), (people.owner, 204)):
        assert client.post(f"{address}/restore").status_code == status
    assert people.stranger.get(address).status_code == 200


def test_lists_go_on_by_cursor_are_filtered_by_field_and_have_tags(people: People) -> None:
    ids = [
        people.stranger.post(LINES, json=LINE | {"reference": f"C-{n}", "closes": soon(90 - n), "languages": [tongue]}).json()["id"]
        for n, tongue in enumerate(("fr", "en", "fr"))
    ]  # fmt: skip
    plan = people.owner.post(PLANS, json=PLAN).json()["id"]
    other = people.owner.post(PLANS, json=PLAN | {"reference": "KH-2", "first_year": 2030, "last_year": 2031}).json()[
        "id"
    ]
    for address, wanted in (
        (f"{LINES}?limit=2", ids), ("/api/v1/opportunities?limit=2", ids), (f"{LINES}?limit=1&language=FR", [ids[0], ids[2]]),
        (f"{LINES}?limit=1&reference=C-1&currency=usd&donor=SE-0&type=call&visibility=shared&closes_by={soon(95)}", [ids[1]]),
        (f"{LINES}?status=closed", []), (f"{PLANS}?limit=1", [plan, other]), (f"{PLANS}?year=2030&country=kh", [plan, other]),
        (f"{PLANS}?limit=1&reference=KH-2&visibility=public&owner=XM-DAC-6-4", [other]), (f"{PLANS}?owner=SE-0", []),
    ):  # fmt: skip
        assert collect(people, address) == wanted, address
    whole = people.owner.get(f"/api/v1/matches?plan={plan}").json()["items"]
    paged: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = people.owner.get(f"/api/v1/matches?plan={plan}&limit=1&cursor={cursor}")
        tag = answer.headers["ETag"]
        assert people.owner.get(str(answer.request.url), headers={"If-None-Match": tag}).status_code == 304
        paged += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
    assert (paged, len(whole)) == (whole, 3)
    assert people.owner.get(f"/api/v1/matches?plan={plan}&verdict=almost").json()["items"] == []
    for bad in (f"{LINES}?cursor=x", f"{LINES}?closes_by=soon", "/api/v1/matches?plan=1&cursor=1", f"{PLANS}?limit=0"):
        assert people.owner.get(bad).status_code == 422


def collect(people: People, address: str) -> list[int]:
    found: list[int] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = people.owner.get(f"{address}&cursor={cursor}").json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    return found


def test_alerts_are_a_persons_own(people: People) -> None:
    address = "/api/v1/saved-searches"
    number = people.owner.post(address, json={"name": "Khmer", "query": {"country": "KH"}}).json()["id"]
    plan = people.owner.post(PLANS, json=PLAN).json()["id"]
    watch = people.owner.post(address, json={"plan": plan, "frequency": "never"}).json()["id"]
    people.stranger.post(LINES, json=LINE)
    find_alerts(datetime.now(UTC))
    first, second = people.owner.get(address).json()["items"]
    assert (first["id"], first["query"], second["plan"], second["frequency"]) == (
        number,
        {"country": ["KH"]},
        plan,
        "never",
    )
    assert people.nobody.get(first["calendar"].partition("//")[2].partition("/")[2].join(("/", ""))).status_code == 200
    assert [one["id"] for one in people.owner.get(f"{address}?limit=1&cursor={number}").json()["items"]] == [watch]
    (told,) = people.owner.get(f"{address}/{number}/alerts").json()["items"]
    assert (told["kind"], told["title"]) == ("new", LINE["title"])
    for client, status in ((people.colleague, 404), (people.stranger, 404), (people.nobody, 401)):
        for send in (client.get, client.delete):
            assert send(f"{address}/{number}").status_code == status
        assert client.get(f"{address}/{number}/alerts").status_code == status
        assert client.patch(f"{address}/{number}", json={"frequency": "now"}).status_code == status
    assert people.colleague.get(address).json()["items"] == []
    for wrong in ({}, {"plan": plan, "query": {}}, {"query": {"junk": "1"}}, {"query": {"status": "odd"}}):
        assert people.owner.post(address, json=wrong).status_code == 422
    assert people.owner.patch(f"{address}/{number}", json={"frequency": "weekly", "name": "New"}).status_code == 204
    assert people.owner.get(f"{address}/{number}").json()["name"] == "New"
    assert people.owner.delete(f"{address}/{number}").status_code == 204
    assert people.owner.get(f"{address}/{number}").status_code == 404


def test_a_shortlist_is_an_organisations_own(people: People) -> None:
    address = "/api/v1/shortlist"
    line = people.stranger.post(LINES, json=LINE).json()["id"]
    entry = people.owner.post(address, json={"line": line, "note": "Let us apply"}).json()["id"]
    assert people.colleague.post(f"{address}/{entry}/notes", json={"note": "Yes"}).status_code == 204
    (found,) = people.colleague.get(address).json()["items"]
    assert (found["line"], found["title"], [note["text"] for note in found["notes"]]) == (
        line,
        LINE["title"],
        ["Let us apply", "Yes"],
    )
    assert people.stranger.get(address).json()["items"] == []
    for client, status in ((people.stranger, 404), (people.nobody, 401)):
        assert client.post(f"{address}/{entry}/notes", json={"note": "No"}).status_code == status
        assert client.delete(f"{address}/{entry}").status_code == status
    assert people.nobody.get(address).status_code == people.nobody.post(address, json={"line": line}).status_code == 401
    assert people.owner.post(address, json={"line": 999}).status_code == 404
    assert people.owner.delete(f"{address}/{entry}").status_code == 204
    assert people.owner.get(address).json()["items"] == []


def test_an_interest_is_the_two_organisations_own(people: People) -> None:
    address = "/api/v1/interests"
    plan = people.owner.post(PLANS, json=PLAN).json()["id"]
    action = people.owner.get(f"{PLANS}/{plan}/actions").json()["items"][0]["id"]
    assert people.owner.post(address, json={"action": action}).status_code == 422
    assert people.colleague.post(address, json={"action": action}).status_code == 403
    number = people.stranger.post(address, json={"action": action, "message": "We can fund"}).json()["id"]
    for client in (people.owner, people.colleague, people.stranger):
        assert [one["id"] for one in client.get(f"{address}?plan={plan}&state=expressed").json()["items"]] == [number]
    assert people.nobody.get(f"{address}/{number}").status_code == 401
    assert people.owner.get(f"{address}?state=agreed").json()["items"] == []
    agreed = {"state": "agreed", "message": "Welcome"}
    answers = f"{address}/{number}/answers"
    clients = (people.nobody, people.colleague, people.stranger, people.owner)
    statuses = [client.post(answers, json=agreed).status_code for client in clients]
    assert statuses == [401, 403, 403, 204]
    found = people.stranger.get(f"{address}/{number}").json()
    assert ([step["message"] for step in found["history"]], found["next_states"]) == (["We can fund", "Welcome"], [])


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
