"""Organisations that a file gives by name alone: asked where that is nearly a known name, else kept and said once."""

from app.models.question import Question
from app.rules.permissions import Viewer
from app.services.answer_questions import SEPARATOR, answer_questions
from app.services.import_files import import_files
from app.services.run_jobs import run_waiting_jobs
from tests.services.stored import Portfolio, query
from tests.services.uploads import person, show, stage

HEAD = "Project ID,Title,Country,Donor,Implementing partner\n"
ROWS = (
    "P-1,Wells,Kenya,UNICEFF Childrens Fund,Local Trust\n"
    "P-2,Roads,Kenya,UNICEFF Childrens Fund,Save the Childern International\n"
)
KNOWN = [("GB-COH-3732267", "Save the Children International"), ("XX-77", "Unicef Childrens Fund")]
SAVE = ("organisations", "Save the Childern International")


def owner(portfolio: Portfolio) -> Viewer:
    """Somebody whose directory has both organisations that the file misspells."""
    known = "".join(f"K-{ref},Before,Kenya,{ref},{name}\n" for ref, name in KNOWN)
    path = portfolio.write("Project ID,Title,Country,Donor ref,Donor\n" + known, ".csv")
    assert portfolio.import_paths([path], "XX-1").state == "committed"
    return person("owner@example.org")


def asked(viewer: Viewer, number: int) -> dict[tuple[str, ...], Question]:
    return {question.path: question for question in show(viewer, number).questions}


def test_near_names_are_asked_together_and_answers_are_remembered(portfolio: Portfolio) -> None:
    viewer = owner(portfolio)
    number = stage(viewer, HEAD + ROWS)
    questions = asked(viewer, number)
    assert {path[-1] for path in questions} == {"UNICEFF Childrens Fund", "Save the Childern International"}
    assert [value for value, _ in questions[SAVE].options] == ["GB-COH-3732267", "keep"]
    assert questions[SAVE].suggested == "keep"
    [group] = [one for one in show(viewer, number).groups if one.code == "organisation-unknown"]
    assert (group.count, group.first[0].value) == (1, "Local Trust")
    given = {SEPARATOR.join(path): "keep" for path in questions} | {SEPARATOR.join(SAVE): "GB-COH-3732267"}
    answer_questions(viewer, number, given)
    run_waiting_jobs()
    assert (show(viewer, number).run.state, asked(viewer, number)) == ("previewed", {})
    assert asked(viewer, stage(viewer, HEAD + ROWS.replace("Wells", "Pumps"))) == {}


def test_an_answer_gives_the_reference_and_one_for_all_asks_nothing(portfolio: Portfolio) -> None:
    owner(portfolio)
    path = portfolio.write(HEAD + ROWS, ".csv")
    refused = import_files([path], owner="XX-1")
    assert (refused.state, len(refused.questions)) == ("refused", 2)
    answers = {"organisations/Save the Childern International": "GB-COH-3732267", "organisations/*": "keep"}
    assert import_files([path], owner="XX-1", answers=answers).state == "committed"
    [(partners,)] = query(
        """SELECT COUNT(*) FROM activity_organisation t JOIN organisation o ON o.id = t.organisation_id
        WHERE o.ref = 'GB-COH-3732267' AND t.role = '4'"""
    )
    assert partners == 1


def test_a_reporter_that_nobody_knows_is_asked_and_nothing_is_set(portfolio: Portfolio) -> None:
    viewer = owner(portfolio)
    head, row = "Project ID,Title,Country,Reporting organisation\n", "P-1,Wells,Kenya,Ministry of Water\n"
    [question] = show(viewer, stage(viewer, head + row)).questions
    assert (question.path, question.suggested) == (("organisations", "Ministry of Water"), "")
    assert [value for value, _ in question.options] == ["XX-1", "keep"]
    several = row + row.replace("P-1", "P-2").replace("Water", "Roads")
    assert show(viewer, stage(viewer, head + several)).questions == []
