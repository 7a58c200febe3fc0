"""Sign somebody out everywhere: a browser or a token was lost."""

from sqlalchemy import Connection

from app.queries import accounts
from app.queries.audit import note_action
from app.rules.permissions import Viewer


def end_sign_ins(connection: Connection, viewer: Viewer, number: int) -> None:
    """End all sessions and tokens of an account. Raises NotFound, NotAllowed."""
    row = accounts.get_account(connection, viewer, number)
    accounts.delete_sign_ins(connection, number, tokens=True)
    note_action(connection, viewer.user_id, "end sign-ins", row.email)
