"""The list of projects: one query for a page of ids, then one a column for that page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, text

from app.codelists.countries import countries_of_region
from app.models.activity import ActivityCountry, ActivityOrganisation, ActivitySector
from app.models.allocation import ALL_MONEY, UNNAMED, ActivityMoney, Allocation, Unconverted
from app.models.framework import Area
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import is_sqlite, one_of
from app.queries.projections import drop_accents
from app.rules.effective_areas import CONFIRMED, REJECTED, SUGGESTED
from app.rules.permissions import Viewer
from app.rules.terminology import search_variants

COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
SECTOR = ActivitySector.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
UNCONVERTED = Unconverted.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]

MAPPINGS = ("confirmed", "suggested", "none")
SORTS = ("newest", "title", "start", "commitment", "disbursement")
CHUNK = 2000
_LAST_DAY, _FIRST_DAY = (12, 31), (1, 1)


@dataclass(frozen=True, slots=True)
class PortfolioFilter:
    """Which projects to list, in the words of the page's address; '' and None mean any.

    `framework_id` is the framework whose areas are shown and in which `area` and `mapping` are meant;
    `owner` is the reference of the organisation that imported them, `left_out` why an amount is in no total.
    """

    words: str = ""
    country: str = ""
    region: str = ""
    organisation: str = ""
    owner: str = ""
    framework_id: int = 0
    area: str = ""
    status: str = ""
    first_year: int | None = None
    last_year: int | None = None
    sector: str = ""
    import_id: int | None = None
    mapping: str = ""
    left_out: str = ""
    sort: str = "newest"


@dataclass(slots=True)
class ProjectRow:
    """One line of the list; money is net, in hundredths of the base currency.

    `donors`, `reporter`: (ref, name); `areas`: (code, title, state).
    """

    id: int
    identifier: str
    title: str
    status: str
    start: date | None
    end: date | None
    reporter: tuple[str, str]
    donors: list[tuple[str, str]] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    money: dict[str, int] = field(default_factory=dict)
    areas: list[tuple[str, str, str]] = field(default_factory=list)


def search_expression(words: str, is_for_sqlite: bool) -> str:
    """What a reader typed as a full-text query in which nothing but the words themselves has a meaning.

    Every word must occur; the last one may go on. Wording that has been given up and the term in its place find
    each other. '' where no word is left.
    """
    variants = [_all_words(variant, is_for_sqlite) for variant in search_variants(words.replace("\0", " "))]
    kept = [variant for variant in variants if variant]
    return kept[0] if len(kept) == 1 else (" OR " if is_for_sqlite else " | ").join(f"({variant})" for variant in kept)


def _all_words(words: str, is_for_sqlite: bool) -> str:
    kept = [word for word in words.split() if re.search(r"[^\W_]", word)]
    if is_for_sqlite:
        quoted = ['"' + word.replace('"', '""') + '"' for word in kept]
        return " ".join(quoted) + "*" if quoted else ""
    escaped = [drop_accents(word).replace("\\", "\\\\").replace("'", "''") for word in kept]
    return " & ".join(f"'{word}'" for word in escaped) + ":*" if escaped else ""


def _found_by_words(connection: Connection, words: str) -> ColumnElement[bool] | None:
    expression = search_expression(words, is_sqlite(connection))
    if not expression:
        return None
    if is_sqlite(connection):
        rows = text("SELECT rowid FROM activity_search WHERE document MATCH :words")
    else:
        rows = text("SELECT activity_id FROM activity_search WHERE document @@ to_tsquery('simple', :words)")
    found: ColumnElement[bool] = ACTIVITY.c.id.in_(rows.bindparams(words=expression))
    return found


def conditions_of(connection: Connection, asked: PortfolioFilter) -> Iterator[ColumnElement[bool]]:
    """What `asked` demands of an activity."""
    a = ACTIVITY.c
    found = _found_by_words(connection, asked.words)
    if found is not None:
        yield found
    if asked.country:
        yield _in_places([asked.country])
    if asked.region:
        yield _in_places([asked.region, *sorted(countries_of_region(asked.region))])
    if asked.organisation:
        yield _with_organisation(asked.organisation)
    if asked.owner:
        yield a.owner_id.in_(select(ORGANISATION.c.id).where(ORGANISATION.c.ref == asked.owner))
    if asked.left_out:
        yield a.id.in_(select(UNCONVERTED.c.activity_id).where(UNCONVERTED.c.why == asked.left_out))
    if asked.status:
        yield a.status == asked.status
    if asked.sector:
        sectors = select(SECTOR.c.activity_id).where(SECTOR.c.code.startswith(asked.sector, autoescape=True))
        yield a.id.in_(sectors)
    if asked.import_id is not None:
        yield a.import_id == asked.import_id
    yield from _in_years(asked)
    yield from _by_mapping(asked)


def _in_places(codes: Sequence[str]) -> ColumnElement[bool]:
    """Projects that name one of these countries or regions, or have money there."""
    named = select(COUNTRY.c.activity_id).where(COUNTRY.c.code.in_(codes))
    paid = select(PAID.c.activity_id).where(PAID.c.country.in_(codes))
    found: ColumnElement[bool] = ACTIVITY.c.id.in_(named.union(paid))
    return found


def _with_organisation(ref: str) -> ColumnElement[bool]:
    """Projects in which the organisation, or an agency of it, takes part or is the donor of money."""
    o = ORGANISATION.c
    itself = select(o.id).where(o.ref == ref)
    meant = select(o.id).where(or_(o.ref == ref, o.parent_id.in_(itself)))
    named = select(TAKES_PART.c.activity_id).where(TAKES_PART.c.organisation_id.in_(meant))
    paid = select(PAID.c.activity_id).where(PAID.c.donor_id.in_(meant))
    found: ColumnElement[bool] = ACTIVITY.c.id.in_(named.union(paid))
    return found


def _in_years(asked: PortfolioFilter) -> Iterator[ColumnElement[bool]]:
    """Active in these years by its dates; one without an end is still running."""
    a = ACTIVITY.c
    if asked.last_year is not None:
        yield func.coalesce(a.start, a.end) <= date(asked.last_year, *_LAST_DAY)
    if asked.first_year is not None:
        yield or_(a.end >= date(asked.first_year, *_FIRST_DAY), a.end.is_(None) & a.start.is_not(None))


def _by_mapping(asked: PortfolioFilter) -> Iterator[ColumnElement[bool]]:
    mapped = select(MAPPING.c.activity_id).where(MAPPING.c.framework_id == asked.framework_id)
    counted = mapped.where(MAPPING.c.state != REJECTED)
    if asked.area:
        of_area = select(AREA.c.id).where(AREA.c.framework_id == asked.framework_id, AREA.c.code == asked.area)
        yield ACTIVITY.c.id.in_(counted.where(MAPPING.c.area_id.in_(of_area)))
    if asked.mapping == "confirmed":
        yield ACTIVITY.c.id.in_(mapped.where(MAPPING.c.state == CONFIRMED))
    elif asked.mapping == "suggested":
        yield ACTIVITY.c.id.in_(mapped.where(MAPPING.c.state == SUGGESTED))
        yield ACTIVITY.c.id.not_in(mapped.where(MAPPING.c.state == CONFIRMED))
    elif asked.mapping == "none":
        yield ACTIVITY.c.id.not_in(counted)


def _sorted(query: Select[Any], sort: str) -> Select[Any]:
    a = ACTIVITY.c
    if sort in ("commitment", "disbursement"):
        c = ALLOCATION.c
        money = (
            select(c.activity_id, func.sum(c.net).label("cents"))
            .where(c.framework_id == ALL_MONEY, c.flow_type == sort)
            .group_by(c.activity_id)
            .subquery()
        )
        query = query.outerjoin(money, money.c.activity_id == a.id)
        return query.order_by(func.coalesce(money.c.cents, 0).desc(), a.id)
    # The first is what an index holds, so that the usual page never sorts the whole table.
    orders: dict[str, tuple[Any, ...]] = {"newest": (a.version_id.desc(),), "title": (a.title, a.id)}
    return query.order_by(*orders.get(sort, (a.start.desc().nulls_last(), a.id)))


def count_projects(connection: Connection, viewer: Viewer, asked: PortfolioFilter) -> int:
    """How many projects `asked` finds."""
    query = activities_visible_to(viewer, func.count()).where(*conditions_of(connection, asked))
    return int(connection.execute(query).scalar_one())


def list_ids(
    connection: Connection, viewer: Viewer, asked: PortfolioFilter, limit: int | None = None, offset: int = 0
) -> list[int]:
    """Ids of the projects that `asked` finds, in its order."""
    query = activities_visible_to(viewer, ACTIVITY.c.id).where(*conditions_of(connection, asked))
    query = _sorted(query, asked.sort).limit(limit).offset(offset or None)
    return list(connection.execute(query).scalars())


def read_rows(connection: Connection, ids: Sequence[int], framework_id: int) -> Iterator[ProjectRow]:
    """The lines of these projects, in their order; five queries for every 2,000 of them."""
    for start in range(0, len(ids), CHUNK):
        yield from _read_chunk(connection, ids[start : start + CHUNK], framework_id)


def _read_chunk(connection: Connection, ids: Sequence[int], framework_id: int) -> Iterator[ProjectRow]:
    a, o = ACTIVITY.c, ORGANISATION.c
    heads = select(a.id, a.identifier, a.title, a.status, a.start, a.end, o.ref, o.name)
    heads = heads.join(ORGANISATION, o.id == a.reporter_id).where(one_of(a.id, ids))
    rows = {row.id: ProjectRow(*row[:6], reporter=(row.ref, row.name)) for row in connection.execute(heads)}
    _add_countries(connection, rows)
    _add_money(connection, rows)
    _add_areas(connection, rows, framework_id)
    return (rows[number] for number in ids if number in rows)


def _add_countries(connection: Connection, rows: dict[int, ProjectRow]) -> None:
    query = select(COUNTRY.c.activity_id, COUNTRY.c.code).where(one_of(COUNTRY.c.activity_id, rows))
    for number, code in connection.execute(query.order_by(COUNTRY.c.activity_id, COUNTRY.c.share.desc())):
        rows[number].countries.append(code)


def _add_money(connection: Connection, rows: dict[int, ProjectRow]) -> None:
    """Net money by flow type, its donors, and countries that only single payments name."""
    c, o = ALLOCATION.c, ORGANISATION.c
    query = (
        select(c.activity_id, c.flow_type, c.donor_id, c.country, o.ref, o.name, func.sum(c.net))
        .outerjoin(ORGANISATION, o.id == c.donor_id)
        .where(one_of(c.activity_id, rows), c.framework_id == ALL_MONEY)
        .group_by(c.activity_id, c.flow_type, c.donor_id, c.country, o.ref, o.name)
        .order_by(c.activity_id, func.sum(c.net).desc(), o.name)
    )
    for number, flow_type, donor, country, ref, name, cents in connection.execute(query):
        row = rows[number]
        row.money[flow_type] = row.money.get(flow_type, 0) + int(cents)
        if donor != UNNAMED and (ref, name) not in row.donors:
            row.donors.append((ref, name))
        if country not in row.countries:
            row.countries.append(country)


def _add_areas(connection: Connection, rows: dict[int, ProjectRow], framework_id: int) -> None:
    """Confirmed areas; suggested ones only where nothing is confirmed, as in every total."""
    m = MAPPING.c
    query = (
        select(m.activity_id, AREA.c.code, AREA.c.title, m.state)
        .join(AREA, AREA.c.id == m.area_id)
        .where(one_of(m.activity_id, rows), m.framework_id == framework_id, m.state != REJECTED)
        .order_by(m.activity_id, m.state, AREA.c.position)
    )
    for number, code, title, state in connection.execute(query):
        areas = rows[number].areas
        if not areas or areas[0][2] == state:
            areas.append((code, title, state))
