"""Sign somebody in with e-mail and password."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from pwdlib import PasswordHash
from sqlalchemy import Connection

from app import database
from app.errors import Refused
from app.models.worded import worded
from app.queries import users
from app.settings import settings

SESSION_LASTS = timedelta(days=14)
WINDOW = timedelta(minutes=15)
TRIES_BY_EMAIL = 10
TRIES_BY_ADDRESS = 50


class WrongSignIn(Refused):
    code = "wrong-sign-in"


class AccountClosed(Refused):
    code = "account-closed"


class TooManyTries(Refused):
    code = "too-many-tries"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made: the cookie's value, and the language that the account is set to ('' for none)."""

    token: str
    locale: str


@cache
def password_hasher() -> PasswordHash:
    """Argon2 with the parameters that the library recommends."""
    return PasswordHash.recommended()


def new_password() -> tuple[str, str]:
    """A password that nobody can guess, to be shown once, and its hash, which is all that is kept."""
    password = secrets.token_urlsafe(12)
    return password, password_hasher().hash(password)


@cache
def _nobodys_hash() -> str:
    return password_hasher().hash(secrets.token_urlsafe())


def sign_in(email: str, password: str, address: str) -> NewSession:
    """Check and open a session. Raises WrongSignIn, AccountClosed or TooManyTries.

    The try is counted before the password is checked, so that tries at the same time count too; the check
    itself (about 100 ms, as long for an unknown address) is outside of any transaction.
    """
    email = email.strip().lower()
    count_try(email, address)
    with database.read(settings().database_url) as connection:
        user = users.find_user(connection, email)
    is_right, better_hash = password_hasher().verify_and_update(
        password, user.password_hash if user else _nobodys_hash()
    )
    if user is None or not is_right:
        raise WrongSignIn("This e-mail address and password do not belong together. Check both and try again.")
    with database.write() as connection:
        session = open_session(connection, user)
        forgive_try(connection, email, address)
        if better_hash:
            users.set_password_hash(connection, user.id, better_hash)
    return session


def open_session(connection: Connection, user: Any) -> NewSession:
    """A session of somebody who has shown who they are. Raises AccountClosed."""
    if user.closed_at is not None:
        raise AccountClosed("This account is closed. An admin can open it again.")
    token = secrets.token_urlsafe(32)
    users.insert_session(connection, token, user.id, SESSION_LASTS)
    return NewSession(token, user.locale)


def forgive_try(connection: Connection, email: str, address: str) -> None:
    """The password was right: the tries with it count no more."""
    users.forget_attempts(connection, f"email:{email}")
    users.forgive_attempt(connection, f"address:{address}")


def count_try(email: str, address: str) -> None:
    """Count one more try with a password. Raises TooManyTries."""
    with database.write() as connection:
        by_email = users.count_attempt(connection, f"email:{email}", WINDOW)
        by_address = users.count_attempt(connection, f"address:{address}", WINDOW)
    if by_email > TRIES_BY_EMAIL or by_address > TRIES_BY_ADDRESS:
        minutes = int(WINDOW.total_seconds() // 60)
        raise TooManyTries(
            worded("There were too many tries to sign in. Wait %(minutes)s minutes, then try again.", minutes=minutes)
        )
