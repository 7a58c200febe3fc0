"""The sums of an overlap report counted slowly, amount by amount: what the packed roll-ups must give as well."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from app.models.allocation import ALL_MONEY
from app.models.tables import TABLES
from app.queries.overlap_money import Scope
from app.rules.cell_sums import CellSums, Place
from app.rules.overlap import clamp_refunds
from app.rules.overlap_report import COLUMNS, Sums

ALLOCATION, ACTIVITY, TAKES_PART, ORGANISATION = (
    TABLES[name] for name in ("allocation", "activity", "activity_organisation", "organisation")
)


class Money(NamedTuple):
    """One donor's money in one area of one country in one year, in cents; `counted` is gross or net."""

    country: str
    area: int
    donor: int
    year: int
    counted: int
    gross: int
    net: int
    equal: int
    confirmed: int
    linked: int


# Country, area, donor, project: one project that one donor funds in one area of one country.
Presence = tuple[str, int, int, int]


def slow_sums(
    mapped: Sequence[Money],
    everything: Sequence[Money],
    mapped_projects: Iterable[Presence] = (),
    all_projects: Iterable[Presence] = (),
) -> Sums:
    sums = Sums()
    cells, sums.left_out = _clamped(mapped)
    sums.cells = CellSums.of(cells)
    sums.totals, sums.all_left_out = _clamped(everything)
    sums.has_mapped = bool(mapped)
    sums.countries = {row.country for row in mapped if row.donor}
    for name in COLUMNS:
        sums.of_mapped[name] = sum(getattr(row, name) for row in mapped)
        sums.of_all[name] = sum(getattr(row, name) for row in everything)
    if everything:
        sums.years = min(row.year for row in everything), max(row.year for row in everything)
    places: dict[Place, set[int]] = defaultdict(set)
    places_of: dict[int, set[Place]] = defaultdict(set)
    for country, area, _, project in mapped_projects:
        places[country, area].add(project)
        places_of[project].add((country, area))
    sums.place_projects = {
        place: (len(some), sum(1 / len(places_of[one]) for one in some)) for place, some in places.items()
    }
    sums.cell_projects = CellSums.of(
        _count({(donor, country, area, project) for country, area, donor, project in mapped_projects})
    )
    sums.donor_projects = {key[0]: n for key, n in _count({(donor, one) for _, _, donor, one in all_projects}).items()}
    sums.projects = len({project for *_, project in all_projects})
    return sums


def _count(rows: set[tuple[Any, ...]]) -> dict[Any, int]:
    counts: dict[Any, int] = defaultdict(int)
    for *key, _ in rows:
        counts[tuple(key)] += 1
    return dict(counts)


def _clamped(rows: Iterable[Money]) -> tuple[dict[tuple[int, str, int], int], int]:
    by_year: dict[tuple[int, str, int, int], int] = defaultdict(int)
    for row in rows:
        by_year[row.donor, row.country, row.area, row.year] += row.counted
    clamped = clamp_refunds(by_year.items())
    amounts: dict[tuple[int, str, int], int] = defaultdict(int)
    for (donor, country, area, _), cents in clamped.amounts.items():
        amounts[donor, country, area] += cents
    return dict(amounts), sum(clamped.left_out.values())


# --- from the database ---------------------------------------------------------------------------


def read_slow_sums(connection: Connection, scope: Scope, top: dict[int, int]) -> Sums:
    found = []
    for framework in (scope.framework_id, ALL_MONEY):
        a = ALLOCATION.c
        columns = (a.country, a.area_id, a.donor_id, a.year, a[scope.basis], *(a[name] for name in COLUMNS))
        rows = [Money(*row) for row in connection.execute(_within(select(*columns), scope, framework))]
        query = select(a.country, a.area_id, a.donor_id, a.activity_id).distinct().where(a[scope.basis] != 0)
        presences = [tuple(row) for row in connection.execute(_within(query, scope, framework))]
        found.append((
            [row._replace(donor=top.get(row.donor, row.donor)) for row in rows],
            [(country, area, top.get(donor, donor), project) for country, area, donor, project in presences],
        ))  # fmt: skip
    (mapped, mapped_projects), (everything, all_projects) = found
    return slow_sums(mapped, everything, mapped_projects, all_projects)


def _within(query: Select[Any], scope: Scope, framework: int, *, flow: bool = True) -> Select[Any]:
    a = ALLOCATION.c
    query = query.where(a.framework_id == framework)
    if scope.countries is not None:
        query = query.where(a.country.in_(scope.countries))
    if flow:
        query = query.where(a.flow_type == scope.flow_type)
    if scope.donors is not None:
        query = query.where(a.donor_id.in_(scope.donors))
    if scope.first_year is not None:
        query = query.where(a.year >= scope.first_year)
    return query if scope.last_year is None else query.where(a.year <= scope.last_year)


def _active(scope: Scope, *, flow: bool = True) -> Select[Any]:
    of_flow = flow and scope.years != (None, None)
    return _within(select(ALLOCATION.c.activity_id).distinct(), scope, ALL_MONEY, flow=of_flow)


def read_slow_relations(connection: Connection, scope: Scope) -> list[tuple[int, str, int]]:
    a = ALLOCATION.c
    world = replace(scope, countries=None, donors=None)
    query = _within(select(a.donor_id, a.country, func.sum(a[scope.basis])), world, ALL_MONEY)
    return [
        (donor, country, int(cents))
        for donor, country, cents in connection.execute(query.group_by(a.donor_id, a.country))
    ]


def read_slow_reported(connection: Connection, scope: Scope) -> dict[str, int]:
    a = ALLOCATION.c
    query = _within(
        select(a.country, func.count(a.donor_id.distinct())), replace(scope, donors=None), ALL_MONEY, flow=False
    )
    return dict(map(tuple, connection.execute(query.group_by(a.country))))


def read_slow_days(connection: Connection, scope: Scope) -> tuple[date | None, date | None]:
    stamp = ACTIVITY.c.last_updated
    query = select(func.min(stamp), func.max(stamp)).where(ACTIVITY.c.id.in_(_active(scope)), stamp != "")
    oldest, newest = connection.execute(query).one()
    return (date.fromisoformat(oldest), date.fromisoformat(newest)) if oldest else (None, None)


def read_slow_silent(connection: Connection, scope: Scope) -> list[str]:
    a, t, o = ACTIVITY.c, TAKES_PART.c, ORGANISATION.c
    active = _active(scope)
    named = select(t.organisation_id).where(t.activity_id.in_(active), t.role == "1")
    funders = set(connection.execute(named).scalars())
    told = connection.execute(select(a.reporter_id, a.owner_id).where(a.id.in_(active)))
    reporters = {number for pair in told for number in pair}
    own = select(a.reporter_id).where(a.id.in_(_active(replace(scope, donors=None), flow=False)))
    silent = funders - reporters - set(connection.execute(own).scalars())
    governments = select(o.parent_id).where(o.id.in_(reporters), o.parent_id.is_not(None))
    query = select(o.ref).where(o.id.in_(silent), o.id.not_in(governments)).order_by(o.name)
    return list(connection.execute(query).scalars())
