"""What a reviewer does with a project of the queue beside deciding: keep, comment, ask a colleague."""

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.queries import decisions, reviews
from app.queries.audit import note_action
from app.queries.bulk import wait_for_turn
from app.queries.frameworks import get_framework
from app.queries.reviews import refresh_reviews
from app.rules.permissions import Viewer
from app.services.decide_areas import comment_on, get_decidable


def keep_decision(connection: Connection, viewer: Viewer, activity_id: int, framework_key: str) -> None:
    """Say that what was decided holds for the changed text, too. Raises NotFound, NotAllowed."""
    wait_for_turn(connection)
    row = get_decidable(connection, viewer, activity_id)
    framework_id = get_framework(connection, framework_key).id
    mapped = decisions.read_mapped(connection, framework_id, [activity_id])
    decisions.keep_before(connection, framework_id, viewer.user_id, mapped)
    reviews.mark_decided(connection, framework_id, {activity_id: row.version_id})
    note_action(connection, viewer.user_id, "areas kept", f"activity {activity_id}")
    refresh_reviews(connection, [activity_id])


def comment_areas(connection: Connection, viewer: Viewer, activity_id: int, framework_key: str, comment: str) -> None:
    """Keep a comment. Raises NotFound, NotAllowed, InvalidInput for an empty one."""
    get_decidable(connection, viewer, activity_id)
    if not comment.strip():
        raise InvalidInput("Write the comment first.")
    comment_on(connection, viewer, activity_id, get_framework(connection, framework_key).id, comment)


def ask_second_opinion(
    connection: Connection, viewer: Viewer, activity_id: int, framework_key: str, colleague: int | None,
    comment: str = "",
) -> None:  # fmt: skip
    """Put the project on the list of a colleague, or (None) of all colleagues. Raises NotFound, NotAllowed."""
    wait_for_turn(connection)
    row = get_decidable(connection, viewer, activity_id)
    known = {one.id for one in reviews.list_colleagues(connection, row.owner_id, viewer.user_id)}
    if colleague is not None and colleague not in known:
        raise InvalidInput("Choose an editor of the organisation that brought this project.")
    framework_id = get_framework(connection, framework_key).id
    reviews.ask_opinion(connection, activity_id, framework_id, viewer.user_id, colleague)
    if comment.strip():
        comment_on(connection, viewer, activity_id, framework_id, comment)
    note_action(connection, viewer.user_id, "second opinion asked", f"activity {activity_id}")
    refresh_reviews(connection, [activity_id])
