"""Load recommendation frameworks and their crosswalk as data."""

import json
from dataclasses import asdict

from sqlalchemy import Connection, delete, select, update

from app.frameworks import Framework, load_builtin, load_crosswalk
from app.models.framework import Area as AreaTable
from app.models.framework import AreaMatch
from app.models.framework import Framework as FrameworkTable
from app.queries.bulk import take_ids
from app.queries.mappings import area_ids

FRAMEWORK = FrameworkTable.__table__  # type: ignore[attr-defined]
AREA = AreaTable.__table__  # type: ignore[attr-defined]
MATCH = AreaMatch.__table__  # type: ignore[attr-defined]


def load_builtin_frameworks(connection: Connection) -> None:
    """Bring the built-in frameworks and the crosswalk up to date."""
    stored = dict(map(tuple, connection.execute(select(FRAMEWORK.c.key, FRAMEWORK.c.definition))))
    fresh = [one for one in load_builtin() if stored.get(one.key) != _definition(one)]
    for framework in fresh:
        load_framework(connection, framework)
    if fresh:
        _load_crosswalk(connection)


def load_framework(connection: Connection, framework: Framework) -> None:
    """Add a framework, or bring it to this version: areas keep their id by code; gone ones are retired."""
    values = {
        "version": framework.version,
        "title": framework.title,
        "short_title": framework.short_title,
        "is_primary": framework.primary,
        "definition": _definition(framework),
    }
    number = connection.execute(select(FRAMEWORK.c.id).where(FRAMEWORK.c.key == framework.key)).scalar()
    if number is None:
        number = take_ids(connection, "framework", 1)
        connection.execute(FRAMEWORK.insert().values(id=number, key=framework.key, **values))
    else:
        connection.execute(update(FRAMEWORK).where(FRAMEWORK.c.id == number).values(**values))
    _load_areas(connection, number, framework)


def _definition(framework: Framework) -> str:
    return json.dumps(asdict(framework), ensure_ascii=False, default=str)


def _load_areas(connection: Connection, number: int, framework: Framework) -> None:
    known = dict(map(tuple, connection.execute(select(AREA.c.code, AREA.c.id).where(AREA.c.framework_id == number))))
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


def _load_crosswalk(connection: Connection) -> None:
    ids = area_ids(connection)
    rows = [
        {"from_area_id": ids[pair.framework, pair.area][1], "match": pair.match,
         "to_area_id": ids[pair.other_framework, pair.other_area][1]}
        for pair in load_crosswalk()
        if (pair.framework, pair.area) in ids and (pair.other_framework, pair.other_area) in ids
    ]  # fmt: skip
    connection.execute(delete(MATCH))
    if rows:
        connection.execute(MATCH.insert(), rows)
