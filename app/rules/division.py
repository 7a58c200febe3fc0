"""Division of labour: who could work together, hand over, or lead. Questions for the meeting, our own rules
but for OECD significance; administrative cost is in no report and so in no reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from app.models.allocation import UNNAMED

LEAD_YEARS = 5
TAKERS = 3
Place = tuple[str, int]  # country, area


class Presence(NamedTuple):
    """One project that a donor funds in an area of a country, with the years of its money and its partners."""

    country: str
    area: int
    donor: int
    project: int
    first_year: int
    last_year: int
    cents: int
    partners: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class JointWork:
    """Two donors that could join their work: same country, same area, `years` in which both have money there,
    implementing partners of both, their money there and their projects."""

    country: str
    area: int
    donors: tuple[int, int]
    years: tuple[int, ...]
    partners: tuple[int, ...]
    cents: int
    projects: int


@dataclass(frozen=True, slots=True)
class Handover:
    """A donor's relation with a country that is not significant (OECD), and who could take its areas over."""

    country: str
    donor: int
    cents: int
    share: float
    areas: tuple[int, ...]
    takers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """The donor whose smallest share of an area over its last years is the largest of all donors'."""

    country: str
    area: int
    donor: int
    lowest: float
    mean: float
    years: tuple[int, ...]
    donors: int


@dataclass(slots=True)
class _There:
    """What one donor does in one place."""

    years: set[int]
    partners: set[int]
    cents: int
    projects: set[int]


def find_joint_work(presences: Iterable[Presence]) -> list[JointWork]:
    """Pairs of donors in one area of one country in the same years: those with common partners first, then by
    the smaller of their amounts, since joining needs weight on both sides."""
    places: dict[Place, dict[int, _There]] = defaultdict(dict)
    for one in presences:
        if one.donor == UNNAMED or one.cents <= 0:
            continue
        there = places[one.country, one.area].setdefault(one.donor, _There(set(), set(), 0, set()))
        there.years.update(range(one.first_year, one.last_year + 1))
        there.partners |= one.partners
        there.cents += one.cents
        there.projects.add(one.project)
    found = []
    for (country, area), donors in places.items():
        for (a, x), (b, y) in combinations(sorted(donors.items()), 2):
            if years := tuple(sorted(x.years & y.years)):
                partners = tuple(sorted((x.partners & y.partners) - {a, b}))
                joint = JointWork(
                    country, area, (a, b), years, partners, x.cents + y.cents, len(x.projects | y.projects)
                )
                found.append((-len(partners), -min(x.cents, y.cents), country, area, joint))
    return [one[-1] for one in sorted(found, key=lambda one: one[:-1])]


def find_handovers(
    money: Mapping[tuple[str, int, int], int], significant: AbstractSet[tuple[int, str]]
) -> list[Handover]:
    """Relations of `money` ((country, area, donor) -> cents) that are not among the `significant` ones of METRICS 3
    (OECD, Report on Division of Labour, 2009/2011), smallest first; donors that matter to the country and work in
    the same areas could take them over, largest first."""
    relations: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    countries: dict[str, int] = defaultdict(int)
    for (country, area, donor), cents in money.items():
        if cents > 0 and donor != UNNAMED:
            relations[country, donor][area] = cents
            countries[country] += cents
    staying: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    for (country, donor), areas in relations.items():
        if (donor, country) in significant:
            for area, cents in areas.items():
                staying[country, area].append((donor, cents))
    found = []
    for (country, donor), areas in relations.items():
        if (donor, country) in significant:
            continue
        takers: dict[int, int] = defaultdict(int)
        for area in areas:
            for other, cents in staying[country, area]:
                takers[other] += cents
        ranked = sorted(takers, key=lambda one: (-takers[one], one))
        cents = sum(areas.values())
        share = cents / countries[country]
        found.append(Handover(country, donor, cents, share, tuple(sorted(areas)), tuple(ranked[:TAKERS])))
    return sorted(found, key=lambda one: (one.cents, one.country, one.donor))


def propose_leads(money: Iterable[tuple[str, int, int, int, int]]) -> list[Lead]:
    """For each area of a country with two or more donors, from (country, area, donor, year, cents): the donor
    whose share was never small over the last years (up to five) in which anybody gave there; at least two years,
    and money in each of them, else nobody is proposed."""
    places: dict[Place, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for country, area, donor, year, cents in money:
        places[country, area][year][donor] += cents
    leads = [_lead(place, years) for place, years in sorted(places.items())]
    return [lead for lead in leads if lead is not None]


def _lead(place: Place, by_year: Mapping[int, Mapping[int, int]]) -> Lead | None:
    rows = {}
    for year, row in by_year.items():
        if active := {donor: cents for donor, cents in row.items() if cents > 0 and donor != UNNAMED}:
            rows[year] = active
    years = sorted(rows)[-LEAD_YEARS:]
    donors = {donor for year in years for donor in rows[year]}
    if len(years) < 2 or len(donors) < 2:
        return None
    shares = {
        donor: [rows[year].get(donor, 0) / sum(rows[year].values()) for year in years] for donor in sorted(donors)
    }
    best = max(shares, key=lambda donor: (min(shares[donor]), sum(shares[donor]), -donor))
    lowest = min(shares[best])
    if not lowest:
        return None
    return Lead(*place, best, lowest, sum(shares[best]) / len(years), tuple(years), len(donors))
