"""Imports over the API: what a file asks, how its columns are read, what of it is written."""

from pathlib import Path
from typing import Any

import pytest

from app.services.import_portfolio import ImportResult
from app.services.run_jobs import run_waiting_jobs
from tests.pages.conftest import People
from tests.pages.strange_sheet import TITLES, write_strange_sheet
from tests.pages.test_import_choices import NEW
from tests.pages.test_imports import upload

API = "/api/v1/imports"
ANSWERS = {"answers": [{"path": ["date_order"], "value": "dmy"}, {"path": ["currency"], "value": "EUR"}]}


@pytest.fixture
def asked(people: People, tmp_path: Path) -> str:
    """The address of an import that waits for answers."""
    content = write_strange_sheet(tmp_path / "strange.xlsx").read_bytes()
    answer = people.owner.post(API, files=upload(content, "strange.xlsx"), data={"preview": "true"})
    assert answer.status_code == 422
    document = answer.json()["import"]
    assert "question-open" in {issue["code"] for issue in document["issues"]}
    return f"{API}/{document['import_id']}"


def test_questions_are_answered_and_the_preview_confirmed(people: People, asked: str) -> None:
    questions = people.owner.get(f"{asked}/questions").json()["items"]
    assert [one["path"] for one in questions] == [["date_order"], ["currency"]]
    assert [value for value, _ in questions[0]["options"]] == ["dmy", "mdy"]
    sent = people.owner.post(f"{asked}/answers", json=ANSWERS)
    assert (sent.status_code, sent.json()["state"]) == (202, "queued")
    run_waiting_jobs()
    assert people.owner.get(f"{asked}/questions").json()["items"] == []
    assert people.owner.get(asked).json()["state"] == "previewed"
    assert people.owner.post(f"{asked}/confirm").json()["new"] == len(TITLES)


def test_columns_are_read_otherwise(people: People, asked: str) -> None:
    sheet = people.owner.get(f"{asked}/columns").json()["items"][0]
    fields = {column["heading"]: column["field"] for column in sheet["columns"]}
    assert (sheet["header_row"], fields["Pays"], fields["Chargé de dossier"]) == (5, "country", "keep")
    assert people.owner.post(f"{asked}/columns", json={"columns": {"Pays": "nonsense"}}).status_code == 422
    people.owner.post(f"{asked}/columns", json={"columns": {"Chargé de dossier": "contact-name"}})
    run_waiting_jobs()
    columns = people.owner.get(f"{asked}/columns").json()["items"][0]["columns"]
    assert ("contact-name", "answer") in {(column["field"], column["because"]) for column in columns}


def test_changes_modes_and_choices(people: People, portfolio: ImportResult) -> None:
    sent = people.owner.post(API, files=upload(NEW), data={"preview": "true"})
    address = sent.headers["location"]
    changes = people.owner.get(f"{address}/changes").json()
    assert changes["kinds"] == {"changed": 1, "new": 1, "unchanged": 1}
    changed, new = changes["items"]
    title = next(part for part in changed["fields"] if part["field"] == "title")
    assert (title["before"], title["after"]) == ("Rural roads", "Rural bridges")
    money = {(one["flow"], one["year"]): (one["before"], one["after"]) for one in changes["money"]}
    assert money["2", 2019] == ("195000", "200500")
    assert people.owner.post(f"{address}/mode", json={"mode": "add"}).json()["state"] == "previewed"
    assert people.owner.get(f"{address}/changes?kind=changed").json()["items"] == []
    people.owner.post(f"{address}/mode", json={"mode": "update"})
    chosen = {"left_out": [new["id"]], "kept": {str(changed["id"]): ["title"]}}
    assert people.owner.post(f"{address}/choices", json=chosen).status_code == 200
    assert people.owner.post(f"{address}/confirm").json()["state"] == "committed"
    titles = [one["title"] for one in people.owner.get("/api/v1/activities").json()["items"]]
    assert sorted(titles) == ["Rural roads", "Schools free from violence"]
    assert people.owner.post(f"{address}/choices", json=chosen).status_code == 409


READS = ("questions", "columns", "changes")
WRITES: dict[str, dict[str, Any]] = {
    "answers": ANSWERS,
    "columns": {"columns": {"Pays": "region"}},
    "mode": {"mode": "add"},
    "choices": {"left_out": []},
}


@pytest.mark.parametrize("part", READS)
def test_who_may_read(people: People, asked: str, part: str) -> None:
    assert people.colleague.get(f"{asked}/{part}").status_code == 200
    assert people.stranger.get(f"{asked}/{part}").status_code == 404
    assert people.nobody.get(f"{asked}/{part}").status_code == 401


@pytest.mark.parametrize("action", WRITES)
def test_who_may_decide(people: People, asked: str, action: str) -> None:
    assert people.colleague.post(f"{asked}/{action}", json=WRITES[action]).status_code == 403
    assert people.stranger.post(f"{asked}/{action}", json=WRITES[action]).status_code == 404
    assert people.nobody.post(f"{asked}/{action}", json=WRITES[action]).status_code == 401
