"""Tables, their rows and cells.

What a column as a whole proves (decimal mark, order of day and month, shares of 1), or else the other
columns of the same import, decides cells that could be read in two ways; what is left is asked. What is
wrong in a cell becomes an issue at its place.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from app.models.issue import Issue, Level
from app.models.question import Question
from importers.clean import (
    Ambiguous,
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
    AMOUNT_FIELDS,
    DATE_FIELDS,
    PERIOD_AMOUNT,
    Heading,
    Kind,
)
from importers.questions import Options, Questions
from importers.words import fold, words

# The apostrophe that exports to CSV put before a text that spreadsheet programs would take for a formula.
_GUARD = re.compile(r"^'(?=[=+\-@\t\r])")
_FINDERS = {"decimal": decimal_mark, "date_order": date_order, "fraction": are_fractions}
_ANSWERS = {"decimal": (",", "."), "date_order": ("dmy", "mdy", "ymd")}
_PROVING = {"decimal": AMOUNT_FIELDS, "date_order": DATE_FIELDS}


@dataclass(slots=True)
class Together:
    """What all tables of one import share: its questions, and what any of its columns proves."""

    tables: list["Table"] = field(default_factory=list)
    questions: Questions = field(default_factory=Questions)
    proofs: dict[str, Any] = field(default_factory=dict)

    def add(self, table: "Table") -> None:
        self.tables.append(table)
        self.questions.add_all(table.together.questions)
        table.together = self

    def proof(self, what: str) -> Any:
        """What the columns of all tables prove; None if nothing does, or if they differ."""
        if what not in self.proofs:
            found = {
                table.own_proof(what, heading)
                for table in self.tables
                for heading in table.headings
                if heading.meaning.field in _PROVING.get(what, ())
            } - {None}
            self.proofs[what] = found.pop() if len(found) == 1 else None
        return self.proofs[what]


@dataclass(slots=True)
class Table:
    """A sheet with headings; `rows` are numbered from `first_row` on, by default the one below the headings.

    `expected` are columns that are kept as they are and of which nothing need be said.
    """

    name: str
    kind: Kind
    header_row: int
    headings: list[Heading]
    rows: list[list[Cell]]
    answers: dict[str, Any]
    titles_above: str = ""
    first_row: int = 0
    layout: str = ""
    merged_ids: dict[int, int] = field(default_factory=dict)
    by_field: dict[str, list[Heading]] = field(default_factory=dict)
    numbered: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    evidence: dict[tuple[str, int], Any] = field(default_factory=dict)
    expected: set[int] = field(default_factory=set)
    said: set[tuple[str, int]] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    together: Together = field(default_factory=Together)
    usual_flow: str = ""
    types: set[type] | None = None

    def __post_init__(self) -> None:
        self.first_row = self.first_row or self.header_row + 1
        self.usual_flow = _usual_flow(self)
        self.index_headings()

    def index_headings(self) -> None:
        self.by_field.clear()
        self.numbered.clear()
        for heading in self.headings:
            self.by_field.setdefault(heading.meaning.field, []).append(heading)

    def has(self, *fields: str) -> bool:
        return not self.by_field.keys().isdisjoint(fields)

    def numbers(self, *names: str) -> list[int]:
        """The numbers of repeated columns (`Donor 1`, `Donor 2`) of these fields."""
        if names not in self.numbered:
            headings = [heading for name in names for heading in self.by_field.get(name, ())]
            self.numbered[names] = list(dict.fromkeys(heading.meaning.number for heading in headings))
        return self.numbered[names]

    def alike(self, heading: Heading) -> list[Heading]:
        """The columns that prove things together: columns of the same amounts by period count as one."""
        meaning = heading.meaning
        if meaning.field != PERIOD_AMOUNT:
            return [heading]
        return [other for other in self.by_field[PERIOD_AMOUNT] if other.meaning.flow == meaning.flow]

    def values_of(self, headings: Iterable[Heading]) -> Iterator[Cell]:
        """All values of some columns."""
        columns = [heading.column for heading in headings]
        for row in self.rows:
            for column in columns:
                if column < len(row):
                    yield row[column]

    def texts_of(self, heading: Heading) -> set[str]:
        """The different texts of a column."""
        return {cell for cell in self.different_cells(heading.column) if isinstance(cell, str)} - {""}

    def different_cells(self, column: int) -> set[Cell]:
        """Every cell of a column once, as Python compares them: 1 and True are the same."""
        try:
            return set(map(itemgetter(column), self.rows))
        except IndexError:
            return {row[column] for row in self.rows if len(row) > column}

    def has_type(self, heading: Heading, kind: type) -> bool:
        """Whether any cell of a column is of just this type."""
        if self.types is None:
            self.types = set(map(type, chain.from_iterable(self.rows)))
        if kind not in self.types:
            return False
        try:
            return kind in set(map(type, map(itemgetter(heading.column), self.rows)))
        except IndexError:
            return any(type(cell) is kind for cell in self.values_of([heading]))

    def own_proof(self, what: str, heading: Heading) -> Any:
        """What the column itself proves, with those like it."""
        key = (f"own {what}", heading.column)
        if key not in self.evidence:
            alike = self.alike(heading)
            found = _FINDERS[what](self.values_of(alike))
            self.evidence.update({(f"own {what}", other.column): found for other in alike})
        return self.evidence[key]

    def proved(self, what: str, heading: Heading) -> Any:
        """What the column proves, else the other columns of the import, else what the owner answered."""
        key = (what, heading.column)
        if key not in self.evidence:
            found = self.own_proof(what, heading)
            if found is None and what in _ANSWERS:
                given = self.answers.get(what)
                found = self.together.proof(what) or (given if given in _ANSWERS[what] else None)
            self.evidence[key] = found
        return self.evidence[key]

    def ask(self, kind: str, path: tuple[str, ...], heading: Heading, sample: str = "", options: Options = ()) -> None:
        """A question that a cell or a column asks; see questions.py."""
        is_settled = heading.because == "answer"
        self.together.questions.ask(kind, path, self.name, heading.name, sample, options, is_settled)

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
    currency: str | None = None  # what Project.currency_of found

    @property
    def place(self) -> str:
        return f"{self.table.name}!{self.number}"

    def cell(self, heading: Heading) -> Cell:
        return self.cells[heading.column] if heading.column < len(self.cells) else ""

    def filled(self, name: str, number: int | None = None) -> list[tuple[Heading, str]]:
        """The cells of a field that say something, as text; `number` picks `Country 2` and the like."""
        headings = self.table.by_field.get(name)
        if not headings:
            return []
        return [
            (heading, text)
            for heading in headings
            if (number is None or heading.meaning.number == number) and (text := self.said(heading))
        ]

    def said(self, heading: Heading) -> str:
        """What a cell says, as text; '' where it is blank or says that there is nothing."""
        cells, column = self.cells, heading.column
        if column >= len(cells) or (value := cells[column]) == "":
            return ""
        return said_text(value) if type(value) is str else cell_text(value)

    def first(self, name: str, number: int | None = None) -> tuple[Heading, str] | None:
        found = self.filled(name, number) or (self.filled(name, 0) if number else ())
        return found[0] if found else None

    def text(self, name: str, number: int | None = None) -> str:
        found = self.first(name, number)
        return found[1] if found else ""

    def amount(self, heading: Heading) -> Amount | None:
        """The amount in a cell, in units of its currency; None if blank, or if an issue or a question says why not."""
        value = self.cell(heading)
        if value == "":
            return None
        try:
            found = parse_amount(value, self.table.evidence.get(("decimal", heading.column)))
        except Ambiguous as ambiguous:
            found = self._decided(ambiguous, heading)
        except Unclear as unclear:
            self.note_unclear(unclear, heading)
            return None
        if found is None:
            return None
        meaning = heading.meaning
        return Amount(
            found.value * meaning.scale if meaning.scale != 1 else found.value, found.currency or meaning.currency
        )

    def period(self, heading: Heading) -> Period | None:
        """The day, month or year in a cell; None if blank, or if an issue or a question says why not."""
        try:
            return parse_date(self.cell(heading), self.table.evidence.get(("date_order", heading.column)))
        except Ambiguous as ambiguous:
            decided: Period | None = self._decided(ambiguous, heading)
            return decided
        except Unclear as unclear:
            self.note_unclear(unclear, heading)
            return None

    def _decided(self, ambiguous: Ambiguous, heading: Heading) -> Any:
        """A cell of two readings by what decides it; None, and a question, where nothing does."""
        what, value = ambiguous.answer, self.cell(heading)
        if decision := self.table.proved(what, heading):
            try:
                return parse_amount(value, decision) if what == "decimal" else parse_date(value, decision)
            except Unclear as unclear:
                self.note_unclear(unclear, heading)
                return None
            except Ambiguous:
                pass  # the answer is none for a year of four digits
        self.table.ask(what.replace("_", "-"), (what,), heading, cell_text(value))
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
    return heading.name


def cell_text(value: Cell) -> str:
    """A cell as text: whole numbers without decimals, dates in their ISO form."""
    if isinstance(value, str):
        return _plain_text(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@lru_cache(maxsize=65536)
def _plain_text(text: str) -> str:
    return clean_text(_GUARD.sub("", text) if text[:1] == "'" else text)


@lru_cache(maxsize=65536)
def said_text(text: str) -> str:
    return "" if is_blank(text) else _plain_text(text)


def _usual_flow(table: Table) -> str:
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
