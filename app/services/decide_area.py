"""A person confirms, rejects or adds an area of a project."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed, NotFound
from app.queries import project
from app.queries.allocations import refresh_allocations
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version, take_ids, wait_for_turn
from app.queries.projections import countries_of
from app.rules.effective_areas import CONFIRMED, REJECTED
from app.rules.permissions import Viewer, may_change

Decision = Literal["confirm", "reject"]
MILLIONTHS_A_PERCENT = 10_000


def decide_area(
    connection: Connection, viewer: Viewer, activity_id: int, area_id: int, decision: Decision,
    share: Decimal | None = None,
) -> None:  # fmt: skip
    """Write the decision with who and when, and bring the figures up to date.

    `share` is in percent; None keeps the one that is there. Raises NotFound, NotAllowed, InvalidInput.
    """
    wait_for_turn(connection)
    row = project.get_project(connection, viewer, activity_id)
    if not may_change(viewer, row.owner_id):
        raise NotAllowed("Only editors of the organisation that brought this project may decide on its areas.")
    if share is not None and not 0 < share <= 100:
        raise InvalidInput("A share is a percentage above 0 and not over 100.")
    area = project.find_area(connection, area_id)
    if area is None:
        raise NotFound("There is no such area in force.")
    _write(connection, viewer, activity_id, area, CONFIRMED if decision == "confirm" else REJECTED, share)
    refresh_allocations(connection, [activity_id], countries_of(connection, [activity_id]))
    bump_data_version(connection)


def _write(
    connection: Connection, viewer: Viewer, activity_id: int, area: Any, state: str, share: Decimal | None
) -> None:
    now = datetime.now(UTC)
    stored = project.find_mapping(connection, activity_id, area.id)
    values: dict[str, Any] = {
        "source": "person",
        "state": state,
        "user_id": viewer.user_id,
        "decided_at": now,
    }
    if share is not None:
        values["share"] = int(share * MILLIONTHS_A_PERCENT)
    if stored is None:
        keys = {"activity_id": activity_id, "area_id": area.id, "framework_id": area.framework_id}
        values = {"share": None, "confidence": "", "evidence": "[]", **keys, **values}
        values["id"] = take_ids(connection, "area_mapping", 1)
    project.write_mapping(connection, stored.id if stored else None, values)
    detail = f"{area.code}, before: {stored.state if stored else 'not mapped'}"
    note_action(connection, viewer.user_id, f"area {state}", f"activity {activity_id}", detail)
