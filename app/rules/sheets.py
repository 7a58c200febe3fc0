"""Packed roll-ups: lists of sums by key, to which a change adds what is new and from which it takes what was there.

A sheet holds one relation of a donor with a country. Adding and taking away are one operation, so that what an
import brings and its undo takes back leaves no trace.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.models.allocation import ALL_MONEY
from app.models.roll_up import GROSS, MONEY, NET, SUMS, TOLD, WHOLE

Packed = NDArray[Any]  # of one of the types below
CELLS = "cells"  # no sheet: what changes in the roll-up of single cells
COLUMNS = ("gross", "net", "equal", "confirmed", "linked", "amounts")
_SUMS = [(name, "<i8") for name in COLUMNS]
CELL_TYPE = np.dtype([("area", "<i4"), ("year", "<i4"), *_SUMS])
SUMS_TYPE = np.dtype([("year", "<i4"), *_SUMS])
# Without what is known by year alone: of the world there are a million entries.
MONEY_TYPE = np.dtype([("area", "<i4"), ("year", "<i4"), ("gross", "<i8"), ("net", "<i8")])
# `slot`: see slots_of. `years`: a bit for each year of the slot's era; a project is in few eras and in few entries.
PROJECT_TYPE = np.dtype([("activity", "<i4"), ("slot", "<i4"), ("years", "<u8")])
TOLD_TYPE = np.dtype([("role", "<i2"), ("year", "<i2"), ("what", "<i4"), ("times", "<i4")])
# Over all years. `gross_left` and `net_left`: what years of more refunds than money come to, below 0 (METRICS 1.4).
_LEFT = [("gross_left", "<i8"), ("net_left", "<i8")]
WHOLE_MONEY_TYPE = np.dtype([("area", "<i4"), ("gross", "<i8"), ("net", "<i8"), *_LEFT])
WHOLE_SUMS_TYPE = np.dtype([("first", "<i4"), ("last", "<i4"), *_SUMS, *_LEFT])
# Projects that are alone come in bundles (`activity` 0) of those that are in the area and in as many areas (`places`).
WHOLE_PROJECT_TYPE = np.dtype([("activity", "<i4"), ("area", "<i4"), ("places", "<i4"), ("projects", "<i4")])
TYPES = {
    CELLS: CELL_TYPE, MONEY: MONEY_TYPE, SUMS: SUMS_TYPE, NET: PROJECT_TYPE, GROSS: PROJECT_TYPE, TOLD: TOLD_TYPE,
    WHOLE[MONEY]: WHOLE_MONEY_TYPE, WHOLE[SUMS]: WHOLE_SUMS_TYPE,
    WHOLE[NET]: WHOLE_PROJECT_TYPE, WHOLE[GROSS]: WHOLE_PROJECT_TYPE,
}  # fmt: skip
KEYS = {
    CELLS: ("area", "year"), MONEY: ("area", "year"), SUMS: ("year",), NET: ("activity", "slot"),
    GROSS: ("activity", "slot"), TOLD: ("role", "year", "what"),
}  # fmt: skip
REPORTER, OWNER, FUNDER, DAY = range(4)
ERA = 64


class Amount(NamedTuple):
    """One allocation as the roll-ups hold it."""

    framework: int
    country: str
    flow: str
    area: int
    donor: int
    year: int
    gross: int
    net: int
    equal: int
    confirmed: int
    linked: int


class Part(NamedTuple):
    """What one activity adds to the roll-ups, or takes (`sign` -1): its amounts, and what it tells by role."""

    activity: int
    sign: int
    amounts: Sequence[Sequence[Any]]
    told: Sequence[Sequence[int]]


class SheetKey(NamedTuple):
    """Which sheet, as the table keys it."""

    kind: str
    framework: int
    flow: str
    country: str
    donor: int


def slots_of(area: NDArray[Any], era: NDArray[Any], is_alone: NDArray[Any]) -> NDArray[Any]:
    """An area, an era and whether all that the project has there (of a framework and flow type) is one donor's, in one
    country and one era: projects of which this is so can be counted without looking for them elsewhere."""
    slots: NDArray[Any] = (area * ERA + era) * 2 + is_alone
    return slots


def read_slots(slots: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Area, era and whether alone."""
    return slots // (2 * ERA), slots // 2 % ERA, (slots & 1).astype(bool)


def told_of(reporter: int, owner: int, last_updated: str, funders: Iterable[int]) -> list[tuple[int, int]]:
    """(role, who or which day) of all that an activity tells."""
    days = [(DAY, date.fromisoformat(last_updated).toordinal())] if last_updated else []
    return [(REPORTER, reporter), (OWNER, owner), *((FUNDER, one) for one in sorted(funders)), *days]


def unpack(kind: str, data: bytes) -> Packed:
    return np.frombuffer(data, TYPES[kind])


class Change(NamedTuple):
    """What to add to sheets of one kind: entries, each with the position of its sheet in `keys`."""

    kind: str
    keys: list[SheetKey]
    sheet: NDArray[Any]
    entries: Packed

    def added_to(self, before: Mapping[SheetKey, bytes]) -> Iterator[tuple[SheetKey, bytes]]:
        """Each of the sheets as it is afterwards, and what it comes to over all years; an empty one has no bytes."""
        sizes = [len(before.get(key, b"")) // TYPES[self.kind].itemsize for key in self.keys]
        stored = np.frombuffer(b"".join(before.get(key, b"") for key in self.keys), TYPES[self.kind])
        sheet = np.concatenate([np.repeat(np.arange(len(self.keys)), sizes), self.sheet])
        sheet, entries = _add_up(self.kind, sheet, np.concatenate([stored, self.entries]))
        yield from _split(self.keys, sheet, entries)
        if self.kind in WHOLE:
            whole = [key._replace(kind=WHOLE[self.kind]) for key in self.keys]
            yield from _split(whole, *add_years(self.kind, sheet, entries))


def _split(keys: Sequence[SheetKey], sheet: NDArray[Any], entries: Packed) -> Iterator[tuple[SheetKey, bytes]]:
    ends = np.searchsorted(sheet, np.arange(len(keys) + 1))
    for key, start, end in zip(keys, ends[:-1], ends[1:], strict=True):
        yield key, entries[start:end].tobytes()


def add_years(kind: str, sheet: NDArray[Any], entries: Packed) -> tuple[NDArray[Any], Packed]:
    """What the entries of sheets, which are in order, come to over all years: entries of WHOLE[kind], in order."""
    if kind in (NET, GROSS):
        return _bundle(sheet, entries)
    starts = find_starts([sheet, entries["area"]] if kind == MONEY else [sheet])
    whole = np.zeros(len(starts), TYPES[WHOLE[kind]])
    if not len(starts):
        return sheet, whole
    for name in whole.dtype.names or ():
        column, _, is_left = name.partition("_")
        if is_left:
            whole[name] = np.add.reduceat(np.minimum(entries[column], 0), starts)
        elif name == "area":
            whole[name] = entries[name][starts]
        elif name in ("first", "last"):
            choose = np.minimum if name == "first" else np.maximum
            whole[name] = choose.reduceat(entries["year"], starts)
        else:
            whole[name] = np.add.reduceat(entries[name], starts)
    return sheet[starts], whole


def _bundle(sheet: NDArray[Any], entries: Packed) -> tuple[NDArray[Any], Packed]:
    area, _, is_alone = read_slots(entries["slot"])
    alone = sheet[is_alone], entries["activity"][is_alone]
    starts = find_starts(list(alone))  # the entries of one project stand together
    lengths = np.diff(starts, append=len(alone[0]))
    bundles = [alone[0], area[is_alone], np.repeat(lengths, lengths)]
    order = np.lexsort(bundles[::-1])
    bundles = [column[order] for column in bundles]
    starts = find_starts(bundles)
    whole = np.zeros(len(starts) + int((~is_alone).sum()), WHOLE_PROJECT_TYPE)
    whole["area"] = np.concatenate([bundles[1][starts], area[~is_alone]])
    whole["activity"][len(starts) :] = entries["activity"][~is_alone]
    whole["places"][: len(starts)] = bundles[2][starts]
    whole["projects"] = 1
    whole["projects"][: len(starts)] = np.diff(starts, append=len(order))
    sheets = np.concatenate([bundles[0][starts], sheet[~is_alone]])
    order = np.argsort(sheets, kind="stable")
    return sheets[order], whole[order]


def find_starts(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Where entries in order begin to be others."""
    is_first = np.ones(len(columns[0]), bool)
    is_first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(is_first)


def _add_up(kind: str, sheet: NDArray[Any], entries: Packed) -> tuple[NDArray[Any], Packed]:
    """One entry a sheet and key, in their order, without those that are nothing any more (or change nothing)."""
    if not len(entries):
        return sheet, entries
    columns = [sheet, *(entries[name] for name in KEYS[kind])]
    order = np.lexsort(columns[::-1])
    sheet, entries = sheet[order], entries[order]
    starts = find_starts([column[order] for column in columns])
    summed = entries[starts]
    is_left = np.zeros(len(summed), bool)
    for name in TYPES[kind].names or ():
        if name not in KEYS[kind]:
            summed[name] = np.add.reduceat(entries[name], starts)
            is_left |= summed[name] != 0
    return sheet[starts][is_left], summed[is_left]


class Changes:
    """Changes of many sheets, collected until they are written."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._relations: dict[tuple[Any, ...], int] = {}
        rows = [row for part in parts for row in part.amounts]
        known = self._relations
        relation = [known.setdefault((row[0], row[2], row[1], row[4]), len(known)) for row in rows]
        self.size = len(rows)
        self._relation = np.array(relation, np.int64)
        lengths = [len(part.amounts) for part in parts]
        self._activity = np.repeat(np.array([part.activity for part in parts], np.int64), lengths)
        self._sign = np.repeat(np.array([part.sign for part in parts], np.int64), lengths)
        columns = list(zip(*rows, strict=True)) or [()] * len(Amount._fields)
        numbers = [np.array(column, np.int64) for column in columns[3:4] + columns[5:]]
        self._area, self._year, self._sums = numbers[0], numbers[1], numbers[2:]
        self._parts, self._lengths = parts, lengths
        self._is_alone = self._find_alone()

    def _find_alone(self) -> NDArray[Any]:
        """Of each amount, whether all of its project's in the framework and flow type are of one relation and era."""
        kinds: dict[tuple[Any, ...], int] = {}
        kind = np.array([kinds.setdefault(name[:2], len(kinds)) for name in self._relations], np.int64)
        part = np.repeat(np.arange(len(self._parts)), self._lengths)
        group = part * max(1, len(kinds)) + kind[self._relation]
        width = max(1, len(self._relations)) * ERA
        pairs = np.unique(group * width + self._relation * ERA + self._year // ERA)
        return np.bincount(pairs // width)[group] == 1 if len(pairs) else np.zeros(0, bool)

    def of_sheets(self) -> Iterator[Change]:
        """What is to be added to which sheets, kind by kind."""
        cells = self.of_cells()
        by_area = np.array([key.framework != ALL_MONEY for key in cells.keys], bool)[cells.sheet]
        for kind, chosen in ((SUMS, slice(None)), (MONEY, by_area)):
            entries = np.empty(len(cells.entries[chosen]), TYPES[kind])
            for name in TYPES[kind].names or ():
                entries[name] = cells.entries[name][chosen]
            yield self._change(kind, cells.sheet[chosen], entries, [key[1:] for key in cells.keys])
        for kind, cents in ((GROSS, self._sums[0]), (NET, self._sums[1])):
            chosen = cents != 0
            yield self._change(kind, self._relation[chosen], self._projects(chosen))
        yield from self._told()

    def of_cells(self) -> Change:
        """What is to be added to each donor's area and year in a country."""
        cells = np.empty(self.size, CELL_TYPE)
        cells["area"], cells["year"], cells["amounts"] = self._area, self._year, self._sign
        for name, cents in zip(COLUMNS, self._sums, strict=False):
            cells[name] = cents * self._sign
        return self._change(CELLS, self._relation, cells)

    def _projects(self, chosen: NDArray[Any]) -> Packed:
        projects = np.empty(int(chosen.sum()), PROJECT_TYPE)
        year, sign = self._year[chosen], self._sign[chosen]
        projects["activity"] = self._activity[chosen]
        projects["slot"] = slots_of(self._area[chosen], year // ERA, self._is_alone[chosen])
        years = np.uint64(1) << (year % ERA).astype(np.uint64)
        projects["years"] = np.where(sign > 0, years, ~years + np.uint64(1))
        return projects

    def _told(self) -> Iterator[Change]:
        """By year and flow type for each amount, and once for each relation whatever the flow and year."""
        places: dict[tuple[Any, ...], int] = {}
        of_relation = [places.setdefault((ALL_MONEY, "", *name[2:]), len(places)) for name in self._relations]
        whole = np.array([name[0] == ALL_MONEY for name in self._relations], bool)[self._relation]
        relation, year = self._relation[whole], self._year[whole]
        part = np.repeat(np.arange(len(self._parts)), self._lengths)[whole]
        yield self._change(TOLD, *self._tell(relation, part, year))
        once = np.unique(part * len(places) + np.array(of_relation, np.int64)[relation])
        part, place = np.divmod(once, max(1, len(places)))
        yield self._change(TOLD, *self._tell(place, part, np.zeros(len(part), np.int64)), places)

    def _tell(self, relation: NDArray[Any], part: NDArray[Any], year: NDArray[Any]) -> tuple[NDArray[Any], Packed]:
        counts = np.array([len(one.told) for one in self._parts], np.int64)
        pairs = np.array([pair for one in self._parts for pair in one.told], np.int64).reshape(-1, 2)
        signs = np.array([one.sign for one in self._parts], np.int64)
        first = np.cumsum(counts) - counts
        times = counts[part]
        within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        chosen = pairs[np.repeat(first[part], times) + within]
        told = np.empty(len(chosen), TOLD_TYPE)
        told["role"], told["what"] = chosen[:, 0], chosen[:, 1]
        told["year"], told["times"] = np.repeat(year, times), np.repeat(signs[part], times)
        return np.repeat(relation, times), told

    def _change(
        self, kind: str, relation: NDArray[Any], entries: Packed, names: Iterable[tuple[Any, ...]] = ()
    ) -> Change:
        known = [SheetKey(kind, *name) for name in names or self._relations]
        relation, entries = _add_up(kind, relation, entries)
        used, sheet = np.unique(relation, return_inverse=True)
        return Change(kind, [known[number] for number in used], sheet, entries)
