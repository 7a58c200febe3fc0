"""Rows of sheets of funding lines and plans: headings found wherever they stand, cells popped one by one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.codelists import match_code
from app.codelists.babel_names import languages
from app.codelists.countries import match_country, match_region
from app.codelists.currencies import match_currency
from app.codelists.reading import LOCALES
from app.models.issue import Issue
from app.models.line_document import ANY
from app.models.worded import worded
from importers.base import Source
from importers.clean import Ambiguous, Cell, Unclear, is_blank, parse_amount, parse_date
from importers.read_sheets import RawSheet, read_together
from importers.tables import cell_text
from importers.words import fold, word_set

HEADING_DEPTH = 30
ALL = frozenset({"*", "any", "all", "tous", "toutes", "todos", "todas", "tutti"})
LINE_MARKS = frozenset({"line reference", "call reference", "funding line"})
PLAN_MARKS = frozenset({"action code"})


@dataclass(slots=True)
class FundingRow:
    """One row: its cells by heading (as written), popped by who reads them, and where it stands."""

    sheet: str
    number: int
    cells: dict[str, Cell]
    columns: dict[str, int]
    issues: list[Issue] = field(default_factory=list)
    key: str = ""

    def place(self) -> str:
        return f"{self.sheet}!{self.number}"

    def note(
        self, level: Any, code: str, message: str, hint: str, heading: str | None = None, value: str | None = None
    ) -> None:
        """An issue at a cell of this row, or at the row."""
        column = self.columns.get(heading or "")
        cell = None if column is None else f"{letters(column)}{self.number}"
        self.issues.append(
            Issue(level, code, message, hint, self.sheet, self.number, heading, cell, None, self.key or None, value)
        )

    def find(self, *headings: str) -> tuple[str | None, str | None]:
        """The heading as it is written, and the cell below it in this row; (None, None) where there is none."""
        for written, column in self.columns.items():
            if fold(written) in headings:
                return written, f"{letters(column)}{self.number}"
        return None, None

    def pop(self, *headings: str) -> tuple[str, Cell]:
        """The heading as it is written and the cell under the first of these (folded) headings; '' for blanks."""
        for written in list(self.cells):
            if fold(written) in headings:
                value = self.cells.pop(written)
                return written, "" if is_blank(value) else value
        return "", ""

    def text(self, *headings: str) -> str:
        return cell_text(self.pop(*headings)[1])

    def read(self, parse: Callable[[str], Any], code: str, hint: str, *headings: str) -> Any:
        """What `parse` makes of the cell; None for a blank, and for what it raises ValueError on, with an issue."""
        written, value = self.pop(*headings)
        if value == "":
            return None
        try:
            return parse(cell_text(value))
        except ValueError:
            self.note(
                "error",
                code,
                worded("“%(value)s” can't be read here.", value=cell_text(value)),
                hint,
                written,
                cell_text(value),
            )
            return None

    def cents(self, *headings: str) -> tuple[int | None, str]:
        """An amount in hundredths, and the currency that the cell itself names."""
        written, value = self.pop(*headings)
        return self.cents_of(written, value)

    def cents_of(self, written: str, value: Cell) -> tuple[int | None, str]:
        try:
            amount = parse_amount(value)
        except (Unclear, Ambiguous):
            self.note(
                "error",
                "amount-unreadable",
                worded("“%(value)s” is not one sure amount.", value=cell_text(value)),
                "Write it in digits, such as 1250000 or 1250000.50.",
                written,
                cell_text(value),
            )
            return None, ""
        if amount is None:
            return None, ""
        exact = amount.value * 100
        if exact != exact.to_integral_value():
            self.note(
                "error",
                "amount-too-fine",
                worded("“%(value)s” has parts of a hundredth.", value=cell_text(value)),
                "Give the amount with at most two decimals.",
                written,
                cell_text(value),
            )
            return None, ""
        return int(exact), amount.currency

    def moment(self, *headings: str) -> str:
        """A date as it is said: a day, or a day with a time."""
        written, value = self.pop(*headings)
        if value == "":
            return ""
        if isinstance(value, datetime):
            return (
                value.date().isoformat()
                if value.time().isoformat() == "00:00:00"
                else value.isoformat(timespec="minutes")
            )
        text = cell_text(value).strip()
        day, sign, clock = text.partition("T") if "T" in text[8:12] else text.partition(" ")
        try:
            if sign and ":" in clock and len(day) == 10:
                return (
                    datetime.fromisoformat(f"{day}T{clock.strip()}").replace(tzinfo=None).isoformat(timespec="minutes")
                )
            found = parse_date(value if isinstance(value, date) else text)
        except (ValueError, Unclear, Ambiguous):
            found = None
        if found is None or found.start != found.end:
            self.note(
                "error",
                "date-unreadable",
                worded("“%(value)s” is not one sure day.", value=text),
                "Write it as 2026-03-31, with a time as 2026-03-31 17:00.",
                written,
                text,
            )
            return ""
        return found.start.isoformat()

    def many(self, parse: Callable[[str], str | None], code: str, hint: str, *headings: str) -> tuple[str, ...]:
        """A list with semicolons; each part read by `parse`, an issue for each that it does not know."""
        written, value = self.pop(*headings)
        found: list[str] = []
        for part in filter(None, (one.strip() for one in cell_text(value).replace("\n", ";").split(";"))):
            known = ANY if fold(part) in ALL or part == ANY else parse(part)
            if known is None:
                self.note("error", code, worded("“%(value)s” is not known here.", value=part), hint, written, part)
            elif known not in found:
                found.append(known)
        return tuple(found)

    def left(self) -> None:
        """Say which cells nobody read."""
        for written, value in self.cells.items():
            if written and not is_blank(value):
                self.note(
                    "warning",
                    "column-not-read",
                    worded(
                        "“%(heading)s” is no column of this sheet: “%(value)s” was not read.",
                        heading=written,
                        value=cell_text(value)[:80],
                    ),
                    "Rename the column, or keep its text in the description.",
                    written,
                    cell_text(value)[:200],
                )


def letters(column: int) -> str:
    """0 -> A, 26 -> AA."""
    found, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        found = chr(65 + letter) + found
    return found


def find_rows(sources: list[Source], marks: frozenset[str]) -> Iterator[FundingRow]:
    """The rows below the headings of every sheet that has one of `marks` among them."""
    for _, _, sheet in read_together(sources):
        at = find_headings(sheet, marks)
        if at is None:
            continue
        headings = [cell_text(cell).strip() for cell in sheet.rows[at]]
        for number, row in enumerate(sheet.rows[at + 1 :], at + 2):
            cells = {heading: value for heading, value in zip(headings, row, strict=False) if heading}
            if any(not is_blank(value) for value in cells.values()):
                yield FundingRow(
                    sheet.name, number, cells, {heading: n for n, heading in enumerate(headings) if heading}
                )


def find_headings(sheet: RawSheet, marks: frozenset[str]) -> int | None:
    """The row (from 0) that has one of `marks`."""
    for at, row in enumerate(sheet.rows[:HEADING_DEPTH]):
        if marks & {fold(cell_text(cell)) for cell in row if isinstance(cell, str)}:
            return at
    return None


def is_total(row: FundingRow) -> bool:
    """Whether a row sums up others: one of its texts is a word for a total."""
    return any(isinstance(value, str) and fold(value) in word_set("totals") for value in row.cells.values())


def parse_place(text: str) -> str | None:
    return match_country(text) or match_region(text)


def parse_language(text: str) -> str | None:
    """The two letters of a language, or of its name in one of six languages."""
    if text.lower() in languages("en"):
        return text.lower()
    return next(
        (code for locale in LOCALES for code, name in languages(locale).items() if fold(name) == fold(text)), None
    )


def parse_type(text: str) -> str | None:
    return match_code("OrganisationType", text)


def parse_area(text: str) -> str | None:
    """FRAMEWORK/CODE as it is; whether it exists is checked where the frameworks are known."""
    return text if text.count("/") == 1 and all(part.strip() for part in text.split("/")) else None


def parse_currency(text: str) -> str:
    """Raises ValueError for what is no one currency."""
    found = match_currency(text)
    if found is None:
        raise ValueError(text)
    return found


def parse_share(text: str) -> int:
    """Percent as millionths. Raises ValueError."""
    try:
        return int(Decimal(text.replace("%", "").replace(",", ".").strip()).scaleb(4))
    except ArithmeticError as error:
        raise ValueError(text) from error


def choose(values: Mapping[str, Any], text: str) -> Any:
    """The value of a word. Raises ValueError."""
    if fold(text) not in values:
        raise ValueError(text)
    return values[fold(text)]
