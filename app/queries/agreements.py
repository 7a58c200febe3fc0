"""Agreements, their parties and their history; and what those parties do in the agreement's place."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, cast, delete, func, or_, select

from app.errors import NotFound
from app.models.agreement import Agreement, AgreementChange, AgreementParty
from app.models.allocation import ALL_MONEY, Allocation, CellYear
from app.models.framework import Framework
from app.models.organisation import Organisation
from app.models.worded import worded
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import one_of
from app.rules.permissions import Viewer

AGREEMENT = Agreement.__table__  # type: ignore[attr-defined]
PARTY = AgreementParty.__table__  # type: ignore[attr-defined]
CHANGE = AgreementChange.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
FRAMEWORK = Framework.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
CELL = CellYear.__table__  # type: ignore[attr-defined]
DISBURSEMENT = "disbursement"


def insert_agreement(connection: Connection, **values: Any) -> int:
    """The number of the new agreement."""
    return int(connection.execute(AGREEMENT.insert().values(**values).returning(AGREEMENT.c.id)).scalar_one())


def update_agreement(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(AGREEMENT.update().where(AGREEMENT.c.id == number).values(**values))


def write_parties(connection: Connection, number: int, parties: dict[int, str]) -> None:
    """Organisation -> role, in place of those that were."""
    connection.execute(delete(PARTY).where(PARTY.c.agreement_id == number))
    for organisation, role in parties.items():
        connection.execute(PARTY.insert().values(agreement_id=number, organisation_id=organisation, role=role))


def insert_change(connection: Connection, **values: Any) -> None:
    """One more entry of the history."""
    connection.execute(CHANGE.insert().values(**values))


def list_agreements(
    connection: Connection,
    *,
    countries: Sequence[str] = (),
    framework: str = "",
    state: str = "",
    after: int | None = None,
    limit: int | None = None,
) -> Sequence[Any]:
    """Agreements with the key of their framework: open ones first by the day they are due; with `after`, by number."""
    a = AGREEMENT.c
    query = select(AGREEMENT, FRAMEWORK.c.key.label("framework")).join(FRAMEWORK, FRAMEWORK.c.id == a.framework_id)
    if countries:
        query = query.where(a.country.in_(list(countries)))
    if framework:
        query = query.where(FRAMEWORK.c.key == framework)
    if state:
        query = query.where(a.state == state)
    if after is not None:
        return connection.execute(query.where(a.id > after).order_by(a.id).limit(limit)).all()
    order = (a.state != "open", a.due.is_(None), a.due, a.id)
    return connection.execute(query.order_by(*order).limit(limit)).all()


def get_agreement(connection: Connection, number: int) -> Any:
    """One agreement with the key of its framework. Raises NotFound."""
    query = select(AGREEMENT, FRAMEWORK.c.key.label("framework"))
    query = query.join(FRAMEWORK, FRAMEWORK.c.id == AGREEMENT.c.framework_id).where(AGREEMENT.c.id == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(worded("There is no agreement %(number)s.", number=number))
    return row


def read_parties(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Any]]:
    """agreement -> (organisation_id, role, ref, name) of its parties: who leads first, then by name."""
    p, o = PARTY.c, ORGANISATION.c
    query = select(p.agreement_id, p.organisation_id, p.role, o.ref, o.name).join(
        ORGANISATION, o.id == p.organisation_id
    )
    found: dict[int, list[Any]] = {}
    for row in connection.execute(
        query.where(one_of(p.agreement_id, numbers)).order_by(p.role != "lead", p.role, o.name)
    ):
        found.setdefault(row.agreement_id, []).append(row)
    return found


def read_changes(connection: Connection, number: int) -> Sequence[Any]:
    """The history, newest first."""
    c = CHANGE.c
    return connection.execute(select(CHANGE).where(c.agreement_id == number).order_by(c.id.desc())).all()


def find_organisations(connection: Connection, refs: Sequence[str]) -> dict[str, int]:
    """ref -> id of those that exist."""
    o = ORGANISATION.c
    # Of two with one reference the one that is known goes last, and wins.
    rows = connection.execute(select(o.ref, o.id).where(one_of(o.ref, refs)).order_by(o.known, o.id.desc()))
    return dict(map(tuple, rows))


def with_agencies(connection: Connection, organisation: int) -> list[int]:
    """An organisation and, of a government, its agencies."""
    o = ORGANISATION.c
    query = select(o.id).where(or_(o.id == organisation, o.parent_id == organisation))
    return list(connection.execute(query).scalars())


def read_party_money(connection: Connection, agreement: Any, donors: Sequence[int]) -> list[tuple[int, int]]:
    """(year, net cents) that these donors disbursed in the agreement's place."""
    c = CELL.c
    query = select(c.year, cast(func.sum(c.net), BigInteger)).where(
        c.country == agreement.country, c.flow_type == DISBURSEMENT, one_of(c.donor_id, donors)
    )
    query = _in_area(query, CELL, agreement)
    return [(year, int(cents)) for year, cents in connection.execute(query.group_by(c.year).order_by(c.year))]


def read_party_projects(connection: Connection, viewer: Viewer, agreement: Any, donors: Sequence[int]) -> list[Any]:
    """(id, title, start, end, status, first year, net cents) of these donors' projects in the agreement's place
    whose money counts there: of two reports of one project, one."""
    a, c = ACTIVITY.c, ALLOCATION.c
    columns = (a.id, a.title, a.start, a.end, a.status)
    net = cast(func.sum(c.net), BigInteger).label("net")
    query = activities_visible_to(viewer, *columns, func.min(c.year).label("first_year"), net)
    query = query.join(ALLOCATION, c.activity_id == a.id).where(
        c.country == agreement.country, one_of(c.donor_id, donors), c.net != 0
    )
    query = _in_area(query, ALLOCATION, agreement).group_by(*columns).order_by(a.start, a.id)
    return list(connection.execute(query))


def _in_area(query: Any, table: Any, agreement: Any) -> Any:
    """Of an area its own amounts, of a whole country all of them."""
    if agreement.area_id is None:
        return query.where(table.c.framework_id == ALL_MONEY)
    return query.where(table.c.framework_id == agreement.framework_id, table.c.area_id == agreement.area_id)


def list_party_choices(connection: Connection) -> list[Any]:
    """(ref, name) of organisations that could be a party: those with money, and those with a known reference."""
    o = ORGANISATION.c
    donors = select(CELL.c.donor_id).where(CELL.c.framework_id == ALL_MONEY)
    governments = select(o.parent_id).where(o.id.in_(donors), o.parent_id.is_not(None))
    query = select(o.ref, o.name).where(or_(o.id.in_(donors), o.id.in_(governments)), o.ref != "")
    return list(connection.execute(query.distinct().order_by(o.name)))
