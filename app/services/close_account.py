"""Close an account, and open it again: what its person decided and wrote stays."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.queries import accounts
from app.queries.audit import note_action
from app.rules.permissions import Viewer


def close_account(connection: Connection, viewer: Viewer, number: int) -> None:
    """Nobody gets in with it any more, from this moment on. Raises NotFound, NotAllowed, InvalidInput for one's own."""
    row = accounts.get_account(connection, viewer, number)
    if number == viewer.user_id:
        raise InvalidInput("You can't close your own account. Ask another admin, so that there is always one.")
    accounts.change_account(connection, number, closed_at=row.closed_at or datetime.now(UTC))
    accounts.delete_sign_ins(connection, number, tokens=True)
    note_action(connection, viewer.user_id, "close account", row.email)


def reopen_account(connection: Connection, viewer: Viewer, number: int) -> None:
    """Its password holds again; tokens for scripts are made anew. Raises NotFound, NotAllowed."""
    row = accounts.get_account(connection, viewer, number)
    accounts.change_account(connection, number, closed_at=None)
    note_action(connection, viewer.user_id, "open account", row.email)
