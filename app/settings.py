"""The one reader of the environment."""

import contextlib
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

REGISTRY = "https://iatiregistry.org/api/3/action"
LOG_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")
PLACEHOLDERS = {"", "changeme", "change-me", "secret", "placeholder", "please-change"}


class SettingsError(ValueError):
    """A setting that the process can't start with; the message says which and what to set."""


@dataclass(frozen=True)
class IdentityProvider:
    """Where people may sign in instead of here, by OpenID Connect; `name` is what they know it as."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


@dataclass(frozen=True)
class Settings:
    """The settings of one process (docs/operators.md lists them)."""

    database_url: str
    read_database_url: str
    data_dir: Path
    base_currency: str
    log_level: str
    secret_key_given: str
    registry: str
    fetch_private: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    smtp_url: str
    public_url: str
    provider: IdentityProvider | None

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a SQLite file of our own."""
        return self.database_url.startswith("sqlite")

    def secret_key(self) -> str:
        """The key that signs; made and kept beside the embedded database, required with any other."""
        if self.secret_key_given:
            if self.secret_key_given.lower() in PLACEHOLDERS or len(self.secret_key_given) < 16:
                raise SettingsError("TESSERA_SECRET_KEY is a placeholder: set 32 or more random characters.")
            return self.secret_key_given
        if not self.is_embedded:
            raise SettingsError("TESSERA_SECRET_KEY is needed with a database server: set 32 random characters.")
        return _kept_key(self.data_dir / "secret_key")


def _kept_key(path: Path) -> str:
    """The key in `path`, made if there is none: whole from the first moment, and the same for every process."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """Read TESSERA_* from `environment` (default: the process's own)."""
    env = os.environ if environment is None else environment
    data_dir = Path(env.get("TESSERA_DATA_DIR", "data"))
    level = env.get("TESSERA_LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        raise SettingsError(f"TESSERA_LOG_LEVEL is {level}: choose one of {', '.join(LOG_LEVELS)}.")
    return Settings(
        database_url=env.get("TESSERA_DATABASE_URL") or f"sqlite:///{data_dir / 'tessera.db'}",
        read_database_url=env.get("TESSERA_READ_DATABASE_URL", ""),
        data_dir=data_dir,
        base_currency=env.get("TESSERA_BASE_CURRENCY", "USD").upper(),
        log_level=level,
        secret_key_given=env.get("TESSERA_SECRET_KEY", ""),
        registry=env.get("TESSERA_REGISTRY") or REGISTRY,
        fetch_private=_networks(env.get("TESSERA_FETCH_PRIVATE", "")),
        smtp_url=_smtp(env.get("TESSERA_SMTP_URL", "")),
        public_url=(env.get("TESSERA_PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/"),
        provider=_provider(env),
    )


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Networks, separated by commas or spaces."""
    try:
        return tuple(ipaddress.ip_network(part) for part in text.replace(",", " ").split())
    except ValueError as error:
        raise SettingsError(f"TESSERA_FETCH_PRIVATE: {error}. Write networks such as 10.1.2.0/24.") from None


def _smtp(address: str) -> str:
    """A mail server as smtp://USER:PASSWORD@HOST:PORT/?from=ADDRESS (smtps:// for TLS from the start)."""
    parts = urlsplit(address)
    if address and (
        parts.scheme not in ("smtp", "smtps") or not parts.hostname or not parse_qs(parts.query).get("from")
    ):
        raise SettingsError("TESSERA_SMTP_URL: write it as smtp://user:password@host:587/?from=tessera@example.org.")
    return address


def _provider(env: Mapping[str, str]) -> IdentityProvider | None:
    issuer, client_id = env.get("TESSERA_OIDC_ISSUER", ""), env.get("TESSERA_OIDC_CLIENT_ID", "")
    secret = env.get("TESSERA_OIDC_CLIENT_SECRET", "")
    if not (issuer or client_id or secret):
        return None
    if not (issuer and client_id and secret):
        raise SettingsError("TESSERA_OIDC_ISSUER, TESSERA_OIDC_CLIENT_ID and TESSERA_OIDC_CLIENT_SECRET go together.")
    parts = urlsplit(issuer)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost")):
        raise SettingsError(
            "TESSERA_OIDC_ISSUER: write it as https://login.example.org, as your provider names itself."
        )
    return IdentityProvider(issuer, client_id, secret, env.get("TESSERA_OIDC_NAME") or parts.hostname)


@cache
def settings() -> Settings:
    """The process's settings, read once."""
    return read_settings()
