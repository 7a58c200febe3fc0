"""Signing in and out, and the language."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Cookie, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import InvalidInput, Refused
from app.languages import COOKIE, LANGUAGES
from app.routers.addresses import address_of
from app.routers.dependencies import SESSION_COOKIE, Write, find_signed_in
from app.routers.rendering import render
from app.rules.permissions import Viewer
from app.services.choose_language import choose_language
from app.services.sign_in import SESSION_LASTS, NewSession, TooManyTries, sign_in
from app.services.sign_in_elsewhere import ask_provider, read_ticket, sign_in_elsewhere
from app.services.sign_out import sign_out
from app.settings import settings

router = APIRouter()
Typed = Annotated[str, Form(max_length=400, pattern=r"^[^\x00]*$")]
MaybeSignedIn = Annotated[Viewer | None, Depends(find_signed_in)]
YEAR = 365 * 24 * 3600
TICKET_COOKIE, TEN_MINUTES = "tessera_elsewhere", 600


def safe_next(address: str) -> str:
    """An address of ours to go on to; the home page for anything that could lead elsewhere."""
    parts = urlsplit(address)
    is_ours = address.startswith("/") and not parts.scheme and not parts.netloc
    # Browsers read "/\\host" like "//host" and drop control characters before they look.
    is_plain = "\\" not in address and all(sign.isprintable() for sign in address)
    return address if is_ours and is_plain and not address.startswith("//") else "/"


@router.get("/sign-in")
def show_sign_in(request: Request, viewer: MaybeSignedIn, next: str = "/") -> Response:  # noqa: A002
    if viewer is not None:
        return RedirectResponse(safe_next(next), 303)
    return _form(request, next)


@router.post("/sign-in")
def sign_somebody_in(request: Request, email: Typed, password: Typed, next: Typed = "/") -> Response:  # noqa: A002
    try:
        session = sign_in(email, password, request.client.host if request.client else "")
    except Refused as refusal:
        status = 429 if isinstance(refusal, TooManyTries) else 422
        return _form(request, next, status, email, refusal.sentence)
    return _signed_in(request, session, next)


@router.get("/sign-in/elsewhere")
def go_elsewhere(request: Request, next: str = "/") -> Response:  # noqa: A002
    """To the identity provider; its answer comes back to the next route."""
    try:
        address, ticket = ask_provider(safe_next(next))
    except Refused as refusal:
        return _form(request, next, 422, refusal=refusal.sentence)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        TICKET_COOKIE, ticket.text(), TEN_MINUTES, path="/sign-in/elsewhere", httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.get("/sign-in/elsewhere/back")
def come_back(
    request: Request, state: str = "", code: str = "", ticket: Annotated[str, Cookie(alias=TICKET_COOKIE)] = ""
) -> Response:
    following = "/"
    try:
        begun = read_ticket(ticket)
        following = begun.next
        answer = _signed_in(request, sign_in_elsewhere(begun, state, code), following)
    except Refused as refusal:
        answer = _form(request, following, 422, refusal=refusal.sentence)
    answer.delete_cookie(TICKET_COOKIE, path="/sign-in/elsewhere")
    return answer


def _form(request: Request, following: str, status: int = 200, email: str = "", refusal: str = "") -> Response:
    return render(
        request, None, "sign_in.html", status, next=safe_next(following), email=email, refusal=refusal,
        provider=settings().provider, to=address_of,
    )  # fmt: skip


def _signed_in(request: Request, session: NewSession, following: str) -> Response:
    answer = RedirectResponse(safe_next(following), 303)
    is_secure = request.url.scheme == "https"
    lasts = int(SESSION_LASTS.total_seconds())
    answer.set_cookie(SESSION_COOKIE, session.token, lasts, httponly=True, samesite="lax", secure=is_secure)
    if session.locale:
        answer.set_cookie(COOKIE, session.locale, YEAR, samesite="lax", secure=is_secure)
    return answer


@router.post("/sign-out")
def sign_somebody_out(connection: Write, token: Annotated[str, Cookie(alias=SESSION_COOKIE)] = "") -> Response:
    sign_out(connection, token)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.post("/language")
def switch_language(
    request: Request,
    connection: Write,
    viewer: MaybeSignedIn,
    lang: Typed,
    next: Typed = "/",  # noqa: A002
) -> Response:
    if lang not in LANGUAGES:
        raise InvalidInput(f"There is no language “{lang}” here: choose {', '.join(LANGUAGES)}.")
    choose_language(connection, viewer, lang)
    answer = RedirectResponse(safe_next(next), 303)
    answer.set_cookie(COOKIE, lang, YEAR, samesite="lax", secure=request.url.scheme == "https")
    return answer
