"""Stored projects that new ones may be twins of."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select

from app.models.activity import ActivityCountry
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import in_chunks, insert_rows, one_of
from app.queries.imports import ORGANISATION
from app.queries.staged_rows import TWIN
from app.rules.permissions import Viewer
from app.rules.twins import Titled, Twin, fold_title

COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]


def has_others(connection: Connection, reporters: Iterable[int]) -> bool:
    """Whether anything is stored of other reporters."""
    others = ACTIVITY.c.reporter_id.not_in(bindparam("reporters", sorted(reporters), expanding=True))
    return bool(connection.execute(select(exists(select(ACTIVITY.c.id).where(others)))).scalar())


def list_candidates(
    connection: Connection, viewer: Viewer, reporters: Iterable[int], ours: Sequence[Titled]
) -> list[Titled]:
    """Visible projects of other reporters, in the countries of `ours` or without any, that share a longer word
    with the titles of `ours`."""
    countries = sorted({code for one in ours for code in one.countries})
    words = {word for one in ours for word in fold_title(one.title) if len(word) > 3}
    a = ACTIVITY.c
    query = activities_visible_to(viewer, a.id, a.title, a.reporter_id, a.start, a.end)
    query = query.where(a.reporter_id.not_in(bindparam("reporters", sorted(reporters), expanding=True)))
    if countries and all(one.countries for one in ours):
        is_there = a.id.in_(select(COUNTRY.c.activity_id).where(COUNTRY.c.code.in_(countries)))
        query = query.where(or_(is_there, ~exists().where(COUNTRY.c.activity_id == a.id)))
    rows = [row for row in connection.execute(query) if not words.isdisjoint(fold_title(row.title))]
    places = _countries_of(connection, [row.id for row in rows])
    return [
        Titled(row.id, row.title, row.reporter_id, frozenset(places.get(row.id, ())), *_years(row.start, row.end))
        for row in rows
    ]


def _years(start: Any, end: Any) -> tuple[int | None, int | None]:
    years = [day.year for day in (start, end) if day is not None]
    return min(years, default=None), max(years, default=None)


def _countries_of(connection: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for some in in_chunks(ids):
        chosen = one_of(COUNTRY.c.activity_id, some)
        for number, code in connection.execute(select(COUNTRY.c.activity_id, COUNTRY.c.code).where(chosen)):
            found.setdefault(number, set()).add(code)
    return found


def insert_twins(connection: Connection, import_id: int, titles: dict[str | int, str], twins: Iterable[Twin]) -> None:
    """Keep what was found for an import; `titles` by identifier."""
    columns = ("import_id", "identifier", "activity_id", "title", "score", "reasons")
    rows = {
        (import_id, twin.one, twin.other): (
            import_id, twin.one, twin.other, titles[twin.one], twin.score, json.dumps(twin.reasons, ensure_ascii=False)
        )
        for twin in twins
    }  # fmt: skip
    insert_rows(connection, "import_twin", columns, list(rows.values()))


def list_twins(connection: Connection, viewer: Viewer, import_id: int, limit: int = 100) -> list[Any]:
    """The twins of an import that the viewer may see, the most alike first; with the stored project's reporter."""
    a, o = ACTIVITY.c, ORGANISATION.c
    columns = (TWIN, a.identifier.label("other_identifier"), a.title.label("other_title"), o.name.label("reporter"))
    query = activities_visible_to(viewer, *columns).join(TWIN, TWIN.c.activity_id == a.id)
    query = query.join(ORGANISATION, o.id == a.reporter_id).where(TWIN.c.import_id == import_id)
    return list(connection.execute(query.order_by(TWIN.c.score.desc(), TWIN.c.identifier).limit(limit)))
