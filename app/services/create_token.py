"""Make an API token for a user's scripts."""

import secrets

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.queries import users


def create_token(connection: Connection, email: str) -> str:
    """A new token of this user; only its digest is kept. Raises NotFound, InvalidInput for a closed account."""
    user = users.get_user(connection, email)
    if user.closed_at is not None:
        raise InvalidInput(f"The account of {user.email} is closed.")
    token = secrets.token_urlsafe(32)
    users.insert_token(connection, token, user.id)
    return token
