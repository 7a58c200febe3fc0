"""Meeting packs over the API: asked for, waited for, fetched, by who asked for them alone."""

import io
from zipfile import ZipFile

import pytest

from app.services.import_portfolio import ImportResult
from app.services.run_jobs import run_waiting_jobs
from tests.pages.conftest import People

API = "/api/v1/reports/overlap/pack"


def test_a_pack_is_asked_for_and_fetched(people: People, portfolio: ImportResult) -> None:
    sent = {"country": ["kh"], "from": 2018, "to": 2020, "flow": "commitment", "language": "ar"}
    answer = people.colleague.post(API, json=sent)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    address = f"{API}/{answer.json()['id']}"
    assert people.colleague.get(f"{address}/file").status_code == 404
    run_waiting_jobs()
    state = people.colleague.get(address).json()
    assert (state["state"], state["done"], state["total"], state["refusal"]) == ("done", 5, 5, "")
    content = people.colleague.get(f"{address}/file").content
    assert len(content) == state["size"]
    assert ZipFile(io.BytesIO(content)).read("report.pdf").startswith(b"%PDF")
    for stranger in (people.owner, people.stranger):
        assert stranger.get(address).status_code == 404
        assert stranger.get(f"{address}/file").status_code == 404
    assert people.admin.get(f"{address}/file").status_code == 200


def test_nobody_has_packs(people: People) -> None:
    assert people.nobody.post(API, json={}).status_code == 401
    assert people.nobody.get(f"{API}/1").status_code == 401
    assert people.nobody.get(f"{API}/1/file").status_code == 401


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"from": 2020, "to": 2010}, 422),
        ({"language": "xx"}, 422),
        ({"framework": "none"}, 404),
        ({"since": 3}, 404),
        ({"country": ["KH"] * 301}, 422),
    ],
)
def test_what_does_not_exist_is_refused(people: People, sent: dict[str, object], status: int) -> None:
    answer = people.owner.post(API, json=sent)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
