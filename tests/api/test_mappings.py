"""Areas over the API: text in, areas out; decisions by those who may."""

from pathlib import Path

import pytest

from tests.pages.conftest import People
from tests.pages.test_mapping import WORDS, bring, number_of, states

API = "/api/v1/mappings"


@pytest.fixture
def waiting(people: People, tmp_path: Path) -> People:
    bring(tmp_path, 2)
    return people


def test_a_text_is_answered_with_areas_and_evidence(people: People) -> None:
    sent = {"text": WORDS, "sectors": ["15160"], "countries": ["KH"]}
    found = people.stranger.post(API, json=sent).json()
    assert found["relevance"] == "core"
    assert "N3" in {one["area"] for one in found["areas"]}
    assert sum(one["share"] for one in found["areas"]) == pytest.approx(1)
    assert all(quote in WORDS for one in found["areas"] for quote in one["evidence"])
    assert people.owner.post(API, json={"text": "Roads"}).json() == {"relevance": "none", "areas": [], "forms": []}
    assert people.nobody.post(API, json=sent).status_code == 401


@pytest.mark.parametrize("sent", [{}, {"text": 3}, {"text": "a", "framework": "x" * 401}, {"text": "x" * 1_000_001}])
def test_what_is_no_text_is_refused(people: People, sent: dict[str, object]) -> None:
    assert people.owner.post(API, json=sent).status_code == 422


def test_a_framework_without_words_is_not_found(people: People) -> None:
    assert people.owner.post(API, json={"text": WORDS, "framework": "nobody-knows"}).status_code == 404


def test_a_decision_over_the_api(waiting: People) -> None:
    address = f"{API}/{number_of('M-1')}"
    before = waiting.stranger.get(address).json()
    assert before["waits_because"] == ["suggested"]
    assert {one["state"] for one in before["areas"]} == {"suggested"}
    sent = {"areas": [{"area": "N3", "share": 60}, {"area": "R1"}], "comment": "By hand"}
    assert waiting.colleague.post(address, json=sent).status_code == 403
    assert waiting.stranger.post(address, json=sent).status_code == 403
    assert waiting.nobody.post(address, json=sent).status_code == 401
    after = waiting.owner.post(address, json=sent).json()
    confirmed = {one["area"]: one["share"] for one in after["areas"] if one["state"] == "confirmed"}
    assert (confirmed, after["waits_because"]) == ({"N3": 0.6, "R1": None}, [])
    assert waiting.owner.post(address, json={"areas": []}).status_code == 200
    assert set(states("M-1").values()) == {"rejected"}
    assert waiting.owner.post(address, json={"areas": [{"area": "ZZ"}]}).status_code == 404
    assert waiting.owner.post(address, json={"areas": [{"area": "N3", "share": 101}]}).status_code == 422
    assert waiting.owner.get(f"{API}/999999").status_code == 404
