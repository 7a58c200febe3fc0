"""What an overlap report counts and sums, from packed roll-ups: exact for any places, donors and years."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.models.allocation import UNNAMED
from app.rules.overlap_report import Place, Sums
from app.rules.sheets import DAY, ERA, FUNDER, OWNER, REPORTER, Packed, read_slots

Ints = NDArray[Any]
Years = tuple[int | None, int | None]  # first and last, None: no limit
_ALL_YEARS = np.uint64(2**64 - 1)


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
        found: dict[Any, int] = {}
        numbers = [found.setdefault(name(one), len(found)) for one in self.names]
        return list(found), np.array(numbers, np.int64)


def _group(sheets: Sheets, top: Mapping[int, int]) -> _Groups:
    """The groups in the order of their names, so that what is counted by them comes in that order."""
    pairs = [(top.get(donor, donor), country) for donor, country in zip(sheets.donors, sheets.countries, strict=True)]
    names = sorted(set(pairs))
    numbers = {name: number for number, name in enumerate(names)}
    return _Groups(names, np.array([numbers[pair] for pair in pairs], np.int64))


def sum_up(
    by_area: Sheets, mapped: Sheets, everything: Sheets, projects: Sheets | None, all_projects: Sheets | None, basis: str, years: Years,
    top: Mapping[int, int],
) -> Sums:  # fmt: skip
    """All that a report is built from. `by_area`: money of the framework; `mapped`: its sums by year; `everything`:
    those of all money, an area known or not; `projects`, `all_projects`: likewise (None: they are not counted);
    `top`: donors that count as another one."""
    sums = Sums()
    by_area, mapped, everything = by_area.within(years), mapped.within(years), everything.within(years)
    sums.cells, sums.left_out = _clamp(by_area, basis, top)
    used = np.unique(mapped.sheet).tolist()
    sums.countries = {mapped.countries[sheet] for sheet in used if mapped.donors[sheet] != UNNAMED}
    sums.totals, sums.all_left_out = _clamp(everything, basis, top)
    sums.has_mapped = bool(len(mapped.entries))
    for name in ("gross", "net", "equal", "confirmed", "linked"):
        sums.of_mapped[name] = int(mapped.entries[name].sum())
        sums.of_all[name] = int(everything.entries[name].sum())
    if len(everything.entries):
        sums.years = int(everything.entries["year"].min()), int(everything.entries["year"].max())
    if projects is not None and all_projects is not None:
        sums.cell_projects, sums.place_projects = _count_cells(_active(projects, years), top)
        sums.donor_projects, sums.projects = _count_donors(_active(all_projects, years), top)
    return sums


# --- money -----------------------------------------------------------------------------------


def _clamp(money: Sheets, basis: str, top: Mapping[int, int]) -> tuple[dict[tuple[int, str, int], int], int]:
    """Cents by (donor, country, area), each year's refunds cut off, and what that leaves out (METRICS 1.4)."""
    if not len(money.entries):
        return {}, 0
    groups = _group(money, top)
    all_areas = "area" not in (money.entries.dtype.names or ())
    area = np.zeros(len(money.entries), np.int64) if all_areas else money.entries["area"]
    areas, area = _number(area)
    first = int(money.entries["year"].min())
    width = int(money.entries["year"].max()) - first + 1
    cell = groups.of_sheet[money.sheet] * len(areas) + area
    key = cell * width + (money.entries["year"] - first)
    order = np.argsort(key, kind="stable")
    key, starts = _runs(key[order])
    by_year = np.add.reduceat(money.entries[basis][order], starts)
    cells, starts = _runs(key // width)
    cents = np.add.reduceat(np.maximum(by_year, 0), starts)
    group, area = np.divmod(cells, len(areas))
    left_out = -int(np.minimum(by_year, 0).sum())
    rows = zip(group.tolist(), areas[area].tolist(), cents.tolist(), strict=True)
    return {(*groups.names[number], place): amount for number, place, amount in rows}, left_out


def _runs(keys: Ints) -> tuple[Ints, Ints]:
    """The different ones of ordered keys, and where each begins."""
    is_first = np.ones(len(keys), bool)
    is_first[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(is_first)
    return keys[starts], starts


def sum_relations(money: Sheets, basis: str, years: Years) -> list[tuple[int, str, int]]:
    """(donor, country, cents) of each relation."""
    money = money.within(years)
    if not len(money.entries):
        return []
    sheets, starts = _runs(money.sheet)
    cents = np.add.reduceat(money.entries[basis], starts)
    return [
        (money.donors[sheet], money.countries[sheet], amount)
        for sheet, amount in zip(sheets.tolist(), cents.tolist(), strict=True)
    ]


# --- projects --------------------------------------------------------------------------------


def _active(projects: Sheets, years: Years) -> Sheets:
    """The projects with money in these years."""
    if years == (None, None):
        return projects
    bits = np.array([_bits(era, years) for era in range(ERA)], np.uint64)
    _, era, _ = read_slots(projects.entries["slot"])
    chosen = (projects.entries["years"] & bits[era]) != 0
    return Sheets(projects.countries, projects.donors, projects.sheet[chosen], projects.entries[chosen])


def _bits(era: int, years: Years) -> int:
    first, last = ERA * era, ERA * era + ERA - 1
    low = first if years[0] is None else max(first, years[0])
    high = last if years[1] is None else min(last, years[1])
    return sum(1 << (year - first) for year in range(low, high + 1))


class _Projects(NamedTuple):
    """An entry for each project of a sheet and area. Those that are in one sheet alone can be counted by adding."""

    sheet: Ints
    activity: Ints
    area: Ints
    is_alone: Ints

    @classmethod
    def of(cls, sheets: Sheets) -> "_Projects":
        area, _, is_alone = read_slots(sheets.entries["slot"])
        return cls(sheets.sheet, sheets.entries["activity"].astype(np.int64), area, is_alone)

    def chosen(self, which: Ints) -> "_Projects":
        return _Projects(*(column[which] for column in self))


def _count_cells(
    sheets: Sheets, top: Mapping[int, int]
) -> tuple[dict[tuple[int, str, int], int], dict[Place, tuple[int, float]]]:
    """Projects by (donor, country, area); and by (country, area), in whole and in parts (METRICS 1.5)."""
    if not len(sheets.entries):
        return {}, {}
    groups, found = _group(sheets, top), _Projects.of(sheets)
    areas, area = _number(found.area)
    countries, country_of = groups.numbers(lambda name: name[1])
    group = groups.of_sheet[found.sheet]
    place = country_of[group] * len(areas) + area
    counts = _count_distinct(group * len(areas) + area, found)
    ids = areas.tolist()
    cells = {(*groups.names[number // len(ids)], ids[number % len(ids)]): count for number, count in counts}
    parts = _fractions(place, found)
    places = {
        (countries[number // len(ids)], ids[number % len(ids)]): (count, parts[number])
        for number, count in _count_distinct(place, found)
    }
    return cells, places


def _number(values: Ints) -> tuple[Ints, Ints]:
    """The different ones of small numbers, and the position of each value among them."""
    different = np.flatnonzero(np.bincount(values))
    positions = np.zeros(int(different[-1]) + 1, np.int64)
    positions[different] = np.arange(len(different))
    return different, positions[values]


def _count_distinct(key: Ints, found: _Projects) -> list[tuple[int, int]]:
    """Different projects of each key that has any."""
    size = int(key.max()) + 1
    others, _ = _distinct(key, found)
    counts = np.bincount(key[found.is_alone], minlength=size) + np.bincount(others, minlength=size)
    numbers = np.flatnonzero(counts)
    return list(zip(numbers.tolist(), counts[numbers].tolist(), strict=True))


def _distinct(key: Ints, found: _Projects) -> tuple[Ints, Ints]:
    """The different pairs of key and project among projects that are in several sheets."""
    keys, activity = key[~found.is_alone], found.activity[~found.is_alone]
    size = int(activity.max()) + 1 if len(activity) else 1
    return np.divmod(np.unique(keys * size + activity), size)


def _fractions(place: Ints, found: _Projects) -> dict[int, float]:
    """place -> its projects, each counting 1 over all its places together."""
    plain = found.chosen(found.is_alone)
    # The entries of one project stand together in its sheet.
    is_first = np.ones(len(plain.sheet), bool)
    is_first[1:] = (plain.activity[1:] != plain.activity[:-1]) | (plain.sheet[1:] != plain.sheet[:-1])
    starts = np.flatnonzero(is_first)
    lengths = np.diff(starts, append=len(plain.sheet))
    others, activity = _distinct(place, found)
    _, project, times = np.unique(activity, return_inverse=True, return_counts=True)
    keys = np.concatenate([place[found.is_alone], others])
    places_of = np.concatenate([np.repeat(lengths, lengths), times[project]])
    width = int(places_of.max()) + 1
    counts = np.bincount(keys * width + places_of)
    parts: dict[int, list[float]] = defaultdict(list)
    for pair in np.flatnonzero(counts).tolist():
        parts[pair // width].append(int(counts[pair]) / (pair % width))
    return {number: fsum(some) for number, some in parts.items()}


def _count_donors(sheets: Sheets, top: Mapping[int, int]) -> tuple[dict[int, int], int]:
    """Projects by donor, and all projects."""
    if not len(sheets.entries):
        return {}, 0
    groups, found = _group(sheets, top), _Projects.of(sheets)
    donors, donor_of = groups.numbers(lambda name: name[0])
    counts = _count_distinct(donor_of[groups.of_sheet[found.sheet]], found)
    [(_, everything)] = _count_distinct(np.zeros(len(found.sheet), np.int64), found)
    return {donors[number]: count for number, count in counts}, everything


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
    entries = told.entries if years == (None, None) else told.within(years).entries
    found = {role: entries["what"][entries["role"] == role] for role in (REPORTER, OWNER, FUNDER, DAY)}
    days = found[DAY]
    reporters, owners, funders = (set(np.unique(found[role]).tolist()) for role in (REPORTER, OWNER, FUNDER))
    return Told(reporters, owners, funders, (int(days.min()), int(days.max())) if len(days) else None)


def name_relations(rows: Sequence[tuple[int, str, int]], parents: Mapping[int, int]) -> dict[int, dict[str, int]]:
    """donor -> country -> cents of relations with money, as OECD significance compares them."""
    matrix: dict[int, dict[str, int]] = {}
    for donor, country, cents in rows:
        if donor != UNNAMED and cents > 0:
            row = matrix.setdefault(parents.get(donor, donor), {})
            row[country] = row.get(country, 0) + cents
    return matrix
