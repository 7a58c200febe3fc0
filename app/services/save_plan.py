"""Enter a plan with its actions and costs, or change one."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict, InvalidInput, NotAllowed
from app.models.plan_document import Cost, PlanDocument
from app.queries import plans
from app.queries.area_links import list_area_keys
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.queries.rates import stored_rates
from app.rates import Rates
from app.rules.check_funding import Fault, check_plan, has_errors
from app.rules.permissions import Viewer, may_change
from app.services.funding_terms import to_base
from app.services.save_line import Saved


def save_plan(
    viewer: Viewer,
    plan: PlanDocument,
    plan_id: int | None = None,
    version: int | None = None,
    owner_id: int | None = None,
) -> Saved:
    """Write the plan, new or in the place of what `plan_id` says; `version` is the one that the form was opened with.

    Actions are known again by their code, so that links and interests stay. `owner_id` is for admins. Raises
    NotAllowed, NotFound, InvalidInput, and ImportConflict if somebody else changed it meanwhile.
    """
    now = datetime.now(UTC)
    with database.write() as connection:
        stored = _open(connection, viewer, plan_id, version)
        owner = stored.owner_id if stored else owner_id or viewer.organisation_id
        if owner is None:
            raise InvalidInput("Name the organisation that keeps this plan.")
        if not may_change(viewer, owner):
            raise NotAllowed("Only editors of the organisation that keeps this plan may change it.")
        faults = check_plan(plan, list_area_keys(connection))
        taken = plans.find_plan_id(connection, owner, plan.reference)
        if taken is not None and taken != plan_id:
            faults.append(
                Fault(
                    "error",
                    "reference-taken",
                    "reference",
                    "Another plan of this organisation has this reference.",
                    "Change that one, or give this one another reference.",
                )
            )
        if has_errors(faults):
            return Saved(None, faults)
        number = store_plan(connection, plan, plan_id, owner, stored_rates(connection), now)
        note_action(connection, viewer.user_id, "save plan", str(number))
    return Saved(number, faults)


def _open(connection: Connection, viewer: Viewer, plan_id: int | None, version: int | None) -> Any:
    if plan_id is None:
        return None
    plans.get_plan(connection, viewer, plan_id)
    stored = plans.lock_plan(connection, plan_id)
    if version is not None and stored.version != version:
        raise ImportConflict("Somebody else changed this plan meanwhile. Open it again and make your change there.")
    return stored


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
