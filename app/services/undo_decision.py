"""Take a person's last decision about areas back, of one project or of many at once."""

from sqlalchemy import Connection

from app.errors import NotAllowed, NotFound, Refused
from app.models.worded import worded
from app.queries import decisions, project, reviews
from app.queries.audit import note_action
from app.queries.bulk import wait_for_turn
from app.rules.permissions import Viewer, may_change
from app.services.write_decisions import refresh_decided


class DecisionConflict(Refused):
    """Somebody has decided since."""

    code = "decision-conflict"


def undo_decision(connection: Connection, viewer: Viewer) -> list[int]:
    """Put back what was before the viewer's last decision; the projects that it was about.

    Raises NotFound where there is none, DecisionConflict where somebody has decided since, NotAllowed.
    """
    wait_for_turn(connection)
    rows = decisions.last_batch(connection, viewer.user_id)
    if not rows:
        raise NotFound("There is no decision of yours to take back.")
    if later := decisions.later_decisions(connection, rows):
        titles = [project.get_project(connection, viewer, number).title for number in later[:3]]
        raise DecisionConflict(
            worded("Somebody has decided since on: %(names)s. Decide there anew.", names="; ".join(titles))
        )
    ids = [row.activity_id for row in rows]
    for number in ids:
        if not may_change(viewer, project.get_project(connection, viewer, number).owner_id):
            raise NotAllowed("Only editors of the organisation that brought this project may decide on its areas.")
    framework_id = rows[0].framework_id
    before = {row.activity_id: decisions.unpack_before(row.before) for row in rows}
    decisions.replace_mapped(connection, framework_id, {number: mapped for number, (_, mapped) in before.items()})
    reviews.mark_decided(connection, framework_id, {number: version for number, (version, _) in before.items()})
    decisions.mark_undone(connection, rows[0].batch)
    for number in ids:
        note_action(connection, viewer.user_id, "decision taken back", f"activity {number}")
    refresh_decided(connection, ids)
    return ids
