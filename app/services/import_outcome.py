"""What comes of an import: its counts, its issues, its questions."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection

from app.errors import FileRefused
from app.models.import_run import Counts
from app.models.issue import Issue
from app.models.question import Question
from app.models.record import Named, Reported
from app.models.worded import pack_wording, unpack_wording, worded
from app.queries import imports
from app.rules.answers import write_path

Mode = Literal["add", "update", "replace"]
BATCH = 500
SMALL_BATCH = 100  # worth while, too, where more would have to be waited for
ISSUES_KEPT = 20_000


@dataclass(slots=True)
class ImportResult:
    """What became of an import; `as_json` is the document of the contract."""

    import_id: int
    state: str
    format: str
    mode: str
    counts: Counts = field(default_factory=Counts)
    issues: list[Issue] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        head = {"import_id": self.import_id, "state": self.state, "format": self.format, "mode": self.mode}
        issues = [asdict(issue) for issue in self.issues]
        questions = [{**asdict(question), "answer": write_path(question.path)} for question in self.questions]
        return {**head, **asdict(self.counts), "issues": issues, "questions": questions}


class Findings:
    """Issues in file order, the first ISSUES_KEPT of them kept, all of them counted; and one question for each path."""

    def __init__(self) -> None:
        self.kept: list[Issue] = []
        self.counted: Counter[str] = Counter()
        self.has_errors = False
        self.named: tuple[Named, ...] = ()  # organisations that are still to be asked about
        self.projects = 0  # how many there are, as far as importers said
        self._questions: dict[tuple[str, ...], Question] = {}

    @property
    def questions(self) -> list[Question]:
        return list(self._questions.values())

    def add(self, issues: Iterable[Issue]) -> None:
        for issue in issues:
            self.counted[issue.code] += 1
            self.has_errors |= issue.level == "error"
            if len(self.kept) < ISSUES_KEPT or issue.level == "error":
                self.kept.append(issue)

    def add_refusal(self, refusal: FileRefused) -> None:
        """The issues of a file that can't be read, and the questions whose answers would help."""
        self.add(issue for issue in refusal.issues if isinstance(issue, Issue))
        self.ask(getattr(refusal, "questions", ()))

    def ask(self, questions: Iterable[Question]) -> None:
        """Each question is one error: a file with open questions is never written."""
        for question in questions:
            if question.path not in self._questions:
                self._questions[question.path] = question
                self.add([_open_question(question)])

    def ask_all(self, reading: Iterator[Reported]) -> Iterator[Reported]:
        """What is read, once the questions on the way are noted, and what is told of each file."""
        for reported in reading:
            if reported.facts:
                self.named += reported.facts.named
                self.projects += reported.facts.projects
            if reported.questions:
                self.ask(reported.questions)
            yield reported

    def questions_json(self) -> str:
        return json.dumps([_pack_question(question) for question in self.questions], ensure_ascii=False)


def _pack_question(question: Question) -> dict[str, Any]:
    """With how its text and its labels (under their numbers) were put together, so that they can be said in other languages."""
    labels = {str(number): label for number, (_, label) in enumerate(question.options)}
    return asdict(question) | {"wording": pack_wording(text=question.text, **labels)}


def whole_ones(reading: Iterator[Reported], findings: Findings) -> Iterator[Reported]:
    """What was read before a file broke off; the break itself is an issue."""
    try:
        yield from reading
    except FileRefused as refusal:
        findings.add_refusal(refusal)


def _open_question(question: Question) -> Issue:
    hint = worded(
        "Answer it on the page of the import, or with --answer “%(path)s=VALUE”.", path=write_path(question.path)
    )
    return Issue("error", "question-open", question.text, hint, sheet=question.sheet, column=question.column)


def read_questions(text: str) -> list[Question]:
    """The questions that `questions_json` wrote."""
    return [_unpack_question(**one) for one in json.loads(text)]


def _unpack_question(wording: str | None = None, **one: Any) -> Question:
    made = unpack_wording(wording)
    options = tuple((value, made.get(str(at), label)) for at, (value, label) in enumerate(one["options"]))
    known = {"path": tuple(one["path"]), "options": options, "samples": tuple(one["samples"])}
    return Question(**one | {"text": made.get("text", one["text"])} | known)


def read_result(connection: Connection, import_id: int) -> ImportResult:
    """The result of an import as its entry has it, with all its issues. Raises NotFound."""
    run = imports.get_run(connection, import_id)
    counts = Counts(**{name: getattr(run, name) for name in Counts.__dataclass_fields__})
    issues = imports.list_issues(connection, import_id)
    return ImportResult(import_id, run.state, run.format, run.mode, counts, issues, read_questions(run.questions))
