"""One's own account: who one is here, and the password."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.queries.organisations import organisation_of
from app.routers.dependencies import SESSION_COOKIE, Read, SignedIn
from app.routers.edit_line import problems_of
from app.routers.rendering import render
from app.services.change_password import LONGEST, SHORTEST, change_password

router = APIRouter(prefix="/account")
Typed = Annotated[str, Form(max_length=400, pattern=r"^[^\x00]*$")]


@router.get("")
def show_account(request: Request, viewer: SignedIn, connection: Read, changed: bool = False) -> Response:
    organisation = organisation_of(connection, viewer.organisation_id)
    return render(
        request,
        viewer,
        "account.html",
        organisation=organisation,
        changed=changed,
        problems={},
        limits=(SHORTEST, LONGEST),
    )


@router.post("/password")
def set_password(
    request: Request, viewer: SignedIn, connection: Read, current: Typed = "", new: Typed = "",
    token: Annotated[str, Cookie(alias=SESSION_COOKIE)] = "",
) -> Response:  # fmt: skip
    faults = change_password(viewer, current, new, token, request.client.host if request.client else "")
    if not faults:
        return RedirectResponse("/account?changed=true", 303)
    organisation = organisation_of(connection, viewer.organisation_id)
    return render(
        request, viewer, "account.html", 422, organisation=organisation, changed=False, problems=problems_of(faults),
        limits=(SHORTEST, LONGEST),
    )  # fmt: skip
