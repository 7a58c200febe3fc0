"""Why a project's money in one report differs from its money in another: each cent under one reason.

The order of the questions is our own rule: is the project new or gone; did it move out of what the other report
asks for; what do other exchange rates make of the old amounts; what do other amounts; the rest of the money is
split otherwise between countries and donors; what does netting take away now; and which areas share it now.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.rules.frozen_money import FrozenMoney, FrozenProject, MoneyRow, Payment
from app.rules.split import apportion

NEW, GONE, SCOPE, RATE, AMOUNT, SPLIT, NETTING, MAPPING, REFUNDS = (
    "new-project", "gone-project", "scope", "rate", "amount", "split", "netting", "mapping", "refunds",
)  # fmt: skip
REASONS = (NEW, GONE, AMOUNT, RATE, SPLIT, NETTING, MAPPING, SCOPE, REFUNDS)
ROUNDING = 2  # cents that parts may differ by without anybody having changed anything
Key = tuple[str, int, int]  # country, donor, year
NO_PROJECT = FrozenProject()


class Effect(NamedTuple):
    """What one reason does to one project's money of one donor in one area of one country."""

    project: int
    country: str
    area: int
    donor: int
    reason: str
    cents: int


@dataclass(slots=True)
class Side:
    """One of the two reports: its money, whether it counts gross, and which (country, donor, year) it asks for."""

    money: FrozenMoney
    gross: bool = False
    covers: Callable[[Key], bool] = lambda _: True

    def counted(self, row: MoneyRow) -> int:
        return row.gross if self.gross else row.net


@dataclass(slots=True)
class _Sum:
    """A project's money under one key."""

    gross: int = 0
    net: int = 0
    areas: dict[int, int] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)


class _Paid(NamedTuple):
    """How a project's payments of one year changed: the old ones at the old and at the new rates."""

    before: int
    at_rate: int
    is_rate: bool
    is_amount: bool


def explain_money(before: Side, after: Side) -> list[Effect]:
    """All effects that are not 0; for each cell they add up to the difference of the money in it."""
    old, new = _by_project(before), _by_project(after)
    effects: dict[tuple[int, str, int, int, str], int] = defaultdict(int)
    for project in sorted({*old, *new}):
        was, is_now = old.get(project, {}), new.get(project, {})
        one, other = before.money.projects.get(project, NO_PROJECT), after.money.projects.get(project, NO_PROJECT)
        for key in sorted({*was, *is_now}):
            first, second = was.get(key, _Sum()), is_now.get(key, _Sum())
            if first == second:
                continue
            if not (before.covers(key) and after.covers(key)):
                parts = {(area, SCOPE): cents for area, cents in _difference(first, second).items()}
            elif not (was and is_now):
                why = NEW if is_now else GONE
                parts = {(area, why): cents for area, cents in _difference(first, second).items()}
            else:
                paid = _paid(one.payments, other.payments, key[2])
                parts = _by_area(first, second, _explain_sum(first, second, paid), one.areas != other.areas)
            for (area, reason), cents in parts.items():
                effects[project, key[0], area, key[1], reason] += cents
    return [Effect(*key, cents) for key, cents in effects.items() if cents]


def _by_project(side: Side) -> dict[int, dict[Key, _Sum]]:
    found: dict[int, dict[Key, _Sum]] = defaultdict(dict)
    for row in side.money.rows:
        one = found[row.project].setdefault((row.country, row.donor, row.year), _Sum())
        one.gross += row.gross
        one.net += side.counted(row)
        one.areas[row.area] = one.areas.get(row.area, 0) + side.counted(row)
        one.reasons.update(code for code, _ in row.reasons)
    return found


def _difference(first: _Sum, second: _Sum) -> dict[int, int]:
    areas = sorted({*first.areas, *second.areas})
    return {area: second.areas.get(area, 0) - first.areas.get(area, 0) for area in areas}


def _explain_sum(first: _Sum, second: _Sum, paid: _Paid) -> dict[str, int]:
    """The difference of one sum by reason, areas aside."""
    # What would count of the new money if netting still took away the same part of it.
    kept = second.gross if not first.gross else _scaled(first.net, second.gross, first.gross)
    if first.reasons == second.reasons and abs(second.net - kept) <= ROUNDING:
        kept = second.net
    money = kept - first.net
    by_rate = _rate_part(first.net, money, paid) if money and paid.is_rate else 0
    parts = {RATE: by_rate, AMOUNT if paid.is_amount else SPLIT: money - by_rate, NETTING: second.net - kept}
    return {reason: cents for reason, cents in parts.items() if cents}


def _rate_part(counted: int, money: int, paid: _Paid) -> int:
    """Of a difference of `money`, what other rates alone make of the `counted` that was there."""
    if not paid.before:
        return 0 if paid.is_amount else money
    at_rate = _scaled(counted, paid.at_rate, paid.before) - counted
    return money if not paid.is_amount and abs(money - at_rate) <= ROUNDING else at_rate


def _scaled(value: int, part: int, whole: int) -> int:
    """value x part / whole, rounded half away from nothing."""
    product = value * part
    sign = -1 if (product < 0) != (whole < 0) else 1
    return sign * ((2 * abs(product) + abs(whole)) // (2 * abs(whole)))


def _paid(before: Iterable[Payment], after: Iterable[Payment], year: int) -> _Paid:
    """Payments of the year that are the same but for their rate, and whether there are others."""
    old, new = _of_year(before, year), _of_year(after, year)
    same = old.keys() & new.keys()
    was = is_now = 0
    is_rate, is_amount = False, old.keys() != new.keys()
    for said in same:
        first, second = sorted(old[said], key=_none_first), sorted(new[said], key=_none_first)
        is_amount = is_amount or len(first) != len(second)
        for one, other in zip(first, second, strict=False):
            was, is_now, is_rate = was + (one or 0), is_now + (other or 0), is_rate or one != other
    return _Paid(was, is_now, is_rate, is_amount)


def _none_first(cents: int | None) -> tuple[bool, int]:
    return cents is not None, cents or 0


def _of_year(payments: Iterable[Payment], year: int) -> dict[tuple[str, ...], list[int | None]]:
    found: dict[tuple[str, ...], list[int | None]] = defaultdict(list)
    for one in payments:
        first = int(one.start[:4] or 0)
        if first == year or (one.end and first <= year <= int(one.end[:4])) or not first:
            found[one.kind, one.start, one.end, one.amount, one.currency].append(one.cents)
    return found


def _by_area(first: _Sum, second: _Sum, parts: Mapping[str, int], is_mapped_anew: bool) -> dict[tuple[int, str], int]:
    """The parts over the areas as they were; what the areas of now make different is their mapping."""
    left = _difference(first, second)
    areas = list(left)
    weights = [abs(first.areas.get(area, 0)) for area in areas]
    if not any(weights):
        weights = [abs(second.areas.get(area, 0)) for area in areas]
    found: Counter[tuple[int, str]] = Counter()
    for reason, cents in parts.items():
        for area, part in zip(areas, apportion(cents, weights) if any(weights) else [], strict=False):
            found[area, reason] += part
            left[area] -= part
    is_rounding = not is_mapped_anew and parts and all(abs(cents) <= ROUNDING for cents in left.values())
    rest = next(iter(parts)) if is_rounding else MAPPING
    for area, cents in left.items():
        found[area, rest] += cents
    return {key: cents for key, cents in found.items() if cents}
