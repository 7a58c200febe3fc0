"""What every decision about areas does: keep what was before, write, bring figures and queue up to date, log."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.queries import decisions, reviews
from app.queries.allocations import refresh_allocations
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.queries.decisions import Mapped, MappedRow
from app.queries.mappings import MappingWriter
from app.rules.effective_areas import CONFIRMED, REJECTED, SUGGESTED
from app.rules.permissions import Viewer


def write_decisions(
    connection: Connection,
    viewer: Viewer,
    framework_id: int,
    after: Mapped,
    notes: dict[int, str],
    batch: int | None = None,
) -> int:
    """Make `after` the mappings of its projects, as decided by `viewer`; the number of the batch, which is taken back
    as one. `notes`: what the log says of each; `batch`: that which this goes on with."""
    ids = sorted(after)
    before = decisions.read_mapped(connection, framework_id, ids)
    batch = decisions.keep_before(connection, framework_id, viewer.user_id, before, batch)
    decisions.replace_mapped(connection, framework_id, after)
    reviews.mark_decided(connection, framework_id, dict(decisions.present_versions(connection, ids)))
    for number, note in notes.items():
        action, _, detail = note.partition(": ")
        note_action(connection, viewer.user_id, action, f"activity {number}", detail)
    refresh_decided(connection, ids)
    return batch


def refresh_decided(connection: Connection, ids: Sequence[int]) -> None:
    """After the mappings of these projects changed: suggestions through the crosswalk, figures, the queue."""
    MappingWriter(connection).write_matches(ids)
    refresh_allocations(connection, ids)
    bump_data_version(connection)


def decided_row(area_id: int, state: str, share: int | None, viewer: Viewer, before: MappedRow | None) -> MappedRow:
    """A mapping as a person decided it; the evidence that spoke for it stays beside it."""
    confidence, evidence = (before.confidence, before.evidence) if before else ("", "[]")
    now = datetime.now(UTC).isoformat(" ")
    return MappedRow(area_id, share, "person", state, confidence, evidence, viewer.user_id, now)


def settle_others(rows: Sequence[MappedRow], but: set[int], viewer: Viewer) -> list[MappedRow]:
    """The mappings to other areas than `but`: those that counted or were suggested are rejected."""
    return [
        decided_row(row.area_id, REJECTED, row.share, viewer, row) if row.state in (CONFIRMED, SUGGESTED) else row
        for row in rows
        if row.area_id not in but
    ]
