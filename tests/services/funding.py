"""Lines and plans to try things with, and the people who keep them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app import database
from app.models.line_document import LineDocument
from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.rules.permissions import Viewer
from app.services.save_document import save_document
from tests.services.uploads import person

DONOR, TEAM = "XM-DAC-9-1", "KH-GOV-1"


def donor(email: str = "donor@example.org", ref: str = DONOR) -> Viewer:
    return person(email, ref=ref)


def team(email: str = "team@example.org") -> Viewer:
    return person(email, ref=TEAM)


def soon(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def a_line(reference: str = "CALL-1", **values: Any) -> LineDocument:
    """A line that fits `a_plan`'s first action in every respect."""
    usual: dict[str, Any] = {
        "title": f"Protection of children {reference}", "countries": ("KH",), "areas": ("florence-2008/N3",), "currency": "USD",
        "minimum": 1_000_000, "maximum": 50_000_000, "own_share": 0, "closes": soon(60), "applicant_types": ("10",),
        "nationalities": ("*",), "months_max": 36, "languages": ("en",),
    }  # fmt: skip
    return LineDocument(reference, **usual | values)


def an_action(
    code: str = "1.1", area: str = "florence-2008/N3", cost: int = 10_000_000, **values: Any
) -> ActionDocument:
    costs = tuple(Cost("cost", year, cost // 2, "USD") for year in (2025, 2026))
    return ActionDocument(code, f"Action {code}", **{"areas": ((area, None),), "costs": costs, **values})


def a_plan(reference: str = "KH-NPA", *actions: ActionDocument, **values: Any) -> PlanDocument:
    usual: dict[str, Any] = {
        "country": "KH", "title": "National plan of action", "first_year": 2025, "last_year": 2026, "currency": "USD",
        "languages": ("en",), "applicant_type": "10", "visibility": "public",
    }  # fmt: skip
    return PlanDocument(reference, **usual | values, actions=actions or (an_action(),))


def enter_line(viewer: Viewer, line: LineDocument) -> int:
    saved = save_document(viewer, line)
    assert saved.id is not None, saved.faults
    return saved.id


def enter_plan(viewer: Viewer, plan: PlanDocument) -> int:
    saved = save_document(viewer, plan)
    assert saved.id is not None, saved.faults
    return saved.id


def action_ids(plan_id: int) -> dict[str, int]:
    from app.queries.plans import list_actions

    with database.read() as connection:
        return {row.code: row.id for row in list_actions(connection, [plan_id])}
