"""Plans, and one of them with its actions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.models.plan_document import PlanDocument
from app.queries import plans
from app.rules.permissions import Viewer, may_change


@dataclass(frozen=True, slots=True)
class PlanListed:
    """One line of the list of plans."""

    id: int
    owner: str
    owner_name: str
    country: str
    reference: str
    title: str
    first_year: int | None
    last_year: int | None
    visibility: str
    version: int
    updated_at: datetime
    may_edit: bool


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan as pages and programs show it; `action_ids` in the order of its actions."""

    head: PlanListed
    plan: PlanDocument
    action_ids: tuple[int, ...]


def list_plans(connection: Connection, viewer: Viewer | None, country: str = "") -> list[PlanListed]:
    """The plans that the viewer may see."""
    return [_listed(row, viewer) for row in plans.list_plan_rows(connection, viewer, country)]


def show_plan(connection: Connection, viewer: Viewer | None, plan_id: int) -> PlanShown:
    """Raises NotFound."""
    row = plans.get_plan(connection, viewer, plan_id)
    ids = tuple(action.id for action in plans.list_actions(connection, [plan_id]))
    return PlanShown(_listed(row, viewer), plans.document_of(connection, row), ids)


def _listed(row: Any, viewer: Viewer | None) -> PlanListed:
    return PlanListed(
        row.id, row.owner_ref, row.owner_name, row.country, row.reference, row.title, row.first_year, row.last_year,
        row.visibility, row.version, row.updated_at, viewer is not None and may_change(viewer, row.owner_id),
    )  # fmt: skip
