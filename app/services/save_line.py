"""Enter a funding line or change one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict, InvalidInput, NotAllowed
from app.models.line_document import LineDocument
from app.queries import funding_lines
from app.queries.area_links import list_area_keys
from app.queries.audit import note_action
from app.queries.rates import stored_rates
from app.rates import Rates
from app.rules.check_funding import Fault, check_line, has_errors
from app.rules.folded_text import fold_words
from app.rules.opportunity_status import instant_of
from app.rules.permissions import Viewer, may_change
from app.services.funding_terms import to_base


@dataclass(slots=True)
class Saved:
    """What became of a form: its id once it is in, None where an error kept it out; warnings never do."""

    id: int | None
    faults: list[Fault] = field(default_factory=list)


def save_line(
    viewer: Viewer,
    line: LineDocument,
    line_id: int | None = None,
    version: int | None = None,
    owner_id: int | None = None,
) -> Saved:
    """Write the line, new or in the place of what `line_id` says; `version` is the one that the form was opened with.

    `owner_id`: the donor, for admins; all others enter lines of their own organisation. Raises NotAllowed,
    NotFound, InvalidInput, and ImportConflict if somebody else changed it meanwhile.
    """
    now = datetime.now(UTC)
    with database.write() as connection:
        stored = _open(connection, viewer, line_id, version)
        owner = stored.owner_id if stored else owner_id or viewer.organisation_id
        if owner is None:
            raise InvalidInput("Name the donor of this line.")
        if not may_change(viewer, owner):
            raise NotAllowed("Only editors of the donor may enter its funding lines.")
        faults = check_line(line, now, list_area_keys(connection))
        taken = funding_lines.find_line_id(connection, owner, line.reference)
        if taken is not None and taken != line_id:
            faults.append(
                Fault(
                    "error",
                    "reference-taken",
                    "reference",
                    "Another line of this donor has this reference.",
                    "Change that one, or give this one another reference.",
                )
            )
        if has_errors(faults):
            return Saved(None, faults)
        number = store_line(connection, line, line_id, owner, stored_rates(connection), now)
        note_action(connection, viewer.user_id, "save funding line", str(number))
        return Saved(number, faults + find_same_call(connection, line, number))


def _open(connection: Connection, viewer: Viewer, line_id: int | None, version: int | None) -> Any:
    if line_id is None:
        return None
    funding_lines.get_line(connection, viewer, line_id)
    stored = funding_lines.lock_line(connection, line_id)
    if version is not None and stored.version != version:
        raise ImportConflict("Somebody else changed this line meanwhile. Open it again and make your change there.")
    return stored


def find_same_call(connection: Connection, line: LineDocument, line_id: int | None) -> list[Fault]:
    """A warning for each other line that may be this call from another source."""
    alike = funding_lines.find_alike(connection, fold_words(line.title), line.closes, line_id) if line.closes else []
    return [
        Fault(
            "warning", "same-call", "title",
            f"“{row.title}” ({row.reference}) of {row.donor} has the same title and deadline: perhaps the same call.",
            "If it is, keep one of the two and remove the other.",
        )
        for row in alike
    ]  # fmt: skip


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
