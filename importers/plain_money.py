"""The amounts of rows that are one project each, column by column: the same elements as build_flows makes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from pydantic_core import to_json

from app.models.brief import MoneyKey
from importers.build_flows import TAGS
from importers.clean import Cell, Period
from importers.headings import PERIOD_AMOUNT, Heading
from importers.money import PERIOD_FLOWS, TOTALS, Money, write_money
from importers.plain_columns import Known, Rows, escape, kept_around, set_apart
from importers.plain_dates import Days
from importers.tables import Row, Table, cell_text

_ANY = Decimal(987654321)  # stands for an amount while the element around it is learned
_DIGITS = 15  # more before the point are no amount
Texts = list[str | None]  # a text for each row: '' where there is nothing, None where the slow way decides
Total = tuple[str | None, str, MoneyKey | None]  # its element, the text that is kept of it, and what it is summed under
_ODD: Total = None, "", None
_ALSO_COMPARED = {"3": ("4",), "budget": ("budget-revised",)}  # with a total of this flow


class Element(NamedTuple):
    """What stands before and after an amount, what it is summed under, and its currency."""

    before: str
    after: str
    key: MoneyKey
    currency: str


@dataclass(slots=True)
class Found:
    """What the amounts of some rows make: columns of XML, and of totals that are only kept; the keys of each row's
    amounts, and their digits."""

    xml: list[Texts]
    kept: list[Texts]
    keys: list[tuple[MoneyKey | None, ...]]
    digits: list[tuple[str | None, ...]]


@dataclass(slots=True)
class _Reading:
    """Some rows while they are read: their currencies and dates; digits and elements of amounts by period, and totals."""

    rows: Rows
    currencies: Sequence[str]
    days: Sequence[Days]
    xml: list[Texts] = field(default_factory=list)
    kept: list[Texts] = field(default_factory=list)
    digits: list[Texts] = field(default_factory=list)
    elements: list[dict[str, Element | None]] = field(default_factory=list)
    totals: list[Texts] = field(default_factory=list)
    keys: list[list[MoneyKey | None]] = field(default_factory=list)
    by_kind: dict[str, list[int]] = field(default_factory=dict)

    def list_parts(self, at: int, kind: str) -> list[tuple[str, str]]:
        """Digits and currency of the amounts of a kind in one row."""
        own = self.currencies[at]
        columns = [(self.digits[number][at], self.elements[number][own]) for number in self.by_kind.get(kind, ())]
        return [(digits, element.currency) for digits, element in columns if digits and element]


class PlainMoney:
    """The columns of amounts of a table."""

    def __init__(self, table: Table, currency: str) -> None:
        self.table, self.currency = table, currency
        periods = [(heading, heading.meaning.flow) for heading in table.by_field.get(PERIOD_AMOUNT, ())]
        totals = [(heading, kind) for name, kind in TOTALS.items() for heading in table.by_field.get(name, ())]
        # Budgets come first, then plans, then transactions, each by period before the totals.
        self.columns = [
            (heading, kind, is_total)
            for tag in TAGS
            for is_total, columns in ((False, periods), (True, totals))
            for heading, kind in columns
            if PERIOD_FLOWS.get(kind, "transaction") == tag
        ]
        self.around_kept = {heading.column: kept_around(heading) for heading, _ in totals}
        self.elements = {
            heading.column: Known(partial(self._make_element, heading, kind)) for heading, kind, _ in self.columns
        }
        self.dated = {
            heading.column: Known(partial(self._find_dated, heading, kind))
            for heading, kind, is_total in self.columns
            if is_total
        }
        self.ready: set[tuple[int, str, bool]] = set()
        self.keys = Known(lambda parts: (*parts[0], *parts[1:]), at_most=4096)  # one tuple for all rows that have it

    def read(self, rows: Rows, currencies: Sequence[str], days: Sequence[Days]) -> Found:
        """The amounts of rows of these currencies, whose projects have these dates."""
        reading = _Reading(rows, currencies, days)
        for heading, kind, is_total in self.columns:
            digits = self._read_digits(heading, kind, [row[heading.column] for row in rows])
            if is_total:
                self._take_totals(reading, heading, kind, digits)
            else:
                self._take_periods(reading, heading, kind, digits)
        known = {own: tuple([_key_of(one[own]) for one in reading.elements]) for own in set(currencies)}
        keys = self.keys.each(zip([known[own] for own in currencies], *reading.keys, strict=True))
        columns = [*reading.digits, *reading.totals]
        return Found(reading.xml, reading.kept, keys, list(zip(*columns, strict=True)) if columns else [()] * len(rows))

    # --- digits ----------------------------------------------------------------------------

    def _read_digits(self, heading: Heading, kind: str, cells: list[Cell]) -> Texts:
        """The digits of the amounts in a column; most columns are positive numbers and blank cells only."""
        numbers = [cell for cell in cells if type(cell) is float]
        if len(numbers) + cells.count("") == len(cells) and heading.meaning.scale == 1 and sum(numbers) < 10**_DIGITS:
            # All in one step, as Python itself writes them unless they are below 0.0001, but five times as fast.
            written = to_json(cells).decode()[1:-1].replace('""', "")
            if "-" not in written and "e" not in written and "0.0000" not in written:
                return list(f"{written},".replace(".0,", ",")[:-1].split(","))
        return [self._read_odd(heading, kind, cell) for cell in cells]

    def _read_odd(self, heading: Heading, kind: str, cell: Cell) -> str | None:
        if cell == "":
            return ""
        text = self._write_number(heading, cell)
        return None if text is None or len(text) > _DIGITS or (text[:1] == "-" and kind in PERIOD_FLOWS) else text

    def _write_number(self, heading: Heading, cell: Cell) -> str | None:
        if heading.meaning.scale == 1 and type(cell) in (float, int):
            try:
                text = str(int(cell)) if cell == int(cell) else repr(cell)  # type: ignore[arg-type]
            except (OverflowError, ValueError):
                return None
            if "e" not in text:
                return text
        alone = Row(self.table, 0, [*[""] * heading.column, cell])
        with set_apart(self.table) as asked:
            amount = alone.amount(heading)
        if alone.issues or asked.build() or (amount is not None and amount.currency != heading.meaning.currency):
            return None
        return "" if amount is None else f"{amount.value:f}"

    # --- by period -------------------------------------------------------------------------

    def _take_periods(self, reading: _Reading, heading: Heading, kind: str, digits: Texts) -> None:
        made = {own: self._find_element(heading, kind, own) for own in set(reading.currencies)}
        reading.by_kind.setdefault(kind, []).append(len(reading.digits))
        reading.digits.append(digits)
        reading.elements.append(made)
        pairs = zip(digits, [made[own] for own in reading.currencies], strict=True)
        reading.xml.append([one and (element and f"{element[0]}{one}{element[1]}") for one, element in pairs])

    def _find_element(self, heading: Heading, kind: str, own: str) -> Element | None:
        """What stands around the amounts of a column by period in rows of a currency; None until that is settled."""
        currency, period = self._currency_of(heading, own, is_dated=kind not in PERIOD_FLOWS), heading.meaning.period
        return None if currency is None or period is None else self.elements[heading.column][currency, own, period]

    def _make_element(self, heading: Heading, kind: str, key: tuple[str, str, Period]) -> Element:
        currency, own, period = key
        text = write_money(Money(kind, _ANY, currency, Row(self.table, 0, []), period, heading), own or None)
        before, after = text.split(str(_ANY))
        flow = "planned" if kind == "planned-disbursement" else kind
        return Element(
            before, after, (flow, currency, (period.start if kind in PERIOD_FLOWS else period.end).year), currency
        )

    def _currency_of(self, heading: Heading, own: str, *, is_dated: bool) -> str | None:
        """The currency of an amount; None until the slow way has said of the column what there is to say."""
        named = heading.meaning.currency
        chosen = named or own or self.currency
        key = heading.column, chosen, is_dated
        if (named and own and named != own) or (key not in self.ready and not self._is_ready(*key)):
            return None
        return chosen

    def _is_ready(self, column: int, currency: str, is_dated: bool) -> bool:
        table = self.table
        first = table.evidence.get(("currency", column))
        is_known = first is not None and currency in table.together.questions.currencies | {first: None}
        is_ready = is_known and (first == currency or table.has("currency"))
        is_ready = is_ready and (not is_dated or ("amount-dated", column) in table.said)
        if is_ready:
            self.ready.add((column, currency, is_dated))
        return is_ready

    # --- totals ----------------------------------------------------------------------------

    def _take_totals(self, reading: _Reading, heading: Heading, kind: str, digits: Texts) -> None:
        is_compared = not reading.by_kind.keys().isdisjoint((kind, *_ALSO_COMPARED.get(kind, ())))
        currencies = {own: self._currency_of(heading, own, is_dated=True) for own in set(reading.currencies)}
        found = [
            ("", "", None) if one == "" else _ODD if one is None
            else self._compare_total(reading, at, heading, kind, one) if is_compared
            else self._date_total(heading, kind, one, own, currencies[own], days.days)
            for at, (one, own, days) in enumerate(zip(digits, reading.currencies, reading.days, strict=True))
        ]  # fmt: skip
        xml, kept, keys = map(list, zip(*found, strict=True))
        reading.xml.append(xml)
        reading.kept.append(kept)
        reading.keys.append(keys)
        reading.totals.append([one if key else "" for one, key in zip(digits, keys, strict=True)])

    def _date_total(
        self, heading: Heading, kind: str, digits: str, own: str, currency: str | None, days: dict[str, str]
    ) -> Total:
        """A total of which there are no parts, as an amount on a day of the project."""
        start, end = _days_of_total(kind, days)
        if currency is None or not (start and end):
            return _ODD
        before, after, key, _ = self.dated[heading.column][currency, own, start, end]
        return f"{before}{digits}{after}", "", key

    def _find_dated(self, heading: Heading, kind: str, key: tuple[str, str, str, str]) -> Element:
        """What stands around a total in a currency, in rows of another, of a project between these days."""
        currency, own, start, end = key
        return self._make_element(heading, kind, (currency, own, _period(start, end)))

    def _compare_total(self, reading: _Reading, at: int, heading: Heading, kind: str, digits: str) -> Total:
        """A total that is kept beside its parts, if the row has any."""
        parts = reading.list_parts(at, kind) or (reading.list_parts(at, "4") if kind == "3" else [])
        own = reading.currencies[at]
        currency = self._currency_of(heading, own, is_dated=not parts)
        if currency is None or (kind == "budget" and reading.list_parts(at, "budget-revised")):
            return _ODD
        if parts:
            return self._keep_total(heading, digits, currency, parts, reading.rows[at][heading.column])
        return self._date_total(heading, kind, digits, own, currency, reading.days[at].days)

    def _keep_total(
        self, heading: Heading, digits: str, currency: str, parts: list[tuple[str, str]], cell: Cell
    ) -> Total:
        total = sum((Decimal(part) for part, _ in parts), Decimal(0))
        text = cell_text(cell)
        is_off = {one for _, one in parts} == {currency} and abs(total - Decimal(digits)) >= max(
            1, heading.meaning.scale // 2
        )
        if is_off or not text.isprintable():
            return _ODD
        before, after = self.around_kept[heading.column]
        return "", f"{before}{escape(text)}{after}", None


def _key_of(element: Element | None) -> MoneyKey | None:
    return None if element is None else element.key


def _days_of_total(kind: str, days: dict[str, str]) -> tuple[str, str]:
    """The days that a total counts at, as build_totals has them; blank where there is something to say."""
    start = days.get("2") or days.get("1")
    if kind in PERIOD_FLOWS:
        end = days.get("4") or days.get("3")
    else:
        start = end = start if kind == "2" else days.get("4") or start
    return start or "", end or ""


def _period(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))
