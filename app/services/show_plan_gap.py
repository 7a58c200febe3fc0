"""The funding gap of a plan: need, budget, linked money and what is open, by action, area and year; and who fits it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.models.worded import worded
from app.queries import action_links, overlap_money, plans
from app.queries.frameworks import get_framework
from app.queries.overlap_money import Scope
from app.rules.funding_gap import Paid, PlanGap, funding_gap, plan_fit, split_links
from app.rules.indices import Figure
from app.rules.permissions import Viewer
from app.settings import settings

FLOWS = ("commitment", "disbursement", "budget")


@dataclass(slots=True)
class PlanGapShown:
    """The figures by action id; `fits`: donor reference -> (name, fit to the plan), `fit` of all donors together.

    `flow` is the money that counts as linked, `currency` the base currency, in which everything is.
    """

    plan: Any
    actions: list[Any]
    gap: PlanGap
    flow: str
    currency: str
    framework: str
    fit: Figure
    fits: dict[str, tuple[str, Figure]]


def show_plan_gap(
    connection: Connection, viewer: Viewer | None, plan_id: int, flow: str = "commitment", framework: str = ""
) -> PlanGapShown:
    """`fit` and `fits` compare money of the plan's years. Raises NotFound, InvalidInput."""
    if flow not in FLOWS:
        raise InvalidInput(
            worded("There is no flow “%(flow)s”: choose %(choices)s.", flow=flow, choices=", ".join(FLOWS))
        )
    plan = plans.get_plan(connection, viewer, plan_id)
    actions = plans.list_actions(connection, [plan_id])
    gap = plan_gap(connection, plan, actions, flow)
    chosen = get_framework(connection, framework)
    codes = {area.id: f"{chosen.key}/{area.code}" for area in chosen.by_id.values()}
    wanted = {area: one.cost for area, one in gap.areas.items() if area.startswith(f"{chosen.key}/")}
    funding: dict[int, dict[str, int]] = {}
    scope = Scope(chosen.id, flow, countries=(plan.country,), first_year=plan.first_year, last_year=plan.last_year)
    for row in overlap_money.read_money(connection, scope):
        there = funding.setdefault(row.donor, {})
        there[codes[row.area]] = there.get(codes[row.area], 0) + row.net
    every: dict[str, int] = {}
    for by_area in funding.values():
        for area, cents in by_area.items():
            every[area] = every.get(area, 0) + max(cents, 0)
    names = overlap_money.read_names(connection)
    fits = {
        names[donor].ref: (names[donor].name, plan_fit(money, wanted))
        for donor, money in funding.items()
        if donor in names
    }
    return PlanGapShown(plan, actions, gap, flow, settings().base_currency, chosen.key, plan_fit(every, wanted), fits)


def plan_gap(connection: Connection, plan: Any, actions: list[Any], flow: str) -> PlanGap:
    """The gaps of a plan's row and its actions' rows."""
    ids = [action.id for action in actions]
    costs = plans.cost_lines(plans.read_costs(connection, ids))
    areas = plans.read_areas(connection, ids)
    return funding_gap(costs, linked_money(connection, ids, plan.country, flow), areas, ids, plan.fiscal_year_start)


def linked_money(connection: Connection, action_ids: list[int], country: str, flow: str) -> list[Paid]:
    """What the confirmed links bring to these actions."""
    weights = split_links(action_links.confirmed_links(connection, action_ids))
    wanted = set(action_ids)
    return [one for one in action_links.linked_money(connection, weights, country, flow) if one.action in wanted]
