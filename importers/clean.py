"""Amounts, dates and percentages as people write them -> exact values, or a question.

A text that has one reading is read. One that has two (`12,500`, `03/04/2019`) is decided by the
rest of its column, where another value can be only one way, or by the owner's earlier answer;
else it raises `Ambiguous`. One that has none raises `Unclear`. Nothing is guessed, and nothing becomes 0.
"""

import calendar
import math
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from app.codelists.currencies import is_currency, match_currency
from app.models.worded import worded
from importers.words import fold, shared_sign, shared_signs, words

Cell = str | int | float | bool | date | datetime | time | timedelta
Mark = Literal[",", "."]
DateOrder = Literal["dmy", "mdy", "ymd"]

_BLANK = {"", "-", "–", "—", "n/a", "na", "n.a.", "n.a", "..", "...", "…", "tbd", "tbc", "?"}
_SERIALS = range(20_000, 80_000)  # spreadsheets count days from 1899-12-30: 1954 to 2119
_YEARS = range(1900, 2101)
_EPOCH = date(1899, 12, 30)
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 60  # characters of a text that may be an amount


def clean_text(text: str) -> str:
    """`text` without the control characters that no program shows and XML has no place for."""
    return (text if text.isprintable() else HIDDEN.sub("", text)).strip()


class Unclear(ValueError):
    """A cell without one sure reading: the code of its issue, what it says, and what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class Ambiguous(ValueError):
    """A text with two readings, to ask about: which of the owner's answers decides, and the readings."""

    def __init__(self, answer: str, readings: tuple[str, ...]) -> None:
        super().__init__(" or ".join(readings))
        self.answer, self.readings = answer, readings


class Amount(NamedTuple):
    """An exact amount; `currency` is '' unless the cell itself names one, by its code or by a sign that
    several currencies share.
    """

    value: Decimal
    currency: str = ""


class Period(NamedTuple):
    """The days that a date may mean: one day, or all of a month, quarter or year."""

    start: date
    end: date

    @property
    def is_day(self) -> bool:
        return self.start == self.end


def is_blank(value: Cell) -> bool:
    """Whether a cell says nothing: empty, or one of the signs that people put for 'no value'."""
    return isinstance(value, str) and value.strip().casefold() in _BLANK


# --- amounts -------------------------------------------------------------------------------

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_AMOUNT = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?P<before>[^\d(),.+−–-][^\d(),+−–]*?)?\s*(?P<sign2>[-+−–])?\s*"
    r"(?P<digits>\d[\d .,'’_]*|[.,]\d+)(?P<trail>[-–—](?=\s|$))?\s*(?P<after>[^\d()]*?)\s*(?P<close>\))?"
)
_GROUPED = re.compile(r"\d{1,3}(?:([ '’_])\d{3})(?:\1\d{3})*(?:([.,])(\d*))?")
_THREES = {mark: re.compile(rf"\d{{1,3}}(?:\{mark}\d{{3}})+") for mark in ",."}
_LAKHS = {mark: re.compile(rf"\d{{1,2}}(?:\{mark}\d{{2}})+\{mark}\d{{3}}") for mark in ",."}
_OTHER: dict[str, Mark] = {",": ".", ".": ","}
_WORDS = re.compile(r"[^\W\d_]+|[^\w\s.]+")


class _Digits(NamedTuple):
    """Digits before and after the decimal mark; `mark` where the writing proves it, `either` where it is
    open.
    """

    whole: str
    part: str = ""
    mark: Mark | None = None
    either: Mark | None = None


def parse_amount(value: Cell, decimal: Mark | None = None) -> Amount | None:
    """Read one amount; None if blank. `decimal` decides between `12,500` = 12500 and = 12.5.

    Raises Unclear with `amount-unreadable`, or Ambiguous.
    """
    if isinstance(value, str):
        return _parse_amount_text(_SPACES.sub(" ", value).strip(), decimal)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _unreadable_amount(str(value))
    return Amount(Decimal(int(value) if value == int(value) else repr(value)))


@lru_cache(maxsize=65536)
def _parse_amount_text(text: str, decimal: Mark | None) -> Amount | None:
    if text.casefold() in _BLANK:
        return None
    match = _AMOUNT.fullmatch(text) if len(text) <= _LONGEST else None
    digits = _read_digits(match["digits"].strip()) if match else None
    if match is None or digits is None or (match["open"] is None) != (match["close"] is None):
        raise _unreadable_amount(text)
    currency, scale = _read_unit(text, f"{match['before'] or ''} {match['after'] or ''}")
    if digits.either and decimal is None:
        raise _ambiguous_amount(digits)
    part = digits.part if digits.either in (None, decimal) else ""
    whole = digits.whole if part or not digits.either else digits.whole + digits.part
    number = Decimal(f"{whole or 0}.{part or 0}" if part else whole or "0") * scale
    # `500.-` is a way to write no cents; `500-` is how ledgers write a negative amount.
    trail = "" if match["digits"].rstrip().endswith((".", ",")) else match["trail"]
    is_negative = match["open"] or (match["sign"] or match["sign2"] or trail or "+") != "+"
    return Amount(-number if is_negative else number, currency)


def _read_unit(text: str, around: str) -> tuple[str, int]:
    """Currency and multiplier from the words around a number; any other word makes it unreadable."""
    around = around.strip(" .")
    if not around:
        return "", 1
    if not around.isalpha() or around.isupper():
        whole = match_currency(around) or shared_sign(around)
        if whole:
            return whole, 1
    currency, scale = "", 1
    for word in _WORDS.findall(around):
        found = match_currency(word) or shared_sign(word)
        if fold(word) in words("scales"):
            scale *= int(words("scales")[fold(word)])
        elif found and (not currency or found in shared_signs().get(currency, ())):
            if len(word) == 2 and not (is_currency(word.upper()) or shared_sign(word)):
                raise _unreadable_amount(text)
            currency = found
        elif word.casefold() != "us" and currency not in shared_signs().get(found or "", ()):
            raise _unreadable_amount(text)
    return currency, scale


@lru_cache(maxsize=65536)
def _read_digits(text: str) -> _Digits | None:
    """Part a number's text at its decimal mark; None where it is no number in any style."""
    if any(space in text for space in " '’_"):
        match = _GROUPED.fullmatch(text)
        whole = re.sub(r"\D", "", text[: match.start(2)] if match and match[2] else text)
        return _Digits(whole, match[3] or "", match[2]) if match else None  # type: ignore[arg-type]
    last = max(text.rfind(","), text.rfind("."))
    if last < 0:
        return _Digits(text)
    mark: Mark = "," if text[last] == "," else "."
    before, after = text[:last], text[last + 1 :]
    if _OTHER[mark] in text:
        groups = _OTHER[mark]
        is_good = mark not in before and (_THREES[groups].fullmatch(before) or _LAKHS[groups].fullmatch(before))
        return _Digits(before.replace(groups, ""), after, mark) if is_good else None
    if mark in before:
        is_good = _THREES[mark].fullmatch(text) or _LAKHS[mark].fullmatch(text)
        return _Digits(text.replace(mark, ""), mark=_OTHER[mark]) if is_good else None
    if len(after) != 3 or len(before) > 3 or before.startswith("0") or not before:
        return _Digits(before, after, mark)
    return _Digits(before, after, either=mark)


def decimal_mark(values: Iterable[Cell]) -> Mark | None:
    """The decimal mark that a column proves; None if nothing in it does, or if it proves both."""
    marks = {_proved_mark(value) for value in values if isinstance(value, str)} - {None}
    return marks.pop() if len(marks) == 1 else None


def _proved_mark(text: str) -> Mark | None:
    text = _SPACES.sub(" ", text).strip()
    try:
        _parse_amount_text(text, ".")
    except (Unclear, Ambiguous):
        return None
    match = _AMOUNT.fullmatch(text)
    digits = _read_digits(match["digits"].strip()) if match else None
    return digits.mark if digits else None


def _unreadable_amount(text: str) -> Unclear:
    return Unclear(
        "amount-unreadable",
        worded("“%(value)s” is not an amount.", value=text),
        "Write the amount in digits only, such as 1250000 or 1250000.50; leave the cell empty if there is none.",
    )


def _ambiguous_amount(digits: _Digits) -> Ambiguous:
    return Ambiguous("decimal", (digits.whole + digits.part, f"{digits.whole}.{digits.part}"))


# --- dates ---------------------------------------------------------------------------------

_CLOCK = r"(?:[T ]\s*\d{1,2}:\d\d.*)?"
_YMD = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}(?:Z)?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_NUMBERS = re.compile(rf"(\d{{1,2}})\s?[-/.]\s?(\d{{1,2}})\s?[-/.]\s?(\d{{4}}|\d\d){_CLOCK}")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_QUARTER = re.compile(r"[qt]\s?([1-4])\s?(\d{4})|(\d{4})\s?[qt]\s?([1-4])")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er|o)? )?(?:de )?([^\W\d]+)"
    r"(?: (\d{1,2})(?:st|nd|rd|th)?)?(?: de| del)? (\d{4}|\d\d)"
)


def parse_date(value: Cell, order: DateOrder | None = None) -> Period | None:
    """Read one date; None if blank. `order` decides `03/04/2019`. A month or a year comes as its days.

    Raises Unclear with `date-unreadable`, or Ambiguous.
    """
    if isinstance(value, datetime):
        return Period(value.date(), value.date())
    if isinstance(value, date):
        return Period(value, value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str | int) and not isinstance(value, bool):
        return _parse_date_text(_SPACES.sub(" ", str(value)).strip(), order)
    if isinstance(value, float) and _SERIALS.start <= value < _SERIALS.stop:
        return _day(_EPOCH + timedelta(days=int(value)))
    raise _unreadable_date(str(value))


@lru_cache(maxsize=65536)
def _parse_date_text(text: str, order: DateOrder | None) -> Period | None:
    if text.casefold() in _BLANK:
        return None
    try:
        found = _read_numeric_date(text, order) or _read_long_period(text) or _read_named_date(text)
    except (Unclear, Ambiguous):
        raise
    except ValueError:
        found = None
    if found is None:
        raise _unreadable_date(text)
    return found


def _read_numeric_date(text: str, order: DateOrder | None) -> Period | None:
    if match := _YMD.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(date(int(match[1]), int(match[2]), int(match[3])))
    if match := _NUMBERS.fullmatch(text):
        return _read_ordered(int(match[1]), int(match[2]), match[3], order)
    if text.isdigit() and int(text) in _SERIALS:
        return _day(_EPOCH + timedelta(days=int(text)))
    return None


def _read_ordered(first: int, second: int, year_text: str, order: DateOrder | None) -> Period | None:
    year = int(year_text) if len(year_text) == 4 else (2000 if int(year_text) < 70 else 1900) + int(year_text)
    chosen = (_order_of(first, second) if len(year_text) == 4 else None) or order
    if chosen == "ymd" and len(year_text) == 2:
        return _day(date(2000 + first, second, int(year_text)))
    if chosen in ("dmy", "mdy"):
        return _day(date(year, second, first) if chosen == "dmy" else date(year, first, second))
    readings = _readings(year, first, second, year_text)
    if len(readings) > 1:
        raise Ambiguous("date_order", tuple(day.isoformat() for day in readings))
    return _day(readings[0]) if readings else None


def _order_of(first: int, second: int) -> DateOrder | None:
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def _read_long_period(text: str) -> Period | None:
    """A year, a quarter, or a month in digits, as all of its days."""
    if (match := _YEAR.fullmatch(text)) and int(match[1]) in _YEARS:
        return Period(date(int(match[1]), 1, 1), date(int(match[1]), 12, 31))
    if match := _QUARTER.fullmatch(text.casefold()):
        return quarter(int(match[2] or match[3]), int(match[1] or match[4]))
    if match := _YEAR_MONTH.fullmatch(text):
        return _months(int(match[1] or match[4]), int(match[2] or match[3]), 1)
    return None


def _read_named_date(text: str) -> Period | None:
    """`3 April 2019`, `April 3, 2019`, `1er mars 2019`, `3 de abril de 2019`, `03-Apr-19`, `avril 2019`."""
    match = _NAMED.fullmatch(fold(text))
    month = words("months").get(match[2]) if match else None
    if match is None or month is None or (match[1] and match[3]):
        return None
    day = match[1] or match[3]
    if len(match[4]) == 2 and not match[1]:
        return None  # `Apr 19` may be a day or a year
    year = int(match[4]) if len(match[4]) == 4 else (2000 if int(match[4]) < 70 else 1900) + int(match[4])
    return _day(date(year, int(month), int(day))) if day else _months(year, int(month), 1)


def quarter(year: int, number: int) -> Period:
    """All days of the calendar quarter `number`, 1 to 4."""
    return _months(year, 3 * number - 2, 3)


def _months(year: int, first: int, count: int) -> Period:
    last = first + count - 1
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _day(day: date) -> Period:
    return Period(day, day)


def date_order(values: Iterable[Cell]) -> DateOrder | None:
    """The order of day and month that a column proves; None if nothing in it does, or if it proves both."""
    orders = {_proved_order(value) for value in values if isinstance(value, str)} - {None}
    return orders.pop() if len(orders) == 1 else None


def _proved_order(text: str) -> DateOrder | None:
    match = _NUMBERS.fullmatch(_SPACES.sub(" ", text).strip())
    if match is None or len(match[3]) != 4:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    order = _order_of(first, second)
    day, month = (first, second) if order == "dmy" else (second, first)
    return order if order and year and 1 <= day <= calendar.monthrange(year, month)[1] else None


def _unreadable_date(text: str) -> Unclear:
    return Unclear(
        "date-unreadable",
        worded("“%(value)s” is not a day of the calendar.", value=text),
        "Write dates as YYYY-MM-DD, such as 2019-04-03.",
    )


def _readings(year: int, first: int, second: int, year_text: str) -> list[date]:
    """The days that three numbers may be: day or month first, or the year if it has two digits like the others."""
    orders = [(year, second, first), (year, first, second)]
    if len(year_text) == 2:
        orders.append((2000 + first, second, int(year_text)))
    return list(
        dict.fromkeys(
            date(y, month, day)
            for y, month, day in orders
            if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(y, month)[1]
        )
    )


# --- percentages ---------------------------------------------------------------------------


def parse_percentage(value: Cell, is_fraction: bool = False) -> Decimal | None:
    """Percent, 0 or more; None if blank. `is_fraction`: the column's numbers are shares of 1 (cells
    formatted as %).

    Raises Unclear with `percentage-unreadable`.
    """
    text = value.strip() if isinstance(value, str) else value
    try:
        amount = parse_amount(text.removesuffix("%") if isinstance(text, str) else text, ".")
    except (Unclear, Ambiguous):
        amount = None
        if not is_blank(value):
            raise _unreadable_percentage(str(value)) from None
    if amount is None:
        return None
    if amount.value < 0 or amount.currency:
        raise _unreadable_percentage(str(value))
    return amount.value * 100 if is_fraction and not isinstance(value, str) else amount.value


def are_fractions(values: Iterable[Cell]) -> bool:
    """Whether the numbers of a column of percentages are shares of 1: none is above 1."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return bool(numbers) and max(numbers) <= 1


def _unreadable_percentage(text: str) -> Unclear:
    return Unclear(
        "percentage-unreadable",
        worded("“%(value)s” is not a percentage.", value=text),
        "Write a number from 0 to 100, such as 33.33.",
    )
