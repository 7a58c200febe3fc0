"""Projects whose texts may tell who a child is: their owner's alone until the owner has looked at them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from app.models.activity import Activity
from app.models.record import ActivityRecord
from app.models.review import TextRelease
from app.queries.bulk import one_of
from app.rules.text_care import digest_findings, findings_in, text_of

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
RELEASE = TextRelease.__table__  # type: ignore[attr-defined]
SHARED, HELD = "shared", "held"


def hold_texts(connection: Connection, numbered: Sequence[tuple[int, ActivityRecord]], is_new: bool) -> None:
    """Hold those of these records that need a look, and share again those that no longer do. What an owner keeps to
    itself for other reasons stays so."""
    digests = {
        number: "" if record.needs_no_care else digest_findings(findings_in(text_of(record)))
        for number, record in numbered
    }
    flagged = {number: digest for number, digest in digests.items() if digest}
    if flagged:
        held = sorted(number for number, digest in flagged.items() if digest != _released(connection, number))
        _move(connection, held, SHARED, HELD)
        _move(connection, sorted(flagged.keys() - set(held)), HELD, SHARED)
    if not is_new:
        _move(connection, sorted(digests.keys() - flagged.keys()), HELD, SHARED)


def _released(connection: Connection, number: int) -> str | None:
    found = connection.execute(select(RELEASE.c.digest).where(RELEASE.c.activity_id == number)).scalar()
    return str(found) if found is not None else None


def _move(connection: Connection, ids: list[int], before: str, after: str) -> None:
    if ids:
        chosen: Any = one_of(ACTIVITY.c.id, ids)
        moved = update(ACTIVITY).where(chosen, ACTIVITY.c.visibility == before)
        connection.execute(moved.values(visibility=after))


def release(connection: Connection, activity_id: int, digest: str, user_id: int | None) -> None:
    """Keep that the owner has looked at just these words, and share the project."""
    connection.execute(delete(RELEASE).where(RELEASE.c.activity_id == activity_id))
    values = {"activity_id": activity_id, "digest": digest, "user_id": user_id, "at": datetime.now(UTC)}
    connection.execute(RELEASE.insert().values(**values))
    _move(connection, [activity_id], HELD, SHARED)
