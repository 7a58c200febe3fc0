"""Change or forget one remembered answer."""

from app import database
from app.errors import InvalidInput, NotAllowed
from app.queries.audit import note_action
from app.queries.heading_profiles import DEFAULT
from app.rules.answers import Path, write_path
from app.rules.permissions import Viewer, may_change
from app.services.list_answers import answering
from app.services.remember_answers import remember_answers


def change_answer(viewer: Viewer, owner: str, path: Path, value: str | None, mapping: str = DEFAULT) -> None:
    """Remember another value for `path`, or forget it (None). Imports made before stay as they are.

    Raises NotAllowed, NotFound, InvalidInput.
    """
    if value is not None and not value.strip():
        raise InvalidInput("Write an answer, or have it forgotten.")
    with database.write() as connection:
        organisation = answering(connection, viewer, owner)
        if not may_change(viewer, organisation.id):
            raise NotAllowed(
                "Your role lets you read the answers but not change them. Ask an editor of your organisation."
            )
        remember_answers(connection, organisation.id, mapping, {path: value if value is None else value.strip()})
        note_action(connection, viewer.user_id, "change answer", organisation.ref, write_path(path))
