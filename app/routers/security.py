"""What every request meets first: whose browser sends it, and what the answer tells the browser."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import zones
from app.languages import COOKIE, LOCALE, choose_locale
from app.models.worded import phrase
from app.routers.errors import problem_or_page
from app.zones import ZONE, choose_zone

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
# data: is for the arrows that Pico draws in select boxes.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR = 31_536_000


class RequestGuard:
    """Refuses writes from other sites and the character NUL, chooses the language, adds security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        LOCALE.set(choose_locale(_cookie(headers, COOKIE), headers.get("accept-language", "")))
        ZONE.set(choose_zone(_cookie(headers, zones.COOKIE)))

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_security_headers(MutableHeaders(scope=message), scope)
            await send(message)

        refusal = _refusal(scope, headers)
        app: ASGIApp = problem_or_page(scope, *refusal) if refusal else self._app
        await app(scope, receive, send_guarded)


def add_security_headers(headers: MutableHeaders, scope: Scope) -> None:
    """Set them on an answer; what depends on a sign-in is never kept by a cache on the way."""
    headers.update(HEADERS)
    if scope["scheme"] == "https":
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
    if not scope["path"].startswith("/static/"):
        headers["Cache-Control"] = "private, no-cache"
        headers.add_vary_header("Cookie")
        headers.add_vary_header("Accept-Language")


def _refusal(scope: Scope, headers: Headers) -> tuple[int, str] | None:
    if b"%00" in scope["query_string"] or "\x00" in scope["path"]:
        return 422, phrase("The address holds a character that no text has (NUL).")
    if scope["method"] not in SAFE_METHODS and not is_same_origin(headers):
        return 403, phrase("This request came from another site and was not carried out.")
    return None


def is_same_origin(headers: Headers) -> bool:
    """Whether a write comes from our own pages, or from no browser at all.

    Browsers say so by Sec-Fetch-Site, older ones by Origin; programs send neither, and carry no
    cookie that another site could borrow.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _cookie(headers: Headers, name: str) -> str:
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return next((value for key, _, value in pairs if key == name), "")
