"""Money of a project: budgets by the donor's habit, commitments, and payments up to the last report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from examples.demo_model import LAST_REPORTED_DAY, Budget, Dice, Flow, Party

FIRST_DAY = date(2008, 1, 1)


def last_payment_day(donor: dict[str, Any]) -> date:
    """The donor's last report, or the demo's "now" if that is earlier."""
    updated = date.fromisoformat(str(donor.get("updated", LAST_REPORTED_DAY)))
    return min(updated, LAST_REPORTED_DAY)


def split_cents(cents: int, weights: list[int]) -> list[int]:
    """Parts that sum to `cents`, rounded to three digits or so; the last part takes the rest."""
    total = sum(weights)
    step = 10 ** max(2, len(str(cents)) - 4)
    parts = [cents * weight // total // step * step for weight in weights]
    parts[-1] += cents - sum(parts)
    return parts


def spread_budgets(donor: dict[str, Any], start: date, end: date, cents: int) -> list[Budget]:
    """Budgets by calendar year, by fiscal year from July, or one for the whole duration."""
    first_month = {"annual": 1, "fiscal": 7}.get(str(donor.get("budgets")))
    if first_month is None:
        return [Budget(start, end, cents)]
    periods: list[tuple[date, date]] = []
    day = start
    while day <= end:
        year = day.year + (1 if (day.month, day.day) >= (first_month, 1) else 0)
        turn = min(date(year, first_month, 1) - timedelta(days=1), end)
        periods.append((day, turn))
        day = turn + timedelta(days=1)
    weights = [max(1, (last - first).days) for first, last in periods]
    parts = split_cents(cents, weights)
    return [Budget(first, last, part) for (first, last), part in zip(periods, parts, strict=True)]


def draw_flows(
    dice: Dice, donor: dict[str, Any], start: date, end: date, cents: int, ends: tuple[Party, Party]
) -> list[Flow]:
    """One or two commitments and about two payments a year from `ends[0]` to `ends[1]`.

    Payments after the donor's last report are left out: a running project is partly paid.
    """
    last = last_payment_day(donor)
    funder, receiver = ends
    signed = max(FIRST_DAY, start - timedelta(days=dice.number(5, 70)))
    shares = split_cents(cents, [4, 1]) if dice.chance(0.2) else [cents]
    days = [signed, start + (end - start) / 2]
    flows = [Flow("2", day, part, provider=funder, receiver=receiver) for day, part in zip(days, shares, strict=False)]
    count = max(2, 2 * (end.year - start.year))
    step = (end - start).days / count
    parts = split_cents(cents, [dice.number(2, 6) for _ in range(count)])
    kind = "4" if donor["type"] == "40" and dice.chance(0.4) else "3"
    for number, part in enumerate(parts):
        day = start + timedelta(days=int(step * number) + dice.number(3, 60))
        flows.append(Flow(kind, min(day, end), part, provider=funder, receiver=receiver))
    return [flow for flow in flows if flow.day <= last]
