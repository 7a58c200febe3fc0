"""What an overlap report counts and sums, from packed roll-ups: exact for any places, donors and years."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Any, NamedTuple

import numpy as np

from app.models.allocation import UNNAMED
from app.models.roll_up import NET
from app.rules.cell_sums import CellSums, Ints, Place, number_parts, number_values, runs
from app.rules.overlap_report import Sums
from app.rules.sheets import DAY, ERA, FUNDER, OWNER, REPORTER, Packed, add_years, read_slots

Years = tuple[int | None, int | None]  # first and last, None: no limit
_MOST_YEARS = 10_000


@dataclass(frozen=True, slots=True)
class Sheets:
    """Sheets of one kind as they are read: the country and the donor of each, and all entries with their sheet."""

    countries: Sequence[str]
    donors: Sequence[int]
    sheet: Ints
    entries: Packed

    def only(self, countries: Collection[str] | None, donors: Collection[int] | None) -> "Sheets":
        """Those of some countries (None: all) and some donors."""
        if countries is None and donors is None:
            return self
        places, givers = set(countries or ()), set(donors or ())
        wanted = [
            (countries is None or country in places) and (donors is None or donor in givers)
            for country, donor in zip(self.countries, self.donors, strict=True)
        ]
        chosen = np.array(wanted, bool)[self.sheet]
        return Sheets(self.countries, self.donors, self.sheet[chosen], self.entries[chosen])

    def within(self, years: Years) -> "Sheets":
        """The entries of these years, of sheets that keep each year by itself."""
        if years == (None, None):
            return self
        chosen = np.ones(len(self.entries), bool)
        if years[0] is not None:
            chosen &= self.entries["year"] >= years[0]
        if years[1] is not None:
            chosen &= self.entries["year"] <= years[1]
        return self if chosen.all() else Sheets(self.countries, self.donors, self.sheet[chosen], self.entries[chosen])


class _Groups(NamedTuple):
    """Sheets of donors that count as one (agencies of a government): names of the groups, and the group of each sheet."""

    names: list[tuple[int, str]]
    of_sheet: Ints

    def numbers(self, name: Callable[[tuple[int, str]], Any]) -> tuple[list[Any], Ints]:
        """The groups numbered by a part of their name: the parts, and the number of each group."""
        return number_parts(self.names, name)


def _group(sheets: Sheets, top: Mapping[int, int]) -> _Groups:
    """The groups in the order of their names, so that what is counted by them comes in that order."""
    pairs = [(top.get(donor, donor), country) for donor, country in zip(sheets.donors, sheets.countries, strict=True)]
    names = sorted(set(pairs))
    numbers = {name: number for number, name in enumerate(names)}
    return _Groups(names, np.array([numbers[pair] for pair in pairs], np.int64))


def sum_money(
    by_area: Sheets, mapped: Sheets, everything: Sheets, basis: str, years: Years, top: Mapping[int, int]
) -> Sums:
    """All that a report is built from but the projects. `by_area`: money of the framework; `mapped`: its sums by year;
    `everything`: those of all money, an area known or not; `top`: donors that count as another one. Sheets may be
    those over all years where no years are asked for and there is no `top`, since refunds are cut off by what counts
    as one donor."""
    sums = Sums()
    by_area, mapped, everything = by_area.within(years), mapped.within(years), everything.within(years)
    sums.cells, sums.left_out = _clamp(by_area, basis, top)
    used = np.unique(mapped.sheet).tolist()
    sums.countries = {mapped.countries[sheet] for sheet in used if mapped.donors[sheet] != UNNAMED}
    totals, sums.all_left_out = _clamp(everything, basis, top)
    sums.totals = totals.by_key()
    sums.has_mapped = bool(len(mapped.entries))
    for name in ("gross", "net", "equal", "confirmed", "linked"):
        sums.of_mapped[name] = int(mapped.entries[name].sum())
        sums.of_all[name] = int(everything.entries[name].sum())
    if len(everything.entries):
        first, last = ("first", "last") if "first" in (everything.entries.dtype.names or ()) else ("year", "year")
        sums.years = int(everything.entries[first].min()), int(everything.entries[last].max())
    return sums


def count_projects(sums: Sums, projects: Sheets, all_projects: Sheets, years: Years, top: Mapping[int, int]) -> None:
    """Add the projects: those of the framework, and all of them. Sheets may be those over all years where no years
    are asked for."""
    sums.cell_projects, sums.place_projects = _count_cells(_bundles(projects, years), top)
    sums.donor_projects, sums.projects = _count_donors(_bundles(all_projects, years), top)


# --- money -----------------------------------------------------------------------------------


def _clamp(money: Sheets, basis: str, top: Mapping[int, int]) -> tuple[CellSums, int]:
    """Cents by (donor, country, area), each year's refunds cut off, and what that leaves out (METRICS 1.4)."""
    if not len(money.entries):
        return CellSums(), 0
    groups, names = _group(money, top), money.entries.dtype.names or ()
    area = money.entries["area"] if "area" in names else np.zeros(len(money.entries), np.int64)
    if "year" not in names:
        return _take_whole(money, basis, groups, area)
    areas, area = number_values(area)
    each_year, _, by_year = _sum_each_year(money, basis, groups.of_sheet[money.sheet] * len(areas) + area)
    cells, starts = runs(each_year)
    cents = np.add.reduceat(np.maximum(by_year, 0), starts)
    group, area = np.divmod(cells, len(areas))
    return CellSums(groups.names, group, areas[area], cents), -int(np.minimum(by_year, 0).sum())


def _take_whole(money: Sheets, basis: str, groups: _Groups, area: Ints) -> tuple[CellSums, int]:
    """The same of sheets over all years, each a group of its own."""
    group, left = groups.of_sheet[money.sheet], money.entries[f"{basis}_left"]
    order = np.lexsort([area, group])
    amounts = (money.entries[basis] - left)[order]
    return CellSums(groups.names, group[order], area[order].astype(np.int64), amounts), -int(left.sum())


def _sum_each_year(money: Sheets, basis: str, cell: Ints) -> tuple[Ints, Ints, Ints]:
    """Cell, year and cents of each cell and year, in order; `cell`: that of each entry."""
    first = int(money.entries["year"].min())
    width = int(money.entries["year"].max()) - first + 1
    key = cell * width + (money.entries["year"] - first)
    order = np.argsort(key, kind="stable")
    key, starts = runs(key[order])
    cells, year = np.divmod(key, width)
    return cells, first + year, np.add.reduceat(money.entries[basis][order], starts)


def sum_relations(money: Sheets, basis: str, years: Years) -> list[tuple[int, str, int]]:
    """(donor, country, cents) of each relation."""
    money = money.within(years)
    if not len(money.entries):
        return []
    sheets, starts = runs(money.sheet)
    cents = np.add.reduceat(money.entries[basis], starts)
    return [
        (money.donors[sheet], money.countries[sheet], amount)
        for sheet, amount in zip(sheets.tolist(), cents.tolist(), strict=True)
    ]


def sum_years(money: Sheets, basis: str, years: Years, top: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """(year, donor, cents) with the refunds of each donor, country and year cut off."""
    money = money.within(years)
    if not len(money.entries):
        return []
    groups = _group(money, top)
    donors, donor_of = groups.numbers(lambda name: name[0])
    group, year, cents = _sum_each_year(money, basis, groups.of_sheet[money.sheet])
    key = donor_of[group] * _MOST_YEARS + year
    order = np.argsort(key, kind="stable")
    key, starts = runs(key[order])
    rows = zip(key.tolist(), np.add.reduceat(np.maximum(cents, 0)[order], starts).tolist(), strict=True)
    return [(pair % _MOST_YEARS, donors[pair // _MOST_YEARS], amount) for pair, amount in rows]


def list_donor_years(money: Sheets, years: Years) -> set[tuple[int, int]]:
    """(year, donor) of all money."""
    money = money.within(years)
    donor = np.array(money.donors, np.int64)[money.sheet]
    pairs = np.unique(donor * _MOST_YEARS + money.entries["year"])
    return {(pair % _MOST_YEARS, pair // _MOST_YEARS) for pair in pairs.tolist()}


# --- projects --------------------------------------------------------------------------------


def _bundles(projects: Sheets, years: Years) -> Sheets:
    """The projects with money in these years, as sheets over all years hold them."""
    if "places" in (projects.entries.dtype.names or ()):
        return projects
    sheet, entries = projects.sheet, projects.entries
    if years != (None, None):
        bits = np.array([_bits(era, years) for era in range(ERA)], np.uint64)
        _, era, _ = read_slots(entries["slot"])
        chosen = (entries["years"] & bits[era]) != 0
        sheet, entries = sheet[chosen], entries[chosen]
    return Sheets(projects.countries, projects.donors, *add_years(NET, sheet, entries))


def _bits(era: int, years: Years) -> int:
    first, last = ERA * era, ERA * era + ERA - 1
    low = first if years[0] is None else max(first, years[0])
    high = last if years[1] is None else min(last, years[1])
    return sum(1 << (year - first) for year in range(low, high + 1))


def _count_cells(sheets: Sheets, top: Mapping[int, int]) -> tuple[CellSums, dict[Place, tuple[int, float]]]:
    """Projects by (donor, country, area); and by (country, area), in whole and in parts (METRICS 1.5)."""
    if not len(sheets.entries):
        return CellSums(), {}
    groups, found = _group(sheets, top), sheets.entries
    areas, area = number_values(found["area"])
    countries, country_of = groups.numbers(lambda name: name[1])
    group = groups.of_sheet[sheets.sheet]
    place = country_of[group] * len(areas) + area
    cell = group * len(areas) + area
    cells, counts = _count(cell, found, _distinct(cell, found)[0])
    group, area = np.divmod(cells, len(areas))
    others = _distinct(place, found)
    parts, ids = _fractions(place, found, others), areas.tolist()
    places = {
        (countries[key // len(ids)], ids[key % len(ids)]): (count, parts[key])
        for key, count in _pairs(_count(place, found, others[0]))
    }
    return CellSums(groups.names, group, areas[area], counts), places


def _pairs(columns: tuple[Ints, Ints]) -> Iterator[tuple[int, int]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def _count(key: Ints, found: Packed, others: Ints) -> tuple[Ints, Ints]:
    """The keys that have projects, and how many different ones: those in bundles, which are, and the `others`."""
    size, bundled = int(key.max()) + 1, found["activity"] == 0
    counts = _add_by(key[bundled], found["projects"][bundled], size) + np.bincount(others, minlength=size)
    keys = np.flatnonzero(counts)
    return keys, counts[keys]


def _add_by(key: Ints, counts: Ints, size: int) -> Ints:
    """The sum of the counts of each key."""
    return np.bincount(key, counts, size).astype(np.int64)  # through floats: exact below 2^53


def _distinct(key: Ints, found: Packed) -> tuple[Ints, Ints]:
    """The different pairs of key and project among projects that are in several sheets."""
    single = found["activity"] != 0
    keys, activity = key[single], found["activity"][single].astype(np.int64)
    size = int(activity.max()) + 1 if len(activity) else 1
    different, _ = runs(np.sort(keys * size + activity))
    return np.divmod(different, size)


def _fractions(place: Ints, found: Packed, distinct: tuple[Ints, Ints]) -> dict[int, float]:
    """place -> its projects, each counting 1 over all its places together."""
    bundled = found["activity"] == 0
    others, activity = distinct
    keys = np.concatenate([place[bundled], others])
    places_of = np.concatenate([found["places"][bundled], np.bincount(activity)[activity]])
    projects = np.concatenate([found["projects"][bundled], np.ones(len(others), np.int64)])
    width = int(places_of.max()) + 1
    counts = _add_by(keys * width + places_of, projects, 0)
    parts: dict[int, list[float]] = defaultdict(list)
    for pair in np.flatnonzero(counts).tolist():
        parts[pair // width].append(int(counts[pair]) / (pair % width))
    return {number: fsum(some) for number, some in parts.items()}


def _count_donors(sheets: Sheets, top: Mapping[int, int]) -> tuple[dict[int, int], int]:
    """Projects by donor, and all projects."""
    if not len(sheets.entries):
        return {}, 0
    groups, found = _group(sheets, top), sheets.entries
    donors, donor_of = groups.numbers(lambda name: name[0])
    donor, anybody = donor_of[groups.of_sheet[sheets.sheet]], np.zeros(len(found), np.int64)
    counts = _count(donor, found, _distinct(donor, found)[0])
    [(_, everything)] = _pairs(_count(anybody, found, _distinct(anybody, found)[0]))
    return {donors[number]: count for number, count in _pairs(counts)}, everything


# --- who told --------------------------------------------------------------------------------


@dataclass(slots=True)
class Told:
    """Who reported, who is named as a funder, and the oldest and newest day of a report (as ordinals)."""

    reporters: set[int] = field(default_factory=set)
    owners: set[int] = field(default_factory=set)
    funders: set[int] = field(default_factory=set)
    days: tuple[int, int] | None = None


def tell(told: Sheets, years: Years) -> Told:
    """What the sheets of a scope tell."""
    entries = told.within(years).entries
    found = {role: entries["what"][entries["role"] == role] for role in (REPORTER, OWNER, FUNDER, DAY)}
    days = found[DAY]
    reporters, owners, funders = (set(number_values(found[role])[0].tolist()) for role in (REPORTER, OWNER, FUNDER))
    return Told(reporters, owners, funders, (int(days.min()), int(days.max())) if len(days) else None)


def name_relations(rows: Sequence[tuple[int, str, int]], parents: Mapping[int, int]) -> dict[int, dict[str, int]]:
    """donor -> country -> cents of relations with money, as OECD significance compares them."""
    matrix: dict[int, dict[str, int]] = {}
    for donor, country, cents in rows:
        if donor != UNNAMED and cents > 0:
            row = matrix.setdefault(parents.get(donor, donor), {})
            row[country] = row.get(country, 0) + cents
    return matrix
