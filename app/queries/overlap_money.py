"""What the overlap report reads beside its packed roll-ups."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, or_, select

from app.models.allocation import ALL_MONEY, ActivityMoney, Allocation, CellYear, Unconverted
from app.models.organisation import Organisation
from app.queries.bulk import one_of

CELL = CellYear.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
UNCONVERTED = Unconverted.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]


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

    @property
    def years(self) -> tuple[int | None, int | None]:
        return self.first_year, self.last_year

    @property
    def told_flows(self) -> tuple[str, ...]:
        """Whose reports tell who is there: of this flow in its years, or of any flow ('') where years are not asked."""
        return ("",) if self.years == (None, None) else (self.flow_type,)


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


def read_money(connection: Connection, scope: Scope) -> list[Any]:
    """(donor, area, net) of each year's money with a known area."""
    c = CELL.c
    query = select(c.donor_id.label("donor"), c.area_id.label("area"), c.net)
    return list(connection.execute(within(query, CELL, scope, framework=scope.framework_id)))


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


def read_silent(connection: Connection, candidates: Collection[int], reporters: Collection[int]) -> list[Any]:
    """(id, ref, name) of `candidates`, but for governments of which an agency is among the `reporters`."""
    if not candidates:
        return []
    o = ORGANISATION.c
    governments = select(o.parent_id).where(one_of(o.id, reporters), o.parent_id.is_not(None))
    query = select(o.id, o.ref, o.name).where(one_of(o.id, candidates), o.id.not_in(governments))
    return list(connection.execute(query.order_by(o.name)))


def has_money(organisation_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an organisation is the donor of any money."""
    return exists().where(PAID.c.donor_id == organisation_id)


def read_names(connection: Connection) -> dict[int, Any]:
    """id -> (ref, name, parent_id) of every donor with money, and of their governments."""
    o = ORGANISATION.c
    query = select(o.id, o.ref, o.name, o.parent_id)
    found = {row.id: row for row in connection.execute(query.where(has_money(o.id)))}
    if parents := {row.parent_id for row in found.values() if row.parent_id} - found.keys():
        found |= {row.id: row for row in connection.execute(query.where(one_of(o.id, parents)))}
    return found
