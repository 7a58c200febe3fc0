"""Give somebody a new password who has lost theirs."""

from sqlalchemy import Connection

from app.queries import accounts, users
from app.queries.audit import note_action
from app.rules.permissions import Viewer
from app.services.sign_in import new_password


def reset_password(connection: Connection, viewer: Viewer, number: int) -> str:
    """The new password, which is kept nowhere; browsers are signed out, tokens stay. Raises NotFound, NotAllowed."""
    password, hashed = new_password()
    row = accounts.get_account(connection, viewer, number)
    users.set_password_hash(connection, number, hashed)
    users.forget_attempts(connection, f"email:{row.email}")
    accounts.delete_sign_ins(connection, number, tokens=False)
    note_action(connection, viewer.user_id, "reset password", row.email)
    return password
