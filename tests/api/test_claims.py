"""Claims over the API: listed page by page, decided, taken back."""

from pathlib import Path

import pytest

from tests.pages.conftest import People
from tests.pages.test_twins import bring, numbers
from tests.services import stored

API = "/api/v1/claims"


@pytest.fixture
def pairs(people: People, tmp_path: Path) -> People:
    bring(tmp_path)
    return people


def test_a_claim_from_the_list_to_the_decision_and_back(pairs: People) -> None:
    first = pairs.stranger.get(f"{API}?limit=1").json()
    rest = pairs.colleague.get(f"{API}?limit=1&cursor={first['next_cursor']}").json()
    assert ([len(one["items"]) for one in (first, rest)], rest["next_cursor"]) == ([1, 1], None)
    assert pairs.nobody.get(API).status_code == 401
    number = numbers()["OURS-1"]
    address, sent = f"{API}/{number}/decision", {"answer": "accepted", "kind": "same", "leads": "one", "changes": 0}
    for client, status in ((pairs.stranger, 403), (pairs.colleague, 403), (pairs.nobody, 401)):
        assert client.post(address, json=sent).status_code == status
    found = pairs.owner.post(address, json=sent).json()
    assert (found["state"], found["answers"][0]["organisation"]) == ("accepted", "XM-DAC-6-4")
    assert stored.net("THEIRS-1") == 0
    assert pairs.owner.post(address, json=sent).json()["code"] == "claim-conflict"
    assert pairs.stranger.get(f"{API}/{number}").json()["one"]["money"]["disbursement"] == {"2019": "80.00"}
    assert [one["id"] for one in pairs.stranger.get(f"{API}?state=accepted").json()["items"]] == [number]
    assert pairs.owner.post(address, json={"answer": "perhaps"}).status_code == 422
    assert pairs.owner.post(f"{API}/999/decision", json=sent).status_code == 404
    for client, status in ((pairs.stranger, 403), (pairs.colleague, 403), (pairs.nobody, 401), (pairs.owner, 200)):
        assert client.delete(address).status_code == status
    assert stored.net("THEIRS-1") == 82_00
    assert pairs.owner.delete(address).status_code == 404


def test_two_projects_put_side_by_side(pairs: People) -> None:
    ids: dict[str, int] = dict(stored.query("SELECT identifier, id FROM activity"))
    sent = {"one": ids["OURS-1"], "other": ids["THEIRS-2"]}
    assert pairs.stranger.post(API, json=sent).status_code == 403
    assert pairs.nobody.post(API, json=sent).status_code == 401
    made = pairs.owner.post(API, json=sent)
    assert (made.status_code, made.json()["state"], made.json()["points"]) == (201, "proposed", 0)
    assert pairs.owner.post(API, json=sent).json()["id"] == made.json()["id"]
