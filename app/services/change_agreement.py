"""Say how an agreement stands, comment on it, or correct what it says; what was is kept."""

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.models.worded import worded
from app.queries import agreements
from app.queries.audit import note_action
from app.rules.permissions import Viewer
from app.services.write_agreement import (
    LONGEST,
    STATES,
    AgreementForm,
    check_may_write,
    note_change,
    read_form,
    state_of,
)


def change_agreement(
    connection: Connection, viewer: Viewer, number: int, state: str = "", comment: str = "",
    form: AgreementForm | None = None,
) -> None:  # fmt: skip
    """Set the state ('' leaves it), add a comment, or write `form` over what was said. Raises NotAllowed, NotFound,
    InvalidInput."""
    check_may_write(viewer)
    before = state_of(connection, number)
    state = state or before["state"]
    if state not in STATES:
        raise InvalidInput(
            worded("An agreement is %(choices)s; not “%(state)s”.", choices=", ".join(STATES), state=state)
        )
    if len(comment) > LONGEST:
        raise InvalidInput("A comment has at most 4,000 letters.")
    if form is not None:
        values, parties = read_form(connection, form)
        agreements.update_agreement(connection, number, **values)
        agreements.write_parties(connection, number, parties)
    agreements.update_agreement(connection, number, state=state)
    is_changed = state_of(connection, number) != before
    if not is_changed and not comment.strip():
        raise InvalidInput("Nothing has changed: write a comment, or choose another state.")
    note_change(connection, viewer, number, state, comment, before if is_changed else None)
    note_action(connection, viewer.user_id, "change-agreement", f"agreement {number}", state)
