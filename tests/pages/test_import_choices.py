"""What the owner of a file decides before it is written: answers, columns, mode, projects, parts of projects."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.services.import_portfolio import ImportResult
from app.services.run_jobs import run_waiting_jobs
from tests.pages.conftest import HEADINGS, ROWS, People
from tests.pages.strange_sheet import TITLES, write_strange_sheet
from tests.pages.test_imports import SMALL, preview

DATE_ORDER, CURRENCY = json.dumps(["date_order"]), json.dumps(["currency"])
ANSWERS = {DATE_ORDER: "dmy", CURRENCY: "EUR"}
CHANGED = SMALL.replace(b"Rural roads", b"Rural bridges").replace(b"75000", b"80000")
NEW = CHANGED + b"T-9,Wells,Water,Kenya,2019-01-15,,500\n"


@pytest.fixture
def strange(people: People, tmp_path: Path) -> bytes:
    """A sheet that leaves open what order its days and months have, and which currency its amounts."""
    return write_strange_sheet(tmp_path / "strange.xlsx").read_bytes()


def staged(client: TestClient, address: str, fields: dict[str, str]) -> str:
    """The page of import 1 after a form that has it read again."""
    sent = client.post(address, data=fields)
    assert (sent.status_code, sent.headers.get("location")) == (303, "/imports/1"), sent.text
    run_waiting_jobs()
    return client.get("/imports/1").text


def test_questions_come_first_once_for_the_whole_file(people: People, strange: bytes) -> None:
    page = preview(people.owner, strange, "strange.xlsx").text
    assert "waiting for your answer" in page
    assert "2 questions before it goes on" in page
    assert page.count('class="question"') == 2
    assert page.index('class="question"') < page.index("How the columns were read")
    assert "Write" not in page
    assert "question-open" not in page
    assert people.owner.post("/imports/1/confirm").status_code == 409


def test_answers_are_remembered_and_the_next_file_asks_nothing(people: People, strange: bytes, tmp_path: Path) -> None:
    preview(people.owner, strange, "strange.xlsx")
    page = staged(people.owner, "/imports/1/answers", ANSWERS)
    assert f"Write {len(TITLES)} projects" in page
    assert "EUR" in page
    people.owner.post("/imports/1/confirm")
    next_one = write_strange_sheet(tmp_path / "next.xlsx", first_amount=20000).read_bytes()
    page = preview(people.owner, next_one, "next.xlsx").text
    assert 'class="question"' not in page
    assert "<del>EUR 10000 (2018-12-31)</del>" in page


def test_every_kind_of_question_can_be_answered(people: People) -> None:
    rows = "S-1,Wells,Kenya,Zombie,2019-01-15,$ 1000,500\nS-2,Roads,Congo,Zombie,2019-01-15,$ 2000,600\n"
    heads = "Project ID,Title,Country,Status,Start date,Amount,FY 2019/20\n"
    preview(people.owner, (heads + rows).encode())
    kinds: set[str] = set()
    for _round in range(3):  # An answer may lead to the next question.
        asked = people.owner.get("/api/v1/imports/1/questions").json()["items"]
        kinds |= {one["path"][0] for one in asked}
        if asked:
            staged(people.owner, "/imports/1/answers", {json.dumps(one["path"]): one["options"][0][0] for one in asked})
    assert kinds >= {"statuses", "currencies", "countries", "flows"}
    page = people.owner.get("/imports/1").text
    assert "Write 2 projects" in page


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {CURRENCY: "Taler"},
        {json.dumps(["date_order", "more"]): "dmy"},
        {"no path": "EUR"},
        {json.dumps(["currency\x00"]): "EUR"},
        {json.dumps(["\ud800"]): "EUR"},
        {CURRENCY: "E\x00R"},
    ],
)
def test_answers_that_fit_no_question_are_refused(people: People, strange: bytes, fields: dict[str, str]) -> None:
    preview(people.owner, strange, "strange.xlsx")
    answer = people.owner.post("/imports/1/answers", data=fields)
    assert answer.status_code == 422
    assert people.owner.get("/imports/1").text.count('class="question"') == 2


def test_columns_are_shown_with_samples_and_corrected_from_a_list(people: People, strange: bytes) -> None:
    preview(people.owner, strange, "strange.xlsx")
    whole = people.owner.get("/imports/1/columns").text
    assert "<html" in whole
    assert "DG-2015-100" in whole
    assert "<optgroup" in whole
    part = people.owner.get("/imports/1/columns", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    name = json.dumps(["columns", "Chargé de dossier", "keep"])
    assert name.replace('"', "&#34;") in part
    untouched = json.dumps(["columns", "Pays", "country"])
    page = staged(people.owner, "/imports/1/columns", {name: "contact-name", untouched: "country"})
    assert 'class="question"' in page
    after = people.owner.get("/imports/1/columns").text
    assert json.dumps(["columns", "Chargé de dossier", "contact-name"]).replace('"', "&#34;") in after
    remembered = people.owner.get("/imports/answers").text
    assert "Chargé de dossier" in remembered
    assert "Pays" not in remembered


def test_columns_that_nobody_changed_are_not_read_again(people: People, strange: bytes) -> None:
    preview(people.owner, strange, "strange.xlsx")
    answer = people.owner.post("/imports/1/columns", data={json.dumps(["columns", "Pays", "country"]): "country"})
    assert answer.status_code == 422
    assert "at least one column" in answer.text


def test_a_sheet_is_left_out_and_headed_by_another_row(people: People, strange: bytes) -> None:
    preview(people.owner, strange, "strange.xlsx")
    page = people.owner.get("/imports/1/columns").text
    assert '<option value="5" selected>row 5: N° de dossier' in page
    assert "Projects, one or several rows each" in page
    sheet = "Portefeuille 2019"
    row, holds = json.dumps(["header_rows", sheet, "5"]), json.dumps(["sheets", sheet, "activity"])
    for wrong in ({row: "0"}, {row: "x"}, {holds: "poems"}):
        assert people.owner.post("/imports/1/columns", data=wrong).status_code == 422
    staged(people.owner, "/imports/1/columns", {row: "4", holds: "activity"})
    assert "in row 4" in people.owner.get("/imports/1/columns").text
    staged(people.owner, "/imports/1/columns", {json.dumps(["sheets", sheet, "activity"]): "skip"})
    assert "left out: your answer" in people.owner.get("/imports/1/columns").text
    remembered = people.owner.get("/imports/answers").text
    assert "Row of the headings in sheet" in remembered
    assert '<option value="skip" selected>' in remembered


def test_another_mode_by_its_effect(people: People, portfolio: ImportResult) -> None:
    page = preview(people.owner, CHANGED.replace(ROWS["T-1"].encode(), b"")).text
    assert "0 new, 1 changed, 0 unchanged, 1 archived" in page
    assert people.owner.post("/imports/2/mode", data={"mode": "replace"}).status_code == 303
    page = people.owner.get("/imports/2").text
    assert "Write 1 project, archive 1" in page
    archived = people.owner.get("/imports/2?kind=archived").text
    assert "Schools free from violence" in archived
    assert "Rural" not in archived.split('id="changes"')[1]
    assert people.owner.post("/imports/2/mode", data={"mode": "destroy"}).status_code == 422
    people.owner.post("/imports/2/discard")
    assert people.owner.post("/imports/2/mode", data={"mode": "add"}).status_code == 409


def test_projects_are_left_out_and_parts_kept(people: People, portfolio: ImportResult) -> None:
    page = preview(people.owner, NEW).text
    assert "1 new, 1 changed, 1 unchanged" in page
    ids = [part.split('"')[0] for part in page.split('name="shown" value="')[1:]]
    changed, new = ids
    form = {"shown": ids, "take": [changed], "keep": [f"{changed}:title"]}
    buttons = people.owner.post("/imports/2/choices", data=form, headers={"HX-Request": "true"}).text
    assert "<html" not in buttons
    assert "Write 1 project<" in buttons
    assert "You leave 1 project as it is" in buttons
    assert "In 1 project you keep stored values" in buttons
    assert f'value="{new}" aria-label="Write T-9">' in people.owner.get("/imports/2").text
    assert people.owner.post("/imports/2/confirm").status_code == 303
    titles = [one["title"] for one in people.owner.get("/api/v1/activities").json()["items"]]
    assert sorted(titles) == ["Rural roads", "Schools free from violence"]
    money = people.owner.get("/projects/2?format=json").text
    assert "80000" in money


def test_confirm_takes_the_choices_that_stand_on_the_page(people: People, portfolio: ImportResult) -> None:
    page = preview(people.owner, NEW).text
    ids = [part.split('"')[0] for part in page.split('name="shown" value="')[1:]]
    people.owner.post("/imports/2/confirm", data={"shown": ids, "take": ids[1:]})
    titles = [one["title"] for one in people.owner.get("/api/v1/activities").json()["items"]]
    assert sorted(titles) == ["Rural roads", "Schools free from violence", "Wells"]


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "²"])
def test_choices_that_name_no_project_are_refused(people: People, portfolio: ImportResult, value: str) -> None:
    preview(people.owner, CHANGED)
    for action in ("choices", "confirm"):
        assert people.owner.post(f"/imports/2/{action}", data={"shown": [value]}).status_code == 422
        assert (
            people.owner.post(f"/imports/2/{action}", data={"shown": ["1"], "keep": [f"{value}:title"]}).status_code
            == 422
        )


def test_a_page_of_many_projects_goes_on_and_finds_words(people: People) -> None:
    rows = "".join(f"T-{n},Project number {n},Text,Kenya,2019-01-15,,1000\n" for n in range(120))
    page = preview(people.owner, (HEADINGS + rows).encode()).text
    assert "Page 1 of 3" in page
    last = people.owner.get("/imports/1?changes=3").text
    assert "Project number 119" in last
    found = people.owner.get("/imports/1?q=number+77").text.split('id="changes"')[1]
    assert found.count('<th scope="row"') == 1
    first = [part.split('"')[0] for part in page.split('name="shown" value="')[1:]]
    people.owner.post("/imports/1/choices", data={"shown": first, "take": []})
    assert "Write 70 projects" in people.owner.get("/imports/1?changes=2").text


ACTIONS = {
    "answers": {CURRENCY: "EUR"},
    "columns": {json.dumps(["columns", "Pays", "country"]): "region"},
    "mode": {"mode": "add"},
    "choices": {"shown": "1"},
}


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_decide(people: People, strange: bytes, action: str) -> None:
    preview(people.owner, strange, "strange.xlsx")
    address, fields = f"/imports/1/{action}", ACTIONS[action]
    assert people.colleague.post(address, data=fields).status_code == 403
    assert people.stranger.post(address, data=fields).status_code == 404
    assert people.nobody.post(address, data=fields).headers["location"] == "/sign-in"


def test_who_may_see_the_columns_and_questions(people: People, strange: bytes) -> None:
    preview(people.owner, strange, "strange.xlsx")
    page = people.colleague.get("/imports/1").text
    assert "an editor of its organisation can answer" in page
    assert "<select form" not in people.colleague.get("/imports/1/columns").text
    assert people.stranger.get("/imports/1/columns").status_code == 404
    assert people.nobody.get("/imports/1/columns").headers["location"].startswith("/sign-in")
