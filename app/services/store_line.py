"""Write a funding line with what is derived from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.models.line_document import LineDocument
from app.models.worded import worded
from app.queries import funding_lines
from app.rates import Rates
from app.rules.check_funding import Fault
from app.rules.folded_text import fold_words
from app.rules.opportunity_status import instant_of
from app.services.funding_terms import to_base


def find_same_call(connection: Connection, line: LineDocument, line_id: int | None) -> list[Fault]:
    """A warning for each other line that may be this call from another source."""
    alike = funding_lines.find_alike(connection, fold_words(line.title), line.closes, line_id) if line.closes else []
    return [
        Fault(
            "warning",
            "same-call",
            "title",
            worded(
                "“%(title)s” (%(reference)s) of %(donor)s has the same title and deadline: perhaps the same call.",
                title=row.title,
                reference=row.reference,
                donor=row.donor,
            ),
            "If it is, keep one of the two and remove the other.",
        )
        for row in alike
    ]


def store_line(
    connection: Connection, line: LineDocument, line_id: int | None, owner_id: int, rates: Rates, now: datetime
) -> int:
    """Write a checked line with what is derived from it, and log what changed; its id."""
    before = funding_lines.lock_line(connection, line_id) if line_id is not None else None
    number = funding_lines.write_line(connection, line_id, line, _derived(line, rates, now) | {
        "owner_id": owner_id, "state": "current", "updated_at": now, "created_at": before.created_at if before else now,
    })  # fmt: skip
    funding_lines.insert_changes(connection, number, _changes(before, line, now), now)
    return number


def _derived(line: LineDocument, rates: Rates, now: datetime) -> dict[str, Any]:
    money = {
        name: to_base(rates, getattr(line, name), line.currency, now.date()) for name in ("total", "minimum", "maximum")
    }
    texts = (line.title, line.description, line.reference, " ".join(title for title, _ in line.documents))
    return {
        **{f"{name}_base": cents for name, (cents, _) in money.items()},
        "rate_note": next((note for _, note in money.values() if note), ""),
        "forecast_at": instant_of(line.forecast, line.time_zone), "opens_at": instant_of(line.opens, line.time_zone),
        "closes_at": instant_of(line.closes, line.time_zone, ends=True), "words": "".join(fold_words(text) for text in texts),
    }  # fmt: skip


def _changes(before: Any, line: LineDocument, now: datetime) -> list[tuple[str, str, str]]:
    """What there is to tell about a line: (kind, before, after)."""
    if before is None or before.state != "current":
        return [("new", "", line.closes)]
    closes = instant_of(line.closes, line.time_zone, ends=True)
    was_closed = before.closes_at is not None and before.closes_at <= now
    is_closed = closes is not None and closes <= now
    found = []
    if before.closes_at != closes:
        kind = (
            "reopened"
            if was_closed and not is_closed
            else "closed"
            if is_closed and not was_closed
            else "deadline-moved"
        )
        found.append((kind, before.closes, line.closes))
    money = [f"{one.currency} {one.minimum} {one.maximum} {one.total}" for one in (before, line)]
    if money[0] != money[1]:
        found.append(("amount-changed", money[0], money[1]))
    return found


def change_line_state(connection: Connection, line_id: int, state: str, at: datetime) -> None:
    """Take a line out of every list (removed) or bring it back (current), and log it."""
    line = funding_lines.lock_line(connection, line_id)
    funding_lines.set_line_state(connection, line_id, state, at)
    kind = "closed" if state == "removed" else "reopened"
    funding_lines.insert_changes(connection, line_id, [(kind, line.closes, state)], at)
