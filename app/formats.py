"""Numbers, money, dates as the reader writes them: the filters of the templates, and the words of files."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale, dates, numbers

from app.languages import LOCALE, RIGHT_TO_LEFT
from app.settings import settings
from app.zones import ZONE

NOTHING = "–"


def _locale() -> Locale:
    """English is that of most of the world: the day before the month, 24 hours, "US$"."""
    return _parse_locale("en_GB" if LOCALE.get() == "en" else LOCALE.get())


@cache
def _parse_locale(name: str) -> Locale:
    return Locale.parse(name)


@cache
def _pattern(text: str) -> numbers.NumberPattern:
    return numbers.parse_pattern(text)


def isolate(text: str) -> str:
    """A text that keeps its own direction, and the order of its parts, on a page that is read from right to left."""
    return f"\u2068{text}\u2069" if LOCALE.get() in RIGHT_TO_LEFT else text


def money(cents: int | None, decimals: int = 0) -> str:
    """Hundredths of the base currency: `123456` -> "US$1,235"; with `decimals=2` to the cent."""
    if cents is None:
        return NOTHING
    locale, amount = _locale(), Decimal(cents) / 100
    pattern = str(locale.currency_formats["standard"].pattern)
    pattern = pattern.replace(".00", "." + "0" * decimals if decimals else "")
    currency = settings().base_currency
    text = _pattern(pattern).apply(amount, locale, currency=currency, currency_digits=False)
    symbol = numbers.get_currency_symbol(currency, locale)
    return isolate(text.replace(symbol, isolate(symbol)))


def cents_text(cents: int) -> str:
    """For programs: 123456 -> "1234.56"."""
    return f"{Decimal(cents) / 100:.2f}"


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """A plain number, with at most `decimals` decimals."""
    if value is None:
        return NOTHING
    return str(_pattern("#,##0" + ("." + "#" * decimals if decimals else "")).apply(value, _locale()))


def difference(value: float | Decimal, decimals: int = 2) -> str:
    """What was added or taken away, with its sign: "+1,200"."""
    return isolate(f"{'+' if value > 0 else ''}{number(value, decimals)}")


def percent(share: float | None, decimals: int = 0) -> str:
    """A share of 1: `0.125` -> "12.5 %" with one decimal."""
    if share is None:
        return NOTHING
    return str(_pattern("#,##0" + ("." + "#" * decimals if decimals else "") + "%").apply(share, _locale()))


def day(value: date | None) -> str:
    """A date, e.g. "3 Apr 2019"."""
    return isolate(dates.format_date(value, "medium", locale=_locale())) if value else NOTHING


def moment(value: datetime | None) -> str:
    """A point in time by the reader's clock, with the zone; the database holds UTC without saying so."""
    if value is None:
        return NOTHING
    zone = ZONE.get()
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    named = "UTC" if zone is UTC else dates.get_timezone_gmt(local, locale=_locale())
    return isolate(f"{dates.format_datetime(local, 'medium', locale=_locale())} {named}")


def size(count: int) -> str:
    """Bytes as people say them: "1.2 MB"."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{number(count / factor, 1)} {unit}"
    return f"{number(count)} B"


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money, "cents": cents_text,
    "number": number, "percent": percent, "day": day, "moment": moment, "size": size, "isolate": isolate,
    "difference": difference,
}  # fmt: skip
