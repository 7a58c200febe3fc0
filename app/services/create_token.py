"""Make an API token for a user's scripts."""

import secrets

from sqlalchemy import Connection

from app.errors import NotFound
from app.queries import users


def create_token(connection: Connection, email: str) -> str:
    """A new token of this user; only its digest is kept. Raises NotFound."""
    user = users.find_user(connection, email.strip().lower())
    if user is None:
        raise NotFound(f"There is no user {email}.")
    token = secrets.token_urlsafe(32)
    users.insert_token(connection, token, user.id)
    return token
