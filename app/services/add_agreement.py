"""Enter what a meeting agreed."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from app.queries import agreements
from app.queries.audit import note_action
from app.rules.permissions import Viewer
from app.services.write_agreement import AgreementForm, check_may_write, note_change, read_form


def add_agreement(connection: Connection, viewer: Viewer, form: AgreementForm) -> int:
    """The number of the agreement. Raises NotAllowed, InvalidInput, NotFound."""
    check_may_write(viewer)
    values, parties = read_form(connection, form)
    number = agreements.insert_agreement(
        connection, **values, state="open", user_id=viewer.user_id, created_at=datetime.now(UTC)
    )
    agreements.write_parties(connection, number, parties)
    note_change(connection, viewer, number, "open", "", None)
    note_action(connection, viewer.user_id, "add-agreement", f"agreement {number}", form.country)
    return number
