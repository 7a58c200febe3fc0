"""Remember the language that somebody wants to read."""

from sqlalchemy import Connection

from app.queries import users
from app.rules.permissions import Viewer


def choose_language(connection: Connection, viewer: Viewer | None, locale: str) -> None:
    """Keep `locale` with the account of who is signed in; everybody else's choice is in their cookie."""
    if viewer is not None and viewer.user_id is not None:
        users.set_locale(connection, viewer.user_id, locale)
