"""What routes ask for: a connection, the person who is signed in, and values within bounds."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from sqlalchemy import Connection

from app import database
from app.errors import SignInNeeded
from app.queries.users import find_viewer, find_viewer_by_token
from app.rules.permissions import Viewer
from app.settings import settings

SESSION_COOKIE = "tessera_session"
LARGEST = 2**63 - 1

# Text that every database takes: PostgreSQL refuses the character NUL.
Words = Annotated[str, Query(max_length=400, pattern=r"^[^\x00]*$")]
Id = Annotated[int, Path(ge=1, le=LARGEST)]


def _read() -> Iterator[Connection]:
    with database.read() as connection:
        yield connection


def _write() -> Iterator[Connection]:
    with database.write() as connection:
        yield connection


# Both end before the response leaves: who reads "saved" can rely on it.
Read = Annotated[Connection, Depends(_read, scope="function")]
Write = Annotated[Connection, Depends(_write, scope="function")]


def find_signed_in(request: Request) -> Viewer | None:
    """Who asks: by the session's cookie or, for the API, by a bearer token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    cookie = request.cookies.get(SESSION_COOKIE, "")
    is_bearer = scheme.lower() == "bearer" and request.url.path.startswith("/api/")
    if not (cookie or is_bearer):
        return None
    # Not from a replica, which may not know yet of a sign-in just made.
    with database.read(settings().database_url) as connection:
        viewer = find_viewer_by_token(connection, token.strip()) if is_bearer else find_viewer(connection, cookie)
    request.state.viewer = viewer
    return viewer


def _signed_in(request: Request) -> Viewer:
    viewer = find_signed_in(request)
    if viewer is None:
        raise SignInNeeded("Sign in to see this.")
    return viewer


SignedIn = Annotated[Viewer, Depends(_signed_in)]
