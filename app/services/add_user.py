"""Give somebody an account."""

import re

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.queries import imports, users
from app.rules.permissions import ADMIN, ROLES
from app.services.sign_in import new_password

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def add_user(connection: Connection, email: str, role: str, organisation_ref: str | None = None) -> str:
    """Add an account and return its password, which is kept nowhere. Raises InvalidInput.

    An organisation that nobody has named yet is made: its first user comes before its first import.
    """
    email = email.strip().lower()
    if not is_address(email):
        raise InvalidInput(f"“{email}” is no e-mail address.")
    if role not in ROLES:
        raise InvalidInput(f"There is no role “{role}”: choose {', '.join(ROLES)}.")
    if role != ADMIN and not organisation_ref:
        raise InvalidInput(f"A user with the role {role} needs an organisation (--org REF).")
    organisation = imports.organisation_id(connection, organisation_ref) if organisation_ref else None
    password, hashed = new_password()
    said = {"email": email, "role": role, "organisation_id": organisation, "password_hash": hashed}
    if users.insert_user(connection, **said) is None:
        raise InvalidInput(f"There is a user {email} already.")
    return password


def is_address(email: str) -> bool:
    """Whether this may be an e-mail address: one @ with something on both sides, at most 254 characters (RFC 5321)."""
    return bool(_ADDRESS.fullmatch(email)) and email.isprintable() and len(email) <= 254
