"""Propose projects that may pay for the actions of a plan; a person decides each."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import NotAllowed
from app.queries import action_links, plans
from app.queries.area_links import read_area_links
from app.queries.frameworks import list_frameworks
from app.queries.mappings import tags_of
from app.rules.permissions import Viewer, may_change
from app.rules.propose_link import CandidateProject, propose_link


def propose_action_links(viewer: Viewer, plan_id: int) -> int:
    """Enter the proposals that are not known yet; how many. Raises NotFound, NotAllowed."""
    now = datetime.now(UTC)
    with database.write() as connection:
        plan = plans.get_plan(connection, viewer, plan_id)
        if not may_change(viewer, plan.owner_id):
            raise NotAllowed("Only editors of the organisation that keeps this plan may link projects to it.")
        actions = plans.list_actions(connection, [plan_id])
        ids = [action.id for action in actions]
        known = action_links.known_links(connection, ids)
        links, areas = read_area_links(connection), plans.read_areas(connection, ids)
        costs = plans.read_costs(connection, ids)
        projects = _candidates(connection, viewer, plan.country)
        rows = [
            {"action_id": action.id, "activity_id": project.id, "state": "proposed", "share": None, "user_id": None,
             "reasons": json.dumps(reasons, ensure_ascii=False), "at": now}
            for action in actions
            for project in projects
            if (action.id, project.id) not in known
            and (reasons := propose_link(project, tuple(areas[action.id]), _years(plan, costs[action.id]), links))
        ]  # fmt: skip
        action_links.insert_links(connection, rows)
    return len(rows)


def _years(plan: Any, costs: list[Any]) -> tuple[int, int]:
    """First and last calendar year of an action: of its costs, else of its plan."""
    years = [row.fiscal_year for row in costs if row.kind == "cost"]
    longer = 1 if plan.fiscal_year_start > 1 else 0
    return (min(years), max(years) + longer) if years else (plan.first_year or 0, plan.last_year or 9999)


def _candidates(connection: Connection, viewer: Viewer, country: str) -> list[CandidateProject]:
    rows = action_links.project_candidates(connection, viewer, country)
    tags = tags_of(connection, [row.id for row in rows])
    known = {framework.key for framework in list_frameworks(connection)}
    return [
        CandidateProject(
            row.id, row.title, country, row.first, row.last,
            tuple(f"{tag.framework}/{tag.code}" for tag in tags.get(row.id, ()) if tag.framework in known),
        )
        for row in rows
    ]  # fmt: skip
