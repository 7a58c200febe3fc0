"""One's own account: who one is here, and the password."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from app.queries.organisations import organisation_of
from app.routers.dependencies import SESSION_COOKIE, Read, SignedIn
from app.routers.edit_line import problems_of
from app.routers.rendering import render
from app.routers.sign_in import Typed
from app.rules.check_funding import Fault
from app.rules.permissions import Viewer
from app.services.change_password import LONGEST, SHORTEST, change_password

router = APIRouter(prefix="/account")


@router.get("")
def show_account(request: Request, viewer: SignedIn, connection: Read, changed: bool = False) -> Response:
    return _page(request, viewer, connection, changed=changed)


@router.post("/password")
def set_password(
    request: Request, viewer: SignedIn, connection: Read, current: Typed = "", new: Typed = "",
    token: Annotated[str, Cookie(alias=SESSION_COOKIE)] = "",
) -> Response:  # fmt: skip
    faults = change_password(viewer, current, new, token, request.client.host if request.client else "")
    return _page(request, viewer, connection, faults) if faults else RedirectResponse("/account?changed=true", 303)


def _page(
    request: Request, viewer: Viewer, connection: Connection, faults: Sequence[Fault] = (), *, changed: bool = False
) -> Response:
    return render(
        request, viewer, "account.html", 422 if faults else 200, changed=changed, problems=problems_of(faults),
        organisation=organisation_of(connection, viewer.organisation_id), limits=(SHORTEST, LONGEST),
    )  # fmt: skip
