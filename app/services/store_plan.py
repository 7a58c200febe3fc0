"""Write a plan with its actions, and its costs in the base currency."""

from datetime import date, datetime

from sqlalchemy import Connection

from app.models.plan_document import Cost, PlanDocument
from app.queries import plans
from app.queries.bulk import bump_data_version
from app.rates import Rates
from app.services.funding_terms import to_base


def store_plan(
    connection: Connection, plan: PlanDocument, plan_id: int | None, owner_id: int, rates: Rates, now: datetime
) -> int:
    """Write a checked plan with its costs in the base currency; its id."""
    created = plans.lock_plan(connection, plan_id).created_at if plan_id is not None else now
    costs = {cost for action in plan.actions for cost in action.costs}
    converted = {cost: _convert(rates, cost, plan.fiscal_year_start, now.date()) for cost in costs}
    values = {"owner_id": owner_id, "state": "current", "updated_at": now, "created_at": created}
    number = plans.write_plan(connection, plan_id, plan, values, converted)
    bump_data_version(connection)
    return number


def _convert(rates: Rates, cost: Cost, first_month: int, today: date) -> tuple[int | None, str]:
    """At the rate of the day that the fiscal year begins; of today for one that is still to come."""
    return to_base(rates, cost.amount, cost.currency, min(date(cost.fiscal_year, first_month, 1), today))
