"""Pages of activities, organisations and imports by id, for programs that read all of them."""

from typing import Any

from sqlalchemy import Connection, select

from app.models.activity import ActivityCountry
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.imports import RUN
from app.queries.organisations import ORGANISATION
from app.queries.portfolio import _found_by_words as found_by_words
from app.rules.permissions import ADMIN, Viewer

COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]


def activity_ids(
    connection: Connection,
    viewer: Viewer,
    after: int,
    limit: int,
    country: str = "",
    reporter: str = "",
    words: str = "",
) -> list[int]:
    """Ids of visible activities beyond `after`."""
    a = ACTIVITY.c
    query = activities_visible_to(viewer, a.id).where(a.id > after)
    if country:
        query = query.where(a.id.in_(select(COUNTRY.c.activity_id).where(COUNTRY.c.code == country)))
    if reporter:
        query = query.where(a.reporter_id.in_(select(ORGANISATION.c.id).where(ORGANISATION.c.ref == reporter)))
    found = found_by_words(connection, words)
    if found is not None:
        query = query.where(found)
    return list(connection.execute(query.order_by(a.id).limit(limit)).scalars())


def organisation_rows(
    connection: Connection,
    after: int,
    limit: int,
    country: str = "",
    kind: str = "",
    known: bool | None = None,
) -> list[Any]:
    """Organisations beyond `after`, of one type (`kind`), with the reference of the one each belongs to."""
    o, parent = ORGANISATION.c, ORGANISATION.alias()
    query = select(o.id, o.ref, o.name, o.type, o.country, o.known, parent.c.ref.label("parent"))
    query = query.outerjoin(parent, parent.c.id == o.parent_id).where(o.id > after)
    if country:
        query = query.where(o.country == country)
    if kind:
        query = query.where(o.type == kind)
    if known is not None:
        query = query.where(o.known.is_(known))
    return list(connection.execute(query.order_by(o.id).limit(limit)))


def import_rows(connection: Connection, viewer: Viewer, before: int, limit: int, state: str = "") -> list[Any]:
    """Imports of the viewer's organisation (admins: all), newest first; older than `before`, unless 0."""
    query = select(RUN).order_by(RUN.c.id.desc()).limit(limit)
    if viewer.role != ADMIN:
        query = query.where(RUN.c.owner_id == viewer.organisation_id)
    if before:
        query = query.where(RUN.c.id < before)
    if state:
        query = query.where(RUN.c.state == state)
    return list(connection.execute(query))
