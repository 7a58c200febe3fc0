"""The API: who gets what, how lists go on, how errors look."""

import pytest

from app import database
from app.services.create_token import create_token
from app.services.import_portfolio import ImportResult
from tests.pages.conftest import People
from tests.pages.test_imports import BAD, SMALL, upload

API = "/api/v1"


def test_nobody_gets_a_problem_document(people: People) -> None:
    answer = people.nobody.get(f"{API}/activities")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "sign-in-needed"


def test_a_token_opens_the_api_and_no_page(people: People) -> None:
    with database.write() as connection:
        token = create_token(connection, "owner@example.org")
    bearer = {"Authorization": f"Bearer {token}"}
    assert people.nobody.get(f"{API}/imports", headers=bearer).status_code == 200
    assert people.nobody.get("/imports", headers=bearer).status_code == 303
    assert people.nobody.get(f"{API}/imports", headers={"Authorization": "Bearer x"}).status_code == 401


def test_import_confirm_undo(people: People) -> None:
    made = people.owner.post(f"{API}/imports", files=upload(SMALL), data={"preview": "true"})
    assert (made.status_code, made.json()["state"], made.json()["new"]) == (201, "previewed", 2)
    address = made.headers["location"]
    assert people.colleague.post(f"{address}/confirm").status_code == 403
    assert people.stranger.get(address).status_code == 404
    assert people.owner.post(f"{address}/confirm").json()["state"] == "committed"
    assert people.owner.post(f"{address}/confirm").status_code == 409
    assert people.owner.post(f"{address}/undo").json()["state"] == "undone"


def test_a_refused_file_is_a_problem_with_its_issues(people: People) -> None:
    answer = people.owner.post(f"{API}/imports", files=upload(BAD))
    assert answer.status_code == 422
    document = answer.json()["import"]
    assert document["state"] == "refused"
    assert {issue["code"] for issue in document["issues"]} >= {"date-unreadable", "amount-unreadable"}
    assert people.owner.get(f"{API}/imports/{document['import_id']}").json()["issues"] == document["issues"]


def test_lists_go_on_by_cursor_and_know_their_tag(people: People, portfolio: ImportResult) -> None:
    first = people.stranger.get(f"{API}/activities?limit=1").json()
    assert [item["identifier"] for item in first["items"]] == ["T-1"]
    address = f"{API}/activities?limit=1&cursor={first['next_cursor']}"
    second = people.stranger.get(address)
    assert [item["identifier"] for item in second.json()["items"]] == ["T-2"]
    assert second.json()["next_cursor"] is None
    assert people.stranger.get(address, headers={"If-None-Match": second.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=KH", ["T-1"]),
        ("country=kh", ["T-1"]),
        ("q=roads", ["T-2"]),
        ("reporter=XM-DAC-6-4", ["T-1", "T-2"]),
        ("q=zz", []),
    ],
)
def test_activities_by_filter(people: People, portfolio: ImportResult, query: str, found: list[str]) -> None:
    items = people.owner.get(f"{API}/activities?{query}").json()["items"]
    assert [item["identifier"] for item in items] == found


def test_the_overlap_report_and_the_frameworks(people: People, portfolio: ImportResult) -> None:
    report = people.owner.get(f"{API}/reports/overlap?country=KH&flow=commitment&from=2019&to=2019").json()
    assert report["totals"]["gross"] == "120000.00"
    keys = [item["key"] for item in people.owner.get(f"{API}/frameworks").json()["items"]]
    assert keys[0] == "florence-2008"
    assert people.owner.get(f"{API}/areas").json()["items"][0]["code"]


def test_country_codes_in_small_letters(people: People, portfolio: ImportResult) -> None:
    assert people.owner.get(f"{API}/reports/overlap?country=kh").json()["countries"] == ["KH"]
    assert (
        people.owner.get(f"{API}/exports/json?country=kh").content
        == people.owner.get(f"{API}/exports/json?country=KH").content
    )
    italian = people.owner.get(f"{API}/organisations?country=it").json()["items"]
    assert "XM-DAC-6-4" in [one["ref"] for one in italian]


@pytest.mark.parametrize("format", ["iati", "xlsx", "csv", "json"])
def test_exports(people: People, portfolio: ImportResult, format: str) -> None:  # noqa: A002
    answer = people.owner.get(f"{API}/exports/{format}")
    assert answer.status_code == 200
    assert len(answer.content) > 100


@pytest.mark.parametrize(
    "address",
    [
        f"/activities/{2**64}",
        "/activities?cursor=-1",
        "/activities?limit=0",
        "/activities?q=%00",
        "/exports/pdf",
        "/imports?state=lost",
        "/reports/overlap?flow=all",
        "/reports/overlap?from=99999",
    ],
)
def test_nonsense_is_a_422_problem(people: People, address: str) -> None:
    answer = people.owner.get(API + address)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
