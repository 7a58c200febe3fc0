"""From one project to parts that can be added up: by percentage, by day, and always to the last cent.

Percentages follow the rules of the IATI Standard 2.03 for sectors, countries and regions; where the
standard is silent the rule is ours and its docstring says so. Money is integer cents or an exact Decimal.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Literal, NamedTuple, TypeVar

Period = TypeVar("Period", bound=Hashable)

SplitRule = Literal["given", "remainder", "rebased", "equal"]
Weight = Decimal | int | Fraction

HUNDRED = Decimal(100)
SPREAD_PLACES = 6
REVISED = "2"  # IATI BudgetType: 1 original, 2 revised
PREFERRED_VOCABULARIES = (
    "1",
    "2",
    "99",
    "98",
)  # IATI SectorVocabulary: DAC 5-digit, DAC 3-digit, reporter's own


class Shares(NamedTuple):
    """Percent of the whole for each code, in the order given, and the rule that led to it."""

    weights: tuple[Decimal, ...]
    rule: SplitRule


def shares(percentages: Sequence[Decimal | None]) -> Shares:
    """Percentages of the codes of one vocabulary, made to share 100 (IATI Standard 2.03, percentage rules).

    Missing ones share what the given ones leave of 100; where nothing is left they get nothing (our rule).
    A sum other than 100 is rebased to 100. Only zeros are read as no percentages at all (our rule).
    Raises ValueError for a negative or infinite percentage.
    """
    given = [p for p in percentages if p is not None]
    if any(not p.is_finite() or p < 0 for p in given):
        raise ValueError("A percentage must be a number from 0 up.")
    total = sum(given, Decimal(0))
    missing = len(percentages) - len(given)
    if not missing and total == HUNDRED:
        return Shares(tuple(given), "given")
    if missing and given and total <= HUNDRED:
        rest = (HUNDRED - total) / missing
        return Shares(tuple(rest if p is None else p for p in percentages), "remainder")
    if total:
        return Shares(tuple((p or Decimal(0)) * HUNDRED / total for p in percentages), "rebased")
    return Shares((HUNDRED / max(len(percentages), 1),) * len(percentages), "equal")


@lru_cache(maxsize=4096)
def _as_integers(weights: tuple[Weight, ...]) -> tuple[tuple[int, ...], int]:
    """The weights times one common factor, and their sum; kept, since a project splits many amounts alike."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*(denominator for _, denominator in ratios))
    scaled = tuple(numerator * (scale // denominator) for numerator, denominator in ratios)
    if min(scaled) < 0 or not any(scaled):
        raise ValueError("Weights must not be negative, and one must be above 0.")
    return scaled, sum(scaled)


def apportion(total: int, weights: Sequence[Weight]) -> list[int]:
    """`total` (cents, of either sign) in whole parts by weight; the parts always sum to `total`.

    Largest remainder (Hamilton's method), ties to the earlier part; a weight of 0 gets 0; a negative
    total is the mirror of the positive one. Raises ValueError without a weight above 0.
    """
    if len(weights) == 1 and weights[0] > 0:
        return [total]
    if not weights:
        raise ValueError("There is nothing to share the amount between.")
    scaled, whole = _as_integers(tuple(weights))
    size = abs(total)
    parts = [size * weight // whole for weight in scaled]
    left = size - sum(parts)
    if left:
        by_remainder = sorted(range(len(parts)), key=lambda i: -(size * scaled[i] % whole))
        for position in by_remainder[:left]:
            parts[position] += 1
    return parts if total >= 0 else [-part for part in parts]


def _days_within(start: date, end: date, first: date, last: date) -> int:
    return (min(end, last) - max(start, first)).days + 1


def _refuse_backward(start: date, end: date) -> None:
    if end < start:
        raise ValueError(f"The period ends ({end}) before it starts ({start}).")


def days_by_year(start: date, end: date) -> dict[int, int]:
    """Days of a period in each calendar year, both ends included. ValueError if it ends before it starts."""
    _refuse_backward(start, end)
    years = range(start.year, end.year + 1)
    return {year: _days_within(start, end, date(year, 1, 1), date(year, 12, 31)) for year in years}


def days_by_quarter(start: date, end: date) -> dict[tuple[int, int], int]:
    """Like `days_by_year`, by (year, quarter 1..4)."""
    _refuse_backward(start, end)
    days = {}
    for index in range(start.year * 4 + (start.month - 1) // 3, end.year * 4 + (end.month - 1) // 3 + 1):
        year, quarter = index // 4, index % 4 + 1
        last = date(year, quarter * 3, 31 if quarter in (1, 4) else 30)
        days[year, quarter] = _days_within(start, end, date(year, quarter * 3 - 2, 1), last)
    return days


def _spread_by_days(amount: Decimal, days: Mapping[Period, int]) -> dict[Period, Decimal]:
    if not amount.is_finite():
        raise ValueError(f"Not an amount: {amount}.")
    places = max(SPREAD_PLACES, -int(amount.as_tuple().exponent))
    parts = apportion(int(amount.scaleb(places)), list(days.values()))
    return {period: Decimal(part).scaleb(-places) for period, part in zip(days, parts, strict=True)}


def spread(amount: Decimal, start: date, end: date) -> dict[int, Decimal]:
    """An amount over the calendar years of its period by days, both ends included.

    To 6 places (more only where the amount itself has more); the parts sum to the amount exactly.
    Raises ValueError for an amount that is no number or a period that ends before it starts.
    """
    return _spread_by_days(amount, days_by_year(start, end))


def spread_by_quarter(amount: Decimal, start: date, end: date) -> dict[tuple[int, int], Decimal]:
    """Like `spread`, by (year, quarter 1..4)."""
    return _spread_by_days(amount, days_by_quarter(start, end))


def superseded_budgets(budgets: Sequence[tuple[str, date, date]]) -> list[bool]:
    """Whether a revised budget replaces each budget, given as (IATI BudgetType, first day, last day).

    A revised budget replaces every original one whose period shares a day with its own (our rule).
    Revised budgets never replace one another; a type other than "2" is an original, as in the standard.
    """
    revised = [(start, end) for kind, start, end in budgets if kind == REVISED]
    return [
        kind != REVISED and any(start <= last and first <= end for first, last in revised)
        for kind, start, end in budgets
    ]


def choose_vocabulary(codes_by_vocabulary: Mapping[str, Collection[object]]) -> str | None:
    """The one vocabulary whose codes share 100 percent, or None if none has a code.

    OECD DAC 5-digit first, then DAC 3-digit, then the reporter's own, else the first one reported.
    """
    filled = [vocabulary for vocabulary, codes in codes_by_vocabulary.items() if codes]
    return next((v for v in PREFERRED_VOCABULARIES if v in filled), filled[0] if filled else None)
