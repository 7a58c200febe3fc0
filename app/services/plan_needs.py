"""What public plans need, for the overlap report: by country and area of one framework."""

from sqlalchemy import Connection

from app.queries import plans
from app.queries.frameworks import area_codes
from app.queries.overlap_money import Scope
from app.rules.funding_gap import need_by_area

FIRST, LAST = 0, 9999


def plan_needs(connection: Connection, scope: Scope) -> dict[tuple[str, int], int]:
    """(country, area id) -> need in hundredths of the base currency, in the years of the scope."""
    rows = [
        row for row in plans.list_plan_rows(connection, None) if not scope.countries or row.country in scope.countries
    ]
    if not rows:
        return {}
    codes = area_codes(connection, scope.framework_id)
    found: dict[tuple[str, int], int] = {}
    for plan in rows:
        ids = [action.id for action in plans.list_actions(connection, [plan.id])]
        costs, areas = plans.cost_lines(plans.read_costs(connection, ids)), plans.read_areas(connection, ids)
        years = (scope.first_year or FIRST, scope.last_year or LAST)
        for area, cents in need_by_area(costs, areas, plan.fiscal_year_start, years).items():
            if area in codes:
                place = (plan.country, codes[area])
                found[place] = found.get(place, 0) + cents
    return found
