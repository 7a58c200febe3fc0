"""Area mappings: those that files bring, those that are suggested, those that people decided."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select

from app.models.framework import Area, AreaMatch, Framework
from app.models.mapping import AreaMapping
from app.models.record import ActivityRecord, AreaTag
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import in_chunks, insert_models, one_of, take_ids
from app.queries.lexicons import stored_lexicons
from app.rules.crosswalk import match_areas
from app.rules.effective_areas import CONFIRMED, SUGGESTED, MappedArea, effective_areas
from app.rules.learned import LearnedWords, apply_learned
from app.rules.lexicon import Lexicon
from app.rules.permissions import Viewer
from app.rules.project_words import read_project_words
from app.rules.suggest import Suggestion, suggest_all

MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
FRAMEWORK = Framework.__table__  # type: ignore[attr-defined]
MATCH = AreaMatch.__table__  # type: ignore[attr-defined]
FORMS = "exploitation-forms"
SURE_MATCH = Decimal("0.7")
Said = set[tuple[int, int, int | None, str]]
Codes = dict[tuple[str, str], tuple[int, int]]


def area_ids(connection: Connection) -> Codes:
    """(framework key, area code) -> (framework id, area id)."""
    rows = connection.execute(
        select(FRAMEWORK.c.key, AREA.c.code, FRAMEWORK.c.id, AREA.c.id).join(
            AREA, AREA.c.framework_id == FRAMEWORK.c.id
        )
    )
    return {(key, code): (framework, area) for key, code, framework, area in rows}


@dataclass(slots=True)
class Erased:
    """What was known of some activities: the pairs (activity, area) that people settled and those that a file
    told, and the pairs (activity, framework) in which people decided."""

    settled: set[tuple[int, int]] = field(default_factory=set)
    told: set[tuple[int, int]] = field(default_factory=set)
    decided: set[tuple[int, int]] = field(default_factory=set)

    def put_to_person(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """An area that a file names for the first time where a person has decided counts once they agree."""
        number, framework, area, share, *rest = row
        is_news = (number, framework) in self.decided and (number, area) not in self.told
        return (number, framework, area, share, "file", SUGGESTED, *rest[2:]) if is_news else row


class MappingWriter:
    """Writes the mappings that files bring, and suggestions from the words of records.

    `learned`: what was learned from confirmed projects, by framework.
    """

    def __init__(self, connection: Connection, learned: Mapping[str, LearnedWords] | None = None) -> None:
        self._connection = connection
        self._learned = learned or {}
        self._codes = area_ids(connection)
        self._now = datetime.now(UTC).isoformat(" ")

    def write_tags(self, records: Sequence[tuple[int, ActivityRecord]], is_new: bool) -> None:
        """Replace what files and suggestions said of these activities; what a person decided stays."""
        erased = Erased() if is_new else self.erase([number for number, _ in records])
        rows = [row for number, record in records if record.areas for row in self._tag_rows(number, record)]
        self._insert([erased.put_to_person(row) for row in rows if (row[0], row[2]) not in erased.settled])

    def write_suggestions(self, records: Sequence[tuple[int, ActivityRecord]], frameworks: set[str]) -> list[int]:
        """Suggest anew in `frameworks` where nothing is confirmed or rejected; the activities whose mappings changed."""
        ids = [number for number, _ in records]
        settled = self._settled(ids)
        rows: list[tuple[Any, ...]] = []
        for number, record in records:
            for key, suggestion in suggest_areas(record, self._lexicons, self._learned).items():
                if key in frameworks:
                    found = self._suggestion_rows(number, key, suggestion)
                    rows += [row for row in found if (number, row[1]) not in settled]
        before = self._drop_suggestions(ids, frameworks)
        self._insert(rows)
        before |= self._drop_matches(ids)
        rows += self._write_matches(ids)
        # Of (activity, framework, area, share, source, state, confidence, evidence) what tells two suggestions apart.
        after = {(row[0], row[2], row[3], row[7]) for row in rows}
        return sorted({row[0] for row in before ^ after})

    def write_matches(self, ids: Sequence[int]) -> None:
        """Suggest anew what areas decided in one framework mean in the others, through the crosswalk."""
        self._drop_matches(ids)
        self._write_matches(ids)

    def erase(self, ids: Sequence[int]) -> "Erased":
        """Drop what files and suggestions said of these activities; what people settled stays."""
        erased = Erased()
        c = MAPPING.c
        for some in in_chunks(ids):
            chosen = one_of(c.activity_id, some)
            gone = delete(MAPPING).where(chosen, c.source != "person").returning(c.activity_id, c.area_id, c.source)
            erased.told.update(
                (number, area) for number, area, source in self._connection.execute(gone) if source == "file"
            )
            query = select(c.activity_id, c.area_id, c.framework_id).where(chosen)
            for number, area, framework in self._connection.execute(query):
                erased.settled.add((number, area))
                erased.decided.add((number, framework))
        return erased

    def _settled(self, ids: list[int]) -> set[tuple[int, int]]:
        chosen = one_of(MAPPING.c.activity_id, ids)
        query = select(MAPPING.c.activity_id, MAPPING.c.framework_id).where(chosen, MAPPING.c.state != SUGGESTED)
        return {(number, framework) for number, framework in self._connection.execute(query)}

    def _drop_suggestions(self, ids: list[int], frameworks: set[str]) -> Said:
        """Delete what words suggested for these activities; what was deleted."""
        wanted = sorted({framework for (key, _), (framework, _) in self._codes.items() if key in frameworks})
        return self._drop(ids, MAPPING.c.framework_id.in_(wanted), MAPPING.c.source == "suggestion")

    def _drop_matches(self, ids: Sequence[int]) -> Said:
        return self._drop(ids, MAPPING.c.source == "crosswalk")

    def _drop(self, ids: Sequence[int], *conditions: ColumnElement[bool]) -> Said:
        c = MAPPING.c
        gone = self._connection.execute(
            delete(MAPPING)
            .where(one_of(c.activity_id, ids), c.state == SUGGESTED, *conditions)
            .returning(c.activity_id, c.area_id, c.share, c.evidence)
        )
        return {(number, area, share, evidence) for number, area, share, evidence in gone}

    def _write_matches(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Insert what the crosswalk suggests where nobody has decided; a mere part of an area only where nothing
        else is suggested."""
        rows: list[tuple[Any, ...]] = []
        for number, mapped in self._mapped(ids).items():
            decided, taken = _decided(mapped), {one.area_id for one in mapped}
            for framework, matches in self._matches.items() if decided else ():
                there = [one.state for one in mapped if one.framework_id == framework]
                if any(state != SUGGESTED for state in there):
                    continue
                least = SURE_MATCH if there else Decimal(0)
                rows += [
                    (number, framework, one.area_id, one.share, "crosswalk", SUGGESTED, f"{one.confidence:.2f}",
                     json.dumps([self._names[area] for area in one.through], ensure_ascii=False))
                    for one in match_areas(decided, matches)
                    if one.area_id not in taken and one.confidence >= least
                    and self._framework_of[one.area_id] == framework
                ]  # fmt: skip
        self._insert(rows)
        return rows

    def _mapped(self, ids: Sequence[int]) -> dict[int, list[Any]]:
        """The mappings of those activities on which somebody decided; rejected ones too."""
        found: dict[int, list[Any]] = {}
        c = MAPPING.c
        for some in in_chunks(ids):
            chosen = one_of(c.activity_id, some)
            decided = select(c.activity_id).where(chosen, c.state == CONFIRMED)
            query = select(c.activity_id, c.framework_id, c.area_id, c.share, c.state)
            for row in self._connection.execute(query.where(c.activity_id.in_(decided)).order_by(c.id)):
                found.setdefault(row.activity_id, []).append(row)
        return found

    @cached_property
    def _matches(self) -> dict[int, list[tuple[int, int, str]]]:
        """framework -> the matches with an area of it on either side."""
        found: dict[int, list[tuple[int, int, str]]] = {}
        for left, right, match in self._connection.execute(select(*MATCH.c[:3])):
            for framework in {self._framework_of[left], self._framework_of[right]}:
                found.setdefault(framework, []).append((left, right, match))
        return found

    @cached_property
    def _lexicons(self) -> tuple[Lexicon, ...] | None:
        return stored_lexicons(self._connection)

    @cached_property
    def _framework_of(self) -> dict[int, int]:
        return {area: framework for framework, area in self._codes.values()}

    @cached_property
    def _names(self) -> dict[int, str]:
        return {area: f"{key}/{code}" for (key, code), (_, area) in self._codes.items()}

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
        if not rows:
            return
        first = take_ids(self._connection, "area_mapping", len(rows))
        insert_models(self._connection, AreaMapping, [
            (key, *row, None, self._now) for key, row in enumerate(rows, first)
        ])  # fmt: skip


def _decided(mapped: Sequence[Any]) -> list[tuple[int, Decimal]]:
    """The areas that count of each framework in which some are confirmed, with their percent."""
    by_framework: dict[int, list[MappedArea]] = {}
    for row in mapped:
        if row.state == CONFIRMED:
            by_framework.setdefault(row.framework_id, []).append(MappedArea(row.area_id, row.share, row.state))
    splits = [effective_areas(areas) for areas in by_framework.values()]
    return [pair for split in splits if split for pair in zip(split.areas, split.weights, strict=True)]


def suggest_areas(
    record: ActivityRecord, lexicons: tuple[Lexicon, ...] | None, learned: Mapping[str, LearnedWords]
) -> dict[str, Suggestion]:
    """What the record's words and sectors suggest, by framework; the forms of exploitation too."""
    words = read_project_words(record)
    listed = suggest_all(*words, lexicons=lexicons)
    found = {key: apply_learned(learned.get(key), words.text, one) for key, one in listed.items()}
    forms = next((one.forms for one in found.values() if one.forms), ())
    return {**found, FORMS: Suggestion("part", forms)} if forms else found


def tags_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[AreaTag]]:
    """The mappings of activities as tags for an export, rejected ones left out."""
    rows = connection.execute(
        select(MAPPING, AREA.c.code, FRAMEWORK.c.key)
        .join(AREA, AREA.c.id == MAPPING.c.area_id)
        .join(FRAMEWORK, FRAMEWORK.c.id == MAPPING.c.framework_id)
        .where(one_of(MAPPING.c.activity_id, ids), MAPPING.c.state != "rejected")
        .order_by(MAPPING.c.activity_id, FRAMEWORK.c.key, AREA.c.position)
    )
    found: dict[int, list[AreaTag]] = {}
    for row in rows:
        found.setdefault(row.activity_id, []).append(_tag(row))
    return found


def list_mapped(connection: Connection, viewer: Viewer, framework: str | None) -> list[Any]:
    """(activity_id, identifier, framework, code, state, source, share, confidence, evidence) of every mapping that
    is not rejected, by project."""
    m = MAPPING.c
    query = activities_visible_to(
        viewer, m.activity_id, ACTIVITY.c.identifier, FRAMEWORK.c.key.label("framework"), AREA.c.code, m.state,
        m.source, m.share, m.confidence, m.evidence,
    )  # fmt: skip
    query = query.join(MAPPING, m.activity_id == ACTIVITY.c.id).join(AREA, AREA.c.id == m.area_id)
    query = query.join(FRAMEWORK, FRAMEWORK.c.id == m.framework_id).where(m.state != "rejected")
    if framework is not None:
        query = query.where(FRAMEWORK.c.key == framework)
    return list(connection.execute(query.order_by(m.activity_id, FRAMEWORK.c.key, AREA.c.position)))


def _tag(row: Any) -> AreaTag:
    share = None if row.share is None else Decimal(row.share) / 10_000
    is_suggestion = row.state == SUGGESTED
    evidence = "; ".join(json.loads(row.evidence or "[]"))
    return AreaTag(
        row.key, row.code, share, row.state if is_suggestion else "", row.source if is_suggestion else "",
        row.confidence, evidence,
    )  # fmt: skip
