"""The template and the marked workbook as downloads: who gets them, in which language, with what in them."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from app.services.import_portfolio import ImportResult
from app.services.run_jobs import run_waiting_jobs
from tests.pages.conftest import HEADINGS, People

BAD = (HEADINGS + 'T-3,Water,Wells,Kenya,31/02/2019,,"12,5OO"\n').encode()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ids_in(content: bytes) -> list[str]:
    return [row[0] for row in load_workbook(BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True)]


def refused_import(client: TestClient) -> str:
    sent = client.post("/imports", files={"files": ("bad.csv", BAD)})
    run_waiting_jobs()
    return f"{sent.headers['location']}/workbook"


def test_everybody_may_have_the_empty_template(people: People) -> None:
    answer = people.nobody.get("/template.xlsx")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert 'filename="tessera-template-en.xlsx"' in answer.headers["content-disposition"]
    assert ids_in(answer.content) == []


@pytest.mark.parametrize(("lang", "sheet"), [("fr", "Projets"), ("ar", "المشاريع"), ("pt", "Projetos")])
def test_it_is_in_the_language_that_is_asked_for_or_that_the_reader_uses(people: People, lang: str, sheet: str) -> None:
    asked = people.nobody.get(f"/template.xlsx?lang={lang}").content
    people.nobody.cookies.set("lang", lang)
    used = people.nobody.get("/template.xlsx").content
    assert load_workbook(BytesIO(asked)).sheetnames[0] == load_workbook(BytesIO(used)).sheetnames[0] == sheet


def test_another_language_is_refused(people: People) -> None:
    assert people.nobody.get("/template.xlsx?lang=xx").status_code == 422


def test_a_filled_template_holds_the_own_projects_only(people: People, portfolio: ImportResult) -> None:
    for client in (people.owner, people.colleague):
        assert ids_in(client.get("/template.xlsx?filled=1").content) == ["T-1", "T-2"]
    assert ids_in(people.stranger.get("/template.xlsx?filled=true").content) == []
    answer = people.nobody.get("/template.xlsx?filled=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Ftemplate.xlsx%3Ffilled%3D1")


def test_only_admins_may_have_that_of_another_organisation(people: People, portfolio: ImportResult) -> None:
    assert ids_in(people.admin.get("/template.xlsx?filled=1&owner=XM-DAC-6-4").content) == ["T-1", "T-2"]
    assert people.stranger.get("/template.xlsx?filled=1&owner=XM-DAC-6-4").status_code == 403
    answer = people.admin.get("/template.xlsx?filled=1")
    assert answer.status_code == 422
    assert "say whose projects" in answer.text
    assert people.admin.get("/template.xlsx?filled=1&owner=NOBODY-1").status_code == 422


def test_the_marked_workbook_is_for_those_whose_import_it_is(people: People) -> None:
    address = refused_import(people.owner)
    for client in (people.owner, people.colleague, people.admin):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
        assert load_workbook(BytesIO(answer.content)).sheetnames == ["bad.csv", "Issues"]
    assert people.stranger.get(address).status_code == 404
    assert people.nobody.get(address).headers["location"].startswith("/sign-in?next=")
    assert people.owner.get("/imports/99/workbook").status_code == 404


def test_it_has_to_be_read_first(people: People) -> None:
    sent = people.owner.post("/imports", files={"files": ("bad.csv", BAD)})
    answer = people.owner.get(f"{sent.headers['location']}/workbook")
    assert answer.status_code == 409
    assert "still being read" in answer.text
