"""Mappings of projects replaced as a set, with what they were before kept so that it can be put back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from app.models.activity import Activity
from app.models.mapping import AreaMapping
from app.models.review import MappingDecision, MappingReview
from app.queries.bulk import in_chunks, insert_models, one_of, take_ids

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
DECISION = MappingDecision.__table__  # type: ignore[attr-defined]
REVIEW = MappingReview.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class MappedRow:
    """One row of area_mapping without its number and project; `decided_at` as ISO text."""

    area_id: int
    share: int | None
    source: str
    state: str
    confidence: str
    evidence: str
    user_id: int | None
    decided_at: str


Mapped = dict[int, list[MappedRow]]
_COLUMNS = [MAPPING.c[name] for name in MappedRow.__slots__]


def read_mapped(connection: Connection, framework_id: int, ids: Sequence[int]) -> Mapped:
    """The mappings of each of these activities in one framework; an empty list for none."""
    found: Mapped = {number: [] for number in ids}
    for some in in_chunks(ids):
        chosen = one_of(MAPPING.c.activity_id, some)
        query = select(MAPPING.c.activity_id, *_COLUMNS).where(chosen, MAPPING.c.framework_id == framework_id)
        for row in connection.execute(query.order_by(MAPPING.c.id)):
            values = row._asdict()
            number, at = values.pop("activity_id"), values.pop("decided_at")
            found[number].append(MappedRow(**values, decided_at=at.isoformat(" ")))
    return found


def replace_mapped(connection: Connection, framework_id: int, mapped: Mapped) -> None:
    """Make these the mappings of these activities in the framework."""
    for some in in_chunks(list(mapped)):
        chosen = one_of(MAPPING.c.activity_id, some)
        connection.execute(delete(MAPPING).where(chosen, MAPPING.c.framework_id == framework_id))
    rows = [(number, framework_id, row) for number, rows in mapped.items() for row in rows]
    first = take_ids(connection, "area_mapping", len(rows))
    insert_models(connection, AreaMapping, [
        (key, number, framework, row.area_id, row.share, row.source, row.state, row.confidence, row.evidence,
         row.user_id, row.decided_at)
        for key, (number, framework, row) in enumerate(rows, first)
    ])  # fmt: skip


def keep_before(
    connection: Connection, framework_id: int, user_id: int | None, before: Mapped, batch: int | None = None
) -> int:
    """Keep what the mappings were; the number of the batch, a new one unless it goes on with `batch`."""
    r = REVIEW.c
    decided = dict(map(tuple, connection.execute(
        select(r.activity_id, r.decided_version_id)
        .where(r.framework_id == framework_id, one_of(r.activity_id, before))
    )))  # fmt: skip
    batch = batch or take_ids(connection, "mapping_batch", 1)
    first, now = take_ids(connection, "mapping_decision", len(before)), datetime.now(UTC).isoformat(" ")
    insert_models(connection, MappingDecision, [
        (key, batch, number, framework_id, user_id, _packed(rows, decided.get(number)), False, now)
        for key, (number, rows) in enumerate(before.items(), first)
    ])  # fmt: skip
    return batch


def _packed(rows: list[MappedRow], decided: int | None) -> str:
    values = [[getattr(row, name) for name in MappedRow.__slots__] for row in rows]
    return json.dumps({"decided": decided, "mappings": values}, ensure_ascii=False)


def unpack_before(text: str) -> tuple[int | None, list[MappedRow]]:
    """(version decided on before, the mappings before) of a decision."""
    kept = json.loads(text)
    return kept["decided"], [MappedRow(*values) for values in kept["mappings"]]


def last_batch(connection: Connection, user_id: int | None) -> list[Any]:
    """(id, batch, activity_id, framework_id, before, at) of each project in this person's last decision that stands."""
    d = DECISION.c
    newest = select(func.max(d.batch)).where(d.user_id == user_id, d.is_undone.is_(False)).scalar_subquery()
    return list(connection.execute(select(DECISION).where(d.batch == newest, d.is_undone.is_(False)).order_by(d.id)))


def later_decisions(connection: Connection, rows: Sequence[Any]) -> list[int]:
    """Activities of a batch on which somebody has decided since."""
    d = DECISION.c
    chosen = one_of(d.activity_id, [row.activity_id for row in rows])
    query = select(d.activity_id).where(
        chosen, d.framework_id == rows[0].framework_id, d.batch > rows[0].batch, d.is_undone.is_(False)
    )
    return list(connection.execute(query.distinct()).scalars())


def mark_undone(connection: Connection, batch: int) -> None:
    connection.execute(update(DECISION).where(DECISION.c.batch == batch).values(is_undone=True))


def present_versions(connection: Connection, ids: Sequence[int]) -> Mapping[int, int]:
    """activity -> version of its present record."""
    found: dict[int, int] = {}
    for some in in_chunks(ids):
        chosen = one_of(ACTIVITY.c.id, some)
        found.update(map(tuple, connection.execute(select(ACTIVITY.c.id, ACTIVITY.c.version_id).where(chosen))))
    return found
