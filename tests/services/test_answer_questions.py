"""What a file leaves open is asked once, answered, remembered for the organisation, and not asked again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app import database
from app.errors import ImportConflict, InvalidInput, NotAllowed, NotFound
from app.queries.heading_profiles import get_answers
from app.rules.permissions import OPERATOR, Viewer
from app.services.answer_questions import SEPARATOR, answer_questions
from app.services.change_answer import change_answer
from app.services.choose_columns import choose_columns
from app.services.confirm_import import confirm_import
from app.services.import_files import import_files
from app.services.list_answers import RememberedAnswer, list_answers
from app.services.propose_columns import propose_columns
from app.services.run_jobs import run_waiting_jobs
from tests.importers.sheet_files import write_csv
from tests.services.stored import Portfolio, codes, findings, query
from tests.services.uploads import person, send, show, stage

SHEET = """Project ID;Title;Country;Start date;Disbursed 2019;Colour
P1;One;Kenya;03/04/2019;100;red
P2;Two;Kenya;05/06/2019;200;blue
"""
REPORTED = (
    SHEET.replace("Title;", "Title;Reporting organisation ref;")
    .replace("One;", "One;RR-1;")
    .replace("Two;", "Two;RR-1;")
)
ASKED = {("date_order",): "dmy", ("currency",): "EUR"}


@pytest.fixture
def owner(portfolio: Portfolio) -> Viewer:
    return person("owner@example.org")


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def form(answers: Mapping[Any, str]) -> dict[str, str]:
    return {SEPARATOR.join(path): value for path, value in answers.items()}


def remembered(viewer: Viewer, owner: str = "") -> list[RememberedAnswer]:
    with database.read() as connection:
        return list_answers(connection, viewer, owner)


def test_questions_are_answered_once(owner: Viewer) -> None:
    number = stage(owner, SHEET)
    page = show(owner, number)
    assert page.run.state == "refused"
    assert {question.path for question in page.questions} == set(ASKED)
    assert sorted(group.code for group in page.groups if group.level == "error") == ["question-open", "question-open"]
    with pytest.raises(ImportConflict):
        confirm_import(number)
    answer_questions(owner, number, form(ASKED))
    page = show(owner, number)
    assert (page.run.state, page.questions) == ("queued", [])
    run_waiting_jobs()
    page = show(owner, number)
    assert (page.run.state, page.run.new, page.questions) == ("previewed", 2, [])
    confirm_import(number)
    assert query("SELECT start, currency FROM flow")[0][1] == "EUR"
    assert str(query("SELECT start FROM activity WHERE identifier = 'P1'")[0][0]).startswith("2019-04-03")
    again = show(owner, stage(owner, SHEET.replace("P2", "P3")))
    assert (again.run.state, again.questions) == ("previewed", [])
    assert [(one.mapping, one.path, one.value) for one in remembered(owner)] == [
        ("default", ("currency",), "EUR"), ("default", ("date_order",), "dmy"),
    ]  # fmt: skip


def test_some_answers_leave_the_others_open(owner: Viewer) -> None:
    number = stage(owner, SHEET)
    answer_questions(owner, number, form({("currency",): "EUR", ("date_order",): " "}))
    run_waiting_jobs()
    assert [question.path for question in show(owner, number).questions] == [("date_order",)]


def test_answers_that_can_not_be(owner: Viewer) -> None:
    number = stage(owner, SHEET)
    for given in ({}, {("currency",): ""}, {("date_order",): "whenever"}, {("headings", "Colour"): "title"}):
        with pytest.raises(InvalidInput):
            answer_questions(owner, number, form(given))
    reader, stranger = person("c@example.org", "reader"), person("s@example.org", ref="YY-2")
    with pytest.raises(NotAllowed):
        answer_questions(reader, number, form(ASKED))
    with pytest.raises(NotFound):
        answer_questions(stranger, number, form(ASKED))
    assert remembered(owner) == []
    waiting = send(owner, SHEET)
    with pytest.raises(ImportConflict):
        answer_questions(owner, waiting, form(ASKED))
    run_waiting_jobs()


def test_an_import_for_nobody_keeps_its_answers_to_itself(portfolio: Portfolio) -> None:
    admin = person("admin@example.org", "admin", None)
    number = stage(admin, REPORTED)
    answer_questions(admin, number, form(ASKED))
    run_waiting_jobs()
    assert show(admin, number).run.state == "previewed"
    assert query("SELECT COUNT(*) FROM heading_profile") == [(0,)]
    assert len(show(admin, stage(admin, REPORTED)).questions) == 2


def test_answers_are_seen_changed_and_forgotten(owner: Viewer) -> None:
    number = stage(owner, SHEET)
    answer_questions(owner, number, form(ASKED))
    change_answer(owner, "", ("date_order",), "mdy")
    change_answer(owner, "XX-1", ("countries", "Niger(ia)"), "NG")
    change_answer(owner, "XX-1", ("currency",), None)
    assert {one.path: one.value for one in remembered(owner)} == {
        ("date_order",): "mdy",
        ("countries", "Niger(ia)"): "NG",
    }
    reader, stranger = person("c@example.org", "reader"), person("s@example.org", ref="YY-2")
    assert remembered(reader) == remembered(owner)
    with pytest.raises(NotAllowed):
        change_answer(reader, "", ("date_order",), "dmy")
    with pytest.raises(NotAllowed):
        change_answer(stranger, "XX-1", ("date_order",), "dmy")
    with pytest.raises(NotAllowed):
        remembered(stranger, "XX-1")
    with pytest.raises(NotFound):
        remembered(OPERATOR)
    for path, value in ((("date_order",), " "), (("colour",), "red"), (("headings",), "title")):
        with pytest.raises(InvalidInput):
            change_answer(owner, "", path, value)


def test_a_named_mapping_goes_before_the_default(owner: Viewer) -> None:
    change_answer(owner, "", ("currency",), "EUR")
    change_answer(owner, "", ("countries", "x"), "KE")
    change_answer(owner, "", ("currency",), "USD", "budgets")
    with database.read() as connection:
        assert get_answers(connection, "XX-1", "budgets")["currency"] == "USD"
        assert get_answers(connection, "XX-1", "budgets")["countries"] == {"x": "KE"}
        assert get_answers(connection, "XX-1")["currency"] == "EUR"
    number = stage(owner, SHEET, mapping="budgets")
    answer_questions(owner, number, form({("date_order",): "dmy"}))
    run_waiting_jobs()
    confirm_import(number)
    assert query("SELECT DISTINCT currency FROM flow") == [("USD",)]
    assert RememberedAnswer("budgets", ("date_order",), "dmy") in remembered(owner)


def test_columns_are_corrected_by_choosing(owner: Viewer) -> None:
    sheet = "Project ID;Title;Colour;Place\nP1;One;red roofs;here\n"
    number = stage(owner, sheet)
    with database.read() as connection:
        [proposal] = propose_columns(connection, owner, number)
    assert {column.heading: (column.field, column.samples) for column in proposal.columns}["Colour"] == (
        "keep", ("red roofs",),
    )  # fmt: skip
    with pytest.raises(InvalidInput):
        choose_columns(owner, number, {"Colour": "no field"})
    choose_columns(owner, number, {"Colour": "description"})
    run_waiting_jobs()
    with database.read() as connection:
        [proposal] = propose_columns(connection, owner, number)
    assert {c.heading: (c.field, c.because) for c in proposal.columns}["Colour"] == ("description", "answer")
    confirm_import(number)
    assert "red roofs" in query("SELECT document FROM activity_search")[0][0] or query(
        "SELECT COUNT(*) FROM activity_search WHERE CAST(document AS text) LIKE '%roofs%'"
    ) == [(1,)]
    with pytest.raises(ImportConflict):
        choose_columns(owner, number, {"Colour": "keep"})


# --- from the command line -------------------------------------------------------------------


def test_a_file_with_questions_is_not_committed(portfolio: Portfolio) -> None:
    path = write_csv(portfolio.folder / "sheet.csv", SHEET)
    for keep_good in (False, True):
        result = import_files([path], owner="XX-1", keep_good=keep_good)
        assert (result.state, codes(result)) == ("refused", ["question-open"] * 2)
        document = result.as_json()
        assert [one["answer"] for one in document["questions"]] == ["date_order", "currency"]
    assert query("SELECT COUNT(*) FROM activity") == [(0,)]
    result = import_files([path], owner="XX-1", answers={"date_order": "dmy", "currency": "EUR"})
    assert (result.state, result.as_json()["questions"]) == ("committed", [])
    assert import_files([path], owner="XX-1", preview=True).counts.unchanged == 2


def test_answers_for_nobody_are_forgotten(portfolio: Portfolio) -> None:
    path = write_csv(portfolio.folder / "sheet.csv", REPORTED)
    answers = {"date_order": "dmy", "currency": "EUR"}
    assert import_files([path], answers=answers, preview=True).questions == []
    assert len(import_files([path]).questions) == 2


def test_mappings_by_name_on_the_command_line(portfolio: Portfolio, tmp_path: Path) -> None:
    path = write_csv(portfolio.folder / "sheet.csv", SHEET)
    with pytest.raises(NotFound, match="budgets"):
        import_files([path], owner="XX-1", mapping="budgets")
    first = import_files([path], owner="XX-1", mapping="budgets", answers={"date_order": "dmy", "currency": "EUR"})
    assert first.state == "committed"
    assert import_files([path], owner="XX-1", mapping="budgets").state == "committed"
    assert import_files([path], owner="XX-1").state == "refused"
    with pytest.raises(InvalidInput, match="nothing that can be answered"):
        import_files([path], owner="XX-1", answers={"colour": "red"})
