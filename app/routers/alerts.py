"""Alerts: saved searches and plan watches, their feeds, and the end of their mails in one click."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from app.queries.alerts import find_search
from app.routers.dependencies import Id, Read, SignedIn, find_signed_in
from app.routers.opportunities import funding_words, said_in
from app.routers.rendering import render
from app.services.alert_feeds import alert_feed, deadline_calendar
from app.services.save_search import (
    FREQUENCIES,
    change_search,
    list_saved_searches,
    remove_search,
    save_search,
    unsubscribe,
    watch_plan,
)
from app.settings import settings

router = APIRouter()
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,60}$")]
Often = Annotated[str, Form(max_length=20)]
Name = Annotated[str, Form(max_length=400, pattern=r"^[^\x00]*$")]


@router.get("/alerts")
def show_alerts(request: Request, viewer: SignedIn, connection: Read) -> Response:
    return render(
        request, viewer, "alerts.html", searches=list_saved_searches(connection, viewer), frequencies=FREQUENCIES,
        has_mail=bool(settings().smtp_url), base=settings().public_url, **funding_words(request),
    )  # fmt: skip


@router.post("/alerts/searches")
def keep_search(request: Request, viewer: SignedIn, name: Name = "", frequency: Often = "daily") -> Response:
    """What to search is in the address, as it is on the page of the search."""
    save_search(viewer, name, said_in(request), frequency)
    return RedirectResponse("/alerts", 303)


@router.post("/plans/{number}/watch")
def keep_plan(viewer: SignedIn, number: Id, frequency: Often = "daily") -> Response:
    watch_plan(viewer, number, frequency)
    return RedirectResponse("/alerts", 303)


@router.post("/alerts/searches/{number}")
def change_saved_search(viewer: SignedIn, number: Id, frequency: Often, name: Name = "") -> Response:
    change_search(viewer, number, frequency, name)
    return RedirectResponse("/alerts", 303)


@router.post("/alerts/searches/{number}/remove")
def remove_saved_search(viewer: SignedIn, number: Id) -> Response:
    remove_search(viewer, number)
    return RedirectResponse("/alerts", 303)


@router.get("/feeds/{token}.atom")
def show_feed(connection: Read, token: Token) -> Response:
    return Response(alert_feed(connection, token), media_type="application/atom+xml")


@router.get("/feeds/{token}.ics")
def show_calendar(connection: Read, token: Token) -> Response:
    calendar = deadline_calendar(connection, token, datetime.now(UTC))
    return Response(calendar, media_type="text/calendar; charset=utf-8")


@router.get("/unsubscribe/{token}")
def ask_to_unsubscribe(request: Request, connection: Read, token: Token) -> Response:
    """A look at a link, as mail programs take one, ends nothing."""
    name = find_search(connection, token).name
    return render(request, find_signed_in(request), "unsubscribe.html", name=name, token=token, is_done=False)


@router.post("/unsubscribe/{token}")
def end_mails(request: Request, token: Token) -> Response:
    """Without sign-in: the one click of RFC 8058, and of the page."""
    return render(
        request, find_signed_in(request), "unsubscribe.html", name=unsubscribe(token), token=token, is_done=True
    )
