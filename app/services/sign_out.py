"""End a session."""

from sqlalchemy import Connection

from app.queries import users


def sign_out(connection: Connection, token: str) -> None:
    """Forget the session of this cookie, here and in every copy of it."""
    users.delete_session(connection, token)
