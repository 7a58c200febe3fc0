"""One project: all rows that name it, in any table, and what they say together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.codelists.currencies import match_currency
from app.models.issue import Issue
from app.models.record import Party
from app.models.worded import worded
from importers.headings import Heading
from importers.tables import Row, column_name
from importers.words import fold

# The currency of amounts whose own currency can't be read: an issue says so, and they are not written.
UNREADABLE = "?"


@dataclass(slots=True)
class Project:
    """The rows of one project as `reporter` (its name folded) reports it, in the order of the file.

    `kept` are the columns that no field takes: (heading, text).
    """

    identifier: str
    reporter: Party
    rows: list[Row] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    kept: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def main_rows(self) -> list[Row]:
        """The rows that describe the project rather than one amount or place of it."""
        return [row for row in self.rows if row.table.kind == "activity" or row.table.has("title")]

    @property
    def place(self) -> str:
        return (self.main_rows or self.rows)[0].place

    def cells(self, *names: str) -> Iterator[tuple[Row, Heading, str]]:
        """Every filled cell of the fields, with its row; rows of places and amounts that say nothing else
        are no matter.
        """
        for row in self.rows:
            fields = row.table.by_field
            for name in names:
                if name in fields:
                    for heading, text in row.filled(name):
                        yield row, heading, text

    def single(self, name: str) -> tuple[Row, Heading, str] | None:
        """The cell of a field that a project has once; rows that contradict each other are an error naming
        both.
        """
        chosen: tuple[Row, Heading, str] | None = None
        if not any(name in row.table.by_field for row in self.rows):
            return None
        for row, heading, text in self.cells(name):
            if chosen is None:
                chosen = row, heading, text
            elif fold(chosen[2]) != fold(text):
                self.note_contradiction(chosen, (row, heading, text))
        return chosen

    def note_contradiction(self, first: tuple[Row, Heading, str], second: tuple[Row, Heading, str]) -> None:
        row, heading, text = second
        row.note(
            "error",
            "rows-contradict",
            worded(
                "Rows %(first)s and %(second)s are the same project, but “%(heading)s” is “%(value)s” in one and "
                "“%(other)s” in the other.",
                first=first[0].place,
                second=row.place,
                heading=column_name(heading),
                value=first[2][:80],
                other=text[:80],
            ),
            "Correct one of them; if they are two projects, give each an id of its own; amounts that add up"
            " belong in a Transactions sheet, a row each.",
            heading,
        )

    def keep(self, heading: Heading, text: str) -> None:
        """Keep a cell as it was written."""
        self.kept.setdefault((column_name(heading), text))

    def currency_of(self, row: Row) -> str:
        """The currency code that a row names; '' if none, UNREADABLE (with an issue) if nobody knows it."""
        if row.currency is None:
            row.currency = self._read_currency(row)
        return row.currency

    def _read_currency(self, row: Row) -> str:
        found = row.first("currency")
        if found is None:
            return ""
        code = match_currency(found[1]) or match_currency(found[1].split(" - ")[0])
        if code is None:
            row.note(
                "error",
                "currency-unknown",
                worded("“%(value)s” is not a currency.", value=found[1]),
                "Write the code of ISO 4217, such as EUR or USD.",
                found[0],
            )
        return code or UNREADABLE
