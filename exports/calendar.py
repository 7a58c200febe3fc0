"""Deadlines as iCalendar (RFC 5545): one event a deadline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

LONGEST_LINE = 75  # bytes


@dataclass(frozen=True, slots=True)
class Deadline:
    """One event. `when`: a day, or a moment in UTC; `version` goes up with each change."""

    uid: str
    title: str
    text: str
    address: str
    when: date | datetime
    version: int
    changed_at: datetime


def calendar_of(name: str, deadlines: Iterable[Deadline]) -> bytes:
    """The whole calendar, as calendar programs fetch it."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tessera//Deadlines//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ]  # fmt: skip
    for one in deadlines:
        lines += _event(one)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _event(one: Deadline) -> list[str]:
    stamp = f"{one.changed_at:%Y%m%dT%H%M%SZ}"
    return [
        "BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{one.version}",
        *_times(one.when), f"SUMMARY:{_text(one.title)}", f"DESCRIPTION:{_text(one.text)}", f"URL:{one.address}",
        "TRANSP:TRANSPARENT", "END:VEVENT",
    ]  # fmt: skip


def _times(when: date | datetime) -> list[str]:
    if isinstance(when, datetime):
        return [f"DTSTART:{when:%Y%m%dT%H%M%SZ}", f"DTEND:{when:%Y%m%dT%H%M%SZ}"]
    return [f"DTSTART;VALUE=DATE:{when:%Y%m%d}", f"DTEND;VALUE=DATE:{when + timedelta(days=1):%Y%m%d}"]


def _text(text: str) -> str:
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(sign, escaped)
    return "".join(letter for letter in text if letter >= " " or letter == "\t")


def _folded(line: str) -> str:
    """In lines of at most 75 bytes, never within a character; each further one begins with a blank."""
    lines, size = [""], 0
    for letter in line:
        length = len(letter.encode())
        if size + length > LONGEST_LINE:
            lines.append(" ")
            size = 1
        lines[-1] += letter
        size += length
    return "\r\n".join(lines)
