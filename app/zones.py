"""The reader's time zone, for moments on pages: the browser says it in the cookie `zone`; until it has, UTC."""

from contextvars import ContextVar
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

COOKIE = "zone"
# Set once a request; files, mails and whatever else is not one reader's stay in UTC.
ZONE: ContextVar[tzinfo] = ContextVar("zone", default=UTC)


@lru_cache(maxsize=600)
def choose_zone(cookie: str) -> tzinfo:
    """The zone of this name in the tz database; UTC where there is none."""
    try:
        return ZoneInfo(cookie) if cookie not in ("", "UTC") else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
