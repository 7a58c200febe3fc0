"""Area mappings: those that files bring, those that are suggested, those that people decided."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from app.models.framework import Area, Framework
from app.models.mapping import AreaMapping
from app.models.record import ActivityRecord, AreaTag
from app.queries.bulk import in_chunks, insert_models, take_ids
from app.rules.effective_areas import CONFIRMED, SUGGESTED
from app.rules.suggest import Suggestion, suggest_all

MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
FRAMEWORK = Framework.__table__  # type: ignore[attr-defined]
FORMS = "exploitation-forms"
Codes = dict[tuple[str, str], tuple[int, int]]


def area_ids(connection: Connection) -> Codes:
    """(framework key, area code) -> (framework id, area id)."""
    rows = connection.execute(
        select(FRAMEWORK.c.key, AREA.c.code, FRAMEWORK.c.id, AREA.c.id).join(
            AREA, AREA.c.framework_id == FRAMEWORK.c.id
        )
    )
    return {(key, code): (framework, area) for key, code, framework, area in rows}


class MappingWriter:
    """Writes the mappings that files bring, and suggestions from the words of records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._codes = area_ids(connection)
        self._now = datetime.now(UTC).isoformat(" ")

    def write_tags(self, records: Sequence[tuple[int, ActivityRecord]], is_new: bool) -> None:
        """Replace what files and suggestions said of these activities; what a person decided stays."""
        settled = set() if is_new else self.erase([number for number, _ in records])
        rows = [row for number, record in records if record.areas for row in self._tag_rows(number, record)]
        self._insert([row for row in rows if (row[0], row[2]) not in settled])

    def write_suggestions(self, records: Sequence[tuple[int, ActivityRecord]], frameworks: set[str]) -> list[int]:
        """Suggest anew in `frameworks` where nothing is confirmed or rejected; the activities whose mappings changed."""
        ids = [number for number, _ in records]
        settled = self._settled(ids)
        rows: list[tuple[Any, ...]] = []
        for number, record in records:
            for key, suggestion in suggest_areas(record).items():
                if key in frameworks:
                    found = self._suggestion_rows(number, key, suggestion)
                    rows += [row for row in found if (number, row[1]) not in settled]
        before = self._drop_suggestions(ids, frameworks)
        self._insert(rows)
        # Of (activity, framework, area, share, source, state, confidence, evidence) what tells two suggestions apart.
        after = {(row[0], row[2], row[3], row[7]) for row in rows}
        return sorted({row[0] for row in before ^ after})

    def erase(self, ids: Sequence[int]) -> set[tuple[int, int]]:
        """Drop what files and suggestions said of these activities; the (activity, area) pairs that people settled."""
        settled: set[tuple[int, int]] = set()
        for some in in_chunks(ids):
            chosen = MAPPING.c.activity_id.in_(bindparam("ids", some, expanding=True))
            self._connection.execute(delete(MAPPING).where(chosen, MAPPING.c.source != "person"))
            pairs = self._connection.execute(select(MAPPING.c.activity_id, MAPPING.c.area_id).where(chosen))
            settled.update((number, area) for number, area in pairs)
        return settled

    def _settled(self, ids: list[int]) -> set[tuple[int, int]]:
        chosen = MAPPING.c.activity_id.in_(bindparam("ids", ids, expanding=True))
        query = select(MAPPING.c.activity_id, MAPPING.c.framework_id).where(chosen, MAPPING.c.state != SUGGESTED)
        return {(number, framework) for number, framework in self._connection.execute(query)}

    def _drop_suggestions(self, ids: list[int], frameworks: set[str]) -> set[tuple[int, int, int | None, str]]:
        """Delete the suggestions for these activities; what was deleted: (activity, area, share, evidence)."""
        wanted = sorted({framework for (key, _), (framework, _) in self._codes.items() if key in frameworks})
        c = MAPPING.c
        gone = self._connection.execute(
            delete(MAPPING)
            .where(c.activity_id.in_(bindparam("ids", ids, expanding=True)))
            .where(c.framework_id.in_(wanted), c.state == SUGGESTED)
            .returning(c.activity_id, c.area_id, c.share, c.evidence)
        )
        return {(number, area, share, evidence) for number, area, share, evidence in gone}

    def _tag_rows(self, number: int, record: ActivityRecord) -> list[tuple[Any, ...]]:
        rows = {}
        for tag in record.areas:
            ids = self._codes.get((tag.framework, tag.code))
            if ids is not None:
                share = None if tag.share is None else int(tag.share * 10_000)
                said = ("file", CONFIRMED) if tag.state in ("", CONFIRMED) else ("suggestion", SUGGESTED)
                evidence = json.dumps([tag.evidence] if tag.evidence else [], ensure_ascii=False)
                rows[ids[1]] = (number, *ids, share, *said, tag.confidence, evidence)
        return list(rows.values())

    def _suggestion_rows(self, number: int, key: str, suggestion: Suggestion) -> list[tuple[Any, ...]]:
        rows = []
        for area in suggestion.areas:
            ids = self._codes.get((key, area.code))
            if ids is not None:
                share = int(Decimal(str(area.share)) * 1_000_000)
                rows.append((number, *ids, share, "suggestion", SUGGESTED, f"{area.confidence:.2f}",
                             json.dumps(list(area.evidence), ensure_ascii=False)))  # fmt: skip
        return rows

    def _insert(self, rows: list[tuple[Any, ...]]) -> None:
        first = take_ids(self._connection, "area_mapping", len(rows))
        insert_models(self._connection, AreaMapping, [
            (key, *row, None, self._now) for key, row in enumerate(rows, first)
        ])  # fmt: skip


def suggest_areas(record: ActivityRecord) -> dict[str, Suggestion]:
    """What the record's words and sectors suggest, by framework; the forms of exploitation too."""
    text = "\n".join(dict.fromkeys(record.texts()))
    sectors = [part.code for part in record.sectors if part.vocabulary in ("1", "2")]
    found = suggest_all(text, sectors, [part.code for part in record.countries])
    forms = next((one.forms for one in found.values() if one.forms), ())
    return {**found, FORMS: Suggestion("part", forms)} if forms else found


def tags_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[AreaTag]]:
    """The mappings of activities as tags for an export, rejected ones left out."""
    rows = connection.execute(
        select(MAPPING, AREA.c.code, FRAMEWORK.c.key)
        .join(AREA, AREA.c.id == MAPPING.c.area_id)
        .join(FRAMEWORK, FRAMEWORK.c.id == MAPPING.c.framework_id)
        .where(MAPPING.c.activity_id.in_(bindparam("ids", list(ids), expanding=True)), MAPPING.c.state != "rejected")
        .order_by(MAPPING.c.activity_id, FRAMEWORK.c.key, AREA.c.position)
    )
    found: dict[int, list[AreaTag]] = {}
    for row in rows:
        found.setdefault(row.activity_id, []).append(_tag(row))
    return found


def _tag(row: Any) -> AreaTag:
    share = None if row.share is None else Decimal(row.share) / 10_000
    is_suggestion = row.state == SUGGESTED
    evidence = "; ".join(json.loads(row.evidence or "[]"))
    return AreaTag(
        row.key, row.code, share, row.state if is_suggestion else "", row.source if is_suggestion else "",
        row.confidence, evidence,
    )  # fmt: skip
