"""What is said of a file, in the reader's language."""

from gettext import NullTranslations

import pytest
from sqlalchemy import select

from app import database, languages
from app.languages import speaking
from app.models.issue import Issue
from app.models.worded import Worded, as_worded, worded
from app.queries import imports
from app.queries.import_issues import find_issues, read_issues
from app.rules.group_issues import group_issues
from app.services.word_issue import word_issue, word_text
from scripts.update_messages import issue_texts
from tests.services.stored import Portfolio

FRENCH = {
    "“%(value)s” is no colour.": "« %(value)s » n'est pas une couleur.",
    "Name a colour.": "Nommez une couleur.",
    "“%(file)s”: %(reason)s": "« %(file)s » : %(reason)s",
    "Row %(row)s is blank.": "La ligne %(ligne)s est vide.",
    "%(share)s%% is too much.": "%(share)s% est trop.",
}
COLOUR = worded("“%(value)s” is no colour.", value="100% wool")


class French:
    def gettext(self, text: str) -> str:
        return FRENCH.get(text, text)


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "texts", lambda locale: French() if locale in ("fr", "ar") else NullTranslations())


@pytest.mark.usefixtures("french")
def test_message_and_hint_are_said_in_the_readers_language() -> None:
    issue = Issue("error", "no-colour", COLOUR, "Name a colour.", value="100% wool")
    assert word_issue(issue) == issue
    with speaking("fr"):
        said = word_issue(issue)
        assert (said.message, said.hint) == ("« 100% wool » n'est pas une couleur.", "Nommez une couleur.")
        assert (said.code, said.value, word_text("")) == (issue.code, issue.value, "")
        assert word_text("What nobody translated: 100%.") == "What nobody translated: 100%."
        assert (
            word_text(worded("“%(file)s”: %(reason)s", file="a", reason=COLOUR))
            == "« a » : « 100% wool » n'est pas une couleur."
        )
        assert word_text(as_worded("Name a colour.")) == "Nommez une couleur."


@pytest.mark.usefixtures("french")
def test_facts_keep_their_direction() -> None:
    with speaking("ar"):
        assert word_text(COLOUR) == "« \u2068100% wool\u2069 » n'est pas une couleur."


@pytest.mark.usefixtures("french")
def test_a_faulty_translation_is_not_used() -> None:
    with speaking("fr"):
        assert word_text(worded("Row %(row)s is blank.", row=7)) == "Row 7 is blank."
        assert word_text(worded("%(share)s%% is too much.", share=120)) == "120% is too much."


def test_stored_issues_are_as_they_were(portfolio: Portfolio) -> None:
    result = portfolio.import_text("<broken")
    issues = [
        Issue("error", "no-colour", COLOUR, "Name a colour.", row=2),
        Issue("error", "no-colour", "Plain.", worded("Choose %(one)s or %(other)s.", one="red", other="blue"), row=3),
        Issue("error", "no-colour", "Plain.", "Plain, too.", row=4),
    ]
    with database.write() as connection:
        imports.insert_issues(connection, result.import_id, issues)
    with database.read() as connection:
        for found in (
            list(read_issues(connection, result.import_id, "", "no-colour")),
            find_issues(connection, result.import_id, "error", "no-colour", 10, 0),
            [one for one in imports.list_issues(connection, result.import_id) if one.code == "no-colour"],
        ):
            assert found == issues
            first, second, third = found
            assert isinstance(first.message, Worded)
            assert (first.message.template, first.message.facts) == (COLOUR.template, COLOUR.facts)
            assert isinstance(second.hint, Worded)
            assert not any(isinstance(text, Worded) for text in (first.hint, second.message, third.message, third.hint))
        query = select(imports.ISSUE.c.wording).where(imports.ISSUE.c.code == "no-colour").order_by(imports.ISSUE.c.id)
        wordings = connection.scalars(query).all()
    assert wordings[0] == '{"message": ["“%(value)s” is no colour.", {"value": "100% wool"}]}'
    assert wordings[2] is None


@pytest.mark.usefixtures("french")
def test_a_group_is_said_with_what_its_issues_share() -> None:
    def issue(row: int, value: str) -> Issue:
        message = worded("“%(value)s” in “%(heading)s” is no colour.", value=value, heading="Colour")
        return Issue("error", "no-colour", message, worded("Not %(value)s.", value=value), row=row)

    [group] = group_issues([issue(2, "wool"), issue(3, "a “soft” one")])
    assert (group.count, group.message, group.hint) == (2, "“…” in “Colour” is no colour.", "Not ….")
    assert isinstance(group.message, Worded)
    assert group.message.template == "“%(value)s” in “%(heading)s” is no colour."
    [alone] = group_issues([issue(2, "wool")])
    assert alone.message == "“wool” in “Colour” is no colour."


def test_the_texts_of_issues_are_collected() -> None:
    texts = set(issue_texts())
    assert {
        "“%(value)s” is not a day of the calendar.",  # of worded
        "The file is empty.",  # an argument of refuse_file
        "Give each activity an iati-identifier (or a project number) of its own.",  # a hint of note
        "Correct one of the two amounts.",  # a hint of error
        "Give whole months.",  # a hint of read
        "This is an image.",  # a phrase
    } <= texts
