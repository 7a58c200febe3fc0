"""Money by country, donor and year from the roll-up: what country and organisation pages show."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from app.models.activity import ActivityCountry, ActivityOrganisation
from app.models.allocation import ALL_MONEY, ActivityMoney, Allocation, CellYear
from app.models.organisation import Organisation
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.overlap_money import has_money
from app.queries.overlap_sheets import SHEET, of_relations
from app.rules.permissions import Viewer

CELL = CellYear.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
NAMED = ActivityCountry.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]


def is_country(code: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a place is a country: regions have numbers for codes, some of two digits."""
    return code >= "A"


def list_places_with_money(connection: Connection) -> list[str]:
    """Codes of every country and region with money of any kind."""
    country = SHEET.c.country
    return list(connection.execute(of_relations(country).distinct().order_by(country)).scalars())


def list_donors_with_money(connection: Connection) -> list[Any]:
    """(ref, name) of every donor with money, by name."""
    o = ORGANISATION.c
    return list(connection.execute(select(o.ref, o.name).where(has_money(o.id)).order_by(o.name)))


def read_money_by_country(connection: Connection) -> list[Any]:
    """(country, flow_type, net, donors) over all years."""
    c = CELL.c
    sums = (func.sum(c.net).label("net"), func.count(c.donor_id.distinct()).label("donors"))
    query = select(c.country, c.flow_type, *sums).where(c.framework_id == ALL_MONEY)
    return list(connection.execute(query.group_by(c.country, c.flow_type)))


def count_projects_by_country(connection: Connection, viewer: Viewer) -> dict[str, int]:
    """Projects that name each country or region, or have money there: those that the portfolio finds for it."""
    named = select(NAMED.c.code.label("country"), NAMED.c.activity_id)
    pairs = named.union(select(PAID.c.country, PAID.c.activity_id)).subquery()
    query = activities_visible_to(viewer, pairs.c.country, func.count())
    query = query.join(pairs, pairs.c.activity_id == ACTIVITY.c.id).group_by(pairs.c.country)
    return {country: int(count) for country, count in connection.execute(query)}


def read_money_by_year(
    connection: Connection, country: str | None = None, donors: Sequence[int] | None = None
) -> list[Any]:
    """(year, flow_type, net) of one country, or of some donors."""
    c = CELL.c
    query = select(c.year, c.flow_type, func.sum(c.net)).where(c.framework_id == ALL_MONEY)
    if country is not None:
        query = query.where(c.country == country)
    if donors is not None:
        query = query.where(c.donor_id.in_(donors))
    return list(connection.execute(query.group_by(c.year, c.flow_type).order_by(c.year)))


def read_money_by_donor(connection: Connection, country: str) -> list[Any]:
    """(ref, name, flow_type, net) of each donor of a country; ref None: not named."""
    c, o = CELL.c, ORGANISATION.c
    query = (
        select(o.ref, o.name, c.flow_type, func.sum(c.net))
        .outerjoin(ORGANISATION, o.id == c.donor_id)
        .where(c.framework_id == ALL_MONEY, c.country == country)
        .group_by(o.ref, o.name, c.flow_type)
    )
    return list(connection.execute(query))


def read_money_of_donors(connection: Connection, donors: Sequence[int], framework_id: int) -> list[Any]:
    """(country, area_id, flow_type, net) of these donors; all money with framework 0, else by area."""
    c = CELL.c
    query = select(c.country, c.area_id, c.flow_type, func.sum(c.net).label("net"))
    query = query.where(c.framework_id == framework_id, c.donor_id.in_(donors))
    return list(connection.execute(query.group_by(c.country, c.area_id, c.flow_type)))


def list_organisations(
    connection: Connection, words: str, *, unknown_only: bool, limit: int | None, offset: int
) -> list[Any]:
    """(id, ref, name, type, country, known, projects, cents): organisations in use, most projects first."""
    o = ORGANISATION.c
    counts = (
        select(TAKES_PART.c.organisation_id, func.count(TAKES_PART.c.activity_id.distinct()).label("projects"))
        .join(ACTIVITY, ACTIVITY.c.id == TAKES_PART.c.activity_id)
        .where(ACTIVITY.c.state == "current")
        .group_by(TAKES_PART.c.organisation_id)
        .subquery()
    )
    money = (
        select(CELL.c.donor_id, func.sum(CELL.c.net).label("cents"))
        .where(CELL.c.framework_id == ALL_MONEY, CELL.c.flow_type == "disbursement")
        .group_by(CELL.c.donor_id)
        .subquery()
    )
    projects, cents = func.coalesce(counts.c.projects, 0), func.coalesce(money.c.cents, 0)
    query = (
        select(
            o.id, o.ref, o.name, o.type, o.country, o.known, projects.label("projects"), cents.label("cents"),
            func.count().over().label("found"),
        )
        .outerjoin(counts, counts.c.organisation_id == o.id)
        .outerjoin(money, money.c.donor_id == o.id)
        .where(or_(projects > 0, money.c.donor_id.is_not(None)))
    )  # fmt: skip
    for word in words.split():
        query = query.where(or_(o.name.icontains(word, autoescape=True), o.ref.icontains(word, autoescape=True)))
    if unknown_only:
        query = query.where(o.known.is_(False))
    return list(connection.execute(query.order_by(projects.desc(), o.name).limit(limit).offset(offset or None)))


def read_agencies(connection: Connection, organisation_id: int) -> list[Any]:
    """(id, ref, name) of the agencies of a government."""
    o = ORGANISATION.c
    return list(connection.execute(select(o.id, o.ref, o.name).where(o.parent_id == organisation_id).order_by(o.name)))


def read_parent(connection: Connection, parent_id: int | None) -> Any:
    """(ref, name) of the government of an agency, or None."""
    o = ORGANISATION.c
    return connection.execute(select(o.ref, o.name).where(o.id == parent_id)).one_or_none()


def count_roles(connection: Connection, viewer: Viewer, organisation_id: int) -> dict[str, int]:
    """role -> projects in which the organisation has it."""
    t = TAKES_PART.c
    query = activities_visible_to(viewer, t.role, func.count(t.activity_id.distinct()))
    query = query.join(TAKES_PART, t.activity_id == ACTIVITY.c.id).where(t.organisation_id == organisation_id)
    return {role: int(count) for role, count in connection.execute(query.group_by(t.role).order_by(t.role))}
