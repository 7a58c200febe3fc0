"""Plans as the database holds them: reading, writing, and the projects that are linked to their actions."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, insert, or_, select, true, update

from app.errors import NotFound
from app.models.allocation import Allocation
from app.models.funding_line import Interest
from app.models.line_document import PUBLIC
from app.models.organisation import Organisation
from app.models.plan import ActionLink, Plan, PlanAction, PlanActionArea, PlanCost
from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.queries.bulk import in_chunks, one_of
from app.rules.funding_gap import CostLine
from app.rules.permissions import Viewer

PLAN = Plan.__table__  # type: ignore[attr-defined]
ACTION = PlanAction.__table__  # type: ignore[attr-defined]
ACTION_AREA = PlanActionArea.__table__  # type: ignore[attr-defined]
COST = PlanCost.__table__  # type: ignore[attr-defined]
LINK = ActionLink.__table__  # type: ignore[attr-defined]
INTEREST = Interest.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
CURRENT, REMOVED = "current", "removed"
_OWN = (
    "reference",
    "country",
    "title",
    "first_year",
    "last_year",
    "document",
    "edition",
    "currency",
    "fiscal_year_start",
    "applicant_type",
    "visibility",
)
_ACTION_OWN = ("code", "title", "description", "responsible", "applicant_type", "priority")


def plans_visible_to(viewer: Viewer | None, *columns: Any) -> Select[Any]:
    """Current plans that are public, or that the viewer's organisation keeps; the operator sees all. The one door."""
    query = select(*columns).select_from(PLAN.join(ORGANISATION, ORGANISATION.c.id == PLAN.c.owner_id))
    return query.where(PLAN.c.state == CURRENT, _visible(viewer))


def _visible(viewer: Viewer | None) -> ColumnElement[bool]:
    if viewer is None:
        return or_(PLAN.c.visibility == PUBLIC)
    if viewer.is_operator:
        return true()
    own: ColumnElement[bool] = PLAN.c.owner_id == viewer.organisation_id
    return or_(PLAN.c.visibility == PUBLIC, own)


def _whole(viewer: Viewer | None) -> Select[Any]:
    owner = (ORGANISATION.c.ref.label("owner_ref"), ORGANISATION.c.name.label("owner_name"))
    return plans_visible_to(viewer, PLAN, *owner)


def get_plan(connection: Connection, viewer: Viewer | None, plan_id: int) -> Any:
    """The row of a plan with owner_ref and owner_name. Raises NotFound."""
    row = connection.execute(_whole(viewer).where(PLAN.c.id == plan_id)).first()
    if row is None:
        raise NotFound("There is no such plan, or it is not public.")
    return row


def list_plan_rows(connection: Connection, viewer: Viewer | None, country: str = "") -> list[Any]:
    """The plans, by country and title."""
    query = _whole(viewer).order_by(PLAN.c.country, PLAN.c.title, PLAN.c.id)
    return list(connection.execute(query.where(PLAN.c.country == country) if country else query))


def plan_of_action(connection: Connection, viewer: Viewer | None, action_id: int) -> Any:
    """The row of the plan that an action belongs to. Raises NotFound."""
    query = _whole(viewer).where(
        PLAN.c.id.in_(select(ACTION.c.plan_id).where(ACTION.c.id == action_id, ACTION.c.state == CURRENT))
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFound("There is no such action, or its plan is not public.")
    return row


def list_actions(connection: Connection, plan_ids: Sequence[int]) -> list[Any]:
    """The current actions of plans, in their order."""
    query = select(ACTION).where(one_of(ACTION.c.plan_id, plan_ids), ACTION.c.state == CURRENT)
    return list(connection.execute(query.order_by(ACTION.c.plan_id, ACTION.c.position)))


def read_areas(connection: Connection, action_ids: Sequence[int]) -> dict[int, dict[str, int | None]]:
    """action -> area -> share."""
    found: dict[int, dict[str, int | None]] = {action: {} for action in action_ids}
    for row in _of_actions(connection, ACTION_AREA, action_ids):
        found[row.action_id][row.area] = row.share
    return found


def read_costs(connection: Connection, action_ids: Sequence[int]) -> dict[int, list[Any]]:
    """action -> its cost rows in order."""
    found: dict[int, list[Any]] = {action: [] for action in action_ids}
    for row in _of_actions(connection, COST, action_ids):
        found[row.action_id].append(row)
    return found


def _of_actions(connection: Connection, table: Any, action_ids: Sequence[int]) -> Iterable[Any]:
    for some in in_chunks(action_ids):
        yield from connection.execute(
            select(table).where(one_of(table.c.action_id, some)).order_by(table.c.action_id, table.c.position)
        )


def cost_lines(costs: dict[int, list[Any]]) -> list[CostLine]:
    return [
        CostLine(row.action_id, row.kind, row.fiscal_year, row.base_cents) for rows in costs.values() for row in rows
    ]


def document_of(connection: Connection, row: Any) -> PlanDocument:
    """The whole plan of a row."""
    actions = list_actions(connection, [row.id])
    ids = [action.id for action in actions]
    areas, costs = read_areas(connection, ids), read_costs(connection, ids)
    return PlanDocument(
        **{name: getattr(row, name) for name in _OWN}, languages=tuple(json.loads(row.languages)),
        actions=tuple(_action_of(action, areas[action.id], costs[action.id]) for action in actions),
    )  # fmt: skip


def _action_of(row: Any, areas: dict[str, int | None], costs: list[Any]) -> ActionDocument:
    indicators = tuple((title, base, target) for title, base, target in json.loads(row.indicators))
    money = tuple(Cost(cost.kind, cost.fiscal_year, cost.amount, cost.currency) for cost in costs)
    own = {name: getattr(row, name) for name in _ACTION_OWN}
    return ActionDocument(**own, areas=tuple(areas.items()), indicators=indicators, costs=money)


def find_plan_id(connection: Connection, owner_id: int, reference: str) -> int | None:
    """The current plan of this owner with this reference."""
    query = select(PLAN.c.id).where(PLAN.c.owner_id == owner_id, PLAN.c.reference == reference, PLAN.c.state == CURRENT)
    found: int | None = connection.execute(query).scalar()
    return found


def list_own_ids(connection: Connection, owner_id: int, state: str = CURRENT) -> list[int]:
    """The plans that an organisation keeps, current or removed."""
    query = select(PLAN.c.id).where(PLAN.c.owner_id == owner_id, PLAN.c.state == state)
    return list(connection.execute(query.order_by(PLAN.c.id)).scalars())


def lock_plan(connection: Connection, plan_id: int) -> Any:
    """The row of a plan, current or removed, for writing. Raises NotFound."""
    query = select(PLAN).where(PLAN.c.id == plan_id)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotFound("There is no such plan.")
    return row


def set_plan_state(connection: Connection, plan_id: int, state: str, at: datetime) -> None:
    connection.execute(
        update(PLAN).where(PLAN.c.id == plan_id).values(state=state, updated_at=at, version=PLAN.c.version + 1)
    )


def _insert(connection: Connection, table: Any, values: dict[str, Any]) -> int:
    """The new row's id."""
    found: int = connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
    return found


# --- writing -------------------------------------------------------------------------------


def write_plan(
    connection: Connection,
    plan_id: int | None,
    plan: PlanDocument,
    values: dict[str, Any],
    converted: dict[Cost, tuple[int | None, str]],
) -> int:
    """Write a plan and its actions; its id. `converted`: cost -> cents of the base currency and the rate's note.

    Actions are known again by their code: their links and interests stay. One that is left out is kept as removed.
    """
    columns = {name: getattr(plan, name) for name in _OWN} | {"languages": json.dumps(plan.languages)} | values
    if plan_id is None:
        plan_id = _insert(connection, PLAN, columns | {"version": 1})
    else:
        connection.execute(update(PLAN).where(PLAN.c.id == plan_id).values(**columns, version=PLAN.c.version + 1))
    stored = {
        row.code: row.id
        for row in connection.execute(select(ACTION.c.id, ACTION.c.code).where(ACTION.c.plan_id == plan_id))
    }
    connection.execute(update(ACTION).where(ACTION.c.plan_id == plan_id).values(state=REMOVED))
    for position, action in enumerate(plan.actions):
        _write_action(connection, plan_id, position, action, stored.get(action.code), converted)
    return plan_id


def _write_action(
    connection: Connection,
    plan_id: int,
    position: int,
    action: ActionDocument,
    action_id: int | None,
    converted: dict[Cost, tuple[int | None, str]],
) -> None:
    columns = {name: getattr(action, name) for name in _ACTION_OWN}
    columns |= {
        "plan_id": plan_id,
        "position": position,
        "state": CURRENT,
        "indicators": json.dumps(action.indicators, ensure_ascii=False),
    }
    if action_id is None:
        action_id = _insert(connection, ACTION, columns)
    else:
        connection.execute(update(ACTION).where(ACTION.c.id == action_id).values(**columns))
        for table in (ACTION_AREA, COST):
            connection.execute(delete(table).where(table.c.action_id == action_id))
    areas = [
        {"action_id": action_id, "position": n, "area": area, "share": share}
        for n, (area, share) in enumerate(action.areas)
    ]
    costs = [
        {
            "action_id": action_id, "position": n, "kind": cost.kind, "fiscal_year": cost.fiscal_year, "amount": cost.amount,
            "currency": cost.currency, "base_cents": converted[cost][0], "rate_note": converted[cost][1],
        }
        for n, cost in enumerate(action.costs)
    ]  # fmt: skip
    for table, rows in ((ACTION_AREA, areas), (COST, costs)):
        if rows:
            connection.execute(insert(table), rows)
