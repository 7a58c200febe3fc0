"""Take a plan out of every list; it stays in the database for what refers to it."""

from datetime import UTC, datetime

from app import database
from app.errors import NotAllowed
from app.queries import plans
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.rules.permissions import Viewer, may_change


def remove_plan(viewer: Viewer, plan_id: int) -> None:
    """Raises NotFound, NotAllowed."""
    with database.write() as connection:
        plan = plans.get_plan(connection, viewer, plan_id)
        if not may_change(viewer, plan.owner_id):
            raise NotAllowed("Only editors of the organisation that keeps this plan may remove it.")
        plans.set_plan_state(connection, plan_id, plans.REMOVED, datetime.now(UTC))
        bump_data_version(connection)
        note_action(connection, viewer.user_id, "remove plan", str(plan_id))
