"""Builds the overlap report from money and counts already read: pure, so that it can be repeated."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.models.allocation import UNNAMED
from app.rules.indices import (
    NO_MONEY,
    DivisionOfLabour,
    Figure,
    Indices,
    PairSimilarity,
    all_pairs,
    concentration,
    division_of_labour,
)
from app.rules.overlap import DEFAULT_THRESHOLDS, CellStatus, Thresholds, cell_status, clamp_refunds

NO_SHARE = Figure(None, NO_MONEY)
Place = tuple[str, int]  # country or region code, area id


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


@dataclass(slots=True)
class Cell:
    """A donor in an area of a country."""

    country: str
    area: int
    donor: int
    cents: int
    projects: int


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
    cells: list[Cell] = field(default_factory=list)
    areas: list[AreaLine] = field(default_factory=list)
    donor_lines: list[DonorLine] = field(default_factory=list)
    pairs: dict[tuple[int, int], PairSimilarity[Place]] = field(default_factory=dict)
    countries: list[CountryLine] = field(default_factory=list)
    equal_split: Figure = NO_SHARE
    confirmed: Figure = NO_SHARE
    linked: Figure = NO_SHARE
    area_known: Figure = NO_SHARE


def build_overlap(
    mapped: Sequence[Money],
    everything: Sequence[Money],
    mapped_projects: Iterable[Presence],
    all_projects: Iterable[Presence],
    area_ids: Sequence[int],
    reported: Mapping[str, int],
    countries: Sequence[str],
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    needs: Mapping[Place, int] | None = None,
) -> Overlap:
    """All figures of METRICS sections 3 and 4 for one scope.

    `mapped`: money by area; `everything`: the same money whether its area is known or not;
    `reported`: donors with any report by country; `countries`: those that get a line an area even
    without money; `needs`: what public plans need there, by country and area.
    Refunds are netted within donor x area x country x year before anything is added up.
    """
    report = Overlap()
    cells = _clamped(mapped)
    totals = _clamped(everything)
    matrix: dict[int, dict[Place, int]] = defaultdict(dict)
    for (donor, country, area), cents in cells.amounts.items():
        matrix[donor][country, area] = cents
    counts = _Counts(mapped_projects)
    every = _Counts(all_projects)
    named = {donor: row for donor, row in matrix.items() if donor != UNNAMED}
    report.cells = [
        Cell(country, area, donor, cents, counts.cell[donor, country, area])
        for (donor, country, area), cents in sorted(cells.amounts.items())
        if cents or counts.cell[donor, country, area]
    ]
    report.areas = _area_lines(named, matrix, counts, area_ids, reported, countries, thresholds, needs or {})
    report.donor_lines = _donor_lines(named, totals.amounts, every)
    report.pairs = {pair: found for pair, found in all_pairs(named).items() if found.why is None}
    report.countries = _country_lines(named)
    _add_totals(report, cells.amounts, totals.amounts, everything, every)
    # Refunds that net to less than nothing in their cell: seen where the area is known, else in the country.
    report.refunds_left_out = cells.left_out + _unmapped_refunds(mapped, totals.left_out, cells.left_out)
    _add_trust(report, mapped, everything)
    return report


class _Clamped(NamedTuple):
    amounts: dict[tuple[int, str, int], int]
    left_out: int


def _clamped(rows: Iterable[Money]) -> _Clamped:
    """Amounts by (donor, country, area) with each year's refunds clamped, and what that leaves out."""
    by_year: dict[tuple[int, str, int, int], int] = defaultdict(int)
    for row in rows:
        by_year[row.donor, row.country, row.area, row.year] += row.counted
    clamped = clamp_refunds(by_year.items())
    amounts: dict[tuple[int, str, int], int] = defaultdict(int)
    for (donor, country, area, _), cents in clamped.amounts.items():
        amounts[donor, country, area] += cents
    return _Clamped(dict(amounts), sum(clamped.left_out.values()))


def _unmapped_refunds(mapped: Sequence[Money], in_all: int, in_mapped: int) -> int:
    return max(0, in_all - in_mapped) if mapped else in_all


class _Counts:
    """Distinct projects by cell, by area and country, by donor, and in all."""

    def __init__(self, rows: Iterable[Presence]) -> None:
        cell: dict[tuple[int, str, int], set[int]] = defaultdict(set)
        place: dict[Place, set[int]] = defaultdict(set)
        donor: dict[int, set[int]] = defaultdict(set)
        self.places_of: dict[int, int] = defaultdict(int)
        for country, area, giver, project in rows:
            cell[giver, country, area].add(project)
            donor[giver].add(project)
            there = place[country, area]
            if project not in there:
                there.add(project)
                self.places_of[project] += 1
        self.cell = defaultdict(int, {key: len(found) for key, found in cell.items()})
        self.place = place
        self.donor = defaultdict(int, {key: len(found) for key, found in donor.items()})
        self.total = len(self.places_of)

    def fractional(self, place: Place) -> float:
        """Each project counts 1 over all its cells together (METRICS 1.5)."""
        return sum(1 / self.places_of[project] for project in self.place.get(place, ()))


def _area_lines(
    named: Mapping[int, Mapping[Place, int]],
    matrix: Mapping[int, Mapping[Place, int]],
    counts: _Counts,
    area_ids: Sequence[int],
    reported: Mapping[str, int],
    countries: Sequence[str],
    thresholds: Thresholds,
    needs: Mapping[Place, int],
) -> list[AreaLine]:
    amounts: dict[Place, list[int]] = defaultdict(list)
    for row in named.values():
        for place, cents in row.items():
            if cents > 0:
                amounts[place].append(cents)
    unnamed = matrix.get(UNNAMED, {})
    lines = []
    for country in countries:
        for area in area_ids:
            place = (country, area)
            indices, need = concentration(amounts[place]), needs.get(place)
            lines.append(AreaLine(
                country, area, sum(amounts[place]) + unnamed.get(place, 0), len(counts.place.get(place, ())),
                indices.donors, indices, cell_status(indices.donors, reported.get(country, 0), need, thresholds),
                counts.fractional(place), need,
            ))  # fmt: skip
    return lines


def _donor_lines(
    named: Mapping[int, Mapping[Place, int]], totals: Mapping[tuple[int, str, int], int], every: _Counts
) -> list[DonorLine]:
    cents: dict[int, int] = defaultdict(int)
    for (donor, _, _), amount in totals.items():
        cents[donor] += amount
    lines = []
    for donor, total in cents.items():
        row = {place: amount for place, amount in named.get(donor, {}).items() if amount > 0}
        areas = len({area for _, area in row})
        lines.append(DonorLine(donor, total, sum(row.values()), every.donor[donor], areas))
    return sorted(lines, key=lambda line: (line.donor == UNNAMED, -line.cents, line.donor))


def _country_lines(named: Mapping[int, Mapping[Place, int]]) -> list[CountryLine]:
    by_country: dict[str, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for donor, row in named.items():
        for (country, area), cents in row.items():
            by_country[country][donor][area] = cents
    lines = []
    for country in sorted(by_country):
        matrix = by_country[country]
        donors = [sum(row.values()) for row in matrix.values()]
        lines.append(CountryLine(country, sum(donors), concentration(donors), division_of_labour(matrix)))
    return lines


def _add_totals(
    report: Overlap,
    cells: Mapping[tuple[int, str, int], int],
    totals: Mapping[tuple[int, str, int], int],
    everything: Sequence[Money],
    every: _Counts,
) -> None:
    report.gross = sum(row.gross for row in everything)
    report.net = sum(row.net for row in everything)
    report.counted = sum(totals.values())
    report.projects = every.total
    report.donors = len([line for line in report.donor_lines if line.donor != UNNAMED and line.cents > 0])
    report.mapped = sum(cells.values())
    report.unnamed = sum(cents for (donor, _, _), cents in totals.items() if donor == UNNAMED)


def _add_trust(report: Overlap, mapped: Sequence[Money], everything: Sequence[Money]) -> None:
    """Shares of the money that the report shows; refunds lower them like everything else."""
    counted = sum(row.counted for row in everything)
    shown = sum(row.counted for row in mapped)
    gross = sum(row.gross for row in mapped) or 0
    all_gross = sum(row.gross for row in everything)
    report.area_known = _share(shown, counted)
    report.equal_split = _share(sum(row.equal for row in mapped), gross)
    report.confirmed = _share(sum(row.confirmed for row in mapped), sum(row.net for row in mapped))
    report.linked = _share(sum(row.linked for row in everything), all_gross)


def _share(part: int, whole: int) -> Figure:
    return Figure(min(1.0, max(0.0, part / whole))) if whole > 0 else NO_SHARE
