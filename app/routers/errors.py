"""How a refusal looks: a page for people, a problem document (RFC 9457) for programs."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.types import Scope

from app.routers.rendering import render
from app.services.word_issue import word_text

API = "/api/"


def problem_or_page(scope: Scope, status: int, sentence: str, code: str = "") -> Response:
    """The refusal as the asker can read it. `sentence` is public; nothing else of the error is told."""
    if scope["path"].startswith(API):
        return problem(status, sentence, code)
    request = Request(scope)
    viewer = getattr(request.state, "viewer", None)
    return render(
        request,
        viewer,
        "error.html",
        status,
        sentence=word_text(sentence),
        status=status,
    )


def problem(status: int, detail: str, code: str = "", members: dict[str, Any] | None = None) -> JSONResponse:
    """A problem document; `code` names the kind of refusal for programs, `members` says more about it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    extensions = {**({"code": code} if code else {}), **(members or {})}
    return JSONResponse({**body, **extensions}, status, headers, "application/problem+json")


def sign_in_page_or_problem(request: Request, sentence: str) -> Response:
    """Where somebody must sign in first: the page for it, which leads back here afterwards."""
    if request.url.path.startswith(API):
        return problem(HTTPStatus.UNAUTHORIZED, sentence, "sign-in-needed")
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    after = f"?next={quote(asked, safe='')}" if request.method == "GET" and asked != "/" else ""
    return RedirectResponse(f"/sign-in{after}", HTTPStatus.SEE_OTHER)
