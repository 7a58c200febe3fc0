"""Answer what a file left open, and read it again."""

from collections.abc import Mapping

from app import database
from app.errors import InvalidInput
from app.models.worded import worded
from app.rules.answers import Path
from app.rules.permissions import Viewer
from app.services.import_outcome import read_questions
from app.services.stage_again import answer_and_stage, open_unsettled
from app.services.work_on_job import WAKE

SEPARATOR = "\x1f"  # between the parts of a question's path, where a form names it


def answer_questions(viewer: Viewer, import_id: int, answers: Mapping[str, str]) -> None:
    """Remember the answers (question's path joined by SEPARATOR -> value; '' is no answer) for the owner; stage again.

    Raises NotFound, NotAllowed, InvalidInput, ImportConflict.
    """
    given = {tuple(path.split(SEPARATOR)): value.strip() for path, value in answers.items() if value.strip()}
    with database.write() as connection:
        run = open_unsettled(connection, viewer, import_id)
        _check(run.questions, given)
        answer_and_stage(connection, run, given)
    WAKE.set()


def _check(questions: str, given: Mapping[Path, str]) -> None:
    if not given:
        raise InvalidInput("Answer at least one question.")
    asked = {question.path: question for question in read_questions(questions)}
    for path, value in given.items():
        if path not in asked:
            raise InvalidInput("This question is not open any more. Open the import again.")
        options = [option for option, _ in asked[path].options]
        if options and value not in options:
            raise InvalidInput(
                worded("“%(value)s” is none of the answers to “%(text)s”", value=value, text=asked[path].text)
            )
