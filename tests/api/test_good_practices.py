"""Good practices over the API: owner, colleague, stranger, nobody."""

from typing import Any

from tests.pages.conftest import People
from tests.services.stored import query

PRACTICES = "/api/v1/good-practices"
PRACTICE: dict[str, Any] = {
    "title": "Hotels and police around one table", "description": "A monthly meeting of twenty hotels.",
    "results": "Reports rose from 3 to 41 a year.", "countries": ["KH"], "areas": ["florence-2008/N3"],
    "evidence": "evaluated", "documents": [{"title": "Evaluation", "url": "https://example.org/e"}], "projects": ['T"1'],
}  # fmt: skip


def test_practices_are_told_read_changed_and_removed_by_those_who_may(people: People) -> None:
    assert people.nobody.get(PRACTICES).status_code == people.nobody.post(PRACTICES, json=PRACTICE).status_code == 401
    assert people.colleague.post(PRACTICES, json=PRACTICE).status_code == 403
    added = people.owner.post(PRACTICES, json=PRACTICE)
    assert (added.status_code, added.json()["warnings"]) == (201, [])
    address = f"{PRACTICES}/{added.json()['id']}"
    found = people.stranger.get(address).json()
    assert {name: found[name] for name in PRACTICE} == PRACTICE
    assert (found["organisation"], found["version"], found["lessons"]) == ("XM-DAC-6-4", 1, "")
    for client, status in ((people.colleague, 403), (people.stranger, 403), (people.nobody, 401)):
        assert client.put(address, json=PRACTICE).status_code == status
        assert client.patch(address, json={"title": "x"}).status_code == status
        assert client.delete(address).status_code == status
    assert people.owner.patch(address, json={"lessons": "One person must answer."}).status_code == 200
    changed = people.owner.get(address).json()
    assert {name for name in found if found[name] != changed[name]} == {"lessons", "version", "updated_at"}
    assert people.owner.put(address, json=PRACTICE | {"visibility": "private", "version": 2}).status_code == 200
    assert people.owner.get(address).json()["lessons"] == ""
    assert people.owner.put(address, json=PRACTICE | {"version": 2}).status_code == 409
    assert [client.get(address).status_code for client in (people.colleague, people.stranger)] == [200, 404]
    assert people.owner.delete(address).status_code == 204
    assert people.owner.get(address).status_code == 404
    for client, status in ((people.stranger, 404), (people.nobody, 401), (people.colleague, 403), (people.owner, 204)):
        assert client.post(f"{address}/restore").status_code == status
    assert people.colleague.get(address).status_code == 200
    actions = [action for (action,) in query("SELECT action FROM audit_entry ORDER BY id")]
    assert actions == ["save good practice"] * 3 + ["remove good practice", "bring back good practice"]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(people: People) -> None:
    wrong = {**PRACTICE, "results": "", "areas": ["florence-2008/N99"], "documents": []}
    answer = people.owner.post(PRACTICES, json=wrong)
    assert answer.status_code == 422
    for words in ("what came of it", "N99", "not named"):
        assert words in answer.json()["detail"]
    for other in ({"evidence": 3}, {"title": "x" * 401}, {"countries": "KH"}, {"title": "a\x00b"}):
        assert people.owner.post(PRACTICES, json=PRACTICE | other).status_code == 422
    assert people.owner.get(PRACTICES).json() == {"items": [], "next_cursor": None, "total": 0}
    assert people.owner.post(PRACTICES, json=PRACTICE).status_code == 201
    assert "another title" in people.owner.post(PRACTICES, json=PRACTICE).json()["detail"]
    assert people.stranger.post(PRACTICES, json=PRACTICE).status_code == 201


def test_lists_go_on_by_cursor_are_filtered_by_field_and_have_tags(people: People) -> None:
    others = [
        {"title": "Foster families", "areas": ["rome-2012/PROT4"], "countries": ["KE", "998"], "evidence": "described", "documents": []},
        {"title": "A law on images of abuse", "areas": ["florence-2008/N3", "florence-2008/N1"], "projects": []},
    ]  # fmt: skip
    people.stranger.post(PRACTICES, json=PRACTICE)
    for other in others:
        assert people.owner.post(PRACTICES, json=PRACTICE | other).status_code == 201, other
    first = people.owner.get(f"{PRACTICES}?limit=2").json()
    rest = people.owner.get(f"{PRACTICES}?limit=2&cursor={first['next_cursor']}").json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [1, 2, 3]
    assert (first["total"], rest["next_cursor"]) == (3, None)

    def found(filters: str) -> list[int]:
        return [one["id"] for one in people.colleague.get(f"{PRACTICES}?{filters}").json()["items"]]

    assert found("q=hotel+police") == [1]
    assert found("q=foster") == [2]
    assert found("country=kh") == [1, 3]
    assert found("country=998") == [2]
    assert found("area=florence-2008/N1&area=rome-2012/PROT4") == [2, 3]
    assert found("evidence=described") == [2]
    assert found("organisation=SE-0") == [1]
    assert found("project=T%221") == [1, 2]
    assert found("project=T") == []
    assert people.owner.get(f"{PRACTICES}?evidence=sure").status_code == 422
    tag = people.owner.get(PRACTICES).headers["etag"]
    assert people.owner.get(PRACTICES, headers={"If-None-Match": tag}).status_code == 304
