"""A table of a known layout while it is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.models.issue import Issue, Level
from app.models.question import Question
from importers.clean import Cell
from importers.headings import Heading, Meaning
from importers.layout_cells import heading_key
from importers.layouts import Column, Layout
from importers.tables import column_name


@dataclass(frozen=True, slots=True)
class MadeHeading(Heading):
    """A column that the layout adds; users know it by the column `source` that it was made of."""

    source: int = 0

    @property
    def letters(self) -> str:
        return Heading(self.text, self.source, self.meaning).letters


@dataclass(slots=True)
class Making:
    """A table while it is made: `rows` grow with the columns that are added."""

    layout: Layout
    sheet: str
    header_row: int
    answers: dict[str, Any]
    rows: list[list[Cell]]
    width: int
    headings: list[Heading] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)  # heading key -> column of the sheet's own
    issues: list[Issue] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def add(self, text: str, source: int, meaning: Meaning, cell: Callable[[int, list[Cell]], Cell]) -> None:
        """One more column; rows without anything stay without."""
        self.headings.append(MadeHeading(text, self.width, meaning, "layout", source))
        self.width += 1
        for index, row in enumerate(self.rows):
            if row:
                row.append(cell(index, row))

    def note(self, level: Level, code: str, message: str, heading: Heading) -> None:
        """An issue at a heading that asks for nothing."""
        place = self.sheet, self.header_row, column_name(heading), f"{heading.letters}{self.header_row}"
        self.issues.append(Issue(level, code, message, "Nothing to do.", *place))


def column_of(layout: Layout, heading: Heading) -> Column | None:
    """What the layout says of a heading; None where it says nothing."""
    return layout.columns.get(heading_key(heading.text)) if heading.because == "layout" else None
