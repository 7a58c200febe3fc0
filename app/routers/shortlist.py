"""The shortlist of an organisation."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.routers.addresses import Number
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.opportunities import funding_words
from app.routers.rendering import render
from app.services.keep_shortlist import add_note, add_to_shortlist, list_shortlist, take_off_shortlist

router = APIRouter()
Note = Annotated[str, Form(max_length=8000, pattern=r"^[^\x00]*$")]


@router.get("/shortlist")
def show_shortlist(request: Request, viewer: SignedIn, connection: Read) -> Response:
    entries = list_shortlist(connection, viewer, datetime.now(UTC))
    return render(request, viewer, "shortlist.html", entries=entries, **funding_words(request))


@router.post("/opportunities/{number}/shortlist")
def keep_line(viewer: SignedIn, number: Id, note: Note = "", action: Annotated[Number, Form()] = None) -> Response:
    add_to_shortlist(viewer, number, note, action)
    return RedirectResponse(f"/opportunities/{number}#shortlist", 303)


@router.post("/shortlist/{entry}/note")
def write_note(viewer: SignedIn, entry: Id, note: Note = "") -> Response:
    add_note(viewer, entry, note)
    return RedirectResponse(f"/shortlist#entry-{entry}", 303)


@router.post("/shortlist/{entry}/remove")
def drop_line(viewer: SignedIn, entry: Id) -> Response:
    take_off_shortlist(viewer, entry)
    return RedirectResponse("/shortlist", 303)
