"""The projects behind a figure of the overlap report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from app.models.allocation import ALL_MONEY, Allocation
from app.models.import_run import ImportRun
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import one_of
from app.queries.overlap_money import Scope, within
from app.rules.effective_areas import REJECTED
from app.rules.permissions import Viewer

ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
RUN = ImportRun.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Behind:
    """Which part of a report's money: of one area (its id), of any (`mapped`), of none known (`unmapped`), or all."""

    scope: Scope
    area_id: int | None = None
    mapped: bool = False
    unmapped: bool = False


class Contribution(NamedTuple):
    """One donor's money in one project, in hundredths of the base currency; `donor_ref` None: not named."""

    activity_id: int
    identifier: str
    title: str
    donor_ref: str | None
    donor_name: str | None
    first_year: int
    last_year: int
    gross: int
    net: int


class Totals(NamedTuple):
    """What a list of contributions adds up to, over all its pages."""

    lines: int
    projects: int
    gross: int
    net: int


def _rows(viewer: Viewer, behind: Behind, *columns: Any) -> Select[Any]:
    c = ALLOCATION.c
    scope = behind.scope
    query = activities_visible_to(viewer, *columns).join(ALLOCATION, c.activity_id == ACTIVITY.c.id)
    framework = scope.framework_id if behind.mapped or behind.area_id is not None else ALL_MONEY
    query = within(query, ALLOCATION, scope, framework=framework).where(c[scope.basis] != 0)
    if behind.area_id is not None:
        query = query.where(c.area_id == behind.area_id)
    if behind.unmapped:
        mapped = select(MAPPING.c.activity_id)
        mapped = mapped.where(MAPPING.c.framework_id == scope.framework_id, MAPPING.c.state != REJECTED)
        query = query.where(c.activity_id.not_in(mapped))
    return query


def read_contributions(
    connection: Connection, viewer: Viewer, behind: Behind, limit: int | None = None, offset: int = 0
) -> list[Contribution]:
    """Projects with the donors of their money, most money first."""
    a, c, o = ACTIVITY.c, ALLOCATION.c, ORGANISATION.c
    who = (a.id, a.identifier, a.title, o.ref, o.name)
    # A sum of integers is a decimal on PostgreSQL.
    cents = (cast(func.sum(c.gross), BigInteger), cast(func.sum(c.net), BigInteger))
    sums = (func.min(c.year), func.max(c.year), *cents)
    query = _rows(viewer, behind, *who, *sums).outerjoin(ORGANISATION, o.id == c.donor_id)
    order = func.sum(c[behind.scope.basis]).desc()
    query = query.group_by(*who).order_by(order, a.id, o.ref).limit(limit).offset(offset or None)
    return [Contribution._make(row) for row in connection.execute(query)]


def read_contribution_totals(connection: Connection, viewer: Viewer, behind: Behind) -> Totals:
    """The sums of all pages of `read_contributions`."""
    c = ALLOCATION.c
    each = _rows(
        viewer,
        behind,
        c.activity_id,
        c.donor_id,
        func.sum(c.gross).label("gross"),
        func.sum(c.net).label("net"),
    )
    lines = each.group_by(c.activity_id, c.donor_id).subquery()
    projects = func.count(lines.c.activity_id.distinct())
    sums = (func.sum(lines.c.gross), func.sum(lines.c.net))
    row = connection.execute(select(func.count(), projects, *sums).select_from(lines)).one()
    return Totals(*[int(value or 0) for value in row])


def read_reasons(
    connection: Connection, viewer: Viewer, behind: Behind, activities: Sequence[int]
) -> dict[int, list[str]]:
    """activity -> the stored reasons (JSON) for which its net differs from its gross."""
    c = ALLOCATION.c
    query = _rows(viewer, behind, c.activity_id, c.reasons).where(c.reasons != "").distinct()
    chosen = one_of(c.activity_id, activities)
    found: dict[int, list[str]] = {}
    for activity, reasons in connection.execute(query.where(chosen)):
        found.setdefault(activity, []).append(reasons)
    return found


def read_titles(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> dict[int, Any]:
    """id -> (identifier, title) of those of these projects that the viewer may see."""
    a = ACTIVITY.c
    query = activities_visible_to(viewer, a.id, a.identifier, a.title)
    rows = connection.execute(query.where(one_of(a.id, ids)))
    return {row.id: row for row in rows}


def read_origins(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> dict[int, Any]:
    """id -> (import_id, file_name, format) of the import that brought these of the viewer's projects as they are."""
    a, r = ACTIVITY.c, RUN.c
    query = activities_visible_to(viewer, a.id, a.import_id, r.file_name, r.format).join(RUN, r.id == a.import_id)
    rows = connection.execute(query.where(one_of(a.id, ids)))
    return {row.id: row for row in rows}
