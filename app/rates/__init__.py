"""Exchange rates by date: the European Central Bank's daily ones, the IMF's yearly averages, uploaded ones.

The rate that counts is that of the nearest earlier published day, at most 31 days back; else the average of
the value date's year; else there is none, and the amount stays unconverted.
"""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from app.rates import ecb, imf

SIGNIFICANT = Context(prec=10)
SUCCESSORS = Path(__file__).parent / "successors.csv"


class Rate(NamedTuple):
    """Value of one unit of a currency in the base currency, the day it was published for, and by whom.

    `source`: "ECB daily", "IMF yearly" (its date is the year's last day), "uploaded: NAME",
    "base currency", or "fixed factor" (a currency that the base currency replaced).
    """

    value: Decimal
    date: date
    source: str


class UploadedRate(NamedTuple):
    """A rate that a user brought: value of one unit of `currency` in the base currency, `first` to `last`.

    Without `last` it counts as a published day does: on its day and the 31 days after it.
    """

    currency: str
    first: date
    value: Decimal
    name: str
    last: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the rate counts on that day."""
        return self.first <= on <= (self.last or self.first + timedelta(days=ecb.MOST_DAYS_BACK))


class Successor(NamedTuple):
    """The currency that took a currency's place: so many old `units` for one of the new, from a day on.

    Without a day the old unit is a mere multiple of the new one, whose series go back behind the change.
    """

    currency: str
    units: Decimal
    since: date


class Rates:
    """Rates into one base currency. Answers are kept, so that an import may ask for each of its amounts."""

    def __init__(self, base: str = "USD", uploaded: Iterable[UploadedRate] = ()) -> None:
        self.base = base
        self._uploaded: dict[str, list[UploadedRate]] = {}
        for rate in sorted(uploaded, key=lambda rate: rate.first, reverse=True):
            self._uploaded.setdefault(rate.currency, []).append(rate)
        self._found: dict[tuple[str, date], Rate | None] = {}

    def rate(self, currency: str, on: date) -> Rate | None:
        """Value of one unit of `currency` (ISO 4217) in the base currency on that day, to 10 digits.

        An uploaded rate that covers the day wins, the latest first; then ECB, then IMF; None if none has one.
        """
        key = (currency, on)
        if key not in self._found:
            self._found[key] = self._find(currency, on)
        return self._found[key]

    def _find(self, currency: str, on: date) -> Rate | None:
        if currency == self.base:
            return Rate(Decimal(1), on, "base currency")
        for uploaded in self._uploaded.get(currency, ()):
            if uploaded.covers(on):
                return Rate(uploaded.value, uploaded.first, f"uploaded: {uploaded.name}")
        return self._daily(currency, on) or self._by_successor(currency, on) or self._yearly(currency, on)

    def _daily(self, currency: str, on: date) -> Rate | None:
        found = ecb.nearest_day(on, (currency, self.base))
        if found is None:
            return None
        day, (units, base_units) = found
        return Rate(SIGNIFICANT.divide(base_units, units), day, "ECB daily")

    def _by_successor(self, currency: str, on: date) -> Rate | None:
        successor = _successors().get(currency)
        if successor is None or on < successor.since:
            return None
        rate = self.rate(successor.currency, on)
        if rate is None:
            return None
        source = "fixed factor" if rate.source == "base currency" else rate.source
        return Rate(SIGNIFICANT.divide(rate.value, successor.units), rate.date, source)

    def _yearly(self, currency: str, on: date) -> Rate | None:
        units, base_units = (imf.units_per_dollar(code, on.year) for code in (currency, self.base))
        if units is None or base_units is None:
            return None
        return Rate(SIGNIFICANT.divide(base_units, units), date(on.year, 12, 31), "IMF yearly")


@lru_cache
def _successors() -> dict[str, Successor]:
    with SUCCESSORS.open(encoding="utf-8", newline="") as file:
        return {
            row["currency"]: Successor(
                row["successor"], Decimal(row["units"]), date.fromisoformat(row["from"] or "0001-01-01")
            )
            for row in csv.DictReader(file)
        }
