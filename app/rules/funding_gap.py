"""What a plan needs, what pays for it, and what is left open: by action, area and calendar year.

Money in hundredths of the base currency. Need, funding ratio, orphan and fit to a plan are METRICS section 3.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from app.rules.indices import NO_MONEY, Figure
from app.rules.overlap import is_orphan
from app.rules.split import apportion, days_by_year, shares

Area = TypeVar("Area", bound=Hashable)
MILLION = 1_000_000
GapStatus = Literal["no costs", "orphan", "partly funded", "funded", "over-funded"]


class CostLine(NamedTuple):
    """Cost or budget (`kind`) of an action in a fiscal year; `cents` None: no exchange rate."""

    action: int
    kind: str
    fiscal_year: int
    cents: int | None


class Paid(NamedTuple):
    """Net money of a linked project for an action, from a donor in a calendar year."""

    action: int
    donor: int
    year: int
    cents: int


@dataclass(slots=True)
class Gap:
    """Need (cost), budget, linked money and donors of an action, an area, a year or a plan.

    `unknown`: how many costs have no exchange rate and are in none of the sums.
    """

    cost: int = 0
    budget: int = 0
    linked: int = 0
    donors: set[int] = field(default_factory=set)
    unknown: int = 0

    @property
    def need(self) -> int:
        """What the country's own budget does not pay: what donors are asked for."""
        return max(self.cost - self.budget, 0)

    @property
    def open_need(self) -> int:
        return max(self.need - self.linked, 0)

    def add(self, other: "Gap") -> None:
        self.cost += other.cost
        self.budget += other.budget
        self.linked += other.linked
        self.donors |= other.donors
        self.unknown += other.unknown

    @property
    def surplus(self) -> int:
        """Money beyond the cost."""
        return max(self.budget + self.linked - self.cost, 0) if self.cost else 0

    @property
    def funding_ratio(self) -> Figure:
        """Net money / costed need (METRICS 3). The need is the cost that the budget does not pay."""
        if not self.need:
            return Figure(None, "no costed need")
        return Figure(self.linked / self.need)

    @property
    def status(self) -> GapStatus:
        """Orphan (ours): need above 0 and no donor, or a ratio under 0.5."""
        if not self.cost:
            return "no costs"
        if self.surplus:
            return "over-funded"
        if is_orphan(self.need, self.linked, len(self.donors)):
            return "orphan"
        return "partly funded" if self.open_need else "funded"


@dataclass(slots=True)
class PlanGap:
    """The gap of a plan as a whole and in each direction. Areas are "FRAMEWORK/CODE"."""

    whole: Gap
    actions: dict[int, Gap]
    areas: dict[str, Gap]
    years: dict[int, Gap]
    action_years: dict[tuple[int, int], Gap]


def calendar_years(cents: int, fiscal_year: int, first_month: int) -> dict[int, int]:
    """A fiscal year's money over the calendar years by days, as METRICS 1.2 spreads budgets."""
    start = date(fiscal_year, first_month, 1)
    end = date(fiscal_year + 1, first_month, 1) - timedelta(days=1)
    days = days_by_year(start, end)
    return dict(zip(days, apportion(cents, list(days.values())), strict=True)) if cents else dict.fromkeys(days, 0)


def split_links(links: Sequence[tuple[int, int, int | None]]) -> dict[tuple[int, int], Decimal]:
    """(action, activity) -> percent of the project's money that counts for the action, from confirmed links
    (action, activity, share in millionths or None). Missing shares take equal parts of what is left; shares that
    leave some of a project to none of the actions are kept as they are. Never above 100 together."""
    by_activity: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for action, activity, share in links:
        by_activity[activity].append((action, share))
    found: dict[tuple[int, int], Decimal] = {}
    for activity, parts in by_activity.items():
        given = [None if share is None else Decimal(share) / 10_000 for _, share in parts]
        total = sum((one for one in given if one is not None), Decimal(0))
        kept = None not in given and total <= 100
        weights = tuple(one or Decimal(0) for one in given) if kept else shares(given).weights
        found |= {(action, activity): weight for (action, _), weight in zip(parts, weights, strict=True)}
    return found


def funding_gap(
    costs: Iterable[CostLine],
    paid: Iterable[Paid],
    areas: Mapping[int, Mapping[str, int | None]],
    actions: Sequence[int],
    first_month: int = 1,
) -> PlanGap:
    """The gaps of a plan. `areas`: action -> area -> share in millionths within its framework (None: equal)."""
    cells: dict[tuple[int, int], Gap] = defaultdict(Gap)
    whole = {action: Gap() for action in actions}
    for line in costs:
        if line.cents is None:
            whole[line.action].unknown += 1
            continue
        for year, part in calendar_years(line.cents, line.fiscal_year, first_month).items():
            cell = cells[line.action, year]
            cell.cost += part if line.kind == "cost" else 0
            cell.budget += part if line.kind == "budget" else 0
    for one in paid:
        cell = cells[one.action, one.year]
        cell.linked += one.cents
        if one.cents > 0:
            cell.donors.add(one.donor)
    for (action, _), cell in cells.items():
        whole[action].add(cell)
    years: dict[int, Gap] = defaultdict(Gap)
    for (_, year), cell in cells.items():
        years[year].add(cell)
    return PlanGap(_sum(whole.values()), whole, _by_area(whole, areas), dict(sorted(years.items())), dict(cells))


def need_by_area(
    costs: Iterable[CostLine], areas: Mapping[int, Mapping[str, int | None]], first_month: int, years: tuple[int, int]
) -> dict[str, int]:
    """What a plan needs in these calendar years (first, last), by area; only areas with a need."""
    return {area: gap.need for area, gap in gaps_by_area(costs, (), areas, first_month, years).items() if gap.need}


def gaps_by_area(
    costs: Iterable[CostLine], paid: Iterable[Paid], areas: Mapping[int, Mapping[str, int | None]], first_month: int,
    years: tuple[int, int],
) -> dict[str, Gap]:  # fmt: skip
    """The gaps of a plan in these calendar years (first, last), by area; `paid` is of these years alone."""
    within = [
        CostLine(line.action, line.kind, year, part)
        for line in costs if line.cents is not None
        for year, part in calendar_years(line.cents, line.fiscal_year, first_month).items() if years[0] <= year <= years[1]
    ]  # fmt: skip
    return funding_gap(within, paid, areas, sorted(areas)).areas


def _by_area(actions: Mapping[int, Gap], areas: Mapping[int, Mapping[str, int | None]]) -> dict[str, Gap]:
    found: dict[str, Gap] = defaultdict(Gap)
    for action, gap in actions.items():
        for named in _frameworks(areas.get(action, {})).values():
            weights = shares([None if share is None else Decimal(share) / 10_000 for share in named.values()]).weights
            parts = [apportion(cents, weights) for cents in (gap.cost, gap.budget, gap.linked)]
            for area, cost, budget, linked in zip(named, *parts, strict=True):
                found[area].add(Gap(cost, budget, linked, gap.donors, gap.unknown))
    return dict(sorted(found.items()))


def _frameworks(areas: Mapping[str, int | None]) -> dict[str, dict[str, int | None]]:
    found: dict[str, dict[str, int | None]] = defaultdict(dict)
    for area, share in areas.items():
        found[area.partition("/")[0]][area] = share
    return found


def _sum(gaps: Iterable[Gap]) -> Gap:
    whole = Gap()
    for gap in gaps:
        whole.add(gap)
    return whole


def plan_fit(funding: Mapping[Area, int], plan: Mapping[Area, int]) -> Figure:
    """sum_k min(funding share of area k, plan share of area k) (METRICS 3, ours). Refunds count 0."""
    given = {area: cents for area, cents in funding.items() if cents > 0}
    wanted = {area: cents for area, cents in plan.items() if cents > 0}
    if not given or not wanted:
        return Figure(None, NO_MONEY if wanted else "no costed plan")
    all_given, all_wanted = sum(given.values()), sum(wanted.values())
    parts = (
        min(Decimal(given.get(area, 0)) / all_given, Decimal(cents) / all_wanted) for area, cents in wanted.items()
    )
    return Figure(float(sum(parts, Decimal(0))))
