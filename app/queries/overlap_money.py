"""What the overlap report reads: the roll-up for money, the allocations for counts of projects."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from app.models.activity import Activity, ActivityOrganisation
from app.models.allocation import ALL_MONEY, ActivityMoney, Allocation, CellYear, Unconverted
from app.models.organisation import Organisation
from app.queries.bulk import fetch_plain
from app.rules.overlap_report import Money

CELL = CellYear.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
UNCONVERTED = Unconverted.__table__  # type: ignore[attr-defined]
ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]

FUNDING = "1"  # IATI OrganisationRole


@dataclass(frozen=True, slots=True)
class Scope:
    """Which money a report is about, in the database's own terms; None: no limit.

    `countries` holds country and region codes; `basis` is the column that counts: net or gross.
    """

    framework_id: int
    flow_type: str
    basis: str = "net"
    countries: tuple[str, ...] | None = None
    donors: tuple[int, ...] | None = None
    first_year: int | None = None
    last_year: int | None = None


def within(query: Select[Any], table: Any, scope: Scope, *, framework: int | None, flow: bool = True) -> Select[Any]:
    """The rows of `scope` in the roll-up or in the allocations."""
    if framework is not None:
        query = query.where(table.c.framework_id == framework)
    if scope.countries is not None:
        places: Any = bindparam("countries", list(scope.countries), expanding=True)
        query = query.where(table.c.country.in_(places))
        if table is ALLOCATION:
            query = query.where(table.c.activity_id.in_(select(PAID.c.activity_id).where(PAID.c.country.in_(places))))
    if flow:
        query = query.where(table.c.flow_type == scope.flow_type)
    if scope.donors is not None:
        query = query.where(table.c.donor_id.in_(bindparam("donors", list(scope.donors), expanding=True)))
    if scope.first_year is not None:
        query = query.where(table.c.year >= scope.first_year)
    if scope.last_year is not None:
        query = query.where(table.c.year <= scope.last_year)
    return query


def read_money(connection: Connection, scope: Scope, *, mapped: bool) -> list[Money]:
    """Money by area (`mapped`), or all of it whether an area is known or not."""
    c = CELL.c
    columns = (
        c.country, c.area_id, c.donor_id, c.year, c[scope.basis].label("counted"),
        c.gross, c.net, c.equal, c.confirmed, c.linked,
    )  # fmt: skip
    framework = scope.framework_id if mapped else ALL_MONEY
    return list(map(Money._make, fetch_plain(connection, within(select(*columns), CELL, scope, framework=framework))))


def read_projects(connection: Connection, scope: Scope, *, mapped: bool) -> Sequence[Any]:
    """Distinct (country, area_id, donor_id, activity_id) with money that counts."""
    c = ALLOCATION.c
    columns = (c.country, c.area_id, c.donor_id, c.activity_id)
    framework = scope.framework_id if mapped else ALL_MONEY
    query = within(select(*columns), ALLOCATION, scope, framework=framework).where(c[scope.basis] != 0)
    return fetch_plain(connection, query.distinct())


def read_relations(connection: Connection, scope: Scope) -> list[Any]:
    """(donor_id, country, cents) in the whole world, for the scope's flow and years."""
    c = CELL.c
    world = Scope(scope.framework_id, scope.flow_type, scope.basis, None, None, scope.first_year, scope.last_year)
    query = within(select(c.donor_id, c.country, func.sum(c[scope.basis])), CELL, world, framework=ALL_MONEY)
    return list(connection.execute(query.group_by(c.donor_id, c.country)))


def read_unconverted(connection: Connection, scope: Scope) -> list[Any]:
    """Money left out of every total: (why, currency, whole, pico)."""
    c = UNCONVERTED.c
    query = select(c.why, c.currency, func.sum(c.whole), func.sum(c.pico)).where(c.flow_type == scope.flow_type)
    if scope.countries is not None:
        query = query.where(c.country.in_(bindparam("countries", list(scope.countries), expanding=True)))
    if scope.donors is not None:
        query = query.where(c.donor_id.in_(bindparam("donors", list(scope.donors), expanding=True)))
    if scope.first_year is not None:
        query = query.where(or_(c.year.is_(None), c.year >= scope.first_year))
    if scope.last_year is not None:
        query = query.where(or_(c.year.is_(None), c.year <= scope.last_year))
    return list(connection.execute(query.group_by(c.why, c.currency).order_by(c.why, c.currency)))


def read_countries_reported(connection: Connection, scope: Scope) -> dict[str, int]:
    """Donors with any report on each country for these years, whatever the flow."""
    everyone = Scope(scope.framework_id, "", scope.basis, scope.countries, None, scope.first_year, scope.last_year)
    query = within(
        select(CELL.c.country, func.count(CELL.c.donor_id.distinct())),
        CELL,
        everyone,
        framework=ALL_MONEY,
        flow=False,
    )
    return dict(map(tuple, connection.execute(query.group_by(CELL.c.country))))


def read_report_days(connection: Connection, scope: Scope) -> tuple[date | None, date | None]:
    """The oldest and newest day on which the scope's projects were last updated, by their own account."""
    stamp = ACTIVITY.c.last_updated
    query = select(func.min(stamp), func.max(stamp)).where(ACTIVITY.c.id.in_(_active(scope)), stamp != "")
    oldest, newest = connection.execute(query).one()
    return (date.fromisoformat(oldest), date.fromisoformat(newest)) if oldest else (None, None)


def _active(scope: Scope, *, flow: bool = True) -> Select[Any]:
    """The projects with money in a scope; without years to look at, of any flow: that needs no allocations."""
    if scope.first_year is not None or scope.last_year is not None:
        return within(select(ALLOCATION.c.activity_id), ALLOCATION, scope, framework=ALL_MONEY, flow=flow).distinct()
    query = select(PAID.c.activity_id).distinct()
    if scope.countries is not None:
        query = query.where(PAID.c.country.in_(scope.countries))
    if scope.donors is not None:
        query = query.where(PAID.c.donor_id.in_(scope.donors))
    return query


def read_silent_donors(connection: Connection, scope: Scope) -> list[Any]:
    """Organisations that others name as funders of money in this scope and that report nothing
    themselves for these years, of any flow: (id, ref, name)."""
    a, t, o = ACTIVITY.c, TAKES_PART.c, ORGANISATION.c
    active = _active(scope).cte("active")
    named = select(t.organisation_id).join(active, active.c.activity_id == t.activity_id).where(t.role == FUNDING)
    funders = set(connection.execute(named.distinct()).scalars())
    told = select(a.reporter_id, a.owner_id).join(active, active.c.activity_id == a.id).distinct()
    reporters = {number for pair in connection.execute(told) for number in pair}
    if not funders - reporters:
        return []
    one_of: Any = bindparam("candidates", sorted(funders - reporters), expanding=True)
    everywhere = _active(replace(scope, donors=None), flow=False)
    own = select(a.reporter_id).where(a.reporter_id.in_(one_of), a.id.in_(everywhere))
    known: Any = bindparam("reporters", sorted(reporters), expanding=True)
    # A government is no silent donor where an agency of it reports.
    governments = select(o.parent_id).where(o.id.in_(known), o.parent_id.is_not(None))
    query = select(o.id, o.ref, o.name).where(o.id.in_(one_of), o.id.not_in(own), o.id.not_in(governments))
    return list(connection.execute(query.order_by(o.name)))


def read_names(connection: Connection) -> dict[int, Any]:
    """id -> (ref, name, parent_id) of every donor in the roll-up, and of their governments."""
    o = ORGANISATION.c
    donors = select(CELL.c.donor_id).where(CELL.c.framework_id == ALL_MONEY)
    used = select(o.id).where(o.id.in_(donors))
    parents = select(o.parent_id).where(o.id.in_(donors))
    query = select(o.id, o.ref, o.name, o.parent_id).where(or_(o.id.in_(used), o.id.in_(parents)))
    return {row.id: row for row in connection.execute(query)}
