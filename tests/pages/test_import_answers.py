"""What is remembered of an organisation's files: seen, changed, forgotten."""

import json
from pathlib import Path

import pytest

from app.services.run_jobs import run_waiting_jobs
from tests.pages.conftest import OWNERS_ORG, People
from tests.pages.strange_sheet import write_strange_sheet
from tests.pages.test_import_choices import ANSWERS
from tests.pages.test_imports import preview

CURRENCY = {"path": json.dumps(["currency"]), "decision": "change"}


@pytest.fixture
def answered(people: People, tmp_path: Path) -> People:
    """The owner has answered what a sheet left open."""
    preview(people.owner, write_strange_sheet(tmp_path / "strange.xlsx").read_bytes(), "strange.xlsx")
    people.owner.post("/imports/1/answers", data=ANSWERS)
    run_waiting_jobs()
    return people


def test_answers_are_listed_changed_and_forgotten(answered: People) -> None:
    page = answered.owner.get("/imports/answers").text
    assert "Currency where none is given" in page
    assert 'value="EUR"' in page
    assert '<option value="dmy" selected>' in page
    sent = answered.owner.post("/imports/answers", data=CURRENCY | {"value": "CHF"})
    assert sent.status_code == 303
    assert 'value="CHF"' in answered.owner.get(sent.headers["location"]).text
    answered.owner.post("/imports/answers", data=CURRENCY | {"decision": "forget"})
    assert "CHF" not in answered.owner.get("/imports/answers").text


@pytest.mark.parametrize("fields", [{"value": " "}, {"path": "no path", "value": "EUR"}, {"decision": "burn"}])
def test_what_is_no_answer_is_refused(answered: People, fields: dict[str, str]) -> None:
    assert answered.owner.post("/imports/answers", data=CURRENCY | fields).status_code == 422
    assert 'value="EUR"' in answered.owner.get("/imports/answers").text


def test_nothing_is_remembered_yet(people: People) -> None:
    assert "Nothing yet" in people.owner.get("/imports/answers").text


def test_who_may_see_and_change_them(answered: People) -> None:
    page = answered.colleague.get("/imports/answers").text
    assert "EUR" in page
    assert '<button class="secondary small"' not in page
    change = CURRENCY | {"value": "CHF"}
    assert answered.colleague.post("/imports/answers", data=change).status_code == 403
    assert "EUR" not in answered.stranger.get("/imports/answers").text
    assert answered.stranger.get(f"/imports/answers?owner={OWNERS_ORG}").status_code == 403
    assert answered.stranger.post("/imports/answers", data=change | {"owner": OWNERS_ORG}).status_code == 403
    assert answered.admin.get("/imports/answers").status_code == 404
    assert "EUR" in answered.admin.get(f"/imports/answers?owner={OWNERS_ORG}").text
    assert answered.nobody.get("/imports/answers").headers["location"].startswith("/sign-in")
    assert answered.nobody.post("/imports/answers", data=change).headers["location"] == "/sign-in"
