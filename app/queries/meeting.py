"""What division of labour, the time line and the view ahead read: who is where, until when, with whom."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, cast, func, select

from app.models.activity import Activity, ActivityOrganisation
from app.models.allocation import ActivityMoney, Allocation, CellYear
from app.models.flow import Flow
from app.models.organisation import Organisation
from app.queries.bulk import fetch_plain, in_chunks, one_of
from app.queries.overlap_money import Scope, within

ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
CELL = CellYear.__table__  # type: ignore[attr-defined]
ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
FLOW = Flow.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]

IMPLEMENTING = "4"  # IATI OrganisationRole
PROMISES = ("budget", "budget-revised", "planned")


def read_presences(connection: Connection, scope: Scope) -> list[Any]:
    """(country, area_id, donor_id, activity_id, first year, last year, cents) of all money with a known area."""
    c = ALLOCATION.c
    keys = (c.country, c.area_id, c.donor_id, c.activity_id)
    cents = cast(func.sum(c[scope.basis]), BigInteger)
    query = select(*keys, func.min(c.year), func.max(c.year), cents).where(c[scope.basis] != 0)
    query = within(query, ALLOCATION, scope, framework=scope.framework_id).group_by(*keys).order_by(*keys)
    return fetch_plain(connection, query)


def read_partners(connection: Connection, activities: Sequence[int]) -> dict[int, frozenset[int]]:
    """activity -> its implementing organisations."""
    t, found = TAKES_PART.c, dict[int, set[int]]()
    for chunk in in_chunks(activities):
        query = select(t.activity_id, t.organisation_id).where(t.role == IMPLEMENTING, one_of(t.activity_id, chunk))
        for activity, organisation in connection.execute(query):
            found.setdefault(activity, set()).add(organisation)
    return {activity: frozenset(partners) for activity, partners in found.items()}


def read_ends(connection: Connection, activities: Sequence[int]) -> dict[int, Any]:
    """activity -> (start, end, status) of the project."""
    a, found = ACTIVITY.c, {}
    for chunk in in_chunks(activities):
        for row in connection.execute(select(a.id, a.start, a.end, a.status).where(one_of(a.id, chunk))):
            found[row.id] = row
    return found


def read_promises(connection: Connection, activities: Sequence[int]) -> dict[int, date]:
    """activity -> the last day of its budgets and planned disbursements."""
    f, found = FLOW.c, {}
    last = func.max(func.coalesce(f.end, f.start))
    for chunk in in_chunks(activities):
        query = select(f.activity_id, last).where(
            one_of(f.activity_id, chunk), f.kind.in_(PROMISES), f.note != "replaced"
        )
        rows = connection.execute(query.group_by(f.activity_id))
        found.update({activity: day for activity, day in rows if day is not None})
    return found


def read_ages(connection: Connection, scope: Scope) -> dict[int, tuple[date, date]]:
    """donor -> the oldest and the newest day on which projects with its money here were last updated, by their own
    account; without those that do not say."""
    a, p = ACTIVITY.c, PAID.c
    query = select(p.donor_id, func.min(a.last_updated), func.max(a.last_updated)).join(ACTIVITY, a.id == p.activity_id)
    query = query.where(a.last_updated != "")
    if scope.countries is not None:
        query = query.where(p.country.in_(bindparam("countries", list(scope.countries), expanding=True)))
    if scope.donors is not None:
        query = query.where(p.donor_id.in_(bindparam("donors", list(scope.donors), expanding=True)))
    rows = connection.execute(query.group_by(p.donor_id))
    return {donor: (date.fromisoformat(oldest), date.fromisoformat(newest)) for donor, oldest, newest in rows}


def read_area_years(connection: Connection, scope: Scope) -> list[Any]:
    """(country, area_id, donor_id, year, cents) of all money with a known area."""
    c = CELL.c
    columns = (c.country, c.area_id, c.donor_id, c.year, c[scope.basis])
    return fetch_plain(connection, within(select(*columns), CELL, scope, framework=scope.framework_id))


def read_organisation_names(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """id -> (ref, name)."""
    o = ORGANISATION.c
    rows = connection.execute(select(o.id, o.ref, o.name).where(one_of(o.id, ids)))
    return {row.id: (row.ref, row.name) for row in rows}
