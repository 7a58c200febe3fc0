"""Imports by address: a file on the web, or a publisher of the IATI Registry."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from app.errors import NotAllowed, Refused
from app.routers.dependencies import Id, Read, SignedIn, Words
from app.routers.rendering import render, render_progress
from app.rules.permissions import Viewer
from app.services.fetch_files import FetchRequest
from app.services.import_portfolio import Mode
from app.services.import_upload import UPLOAD_LIMIT
from app.services.search_publishers import search_publishers
from app.services.show_fetch import list_fetches, show_fetch
from app.services.start_fetch import may_fetch, start_fetch

router = APIRouter(prefix="/imports/fetch")
Line = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


class FetchForm(BaseModel):
    """What the page sends: an address, or a publisher's reference."""

    address: Line = ""
    publisher: Line = ""
    owner: Line = ""
    mode: Mode = "update"
    keep_good: bool = False


@router.get("")
def open_fetch_page(request: Request, viewer: SignedIn, connection: Read, words: Words = "") -> Response:
    may_fetch(viewer)
    return _page(request, viewer, connection, FetchForm(), words=words)


def _page(
    request: Request, viewer: Viewer, connection: Connection, sent: FetchForm, words: str = "", refusal: str = ""
) -> Response:
    publishers = None
    if words.strip():
        try:
            publishers = search_publishers(words)
        except Refused as no_answer:
            refusal = no_answer.sentence
    return render(
        request, viewer, "fetch.html", 422 if refusal else 200, sent=sent, words=words, publishers=publishers,
        refusal=refusal, limit=UPLOAD_LIMIT, fetches=list_fetches(connection, viewer),
    )  # fmt: skip


@router.post("")
def start_fetching(
    request: Request, viewer: SignedIn, connection: Read, sent: Annotated[FetchForm, Form()]
) -> Response:
    asked = FetchRequest(sent.address, sent.publisher, "", sent.owner, sent.mode, sent.keep_good)
    try:
        job = start_fetch(viewer, asked)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(request, viewer, connection, sent, refusal=refusal.sentence)
    return RedirectResponse(f"/imports/fetch/{job}", 303)


@router.get("/{job}")
def show_fetching(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    """How far it is; at its end the import, unless there is something to say first."""
    fetch = show_fetch(connection, viewer, job)
    if fetch.row.state == "done" and not fetch.is_same and not fetch.left_out:
        return RedirectResponse(f"/imports/{fetch.row.import_id}", 303)
    return render(request, viewer, "fetch_progress.html", fetch=fetch)


@router.get("/{job}/progress")
def show_progress(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    fetch = show_fetch(connection, viewer, job)
    return render_progress(request, viewer, "fetch_waiting.html", is_over=fetch.is_over, fetch=fetch)
