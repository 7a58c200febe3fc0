"""Everything that is stored about one project, read for one viewer."""

from typing import Any

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.models.activity import (
    ActivityCountry,
    ActivityOrganisation,
    ActivityRelation,
    ActivitySector,
    ActivityVersion,
)
from app.models.allocation import ALL_MONEY, Allocation
from app.models.flow import Flow
from app.models.framework import Area, Framework
from app.models.import_run import IN_FORCE, ImportRun
from app.models.link import ActivityLink
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.models.user import User
from app.queries.activities import ACTIVITY, activities_visible_to
from app.rules.permissions import Viewer

COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
SECTOR = ActivitySector.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]
RELATION = ActivityRelation.__table__  # type: ignore[attr-defined]
VERSION = ActivityVersion.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
FLOW = Flow.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
FRAMEWORK = Framework.__table__  # type: ignore[attr-defined]
RUN = ImportRun.__table__  # type: ignore[attr-defined]
LINK = ActivityLink.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
USER = User.__table__  # type: ignore[attr-defined]


def get_project(connection: Connection, viewer: Viewer, number: int) -> Any:
    """The activity's row with `owner` (name) and `owner_ref`. Raises NotFound, also for one not shared."""
    o = ORGANISATION.c
    query = activities_visible_to(viewer, ACTIVITY, o.name.label("owner"), o.ref.label("owner_ref"))
    query = query.join(ORGANISATION, o.id == ACTIVITY.c.owner_id).where(ACTIVITY.c.id == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such project, or it is not shared with you.")
    return row


def find_own_project(connection: Connection, owner_id: int, identifier: str) -> int | None:
    """The current project of this owner that has the identifier."""
    a = ACTIVITY.c
    query = select(a.id).where(a.identifier == identifier, a.owner_id == owner_id, a.state == "current").order_by(a.id)
    return connection.execute(query.limit(1)).scalar()


def read_version(connection: Connection, version_id: int) -> Any:
    """The version with its packed record, and `file_name`, `format`, `file_owner_id` of the import that brought it."""
    return _version(connection, version_id).one()


def find_version(connection: Connection, version_id: int) -> Any:
    """The same, or None."""
    return _version(connection, version_id).one_or_none()


def _version(connection: Connection, version_id: int) -> Any:
    query = select(VERSION, RUN.c.file_name, RUN.c.format, RUN.c.owner_id.label("file_owner_id"))
    return connection.execute(query.join(RUN, RUN.c.id == VERSION.c.import_id).where(VERSION.c.id == version_id))


def read_history(connection: Connection, activity_id: int) -> list[Any]:
    """(import_id, change, created_at, file_name, format, state, owner_id) of committed versions, newest first."""
    v, r = VERSION.c, RUN.c
    query = select(v.id, v.import_id, v.change, v.created_at, r.file_name, r.format, r.state, r.owner_id)
    query = query.join(RUN, r.id == v.import_id)
    query = query.where(v.activity_id == activity_id, r.state.in_((*IN_FORCE, "undone"))).order_by(v.id.desc())
    return list(connection.execute(query))


def read_places(connection: Connection, activity_id: int) -> list[Any]:
    """(code, share, rule) of each country and region."""
    c = COUNTRY.c
    query = select(c.code, c.share, c.rule).where(c.activity_id == activity_id)
    return list(connection.execute(query.order_by(c.position)))


def read_sectors(connection: Connection, activity_id: int) -> list[Any]:
    """(vocabulary, code, share, rule) of each sector."""
    c = SECTOR.c
    query = select(c.vocabulary, c.code, c.share, c.rule).where(c.activity_id == activity_id)
    return list(connection.execute(query.order_by(c.position)))


def read_parties(connection: Connection, activity_id: int) -> list[Any]:
    """(role, ref, name, type, known) of each organisation."""
    t, o = TAKES_PART.c, ORGANISATION.c
    query = select(t.role, o.ref, o.name, o.type, o.known).join(ORGANISATION, o.id == t.organisation_id)
    return list(connection.execute(query.where(t.activity_id == activity_id).order_by(t.position)))


def read_flows(connection: Connection, activity_id: int) -> list[Any]:
    """Every flow with `provider`, `provider_ref`, `receiver`, `receiver_ref`, in file order."""
    provider, receiver = ORGANISATION.alias("p"), ORGANISATION.alias("r")
    query = (
        select(
            FLOW,
            provider.c.name.label("provider"),
            provider.c.ref.label("provider_ref"),
            receiver.c.name.label("receiver"),
            receiver.c.ref.label("receiver_ref"),
        )
        .outerjoin(provider, provider.c.id == FLOW.c.provider_id)
        .outerjoin(receiver, receiver.c.id == FLOW.c.receiver_id)
        .where(FLOW.c.activity_id == activity_id)
        .order_by(FLOW.c.position)
    )
    return list(connection.execute(query))


def read_allocations(connection: Connection, activity_id: int) -> list[Any]:
    """All money by donor, country, year and flow type, with `ref` and `name` of the donor."""
    c, o = ALLOCATION.c, ORGANISATION.c
    query = (
        select(c.flow_type, c.year, c.country, o.ref, o.name, c.gross, c.net, c.equal, c.reasons)
        .outerjoin(ORGANISATION, o.id == c.donor_id)
        .where(c.activity_id == activity_id, c.framework_id == ALL_MONEY)
        .order_by(c.flow_type, c.year, c.country, o.name)
    )
    return list(connection.execute(query))


def read_mappings(connection: Connection, activity_id: int) -> list[Any]:
    """Area mappings of every framework with `code`, `title`, `framework`, `short_title`, `decided_by`."""
    m = MAPPING.c
    query = (
        select(
            MAPPING,
            AREA.c.code,
            AREA.c.title,
            FRAMEWORK.c.key.label("framework"),
            FRAMEWORK.c.short_title,
            USER.c.name.label("decided_by"),
        )
        .join(AREA, AREA.c.id == m.area_id)
        .join(FRAMEWORK, FRAMEWORK.c.id == m.framework_id)
        .outerjoin(USER, USER.c.id == m.user_id)
        .where(m.activity_id == activity_id)
        .order_by(FRAMEWORK.c.is_primary.desc(), FRAMEWORK.c.key, AREA.c.position)
    )
    return list(connection.execute(query))


def read_relations(connection: Connection, viewer: Viewer, activity_id: int) -> list[Any]:
    """(type, ref, id, title): what this report names; `id` None where it is not here or not shared."""
    seen = activities_visible_to(viewer, ACTIVITY.c.id, ACTIVITY.c.identifier, ACTIVITY.c.title).subquery()
    r = RELATION.c
    query = select(r.type, r.ref, seen.c.id, seen.c.title).outerjoin(seen, seen.c.identifier == r.ref)
    return list(connection.execute(query.where(r.activity_id == activity_id).order_by(r.type, r.ref)))


def read_named_by(connection: Connection, viewer: Viewer, row: Any) -> list[Any]:
    """(type, id, identifier, title) of projects whose report names this one."""
    a, r = ACTIVITY.c, RELATION.c
    query = activities_visible_to(viewer, r.type, a.id, a.identifier, a.title).join(RELATION, r.activity_id == a.id)
    return list(connection.execute(query.where(r.ref == row.identifier, a.id != row.id).order_by(r.type, a.identifier)))


def read_same_identifier(connection: Connection, viewer: Viewer, row: Any) -> list[Any]:
    """(id, title, reporter) of other reports with this identifier."""
    a, o = ACTIVITY.c, ORGANISATION.c
    query = activities_visible_to(viewer, a.id, a.title, o.name.label("reporter")).join(
        ORGANISATION, o.id == a.reporter_id
    )
    return list(connection.execute(query.where(a.identifier == row.identifier, a.id != row.id).order_by(a.id)))


def read_links(connection: Connection, viewer: Viewer, row: Any) -> list[Any]:
    """(state, id, identifier, title): projects that may be of the same money, and what people said."""
    a, k = ACTIVITY.c, LINK.c
    is_one = (k.identifier == row.identifier) & (k.reporter_id == row.reporter_id)
    is_other = (k.other_identifier == row.identifier) & (k.other_reporter_id == row.reporter_id)
    found: list[Any] = []
    for mine, identifier, reporter in (
        (is_one, k.other_identifier, k.other_reporter_id), (is_other, k.identifier, k.reporter_id)
    ):  # fmt: skip
        query = activities_visible_to(viewer, k.state, a.id, a.identifier, a.title)
        query = query.join(LINK, (a.identifier == identifier) & (a.reporter_id == reporter)).where(mine)
        found += connection.execute(query.order_by(a.id))
    return found


def find_area(connection: Connection, area_id: int) -> Any:
    """(id, framework_id, code) of an area that is in force, or None."""
    query = select(AREA.c.id, AREA.c.framework_id, AREA.c.code)
    return connection.execute(query.where(AREA.c.id == area_id, AREA.c.retired.is_(False))).one_or_none()
