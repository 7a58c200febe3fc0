"""A person confirms, rejects or adds an area of a project."""

from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

from app.errors import InvalidInput, NotFound
from app.queries import project
from app.queries.bulk import wait_for_turn
from app.queries.decisions import read_mapped
from app.rules.effective_areas import CONFIRMED, REJECTED
from app.rules.permissions import Viewer
from app.services.decide_areas import get_decidable
from app.services.write_decisions import decided_row, write_decisions

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
    get_decidable(connection, viewer, activity_id)
    if share is not None and not 0 < share <= 100:
        raise InvalidInput("A share is a percentage above 0 and not over 100.")
    area = project.find_area(connection, area_id)
    if area is None:
        raise NotFound("There is no such area in force.")
    rows = read_mapped(connection, area.framework_id, [activity_id])[activity_id]
    stored = next((row for row in rows if row.area_id == area_id), None)
    millionths = int(share * MILLIONTHS_A_PERCENT) if share is not None else stored.share if stored else None
    state = CONFIRMED if decision == "confirm" else REJECTED
    after = [row for row in rows if row.area_id != area_id]
    after.append(decided_row(area_id, state, millionths, viewer, stored))
    note = f"area {state}: {area.code}, before: {stored.state if stored else 'not mapped'}"
    write_decisions(connection, viewer, area.framework_id, {activity_id: after}, {activity_id: note})
