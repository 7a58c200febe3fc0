"""Download one file from an address that somebody gave, without going where such an address must not lead.

Every connection, those after a redirect included, goes to the very machine that was checked: the name is
looked up once, and what it answered a moment later (DNS rebinding) does not matter.
"""

import gzip
import socket
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import cast

import httpx2

from app.errors import Refused
from app.models.worded import as_worded, phrase, worded
from app.rules.addresses import DEFAULT_PORTS, LONGEST, Network, file_name_of, is_open, why_refused
from app.services.import_upload import UPLOAD_LIMIT

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 10, 60, 1800
TRIES, REDIRECTS = 4, 5
WAIT_SECONDS = 1.0
BLOCK = 1 << 16
# Answers after which it is worth asking once more.
_LATER = frozenset({408, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})


class AddressRefused(Refused):
    """What an address leads to can't be fetched; the message says why and what to do."""

    code = "address-refused"


class _BrokenOff(Exception):
    """The server went away or is busy: another try may do."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server says of the state of a file, to be sent back to it."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that arrived whole."""

    address: str
    path: Path
    name: str
    validators: Validators


class CheckedTransport(httpx2.BaseTransport):
    """Connects to the address that was checked, under the name that was asked for (Host, SNI, certificate).

    Proxies of the environment are not used: they would look the name up themselves.
    """

    def __init__(self, own: Sequence[Network] = ()) -> None:
        self._own = own
        # No connection is kept: one opened for another name on the same machine has another certificate.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._inner = httpx2.HTTPTransport(trust_env=False, limits=limits)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        if why := why_refused(url.scheme, url.host, bool(url.userinfo)):
            raise AddressRefused(why)
        host = url.raw_host.decode("ascii")
        extensions = {**request.extensions, "sni_hostname": host}
        failure: Exception = httpx2.ConnectError("no address")
        for address in self._checked(host, url.port or DEFAULT_PORTS[url.scheme]):
            try:
                return self._inner.handle_request(httpx2.Request(
                    request.method, url.copy_with(host=address), headers=request.headers, extensions=extensions,
                ))  # fmt: skip
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failure = error
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        """The machines that a name stands for; all of them have to be open."""
        found = find_machines(host, port)
        if not all(is_open(address, port, self._own) for address in found):
            raise AddressRefused(
                worded(
                    "“%(host)s”, port %(port)s, is no web server on the public internet; nothing else is "
                    "fetched from here. Download the file yourself and import it.",
                    host=host,
                    port=port,
                )
            )
        return found

    def close(self) -> None:
        self._inner.close()


def find_machines(host: str, port: int) -> list[str]:
    """The numeric addresses of a name, in the order in which to try them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(worded("There is no server called “%(host)s”. Check the address.", host=host)) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def open_client(own: Sequence[Network] = ()) -> httpx2.Client:
    """A client for addresses that people give; `own`: networks of its own that the operator has opened."""
    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    # gzip only: what arrives is kept as sent, so that a broken transfer can go on, and unpacked within bounds.
    headers = {"Accept-Encoding": "gzip", "User-Agent": "Tessera"}
    return httpx2.Client(transport=CheckedTransport(own), timeout=timeout, headers=headers, trust_env=False)


def download_file(
    client: httpx2.Client, address: str, path: Path, known: Validators | None = None
) -> Downloaded | None:
    """Download `address` to `path`; None if the server says that it is what `known` describes.

    A transfer that breaks off goes on where it broke, if the server can. Raises AddressRefused.
    """
    transfer = _Transfer(client, address, path, known or Validators())
    failure: Exception = _BrokenOff()
    for number in range(TRIES):
        if number:
            time.sleep(WAIT_SECONDS * number)
        try:
            return transfer.run()
        except (httpx2.TransportError, _BrokenOff) as error:
            failure = error
    raise AddressRefused(
        worded("%(address)s could not be fetched: %(value)s Try again later.", address=address, value=_reason(failure))
    )


def _reason(failure: Exception) -> str:
    if isinstance(failure, httpx2.ConnectError):
        return as_worded(phrase("the server does not answer."))
    if isinstance(failure, httpx2.TimeoutException):
        return as_worded(phrase("the server takes too long to answer."))
    if isinstance(failure, _BrokenOff) and failure.args:
        return cast(str, failure.args[0])
    return as_worded(phrase("the connection broke off several times."))


class _Transfer:
    """One download over one or more connections: what has arrived, and of which state of the file it is a part."""

    def __init__(self, client: httpx2.Client, address: str, path: Path, known: Validators) -> None:
        self._client = client
        self._address = address
        self._path = path
        self._known = known
        self._until = time.monotonic() + ALL_SECONDS
        self._validators = Validators()
        self._encoding = self._name = ""
        self._received = 0

    def run(self) -> Downloaded | None:
        """One connection. Raises _BrokenOff or httpx2.TransportError where another one may do."""
        with open_following(self._client, self._address, self._asked()) as response:
            status = response.status_code
            if status == HTTPStatus.NOT_MODIFIED and not self._received:
                return None
            if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and self._received:
                self._received = 0
                raise _BrokenOff(as_worded(phrase("the file changed while it was fetched.")))
            _check_status(self._address, status)
            self._take(response)
            self._unpack(self._encoding)
            return Downloaded(self._address, self._path, self._name, self._validators)

    def _asked(self) -> dict[str, str]:
        """Headers: the rest of what has begun, or the file unless it is the known one."""
        known = self._validators if self._received else self._known
        if self._received:
            return {"Range": f"bytes={self._received}-", "If-Range": _strong(known)}
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in asked.items() if value}

    def _take(self, response: httpx2.Response) -> None:
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            given = response.headers.get("Content-Range", "")
            if not self._received or not given.startswith(f"bytes {self._received}-"):
                raise AddressRefused(
                    worded(
                        "%(address)s answers with another part of the file than was asked for.", address=self._address
                    )
                )
        else:
            self._begin(response)
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) + self._received > UPLOAD_LIMIT:
            raise _too_large(self._address)
        try:
            self._write(response)
        except httpx2.TransportError:
            if not _strong(self._validators):
                self._received = 0
            raise

    def _begin(self, response: httpx2.Response) -> None:
        headers = response.headers
        self._received = 0
        self._validators = Validators(headers.get("ETag", ""), headers.get("Last-Modified", ""))
        self._encoding = headers.get("Content-Encoding", "")
        self._name = file_name_of(headers.get("Content-Disposition", ""), str(response.url))

    def _write(self, response: httpx2.Response) -> None:
        with self._path.open("ab" if self._received else "wb") as out:
            for block in response.iter_raw():
                out.write(block)
                self._received += len(block)
                if self._received > UPLOAD_LIMIT:
                    raise _too_large(self._address)
                if time.monotonic() > self._until:
                    raise AddressRefused(
                        worded(
                            "%(address)s took longer than %(count)s minutes.",
                            address=self._address,
                            count=ALL_SECONDS // 60,
                        )
                    )

    def _unpack(self, encoding: str) -> None:
        """Undo the packing of the transfer, up to the size that a file may have."""
        if encoding.lower() in ("", "identity"):
            return
        if encoding.lower() not in ("gzip", "x-gzip"):
            raise AddressRefused(
                worded(
                    "%(address)s is packed in a way that is not known here (%(encoding)s).",
                    address=self._address,
                    encoding=encoding[:20],
                )
            )
        packed = self._path.rename(self._path.with_name(f"{self._path.name}.gz"))
        try:
            with gzip.open(packed) as source, self._path.open("wb") as out:
                while block := source.read(BLOCK):
                    out.write(block)
                    if out.tell() > UPLOAD_LIMIT:
                        raise _too_large(self._address)
        except (OSError, EOFError, zlib.error) as error:
            raise AddressRefused(
                worded("%(address)s is packed, and can't be unpacked whole.", address=self._address)
            ) from error
        finally:
            packed.unlink()


def _strong(validators: Validators) -> str:
    """What a server accepts for going on with a part: no weak ETag (RFC 9110, 13.1.5)."""
    return validators.last_modified if validators.etag.startswith("W/") else validators.etag or validators.last_modified


def _too_large(address: str) -> AddressRefused:
    return AddressRefused(
        worded(
            "%(address)s is larger than %(count)s MB: download it, and use `tessera import`.",
            address=address,
            count=UPLOAD_LIMIT // 10**6,
        )
    )


def _check_status(address: str, status: int) -> None:
    if status in _LATER:
        raise _BrokenOff(worded("the server answers %(status)s.", status=status))
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        known = status in HTTPStatus._value2member_map_
        raise AddressRefused(
            worded(
                "%(address)s answers %(status)s%(value)s: no file.",
                address=address,
                status=status,
                value=f" ({HTTPStatus(status).phrase})" if known else "",
            )
        )


@contextmanager
def open_following(client: httpx2.Client, address: str, headers: dict[str, str]) -> Iterator[httpx2.Response]:
    """The answer at the end of the redirects; each of them is checked as the first address is."""
    url = _parsed(address)
    for _ in range(REDIRECTS + 1):
        with client.stream("GET", url, headers=headers, follow_redirects=False) as response:
            location = response.headers.get("Location", "")
            if response.status_code not in _MOVED or not location:
                yield response
                return
        url = url.join(_parsed(location))
    raise AddressRefused(
        worded("%(address)s leads on more than %(redirects)s times.", address=address, redirects=REDIRECTS)
    )


def _parsed(address: str) -> httpx2.URL:
    try:
        return httpx2.URL(address) if len(address) <= LONGEST else httpx2.URL("\x00")
    except httpx2.InvalidURL:
        raise AddressRefused(
            worded("“%(address)s” is no web address. Write it as https://example.org/file.xml.", address=address[:100])
        ) from None
