"""An identity provider on this machine: it signs in whom it is told to, and lies when it is told to."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.web_server import serving

CLIENT, SECRET = "tessera test", "a secret: with signs"


@cache
def new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass
class Provider:
    """`claims`: what the ID token says beside, or instead of, what it should; `more`: what only userinfo says."""

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    signed_by: str = "own"
    algorithm: str = "RS256"
    begun: dict[str, dict[str, str]] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        ends = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "userinfo_endpoint": "me",
        }
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{end}" for name, end in ends.items()}, **self.described}

    def begin(self, asked: dict[str, str]) -> str:
        """Where the browser of somebody who has signed in is sent."""
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = f"code-{len(self.begun)}"
        self.begun[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def end(self, sent: dict[str, str], who: str) -> dict[str, Any] | None:
        """The tokens for a code, once; None for whoever is not who began."""
        asked = self.begun.pop(sent.get("code", ""), None)
        name, _, secret = base64.b64decode(who.removeprefix("Basic ")).decode().partition(":")
        digest = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if asked is None or digest.rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        if (name, secret) != ("tessera%20test", "a%20secret%3A%20with%20signs"):
            return None
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        said = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "own"}
        key: Any = new_key(self.signed_by)
        if self.algorithm == "none":
            parts = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (header, said))
            return {"id_token": f"{'.'.join(parts)}.", "access_token": "reading"}
        return {"id_token": jwt.encode(header, said, key, algorithms=[self.algorithm]), "access_token": "reading"}


class _Handler(BaseHTTPRequestHandler):
    @property
    def provider(self) -> Provider:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        return provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.begin({k: v[0] for k, v in parse_qs(parts.query).items()}))
            self.end_headers()
        elif parts.path == "/keys":
            self._answer({"keys": [new_key("own").as_dict(private=False)]})
        elif parts.path == "/me" and self.headers["Authorization"] == "Bearer reading":
            self._answer(self.provider.more)
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(self.provider.describe())
        else:
            self._answer(None)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        said = {name: values[0] for name, values in sent.items()}
        is_here = self.path == "/token"
        self._answer(self.provider.end(said, self.headers.get("Authorization", "")) if is_here else None)

    def _answer(self, document: Any) -> None:
        self.send_response(400 if document is None else 200)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """A provider on 127.0.0.1, on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    with serving(server):
        yield provider
