"""The amounts of a row that is one project, as text: the same elements as build_flows makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from importers.build_flows import TAGS
from importers.clean import Cell, Period
from importers.headings import PERIOD_AMOUNT, Heading
from importers.money import PERIOD_FLOWS, TOTALS, Money, write_money
from importers.plain_columns import NotPlain, compile_kept, escape, write_amount
from importers.tables import Row, Table, cell_text

_ANY = Decimal(987654321)  # stands for an amount while the element around it is learned
_DIGITS = 15  # more before the point are no amount
Key = tuple[str, str, int | None]
Element = tuple[str, str, Key]
# A column by period: its number, element, flow and currency, and the heading with its flow.
Quick = tuple[int, Element, str, str, tuple[Heading, str]]


@dataclass(slots=True)
class Found:
    """What the amounts of a row make: XML, each with its key and digits, and the columns that are only kept."""

    xml: list[str]
    money: list[tuple[Key, str]]
    kept: list[str]


class PlainMoney:
    """The columns of amounts of a table."""

    def __init__(self, table: Table, currency: str) -> None:
        self.table, self.currency = table, currency
        periods = [(heading, heading.meaning.flow) for heading in table.by_field.get(PERIOD_AMOUNT, ())]
        totals = [(heading, kind) for name, kind in TOTALS.items() for heading in table.by_field.get(name, ())]
        # Budgets come first, then plans, then transactions, each by period before the totals.
        self.periods, self.totals = (
            {tag: [pair for pair in pairs if PERIOD_FLOWS.get(pair[1], "transaction") == tag] for tag in TAGS}
            for pairs in (periods, totals)
        )
        self.tags = [tag for tag in TAGS if self.periods[tag] or self.totals[tag]]
        self.kept = {heading.column: compile_kept(heading) for heading, _ in totals}
        self.elements: dict[tuple[int, str, str, Period], Element] = {}
        self.has_totals = bool(totals)
        self.quick: dict[tuple[str, str], list[Quick]] = {}
        self.ready: set[tuple[int, str, bool]] = set()

    def read(self, row: Row, own: str, dates: dict[str, str]) -> Found:
        """The amounts of a row whose currency is `own` and whose project has these dates; raises NotPlain."""
        found = Found([], [], [])
        parts: dict[str, list[tuple[str, str]]] = {}
        for tag in self.tags:
            quick = self.quick.get((tag, own)) or self._find_quick(tag, own)
            for heading, kind in self._read_quickly(found, row.cells, quick, parts) if quick else self.periods[tag]:
                if digits := write_amount(row, heading):
                    currency = self._currency_of(heading, own, is_dated=kind not in PERIOD_FLOWS)
                    parts.setdefault(kind, []).append((digits, currency))
                    self._add(found, heading, kind, digits, currency, own, heading.meaning.period)
            for heading, kind in self.totals[tag]:
                if digits := write_amount(row, heading):
                    self._add_total(found, row, heading, kind, digits, own, dates, parts)
        return found

    def _find_quick(self, tag: str, own: str) -> list[Quick]:
        """The columns by period with all that their amounts need; [] until the slow way has met each of them."""
        try:
            listed = [
                (h.column, self._element_of(h, kind, currency, own, h.meaning.period), kind, currency, (h, kind))
                for h, kind in self.periods[tag]
                for currency in [self._currency_of(h, own, is_dated=kind not in PERIOD_FLOWS)]
                if h.meaning.period is not None and h.meaning.scale == 1
            ]
        except NotPlain:
            return []
        if len(listed) < len(self.periods[tag]):
            return []
        self.quick[tag, own] = listed
        return listed

    def _read_quickly(
        self, found: Found, cells: Sequence[Cell], quick: list[Quick], parts: dict[str, list[tuple[str, str]]]
    ) -> list[tuple[Heading, str]]:
        """Add the amounts that are positive numbers; [] unless others stand among them: then nothing is added."""
        xml, money = found.xml, found.money
        start, read = (len(xml), len(money)), []
        for column, (before, after, key), kind, currency, _ in quick:
            cell = cells[column]
            if cell == "":
                continue
            digits = repr(cell)
            digits = digits[:-2] if digits[-2:] == ".0" else digits
            if type(cell) is not float or not cell > 0 or len(digits) > _DIGITS or "e" in digits:
                del xml[start[0] :], money[start[1] :]
                return [pair for *_, pair in quick]
            xml += (before, digits, after)
            money.append((key, digits))
            read.append((kind, (digits, currency)))
        for kind, part in read if self.has_totals else ():
            parts.setdefault(kind, []).append(part)
        return []

    def _add_total(
        self, found: Found, row: Row, heading: Heading, kind: str, digits: str, own: str, dates: dict[str, str],
        parts: dict[str, list[tuple[str, str]]],
    ) -> None:  # fmt: skip
        compared = parts.get(kind) or (parts.get("4") if kind == "3" else None)
        if kind == "budget" and "budget-revised" in parts:
            raise NotPlain
        if compared is None:
            currency = self._currency_of(heading, own, is_dated=True)
            self._add(found, heading, kind, digits, currency, own, _period_of_total(kind, dates))
            return
        currency = self._currency_of(heading, own, is_dated=False)
        total = sum((Decimal(part) for part, _ in compared), Decimal(0))
        if {one for _, one in compared} == {currency} and abs(total - Decimal(digits)) >= max(
            1, heading.meaning.scale // 2
        ):
            raise NotPlain
        text, column = cell_text(row.cells[heading.column]), self.kept[heading.column]
        if not text.isprintable():
            raise NotPlain
        found.kept += (column.before, escape(text), column.after)

    def _currency_of(self, heading: Heading, own: str, *, is_dated: bool) -> str:
        """The currency of an amount; raises NotPlain until the slow way has said of the column what there is to say."""
        named = heading.meaning.currency
        chosen = named or own or self.currency
        key = heading.column, chosen, is_dated
        if (named and own and named != own) or (key not in self.ready and not self._is_ready(*key)):
            raise NotPlain
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

    def _add(
        self,
        found: Found,
        heading: Heading,
        kind: str,
        digits: str,
        currency: str,
        own: str,
        period: Period | None,
    ) -> None:
        if period is None or len(digits) > _DIGITS or (digits[0] == "-" and kind in PERIOD_FLOWS):
            raise NotPlain
        before, after, named = self._element_of(heading, kind, currency, own, period)
        found.xml += (before, digits, after)
        found.money.append((named, digits))

    def _element_of(self, heading: Heading, kind: str, currency: str, own: str, period: Period) -> Element:
        """What stands before and after an amount, and what it is summed under."""
        key = heading.column, currency, own, period
        element = self.elements.get(key)
        if element is None:
            row = Row(self.table, 0, [])
            text = write_money(Money(kind, _ANY, currency, row, period, heading), own or None)
            before, after = text.split(str(_ANY))
            is_transaction = kind not in PERIOD_FLOWS
            flow = "planned" if kind == "planned-disbursement" else kind
            element = before, after, (flow, currency, (period.end if is_transaction else period.start).year)
            self.elements[key] = element
        return element


def _period_of_total(kind: str, dates: dict[str, str]) -> Period | None:
    """The days that a total counts at, as build_totals has them; None where there is something to say."""
    start = dates.get("2") or dates.get("1")
    if kind in PERIOD_FLOWS:
        end = dates.get("4") or dates.get("3")
    else:
        start = end = start if kind == "2" else dates.get("4") or start
    return _period(start, end) if start and end else None


@lru_cache(maxsize=16384)
def _period(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))
