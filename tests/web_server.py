"""A web server on this machine that plays publishers and registries, and breaks off when it is told to."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Page:
    """One file. `breaks`: after how many bytes each of the next answers breaks off; `statuses`: what the next
    answers say instead of 200."""

    body: bytes = b""
    etag: str = ""
    modified: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    packed: bool = False


@dataclass
class Web:
    """What the server has, and what it was asked: (path, headers)."""

    address: str
    pages: dict[str, Page] = field(default_factory=dict)
    actions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def add(self, path: str, body: bytes = b"", **said: Any) -> str:
        """Serve a page; its address."""
        self.pages[path] = Page(body, **said)
        return self.address + path

    def asked_for(self, name: str) -> list[str]:
        """The values of one header of all requests, '' where it was not sent."""
        return [headers.get(name, "") for _, headers in self.asked]


@contextmanager
def web_server() -> Iterator[Web]:
    """A server on 127.0.0.1, on a port of its own."""
    server = _Server(("127.0.0.1", 0), _Handler)
    web = Web(f"http://127.0.0.1:{server.server_port}")
    server.web = web  # type: ignore[attr-defined]
    with serving(server):
        yield web


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    """The server answers, in a thread of its own, for as long as this lasts."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Who asked went away: tests do that on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:  # the name is the library's
        web: Web = self.server.web  # type: ignore[attr-defined]
        url = urlsplit(self.path)
        web.asked.append((self.path, dict(self.headers)))
        action = url.path.removeprefix("/api/3/action/")
        if action in web.actions:
            self._send_json(web.actions[action], parse_qs(url.query))
        elif url.path in web.pages:
            self._send_page(web.pages[url.path])
        else:
            self._send(404, b"nothing here", {})

    def _send_json(self, answers: dict[str, Any], query: dict[str, list[str]]) -> None:
        """The answer for this `fq`, or for any where there is none; empty beyond the first page."""
        start = (query.get("start") or query.get("offset") or ["0"])[0]
        result = answers.get((query.get("fq") or [""])[0], answers.get("", {"count": 0, "results": []}))
        if start != "0":
            result = {**result, "results": []} if isinstance(result, dict) else []
        self._send(200, json.dumps({"success": True, "result": result}).encode(), {"Content-Type": "application/json"})

    def _send_page(self, page: Page) -> None:
        validators = {"ETag": page.etag, "Last-Modified": page.modified}
        headers = {**page.headers, **{name: value for name, value in validators.items() if value}}
        if page.statuses:
            self._send(page.statuses.pop(0), b"", headers)
        elif self._is_known(page):
            self._send(304, b"", headers)
        else:
            self._send_body(page, headers)

    def _is_known(self, page: Page) -> bool:
        asked = self.headers
        return bool(page.etag and asked.get("If-None-Match") == page.etag) or bool(
            page.modified and asked.get("If-Modified-Since") == page.modified
        )

    def _send_body(self, page: Page, headers: dict[str, str]) -> None:
        body = page.body
        if page.packed and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers = gzip.compress(body), {**headers, "Content-Encoding": "gzip"}
        status, whole = 200, len(body)
        wanted = self.headers.get("Range", "")
        is_same = self.headers.get("If-Range") in (page.etag, page.modified)
        if wanted and page.ranges and is_same:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            status, body = 206, body[start:]
            headers = {**headers, "Content-Range": f"bytes {start}-{whole - 1}/{whole}"}
        self._send(status, body, headers, page.breaks.pop(0) if page.breaks else None)

    def _send(self, status: int, body: bytes, headers: dict[str, str], breaks_after: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:breaks_after])
        if breaks_after is not None:
            self.close_connection = True


# --- a registry ---------------------------------------------------------------------------------


def package(name: str, *addresses: str, kind: str = "activity") -> dict[str, Any]:
    """A dataset as the IATI Registry describes it."""
    return {
        "name": name,
        "title": name,
        "extras": [{"key": "filetype", "value": kind}, {"key": "iati_version", "value": "2.03"}],
        "resources": [{"url": address, "format": "IATI-XML"} for address in addresses],
    }


def serve_registry(web: Web, ref: str, key: str, *packages: dict[str, Any]) -> None:
    """Let the server know one publisher, by its IATI identifier and its short name."""
    found = {"count": len(packages), "results": list(packages)}
    web.actions["package_search"] = {f"publisher_iati_id:{ref}": found, f"organization:{key}": found}
    web.actions["organization_list"] = {
        "": [
            {
                "name": key,
                "title": "Ministère de la Coopération",
                "publisher_iati_id": ref,
                "package_count": len(packages),
            },
            {"name": "other", "title": "Other publisher", "publisher_iati_id": "XX-2", "package_count": 1},
        ]
    }
