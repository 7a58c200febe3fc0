"""What is known of reports that are put side by side: for people who decide, and for the search for likely pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, cast, func, or_, select

from app.models.activity import ActivityCountry, ActivityOrganisation, ActivityRelation, ActivitySector
from app.models.allocation import ALL_MONEY, Allocation
from app.models.flow import Flow
from app.models.framework import Area, Framework
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.queries.activities import ACTIVITY
from app.queries.bulk import in_chunks, one_of

COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
SECTOR = ActivitySector.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]
RELATION = ActivityRelation.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
FLOW = Flow.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
FRAMEWORK = Framework.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
INCOMING = {"1": "incoming", "11": "incoming-commitment"}


@dataclass(slots=True)
class Side:
    """One report: `parties` are (role, organisation id, ref, name), providers and receivers of its payments among
    them; `money`: flow type, or 'incoming' and 'incoming-commitment', -> year -> cents of the base currency."""

    id: int
    identifier: str
    title: str
    language: str
    reporter_id: int
    reporter_ref: str
    reporter: str
    owner_id: int
    visibility: str
    start: date | None
    end: date | None
    countries: list[str] = field(default_factory=list)
    sectors: list[tuple[str, str]] = field(default_factory=list)
    areas: list[tuple[str, str, str]] = field(default_factory=list)
    parties: list[tuple[str, int, str, str]] = field(default_factory=list)
    related: set[str] = field(default_factory=set)
    money: dict[str, dict[int, int]] = field(default_factory=dict)


def read_sides(connection: Connection, ids: Sequence[int]) -> dict[int, Side]:
    """Everything about these reports. Whoever calls this shows them only to who may see them."""
    found: dict[int, Side] = {}
    a, o = ACTIVITY.c, ORGANISATION.c
    for some in in_chunks(ids):
        heads = select(a.id, a.identifier, a.title, a.language, a.reporter_id, o.ref, o.name, a.owner_id, a.visibility,
                       a.start, a.end).join(ORGANISATION, o.id == a.reporter_id)  # fmt: skip
        for row in connection.execute(heads.where(one_of(a.id, some))):
            found[row.id] = Side(*row)
        for number, code in _rows(connection, select(COUNTRY.c.activity_id, COUNTRY.c.code), COUNTRY, some):
            found[number].countries.append(code)
        for number, *sector in _rows(connection, _sectors(), SECTOR, some):
            found[number].sectors.append((sector[0], sector[1]))
        for number, code, title, state in _rows(connection, _areas(), MAPPING, some):
            found[number].areas.append((code, title, state))
        for number, ref in _rows(connection, select(RELATION.c.activity_id, RELATION.c.ref), RELATION, some):
            found[number].related.add(ref)
        for number, *party in [*_rows(connection, _parties(), TAKES_PART, some), *_payers(connection, some)]:
            found[number].parties.append((party[0], party[1], party[2], party[3]))
        for number, kind, year, cents in [*_rows(connection, _money(), ALLOCATION, some), *_incoming(connection, some)]:
            years = found[number].money.setdefault(kind, {})
            years[year] = years.get(year, 0) + int(cents)
    return found


def _rows(connection: Connection, query: Select[Any], table: Any, some: list[int]) -> Iterator[Any]:
    chosen = one_of(table.c.activity_id, some)
    yield from connection.execute(query.where(chosen))


def _sectors() -> Select[Any]:
    c = SECTOR.c
    return select(c.activity_id, c.vocabulary, c.code).order_by(c.activity_id, c.position)


def _areas() -> Select[Any]:
    """Of the framework that pages start with."""
    m = MAPPING.c
    query = select(m.activity_id, AREA.c.code, AREA.c.title, m.state).join(AREA, AREA.c.id == m.area_id)
    query = query.join(FRAMEWORK, FRAMEWORK.c.id == m.framework_id)
    return query.where(FRAMEWORK.c.is_primary, m.state != "rejected").order_by(m.activity_id, AREA.c.position)


def _parties() -> Select[Any]:
    t, o = TAKES_PART.c, ORGANISATION.c
    query = select(t.activity_id, t.role, o.id, o.ref, o.name).join(ORGANISATION, o.id == t.organisation_id)
    return query.where(t.role != "reporter").order_by(t.activity_id, t.position)


def _payers(connection: Connection, some: list[int]) -> Iterator[Any]:
    """Providers and receivers that payments name."""
    f, o = FLOW.c, ORGANISATION.c
    for role, column in (("provider", f.provider_id), ("receiver", f.receiver_id)):
        query = select(f.activity_id, func.min(role), o.id, o.ref, o.name).join(ORGANISATION, o.id == column)
        yield from _rows(connection, query.group_by(f.activity_id, o.id, o.ref, o.name).order_by(f.activity_id, o.name),
                         FLOW, some)  # fmt: skip


def _money() -> Select[Any]:
    c = ALLOCATION.c
    cents = cast(func.sum(c.gross), BigInteger)
    query = select(c.activity_id, c.flow_type, c.year, cents).where(c.framework_id == ALL_MONEY)
    return query.group_by(c.activity_id, c.flow_type, c.year).order_by(c.activity_id, c.year)


def _incoming(connection: Connection, some: list[int]) -> Iterator[tuple[int, str, int, int]]:
    f = FLOW.c
    query = select(f.activity_id, f.kind, f.start, f.base_cents)
    query = query.where(or_(f.kind == "1", f.kind == "11"), f.base_cents.is_not(None), f.start.is_not(None))
    for number, kind, start, cents in _rows(connection, query.order_by(f.activity_id, f.start), FLOW, some):
        yield number, INCOMING[kind], start.year, cents
