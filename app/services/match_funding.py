"""Which funding lines fit which actions: of a plan, for a line, or for what a donor offers in its countries."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.models.line_document import ANY
from app.queries import funding_lines, plans
from app.queries.area_links import read_area_links
from app.queries.funding_lines import NOT_SAID, LineFilter
from app.rules.fit import AreaLinks, Fit, Judge, Need, Offer
from app.rules.funding_gap import PlanGap
from app.rules.permissions import Viewer
from app.rules.split import apportion
from app.services.collector import collector_paused
from app.services.read_line_filter import NOT_CLOSED
from app.services.search_lines import LineShown, line_shown
from app.services.show_plan_gap import plan_gap
from app.settings import settings

MOST_PAIRS = 60_000  # about 50 MB
_judge = Judge({})


def judge_of(connection: Connection) -> Judge:
    """Who judged last in this process, and so has only what changed since to judge; another one where the links
    between areas changed, or where it remembers too much."""
    global _judge  # noqa: PLW0603 (a memory by value, right for every database)
    links, judge = read_area_links(connection), _judge
    if judge.pairs > MOST_PAIRS or judge.links != links:
        judge = _judge = Judge(links)
    return judge


class Match(NamedTuple):
    """One line and one action with the verdict and every condition. `need` says what the action was judged by."""

    line: LineShown
    plan: Any
    action: Any
    need: Need
    fit: Fit


def match_funding(
    connection: Connection, viewer: Viewer | None, now: datetime, *, plan_id: int | None = None, action_id: int | None = None,
    line_id: int | None = None, donor: str = "", verdicts: tuple[str, ...] = ("fits", "almost"),
) -> list[Match]:  # fmt: skip
    """The matches, best first: of one plan or action, of one line, or of all lines of a donor (its reference).

    Lines that are closed, or not for the country or areas, are not among the candidates. Raises NotFound, InvalidInput.
    """
    if sum(one is not None for one in (plan_id, action_id, line_id)) + bool(donor) != 1:
        raise InvalidInput("Name one plan, action, line or donor.")
    judge = judge_of(connection)
    with collector_paused():
        if plan_id is not None or action_id is not None:
            found = _for_plan(connection, viewer, now, plan_id, action_id, judge)
        else:
            found = _for_lines(connection, viewer, now, line_id, donor, judge)
        return sorted((match for match in found if match.fit.verdict in verdicts), key=place_of)


def place_of(match: Match) -> tuple[bool, bool, int, int, int]:
    """Where it stands among others: best first."""
    verdict, score, _ = match.fit
    return verdict == "no", verdict != "fits", -score, match.line.id, match.action.id


def _for_plan(
    connection: Connection, viewer: Viewer | None, now: datetime, plan_id: int | None, action_id: int | None, judge: Judge
) -> Iterable[Match]:  # fmt: skip
    plan = (
        plans.get_plan(connection, viewer, plan_id)
        if plan_id is not None
        else plans.plan_of_action(connection, viewer, action_id or 0)
    )
    actions = plans.list_actions(connection, [plan.id])
    needs = build_needs(connection, plan, actions)
    wanted = [action for action in actions if action_id in (None, action.id)]
    answers = {action.id: answers_to(needs[action.id].areas, judge.links) for action in wanted}
    by_area = funding_lines.candidate_lines(
        connection, viewer, plan.country, {area for some in answers.values() for area in some}, now
    )
    ids = set().union(*by_area.values()) if by_area else set()
    rows = funding_lines.read_lines(connection, viewer, sorted(ids))
    shown = {number: line_shown(row, viewer, now) for number, row in rows.items()}
    offers = {number: judge.offer(offer_of(line)) for number, line in shown.items()}
    for action in wanted:
        asked = judge.need(needs[action.id])
        for number in set().union(*(by_area.get(area, ()) for area in answers[action.id])):
            yield Match(shown[number], plan, action, asked.need, judge.fit(offers[number], asked))


def answers_to(areas: Iterable[str], links: AreaLinks) -> set[str]:
    """Every area term under which a line for these areas may stand: related ones, any, and not said too.

    An action without areas is compared with every line that is for any area or says none.
    """
    return {ANY, NOT_SAID, *areas, *(other for area in areas for other in links.get(area, {}))}


def offer_of(shown: LineShown) -> Offer:
    return Offer(shown.line, shown.status, *shown.base)


def _for_lines(
    connection: Connection, viewer: Viewer | None, now: datetime, line_id: int | None, donor: str, judge: Judge
) -> Iterable[Match]:
    rows = [funding_lines.get_line(connection, viewer, line_id)] if line_id is not None else []
    rows += (
        funding_lines.list_lines(connection, viewer, LineFilter(donor=donor, statuses=NOT_CLOSED), now) if donor else []
    )
    shown = [line_shown(row, viewer, now) for row in rows]
    terms = {one.id: answers_to(one.line.areas, judge.links) for one in shown}
    offers = {one.id: judge.offer(offer_of(one)) for one in shown}
    for plan in plans.list_plan_rows(connection, viewer):
        there = [one for one in shown if _may_be_for(one, plan.country)]
        if not there:
            continue
        actions = plans.list_actions(connection, [plan.id])
        needs = build_needs(connection, plan, actions)
        for action in actions:
            asked = judge.need(needs[action.id])
            areas = set(asked.need.areas)
            for one in there:
                if not areas or not one.line.areas or ANY in one.line.areas or terms[one.id] & areas:
                    yield Match(one, plan, action, asked.need, judge.fit(offers[one.id], asked))


def _may_be_for(shown: LineShown, country: str) -> bool:
    codes = set(funding_lines.place_codes(country))
    places = shown.line.countries or (NOT_SAID,)
    return bool(codes & set(places)) and not set(funding_lines.places_of(country)) & set(shown.line.excluded)


def build_needs(connection: Connection, plan: Any, actions: list[Any]) -> dict[int, Need]:
    """What each action needs: its open need by year after budget and linked commitments."""
    gap = plan_gap(connection, plan, actions, "commitment")
    areas = plans.read_areas(connection, [action.id for action in actions])
    costs = plans.read_costs(connection, [action.id for action in actions])
    languages = tuple(json.loads(plan.languages))
    return {
        action.id: _need(plan, action, tuple(areas[action.id]), costs[action.id], gap, languages) for action in actions
    }


def _need(
    plan: Any, action: Any, areas: tuple[str, ...], costs: list[Any], gap: PlanGap, languages: tuple[str, ...]
) -> Need:
    own = gap.actions[action.id]
    is_known = bool(own.cost) and not own.unknown
    years = sorted({row.fiscal_year for row in costs if row.kind == "cost"})
    has_budget = any(row.kind == "budget" for row in costs)
    return Need(
        plan.country, areas, action.applicant_type or plan.applicant_type, plan.country, languages,
        _open_years(gap, action.id) if is_known else None, own.cost if is_known else None,
        own.budget if has_budget and is_known else None, (years[-1] - years[0] + 1) * 12 if years else None,
        settings().base_currency,
    )  # fmt: skip


def _open_years(gap: PlanGap, action: int) -> tuple[int, ...]:
    """The action's open need over the years that have some: money beyond one year's cost counts for the others."""
    left = gap.actions[action].open_need
    years = [cell.open_need for (one, _), cell in sorted(gap.action_years.items()) if one == action]
    return tuple(apportion(left, years)) if left and any(years) else ()
