"""Sign somebody in who has shown who they are to their organisation's identity provider.

OpenID Connect Core 1.0, the authorization code flow, with PKCE (RFC 7636). What the provider says counts for an account
that an admin has added here under the same e-mail address: it opens no account by itself.
"""

import base64
import hashlib
import json
import secrets
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import httpx2

from app import database
from app.errors import Refused
from app.models.worded import worded
from app.queries import users
from app.services.sign_in import NewSession, open_session
from app.settings import IdentityProvider, settings

PATIENCE = 10  # seconds, for each question to the provider
LEEWAY = 60  # seconds by which clocks may differ
# Signatures by a key that only the provider has; never "none", never one by the shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")


class ProviderFailed(Refused):
    """The provider does not answer, or not as OpenID Connect has it."""

    code = "provider-failed"


class NotShown(Refused):
    """The provider does not say, in a way that can be relied on, that this is somebody with an account here."""

    code = "identity-not-shown"


class Ticket(NamedTuple):
    """What the browser keeps while its owner is at the provider: only who began may end."""

    state: str
    nonce: str
    verifier: str
    next: str

    def text(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(self).encode()).decode()


def _new_ticket(following: str) -> Ticket:
    return Ticket(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32), following)


def read_ticket(text: str) -> Ticket:
    """Raises NotShown."""
    try:
        state, nonce, verifier, following = json.loads(base64.urlsafe_b64decode(text))
    except (ValueError, TypeError):
        raise NotShown("This sign-in was begun elsewhere, or too long ago. Begin again.") from None
    return Ticket(str(state), str(nonce), str(verifier), str(following))


def get_provider() -> IdentityProvider:
    """Raises NotShown where none is set."""
    if provider := settings().provider:
        return provider
    raise NotShown("Nobody signs in by another provider here.")


def ask_provider(following: str) -> tuple[str, Ticket]:
    """The provider's address for a sign-in that begins, and what the browser keeps of it. Raises ProviderFailed."""
    provider, ticket = get_provider(), _new_ticket(following)
    digest = hashlib.sha256(ticket.verifier.encode()).digest()
    asked = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": _way_back(), "scope": "openid email",
        "state": ticket.state, "nonce": ticket.nonce, "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }  # fmt: skip
    with _client() as client:
        address = _describe(client, provider)["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", ticket


def sign_in_elsewhere(ticket: Ticket, state: str, code: str) -> NewSession:
    """Open a session for whom the provider vouches. Raises NotShown, ProviderFailed, AccountClosed."""
    provider = get_provider()
    if not code or not secrets.compare_digest(state.encode(), ticket.state.encode()):
        raise NotShown(
            worded("%(name)s did not sign you in, or this sign-in was not begun here. Begin again.", name=provider.name)
        )
    with _client() as client:
        described = _describe(client, provider)
        email = _ask_email(client, provider, described, code, ticket)
    with database.write() as connection:
        user = users.find_user(connection, email)
        if user is None:
            raise NotShown(
                worded(
                    "%(name)s knows you as %(email)s, which has no account here. Ask an admin for one.",
                    name=provider.name,
                    email=email,
                )
            )
        return open_session(connection, user)


def _ask_email(
    client: httpx2.Client, provider: IdentityProvider, described: dict[str, Any], code: str, ticket: Ticket
) -> str:
    """The address that the provider vouches for, in lower case."""
    sent = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": _way_back(), "code_verifier": ticket.verifier
    }  # fmt: skip
    basic = (quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))  # RFC 6749, 2.3.1
    if "client_secret_basic" in described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        tokens = _read(client.post, described["token_endpoint"], data=sent, auth=basic)
    else:
        secret = {"client_id": provider.client_id, "client_secret": provider.client_secret}
        tokens = _read(client.post, described["token_endpoint"], data={**sent, **secret})
    keys = _read(client.get, described["jwks_uri"])
    claims = _check(tokens.get("id_token"), keys, provider, ticket.nonce)
    if "email" not in claims and "userinfo_endpoint" in described:
        bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        more = _read(client.get, described["userinfo_endpoint"], headers=bearer)
        claims = more if more.get("sub") == claims["sub"] else claims
    email, is_verified = claims.get("email"), claims.get("email_verified", True)
    if not isinstance(email, str) or not email or is_verified not in (True, "true"):
        raise NotShown(
            worded("%(name)s does not vouch for an e-mail address of yours. Ask who runs it.", name=provider.name)
        )
    return email.strip().lower()


def _check(token: Any, keys: dict[str, Any], provider: IdentityProvider, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that is of this provider, for us, in force and of this sign-in (Core 1.0, 3.1.3.7)."""
    from joserfc import jwk, jwt
    from joserfc.errors import JoseError

    claims_of_ours = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": nonce},
        azp={"value": provider.client_id},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        found = jwt.decode(str(token), jwk.KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        claims_of_ours.validate(found)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotShown(
            worded(
                "What %(name)s says of you can't be relied on (%(error)s). Begin again.",
                name=provider.name,
                error=error,
            )
        ) from error
    return dict(found)


def _describe(client: httpx2.Client, provider: IdentityProvider) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0)."""
    described = _read(client.get, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    missing = [one for one in ("authorization_endpoint", "token_endpoint", "jwks_uri") if not described.get(one)]
    if missing or described.get("issuer") != provider.issuer:
        raise ProviderFailed(
            worded(
                "%(name)s does not describe itself as it is set here. Tell whoever runs Tessera.", name=provider.name
            )
        )
    return described


def _read(ask: Any, address: str, **said: Any) -> dict[str, Any]:
    """A JSON object from the provider. Raises ProviderFailed."""
    try:
        answer = ask(address, **said)
        document = answer.raise_for_status().json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise ProviderFailed("The identity provider does not answer as it should. Try again in a while.") from error
    if not isinstance(document, dict):
        raise ProviderFailed("The identity provider does not answer as it should. Try again in a while.")
    return document


def _client() -> httpx2.Client:
    return httpx2.Client(timeout=PATIENCE, headers={"User-Agent": "Tessera", "Accept": "application/json"})


def _way_back() -> str:
    return f"{settings().public_url}/sign-in/elsewhere/back"
