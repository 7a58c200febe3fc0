"""Builds the overlap report from money and counts already read: pure, so that it can be repeated."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.models.allocation import UNNAMED
from app.rules.cell_sums import Cell, Cells, CellSums, Place
from app.rules.indices import (
    NO_MONEY,
    DivisionOfLabour,
    Figure,
    Indices,
    Pairs,
    PairSimilarity,
    concentration,
    division_of_labour,
)
from app.rules.overlap import DEFAULT_THRESHOLDS, CellStatus, Thresholds, cell_status

NO_SHARE = Figure(None, NO_MONEY)
COLUMNS = ("gross", "net", "equal", "confirmed", "linked")


@dataclass(slots=True)
class Sums:
    """What a report is built from, in hundredths of the base currency; donors are those of the report's level.

    `cells`: with each year's refunds cut off, and `left_out` what that leaves out; `totals` (by donor, country and
    area 0) and `all_left_out`: the same of all money, an area known or not; `of_mapped` and `of_all`: plain
    sums of each column; `countries`: where named donors have amounts with a known area, even if nothing is left of
    them. Projects are different ones; `place_projects`: in whole and in parts, where each project counts 1 over all
    its places together.
    """

    cells: CellSums = field(default_factory=CellSums)
    left_out: int = 0
    totals: dict[tuple[int, str, int], int] = field(default_factory=dict)
    all_left_out: int = 0
    has_mapped: bool = False
    countries: set[str] = field(default_factory=set)
    of_mapped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    of_all: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    cell_projects: CellSums = field(default_factory=CellSums)
    place_projects: dict[Place, tuple[int, float]] = field(default_factory=dict)
    donor_projects: dict[int, int] = field(default_factory=dict)
    projects: int = 0
    years: tuple[int, int] | None = None


@dataclass(slots=True)
class AreaLine:
    """An area in a country: who funds it and how the money is shared."""

    country: str
    area: int
    cents: int
    projects: int
    donors: int
    indices: Indices
    status: CellStatus
    fractional_projects: float = 0.0
    need: int | None = None


@dataclass(slots=True)
class DonorLine:
    """A donor over the whole report; `cents` includes money whose area nobody knows yet."""

    donor: int
    cents: int
    mapped: int
    projects: int
    areas: int


@dataclass(slots=True)
class CountryLine:
    """A country's own figures, over the money whose area is known."""

    country: str
    cents: int
    overall: Indices
    labour: DivisionOfLabour[int]


@dataclass(slots=True)
class Overlap:
    """The report's figures, by ids."""

    gross: int = 0
    net: int = 0
    counted: int = 0
    projects: int = 0
    donors: int = 0
    mapped: int = 0
    unnamed: int = 0
    refunds_left_out: int = 0
    cells: Sequence[Cell] = ()
    areas: list[AreaLine] = field(default_factory=list)
    donor_lines: list[DonorLine] = field(default_factory=list)
    pairs: Mapping[tuple[int, int], PairSimilarity[Place]] = field(default_factory=dict)
    countries: list[CountryLine] = field(default_factory=list)
    # Country or region -> (money that counts, donors with any of it), whether an area is known or not.
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    equal_split: Figure = NO_SHARE
    confirmed: Figure = NO_SHARE
    linked: Figure = NO_SHARE
    area_known: Figure = NO_SHARE


# What named donors have in each place, and its indices.
_There = Mapping[Place, tuple[int, Indices]]
_NOTHING = 0, concentration(())


def build_overlap(
    sums: Sums,
    area_ids: Sequence[int],
    reported: Mapping[str, int],
    countries: Sequence[str],
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    needs: Mapping[Place, int] | None = None,
    *,
    gross: bool = False,
) -> Overlap:
    """All figures of METRICS sections 3 and 4 for one scope, whose money counts gross or net.

    `reported`: donors with any report by country; `countries`: those that get a line an area even
    without money; `needs`: what public plans need there, by country and area.
    """
    report = Overlap(cells=Cells(sums.cells, sums.cell_projects))
    is_named = np.array([donor != UNNAMED for donor, _ in sums.cells.relations], bool)[sums.cells.relation]
    named = sums.cells.only(is_named)
    unnamed = {key[1:]: cents for key, cents in sums.cells.only(~is_named).by_key().items()}
    there = {place: (sum(some), concentration(some)) for place, some in named.only(named.amounts > 0).by_place()}
    report.areas = _area_lines(there, unnamed, sums, area_ids, reported, countries, thresholds, needs or {})
    report.donor_lines = _donor_lines(named, sums)
    report.pairs = Pairs(named.by_donor)
    report.countries = _country_lines(named, there, sums.countries)
    _add_totals(report, sums)
    # Refunds that net to less than nothing in their cell: seen where the area is known, else in the country.
    unmapped = max(0, sums.all_left_out - sums.left_out) if sums.has_mapped else sums.all_left_out
    report.refunds_left_out = sums.left_out + unmapped
    _add_trust(report, sums, "gross" if gross else "net")
    return report


def _area_lines(
    there: _There,
    unnamed: Mapping[Place, int],
    sums: Sums,
    area_ids: Sequence[int],
    reported: Mapping[str, int],
    countries: Sequence[str],
    thresholds: Thresholds,
    needs: Mapping[Place, int],
) -> list[AreaLine]:
    lines = []
    for country in countries:
        for area in area_ids:
            place = (country, area)
            (cents, indices), need = there.get(place, _NOTHING), needs.get(place)
            projects, parts = sums.place_projects.get(place, (0, 0.0))
            lines.append(AreaLine(
                country, area, cents + unnamed.get(place, 0), projects,
                indices.donors, indices, cell_status(indices.donors, reported.get(country, 0), need, thresholds),
                parts, need,
            ))  # fmt: skip
    return lines


def _donor_lines(named: CellSums, sums: Sums) -> list[DonorLine]:
    cents: dict[int, int] = defaultdict(int)
    for (donor, _, _), amount in sums.totals.items():
        cents[donor] += amount
    mapped: dict[int, int] = defaultdict(int)
    areas: dict[int, int] = defaultdict(int)
    for (_, donor), amount in named.only(named.amounts > 0).sum_by_area().items():
        mapped[donor] += amount
        areas[donor] += 1
    lines = [
        DonorLine(donor, total, mapped[donor], sums.donor_projects.get(donor, 0), areas[donor])
        for donor, total in cents.items()
    ]
    return sorted(lines, key=lambda line: (line.donor == UNNAMED, -line.cents, line.donor))


def _country_lines(named: CellSums, there: _There, countries: Iterable[str]) -> list[CountryLine]:
    donors: dict[str, list[int]] = defaultdict(list)
    for (_, country), cents in named.sum_by_relation():
        donors[country].append(cents)
    areas: dict[str, dict[int, tuple[int, Indices]]] = defaultdict(dict)
    for (country, area), found in there.items():
        areas[country][area] = found
    lines = []
    for country in sorted(countries):
        overall = concentration(donors[country])
        cents = sum(donors[country])
        lines.append(CountryLine(country, cents, overall, division_of_labour(areas[country], overall)))
    return lines


def _add_totals(report: Overlap, sums: Sums) -> None:
    report.gross, report.net = sums.of_all["gross"], sums.of_all["net"]
    report.counted = sum(sums.totals.values())
    report.projects = sums.projects
    report.donors = len([line for line in report.donor_lines if line.donor != UNNAMED and line.cents > 0])
    report.mapped = int(sums.cells.amounts.sum())
    report.unnamed = sum(cents for (donor, _, _), cents in sums.totals.items() if donor == UNNAMED)
    report.places = _places(sums.totals)


def _places(totals: Mapping[tuple[int, str, int], int]) -> dict[str, tuple[int, int]]:
    cents: dict[str, int] = defaultdict(int)
    donors: dict[str, set[int]] = defaultdict(set)
    for (donor, country, _), amount in totals.items():
        cents[country] += amount
        if amount > 0 and donor != UNNAMED:
            donors[country].add(donor)
    return {country: (cents[country], len(donors[country])) for country in sorted(cents)}


def _add_trust(report: Overlap, sums: Sums, basis: str) -> None:
    """Shares of the money that the report shows; refunds lower them like everything else."""
    mapped, everything = sums.of_mapped, sums.of_all
    report.area_known = _share(mapped[basis], everything[basis])
    report.equal_split = _share(mapped["equal"], mapped["gross"])
    report.confirmed = _share(mapped["confirmed"], mapped["net"])
    report.linked = _share(everything["linked"], everything["gross"])


def _share(part: int, whole: int) -> Figure:
    return Figure(min(1.0, max(0.0, part / whole))) if whole > 0 else NO_SHARE
