"""Where the cells of an open question stand, so that they can be marked like those of any other issue."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.models.issue import Issue
from app.models.question import Question
from importers.headings import Heading, Meaning, heading_text
from importers.read_sheets import RawSheet
from importers.tables import cell_text

OPEN = "question-open"
MOST_CELLS = 50


def place_questions(issues: Sequence[Issue], questions: Sequence[Question], sheet: RawSheet) -> list[Issue]:
    """The issues of a sheet, those about an open question with the cells that it is about: one issue a cell."""
    samples = {question.text: question.samples for question in questions}
    placed: list[Issue] = []
    for issue in issues:
        if issue.code == OPEN and issue.row is None and issue.column:
            cells = list(_find_cells(sheet, issue.column, set(samples.get(issue.message, ()))))
            placed += [replace(issue, row=row, cell=cell, value=value) for row, cell, value in cells] or [issue]
        else:
            placed.append(issue)
    return placed


def _find_cells(sheet: RawSheet, column: str, samples: set[str]) -> Iterator[tuple[int, str, str]]:
    """Row, cell and value of each cell below the heading that holds one of the values; else the heading's own."""
    at = next(
        ((r, c) for r, row in enumerate(sheet.rows) for c, cell in enumerate(row) if heading_text(cell) == column), None
    )
    if at is None:
        return
    top, place = at
    letters = Heading(column, place, Meaning()).letters
    found = [
        (number, f"{letters}{number}", value)
        for number, row in enumerate(sheet.rows[top + 1 :], top + 2)
        if place < len(row) and (value := cell_text(row[place])) in samples
    ]
    yield from found[:MOST_CELLS] or [(top + 1, f"{letters}{top + 1}", "")]
