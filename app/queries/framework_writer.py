"""Writes frameworks: their areas, versions and matches; and carries mappings from one version over to the next."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, update

from app.frameworks import AreaMatch, Framework
from app.models.framework import Area as AreaTable
from app.models.framework import AreaMatch as MatchTable
from app.models.framework import Framework as FrameworkTable
from app.models.framework import FrameworkVersion
from app.models.mapping import AreaMapping
from app.queries.bulk import take_ids
from app.queries.mappings import area_ids
from app.rules.effective_areas import CONFIRMED, SUGGESTED

FRAMEWORK = FrameworkTable.__table__  # type: ignore[attr-defined]
AREA = AreaTable.__table__  # type: ignore[attr-defined]
MATCH = MatchTable.__table__  # type: ignore[attr-defined]
VERSION = FrameworkVersion.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
NO_MATCH = "none"


def define(framework: Framework) -> str:
    """The definition of a framework as it is stored."""
    return json.dumps(asdict(framework), ensure_ascii=False, default=str)


def store_framework(connection: Connection, framework: Framework, source: str, user_id: int | None = None) -> list[int]:
    """Add a framework, or bring it to this version: areas keep their id by code, gone ones are retired, mappings
    follow areas that say what they were called before. The activities whose mappings that touches."""
    number = _write_head(connection, framework)
    before = _retired(connection, number)
    _write_areas(connection, number, framework)
    moved = _carry(connection, number, framework)
    _keep_version(connection, number, framework, source, user_id)
    turned = before ^ _retired(connection, number)
    mapped = select(MAPPING.c.activity_id).where(MAPPING.c.area_id.in_(turned)).distinct()
    return sorted({*moved, *connection.execute(mapped).scalars()})


def _write_head(connection: Connection, framework: Framework) -> int:
    values = {
        "version": framework.version,
        "title": framework.title,
        "short_title": framework.short_title,
        "is_primary": framework.primary,
        "definition": define(framework),
    }
    if framework.primary:
        connection.execute(update(FRAMEWORK).values(is_primary=False))
    number = connection.execute(select(FRAMEWORK.c.id).where(FRAMEWORK.c.key == framework.key)).scalar()
    if number is not None:
        was_primary = select(FRAMEWORK.c.is_primary).where(FRAMEWORK.c.id == number)
        # A newer version that does not say so does not take the lead away: some framework must have it.
        values["is_primary"] = framework.primary or bool(connection.execute(was_primary).scalar())
        connection.execute(update(FRAMEWORK).where(FRAMEWORK.c.id == number).values(**values))
        return int(number)
    number = take_ids(connection, "framework", 1)
    connection.execute(FRAMEWORK.insert().values(id=number, key=framework.key, **values))
    return number


def _write_areas(connection: Connection, number: int, framework: Framework) -> None:
    known = _ids_by_code(connection, number)
    codes = [area.code for area in framework.areas]
    connection.execute(update(AREA).where(AREA.c.framework_id == number).values(retired=AREA.c.code.not_in(codes)))
    for position, area in enumerate(framework.areas):
        values = {"title": area.title, "group_code": area.group or "", "position": position}
        if area.code in known:
            connection.execute(update(AREA).where(AREA.c.id == known[area.code]).values(**values))
        else:
            new = take_ids(connection, "area", 1)
            connection.execute(
                AREA.insert().values(id=new, framework_id=number, code=area.code, retired=False, **values)
            )


def _ids_by_code(connection: Connection, number: int) -> dict[str, int]:
    rows = connection.execute(select(AREA.c.code, AREA.c.id).where(AREA.c.framework_id == number))
    return dict(map(tuple, rows))


def _retired(connection: Connection, number: int) -> set[int]:
    query = select(AREA.c.id).where(AREA.c.framework_id == number, AREA.c.retired.is_(True))
    return set(connection.execute(query).scalars())


# --- from version to version -------------------------------------------------------------------


def _carry(connection: Connection, number: int, framework: Framework) -> set[int]:
    """Move mappings from codes that are gone to the one area that names each; the activities concerned.

    A code that several areas name was split: a person has to say which of them it is.
    """
    ids, codes = _ids_by_code(connection, number), {area.code for area in framework.areas}
    named = Counter(code for area in framework.areas for code in area.was)
    moved: set[int] = set()
    for area in framework.areas:
        for code in area.was:
            if code in ids and code not in codes and named[code] == 1:
                moved |= _move(connection, ids[code], ids[area.code])
    return moved


def _move(connection: Connection, old: int, new: int) -> set[int]:
    m, other = MAPPING.c, MAPPING.alias("other")
    here = select(other.c.activity_id).where(other.c.area_id == old)
    moved = set(connection.execute(here).scalars())
    connection.execute(delete(MAPPING).where(m.area_id == new, m.state == SUGGESTED, m.activity_id.in_(here)))
    there = exists().where(other.c.area_id == new, other.c.activity_id == m.activity_id)
    connection.execute(update(MAPPING).where(m.area_id == old, ~there).values(area_id=new))
    # Two old areas of one project have become one: it has the shares of both.
    share = select(other.c.share).where(
        other.c.area_id == old, other.c.activity_id == m.activity_id, other.c.state == CONFIRMED
    )
    both = m.activity_id.in_(select(other.c.activity_id).where(other.c.area_id == old, other.c.state == CONFIRMED))
    added = m.share + share.scalar_subquery()
    connection.execute(update(MAPPING).where(m.area_id == new, both, m.state == CONFIRMED).values(share=added))
    connection.execute(delete(MAPPING).where(m.area_id == old))
    return moved


def _keep_version(connection: Connection, number: int, framework: Framework, source: str, user_id: int | None) -> None:
    definition = define(framework)
    last = newest_version(connection, framework.key)
    if last is None or (last.definition, last.source) != (definition, source):
        connection.execute(VERSION.insert().values(
            id=take_ids(connection, "framework_version", 1), framework_id=number, version=framework.version,
            definition=definition, source=source, user_id=user_id, at=datetime.now(UTC),
        ))  # fmt: skip


def newest_version(connection: Connection, key: str, source: str = "") -> Any:
    """The last version of a framework (from this source), or None."""
    query = select(VERSION).join(FRAMEWORK, FRAMEWORK.c.id == VERSION.c.framework_id).where(FRAMEWORK.c.key == key)
    query = query.where(VERSION.c.source == source) if source else query
    return connection.execute(query.order_by(VERSION.c.id.desc()).limit(1)).one_or_none()


def list_versions(connection: Connection, framework_id: int) -> list[Any]:
    """(version, source, at) of every version, newest first."""
    v = VERSION.c
    query = select(v.version, v.source, v.at).where(v.framework_id == framework_id)
    return list(connection.execute(query.order_by(v.id.desc())))


def list_undecided(connection: Connection, framework_id: int) -> list[Any]:
    """(code, title, projects) of retired areas to which projects are mapped still."""
    query = (
        select(AREA.c.code, AREA.c.title, func.count().label("projects"))
        .join(MAPPING, MAPPING.c.area_id == AREA.c.id)
        .where(AREA.c.framework_id == framework_id, AREA.c.retired.is_(True), MAPPING.c.state == CONFIRMED)
        .group_by(AREA.c.code, AREA.c.title)
        .order_by(AREA.c.code)
    )
    return list(connection.execute(query))


# --- matches -----------------------------------------------------------------------------------


def store_matches(connection: Connection, pairs: Sequence[AreaMatch], source: str) -> list[AreaMatch]:
    """Make these the matches from this source, as far as their areas are here, and leave those of others; what was
    left out because an area is not here."""
    ids = area_ids(connection)
    stored = {(row.from_area_id, row.to_area_id): row for row in connection.execute(select(MATCH))}
    unknown = []
    for pair in pairs:
        ends = ids.get((pair.framework, pair.area)), ids.get((pair.other_framework, pair.other_area))
        if ends[0] is None or ends[1] is None:
            unknown.append(pair)
            continue
        here = stored.get((ends[0][1], ends[1][1]))
        if here is None or here.source != "person":
            write_match(connection, ends[0][1], ends[1][1], pair.match, source)
    return unknown


def drop_matches(connection: Connection, source: str, kept: Iterable[tuple[int, int]]) -> None:
    """Forget the matches from a source that it no longer has."""
    wanted = set(kept)
    for row in connection.execute(select(MATCH).where(MATCH.c.source == source)).all():
        if (row.from_area_id, row.to_area_id) not in wanted:
            _delete_match(connection, row.from_area_id, row.to_area_id)


def write_match(connection: Connection, left: int, right: int, match: str, source: str) -> None:
    _delete_match(connection, left, right)
    connection.execute(MATCH.insert().values(from_area_id=left, to_area_id=right, match=match, source=source))


def _delete_match(connection: Connection, left: int, right: int) -> None:
    connection.execute(delete(MATCH).where(MATCH.c.from_area_id == left, MATCH.c.to_area_id == right))


def list_matches(connection: Connection, framework_id: int) -> list[Any]:
    """(left_id, left, left_title, match, right_id, other, right, right_title, source) of the matches from areas of a
    framework, and of those to them."""
    one, two, f, g = AREA.alias("one"), AREA.alias("two"), FRAMEWORK.alias("f"), FRAMEWORK.alias("g")
    query = (
        select(
            one.c.id.label("left_id"), f.c.key.label("framework"), one.c.code.label("left"), one.c.title.label("left_title"),
            MATCH.c.match, two.c.id.label("right_id"), g.c.key.label("other"), two.c.code.label("right"),
            two.c.title.label("right_title"), MATCH.c.source,
        )
        .join(one, one.c.id == MATCH.c.from_area_id)
        .join(two, two.c.id == MATCH.c.to_area_id)
        .join(f, f.c.id == one.c.framework_id)
        .join(g, g.c.id == two.c.framework_id)
        .where((one.c.framework_id == framework_id) | (two.c.framework_id == framework_id), MATCH.c.match != NO_MATCH)
        .order_by(f.c.key, one.c.position, g.c.key, two.c.position)
    )  # fmt: skip
    return list(connection.execute(query))
