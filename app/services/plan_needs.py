"""What public plans need, for the overlap report: by country and area of one framework."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.queries import plans
from app.queries.frameworks import area_codes
from app.queries.overlap_money import Scope
from app.rules.funding_gap import CostLine, need_by_area

FIRST, LAST = 0, 9999


class PlanParts(NamedTuple):
    """A public plan's row, its costs, areas of its actions, the ids of the report's areas, and the report's years."""

    plan: Any
    costs: list[CostLine]
    areas: dict[int, dict[str, int | None]]
    place_of: dict[str, int]
    years: tuple[int, int]


def read_plan_parts(connection: Connection, scope: Scope) -> Iterator[PlanParts]:
    """The public plans of the scope's places."""
    rows = [
        row for row in plans.list_plan_rows(connection, None) if not scope.countries or row.country in scope.countries
    ]
    if not rows:
        return
    codes = area_codes(connection, scope.framework_id)
    years = (scope.first_year or FIRST, scope.last_year or LAST)
    for plan in rows:
        ids = [action.id for action in plans.list_actions(connection, [plan.id])]
        costs = plans.cost_lines(plans.read_costs(connection, ids))
        yield PlanParts(plan, costs, plans.read_areas(connection, ids), codes, years)


def plan_needs(connection: Connection, scope: Scope) -> dict[tuple[str, int], int]:
    """(country, area id) -> need in hundredths of the base currency, in the years of the scope."""
    found: dict[tuple[str, int], int] = {}
    for plan, costs, areas, codes, years in read_plan_parts(connection, scope):
        for area, cents in need_by_area(costs, areas, plan.fiscal_year_start, years).items():
            if area in codes:
                place = (plan.country, codes[area])
                found[place] = found.get(place, 0) + cents
    return found
