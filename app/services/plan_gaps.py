"""What public plans need, what pays for it and what is open, by country and area: beside the overlap report."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.queries import meeting
from app.queries.overlap_money import Scope
from app.rules.cell_sums import Place
from app.rules.funding_gap import Gap, gaps_by_area
from app.services.plan_needs import FIRST, LAST, read_plan_parts
from app.services.show_plan_gap import linked_money


class PublicPlan(NamedTuple):
    """A plan that is counted."""

    id: int
    country: str
    title: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """An area of a country, in hundredths of the base currency: what its plans need, `funded` by all money of the
    report in the years of the plans, `linked` to their actions, and what is open after that. `status`: METRICS 3, by
    the linked money."""

    country: str
    area: int
    need: int
    funded: int
    linked: int
    open_need: int
    status: str

    @property
    def ratio(self) -> float | None:
        """The money of the plans' years by the need."""
        return self.funded / self.need if self.need else None


def plan_gaps(connection: Connection, scope: Scope) -> tuple[list[PublicPlan], list[PlanLine]]:
    """The public plans of the report's places with a need in its years, and their areas, largest open need first."""
    found: dict[Place, Gap] = {}
    money: dict[tuple[Place, int], int] = {}
    counted: list[PublicPlan] = []
    for plan, costs, areas, place_of, years in read_plan_parts(connection, scope):
        paid = [
            one for one in linked_money(connection, sorted(areas), plan.country, scope.flow_type)
            if years[0] <= one.year <= years[1] and (scope.donors is None or one.donor in scope.donors)
        ]  # fmt: skip
        gaps = gaps_by_area(costs, paid, areas, plan.fiscal_year_start, years)
        placed = {(plan.country, place_of[area]): gap for area, gap in gaps.items() if area in place_of and gap.cost}
        if placed:
            counted.append(PublicPlan(plan.id, plan.country, plan.title))
            money |= _money_of_years(connection, scope, plan)
        for place, gap in placed.items():
            found.setdefault(place, Gap()).add(gap)
    funded: dict[Place, int] = defaultdict(int)
    for (place, _year), cents in money.items():
        funded[place] += cents
    lines = [
        PlanLine(*place, gap.need, funded[place], gap.linked, gap.open_need, gap.status) for place, gap in found.items()
    ]
    return counted, sorted(lines, key=lambda line: (-line.open_need, line.country, line.area))


def _money_of_years(connection: Connection, scope: Scope, plan: Any) -> dict[tuple[Place, int], int]:
    """(country and area, year) -> money of the report in the plan's country and years; a year's refunds cut off."""
    first = max(plan.first_year or FIRST, scope.first_year or FIRST)
    last = min(plan.last_year or LAST, scope.last_year or LAST)
    there = replace(scope, countries=(plan.country,), first_year=first, last_year=last)
    found: dict[tuple[Place, int], int] = defaultdict(int)
    for country, area, _donor, year, cents in meeting.read_area_years(connection, there):
        found[(country, area), year] += max(0, cents)
    return found
