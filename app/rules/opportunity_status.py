"""Whether a funding line can be applied for: from its dates and one moment, with the reason in words.

Our own rule. A date without a time is that whole day in the line's time zone: it opens when the day begins there and
closes when it ends there.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.models.worded import worded

Status = Literal["forecast", "open", "closing soon", "closed", "rolling", "unknown"]
STATUSES: tuple[Status, ...] = ("open", "closing soon", "rolling", "forecast", "closed", "unknown")
SOON = timedelta(days=14)


class Dates(NamedTuple):
    """The dates of a line as they were said: "2026-03-31", "2026-03-31T17:00" or ""."""

    forecast: str
    opens: str
    closes: str
    time_zone: str
    rolling: bool


class LineStatus(NamedTuple):
    status: Status
    reason: str


@lru_cache(maxsize=50_000)
def instant_of(said: str, time_zone: str, *, ends: bool = False) -> datetime | None:
    """The moment (UTC) that a date or a date with a time means there; with `ends`, a day means its end.

    None for "". Raises ValueError for what is no date, or no time zone of the tz database.
    """
    if not said:
        return None
    zone = zone_of(time_zone)
    if len(said) > 10:
        return datetime.fromisoformat(said).replace(tzinfo=zone).astimezone(UTC)
    day = date.fromisoformat(said) + timedelta(days=1 if ends else 0)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """Raises ValueError for a name that the tz database does not have."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(worded("“%(name)s” is no time zone such as Europe/Rome.", name=name)) from error


def opportunity_status(dates: Dates, now: datetime) -> LineStatus:  # noqa: PLR0911 (one line a status, in their order)
    """The status of a line with these dates at the moment `now`."""
    opens = instant_of(dates.opens, dates.time_zone)
    closes = instant_of(dates.closes, dates.time_zone, ends=True)
    there = f"{dates.closes.replace('T', ' ')} ({dates.time_zone or 'UTC'})"
    if closes is not None and now >= closes:
        return LineStatus("closed", f"It closed on {there}.")
    if opens is not None and now < opens:
        return LineStatus("forecast", f"It opens on {dates.opens.replace('T', ' ')} ({dates.time_zone or 'UTC'}).")
    if closes is not None and closes - now <= SOON:
        return LineStatus("closing soon", f"It closes on {there}, {_left(closes - now)}.")
    if closes is not None and (opens is not None or not dates.forecast):
        return LineStatus("open", f"It closes on {there}, {_left(closes - now)}.")
    if dates.rolling:
        return LineStatus("rolling", "Applications are taken at any time.")
    if opens is not None:
        return LineStatus("open", f"It opened on {dates.opens.replace('T', ' ')}; no closing date is given.")
    if dates.forecast:
        return LineStatus("forecast", f"It is announced for {dates.forecast}; no opening date is given.")
    return LineStatus("unknown", "No dates are given.")


def _left(left: timedelta) -> str:
    days = left // timedelta(days=1)
    if days:
        return f"in {days} day{'s' if days > 1 else ''}"
    hours = left // timedelta(hours=1)
    return f"in {hours} hour{'s' if hours != 1 else ''}" if hours else "in less than an hour"
