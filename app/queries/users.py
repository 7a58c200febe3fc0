"""People, their sessions, tokens and failed sign-ins."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, select, update

from app.errors import NotFound
from app.models.user import ApiToken, SignInAttempt, SignInSession, User
from app.models.worded import worded
from app.queries.bulk import insert_or
from app.rules.permissions import Viewer

USER = User.__table__  # type: ignore[attr-defined]
SESSION = SignInSession.__table__  # type: ignore[attr-defined]
ATTEMPT = SignInAttempt.__table__  # type: ignore[attr-defined]
TOKEN = ApiToken.__table__  # type: ignore[attr-defined]

IS_OPEN = USER.c.closed_at.is_(None)
_VIEWER = (USER.c.id, USER.c.organisation_id, USER.c.role, USER.c.email, USER.c.name, USER.c.locale)


def digest_token(token: str) -> str:
    """What is kept of a token: whoever reads the database can't use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_viewer(connection: Connection, session_token: str) -> Viewer | None:
    """Who is signed in with this cookie, unless the session is over."""
    query = select(*_VIEWER).join(SESSION, SESSION.c.user_id == USER.c.id).where(IS_OPEN)
    query = query.where(SESSION.c.token_hash == digest_token(session_token), SESSION.c.expires_at > datetime.now(UTC))
    return _viewer(connection.execute(query).one_or_none())


def find_viewer_by_token(connection: Connection, api_token: str) -> Viewer | None:
    """Whose API token this is."""
    query = select(*_VIEWER).join(TOKEN, TOKEN.c.user_id == USER.c.id).where(IS_OPEN)
    return _viewer(connection.execute(query.where(TOKEN.c.token_hash == digest_token(api_token))).one_or_none())


def get_viewer(connection: Connection, user_id: int) -> Viewer:
    """A person as who they are now, for work that is done for them later. Raises NotFound."""
    viewer = _viewer(connection.execute(select(*_VIEWER).where(USER.c.id == user_id, IS_OPEN)).one_or_none())
    if viewer is None:
        raise NotFound("Who asked for this has no account any more.")
    return viewer


def _viewer(row: Any) -> Viewer | None:
    return Viewer(*row) if row is not None else None


def find_user(connection: Connection, email: str) -> Any:
    """The user with this address, in lower case, or None."""
    return connection.execute(select(USER).where(USER.c.email == email)).one_or_none()


def get_user(connection: Connection, email: str) -> Any:
    """The user with this address, however it is written. Raises NotFound."""
    user = find_user(connection, email.strip().lower())
    if user is None:
        raise NotFound(worded("There is no user %(email)s.", email=email))
    return user


def insert_user(connection: Connection, **values: Any) -> int | None:
    """Add an account; its id, or None where there is one with this address already."""
    row = {"name": "", "locale": "", "created_at": datetime.now(UTC), **values}
    statement = insert_or(connection, USER).values(row).on_conflict_do_nothing(index_elements=["email"])
    found: int | None = connection.execute(statement.returning(USER.c.id)).scalar()
    return found


def set_locale(connection: Connection, user_id: int, locale: str) -> None:
    connection.execute(update(USER).where(USER.c.id == user_id).values(locale=locale))


def set_password_hash(connection: Connection, user_id: int, password_hash: str) -> None:
    connection.execute(update(USER).where(USER.c.id == user_id).values(password_hash=password_hash))


def insert_session(connection: Connection, token: str, user_id: int, lasts: timedelta) -> None:
    """A new session; those that are over go at this occasion."""
    now = datetime.now(UTC)
    connection.execute(delete(SESSION).where(SESSION.c.expires_at <= now))
    connection.execute(
        SESSION.insert().values(token_hash=digest_token(token), user_id=user_id, created_at=now, expires_at=now + lasts)
    )
    connection.execute(update(USER).where(USER.c.id == user_id).values(signed_in_at=now))


def delete_session(connection: Connection, token: str) -> None:
    connection.execute(delete(SESSION).where(SESSION.c.token_hash == digest_token(token)))


def delete_other_sessions(connection: Connection, user_id: int, token: str) -> None:
    """All sessions of a person but the one of this cookie."""
    others = SESSION.c.token_hash != digest_token(token)
    connection.execute(delete(SESSION).where(SESSION.c.user_id == user_id, others))


def insert_token(connection: Connection, token: str, user_id: int) -> None:
    connection.execute(
        TOKEN.insert().values(token_hash=digest_token(token), user_id=user_id, created_at=datetime.now(UTC))
    )


def count_attempt(connection: Connection, key: str, window: timedelta) -> int:
    """Count one more try under `key`; how many there were in the running window, this one included."""
    now = datetime.now(UTC)
    is_over = ATTEMPT.c.window_start < now - window
    statement = insert_or(connection, ATTEMPT).values(key=key, failures=1, window_start=now)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "failures": case((is_over, 1), else_=ATTEMPT.c.failures + 1),
            "window_start": case((is_over, now), else_=ATTEMPT.c.window_start),
        },
    ).returning(ATTEMPT.c.failures)
    return int(connection.execute(statement).scalar_one())


def forgive_attempt(connection: Connection, key: str) -> None:
    """The try was right after all: it does not count as a failure."""
    chosen = (ATTEMPT.c.key == key, ATTEMPT.c.failures > 0)
    connection.execute(update(ATTEMPT).where(*chosen).values(failures=ATTEMPT.c.failures - 1))


def forget_attempts(connection: Connection, key: str) -> None:
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key == key))


def email_of(connection: Connection, user_id: int | None) -> str | None:
    """The e-mail address of a person; None for nobody."""
    return connection.execute(select(USER.c.email).where(USER.c.id == user_id)).scalar()
