"""Tables, their rows and cells.

What a column as a whole proves (decimal mark, order of day and month, shares of 1) decides cells
that could be read in two ways. What is wrong in a cell becomes an issue at its place.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.models.issue import Issue, Level
from importers.clean import (
    Amount,
    Cell,
    Period,
    Unclear,
    are_fractions,
    clean_text,
    date_order,
    decimal_mark,
    is_blank,
    parse_amount,
    parse_date,
    parse_percentage,
)
from importers.headings import (
    PERIOD_AMOUNT,
    Heading,
    Kind,
)
from importers.words import fold, word_set, words

# The apostrophe that exports to CSV put before a text that spreadsheet programs would take for a formula.
_GUARD = re.compile(r"^'(?=[=+\-@\t\r])")


@dataclass(slots=True)
class Table:
    """A sheet with headings; `rows` are numbered from `header_row` + 1 on."""

    name: str
    kind: Kind
    header_row: int
    headings: list[Heading]
    rows: list[list[Cell]]
    answers: dict[str, Any]
    titles_above: str = ""
    merged_ids: dict[int, int] = field(default_factory=dict)
    by_field: dict[str, list[Heading]] = field(default_factory=dict)
    evidence: dict[tuple[str, int], Any] = field(default_factory=dict)
    said: set[tuple[str, int]] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)

    def __post_init__(self) -> None:
        for heading in self.headings:
            self.by_field.setdefault(heading.meaning.field, []).append(heading)

    def has(self, *fields: str) -> bool:
        return any(name in self.by_field for name in fields)

    def alike(self, heading: Heading) -> list[Heading]:
        """The columns that prove things together: columns of the same amounts by period count as one."""
        meaning = heading.meaning
        if meaning.field != PERIOD_AMOUNT:
            return [heading]
        return [other for other in self.by_field[PERIOD_AMOUNT] if other.meaning.flow == meaning.flow]

    def values_of(self, headings: list[Heading]) -> Iterator[Cell]:
        """All values of some columns."""
        for row in self.rows:
            for heading in headings:
                if heading.column < len(row):
                    yield row[heading.column]

    def proved(self, what: str, heading: Heading) -> Any:
        """What the column proves, else what the owner answered: decimal mark, date order, shares of 1."""
        key = (what, heading.column)
        if key not in self.evidence:
            find = {"decimal": decimal_mark, "date_order": date_order, "fraction": are_fractions}[what]
            together = self.alike(heading)
            found = find(self.values_of(together)) or self.answers.get(what)
            self.evidence.update({(what, other.column): found for other in together})
        return self.evidence[key]

    def say_once(self, level: Level, code: str, heading: Heading, message: str, hint: str) -> None:
        """An issue about a whole column, at its heading."""
        if (code, heading.column) not in self.said:
            self.said.add((code, heading.column))
            self.issues.append(
                Issue(
                    level,
                    code,
                    message,
                    hint,
                    self.name,
                    self.header_row,
                    column_name(heading),
                    f"{heading.letters}{self.header_row}",
                )
            )


@dataclass(slots=True)
class Row:
    """One row of a table; what it finds wrong goes to `issues`, which the rows of one project share."""

    table: Table
    number: int
    cells: list[Cell]
    issues: list[Issue] = field(default_factory=list)
    activity: str | None = None

    @property
    def place(self) -> str:
        return f"{self.table.name}!{self.number}"

    def cell(self, heading: Heading) -> Cell:
        return self.cells[heading.column] if heading.column < len(self.cells) else ""

    def filled(self, name: str, number: int | None = None) -> list[tuple[Heading, str]]:
        """The cells of a field that say something, as text; `number` picks `Country 2` and the like."""
        return [
            (heading, text)
            for heading in self.table.by_field.get(name, ())
            if (number is None or heading.meaning.number == number)
            and not is_blank(value := self.cell(heading))
            and (text := cell_text(value))
        ]

    def first(self, name: str, number: int | None = None) -> tuple[Heading, str] | None:
        found = self.filled(name, number) or (self.filled(name, 0) if number else [])
        return found[0] if found else None

    def text(self, name: str, number: int | None = None) -> str:
        found = self.first(name, number)
        return found[1] if found else ""

    def amount(self, heading: Heading) -> Amount | None:
        """The amount in a cell, in units of its currency; None if blank, or if an issue says why not."""
        try:
            found = parse_amount(self.cell(heading), self.table.proved("decimal", heading))
        except Unclear as unclear:
            self.note_unclear(unclear, heading)
            return None
        return found and Amount(found.value * heading.meaning.scale, found.currency or heading.meaning.currency)

    def period(self, heading: Heading) -> Period | None:
        """The day, month or year in a cell; None if blank, or if an issue says why not."""
        try:
            return parse_date(self.cell(heading), self.table.proved("date_order", heading))
        except Unclear as unclear:
            self.note_unclear(unclear, heading)
            return None

    def percentage(self, heading: Heading, value: Cell) -> Decimal | None:
        try:
            return parse_percentage(value, bool(self.table.proved("fraction", heading)))
        except Unclear as unclear:
            self.note_unclear(unclear, heading, level="warning")
            return None

    def note_unclear(self, unclear: Unclear, heading: Heading, level: Level = "error") -> None:
        self.note(level, unclear.code, unclear.message, unclear.hint, heading)

    def note(
        self,
        level: Level,
        code: str,
        message: str,
        hint: str,
        heading: Heading | None = None,
        value: str | None = None,
    ) -> None:
        """An issue at this row, and at the cell of `heading`."""
        column = cell = None
        if heading is not None:
            column, cell = column_name(heading), f"{heading.letters}{self.number}"
            value = cell_text(self.cell(heading)) if value is None else value
        self.issues.append(
            Issue(
                level,
                code,
                message,
                hint,
                self.table.name,
                self.number,
                column,
                cell,
                activity=self.activity,
                value=value,
            )
        )


def column_name(heading: Heading) -> str:
    return heading.text or f"Column {heading.letters}"


def cell_text(value: Cell) -> str:
    """A cell as text: whole numbers without decimals, dates in their ISO form."""
    if isinstance(value, str):
        return clean_text(_GUARD.sub("", value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# --- rows ----------------------------------------------------------------------------------


def list_rows(table: Table) -> Iterator[Row]:
    """The rows that hold something; totals, repeated headings and lone remarks are left out, and said."""
    ids = table.by_field.get("identifier", [])
    for index, cells in enumerate(table.rows):
        row = Row(table, table.header_row + 1 + index, cells, table.issues)
        if ids and index in table.merged_ids and not row.first("identifier"):
            cells[ids[0].column] = table.rows[table.merged_ids[index]][ids[0].column]
        filled = [cell_text(cell) for cell in cells if not is_blank(cell)]
        if filled and not _is_left_out(row, filled):
            yield row


def _is_left_out(row: Row, filled: list[str]) -> bool:
    """Say why a row that is no project is not read; False for every other row."""
    table = row.table
    if _is_total(row):
        row.note(
            "info",
            "totals-row",
            "This row holds totals; it was not read as a project.",
            "Nothing to do, unless it is a project: then give it a project id.",
            value=filled[0],
        )
    elif len(filled) > 1 and [text for text in map(cell_text, row.cells) if text] == [
        h.text for h in table.headings if h.text
    ]:
        row.note("info", "headings-repeated", "This row repeats the headings; it was not read.", "Nothing to do.")
    elif len(filled) == 1 and len(table.headings) > 2 and (table.kind == "activity" or not table.has("identifier")):
        row.note(
            "warning",
            "row-not-read",
            f"This row holds only “{filled[0][:80]}”; it was not read as a project.",
            "If it is a project, give it an id and a title.",
            value=filled[0],
        )
    else:
        return False
    return True


def _is_total(row: Row) -> bool:
    identifier = row.text("identifier")
    if identifier:
        return fold(identifier) in word_set("totals")
    texts = [
        fold(cell)
        for cell in row.cells
        if isinstance(cell, str) and not is_blank(cell) and any(c.isalpha() for c in cell)
    ]
    if not texts:
        return False
    is_exact = texts[0] in word_set("totals")
    return (is_exact and len(texts) <= 2) or (len(texts) == 1 and texts[0].split()[0] in word_set("totals"))


def usual_flow(table: Table) -> str:
    """The flow that a table's name or the lines above its headings speak of; '' where they name none, or
    two.
    """
    flows = words("flows")
    tokens = Counter(
        flows[token]
        for token in fold(f"{table.name.rsplit('.', 1)[0]} {table.titles_above}").split()
        if len(token) > 2 and flows.get(token, "unsaid") != "unsaid"
    )
    return next(iter(tokens)) if len(tokens) == 1 else ""
