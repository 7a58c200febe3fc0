"""Sums by donor, country and area as columns: a report of the world has 50,000 of them, and shows a few hundred."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from app.rules.sheets import find_starts

Ints = NDArray[Any]
Place = tuple[str, int]  # country or region code, area id
Key = tuple[int, str, int]  # donor, country or region code, area id


def runs(keys: Ints) -> tuple[Ints, Ints]:
    """The different ones of ordered keys, and where each begins."""
    starts = find_starts([keys])
    return keys[starts], starts


def number_values(values: Ints) -> tuple[Ints, Ints]:
    """The different ones of small numbers, and the position of each value among them."""
    different = np.flatnonzero(np.bincount(values))
    positions = np.zeros(int(different[-1]) + 1 if len(different) else 0, np.int64)
    positions[different] = np.arange(len(different))
    return different, positions[values]


def number_parts(names: Sequence[tuple[int, str]], part: Callable[[tuple[int, str]], Any]) -> tuple[list[Any], Ints]:
    """Relations numbered by a part of their name: the parts, and the number of each relation."""
    found: dict[Any, int] = {}
    numbers = [found.setdefault(part(name), len(found)) for name in names]
    return list(found), np.array(numbers, np.int64)


def sum_runs(amounts: Ints, starts: Ints) -> list[int]:
    """The exact sum of each run."""
    sums: list[int] = np.add.reduceat(amounts, starts).tolist() if len(starts) else []
    return sums


def _nothing() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class CellSums:
    """Whole numbers (cents, projects) by cell. `relations`: (donor, country) in order; `relation` and `area`: the
    position among them and the area id of each cell, in order; `amounts`: its number."""

    relations: Sequence[tuple[int, str]] = ()
    relation: Ints = field(default_factory=_nothing)
    area: Ints = field(default_factory=_nothing)
    amounts: Ints = field(default_factory=_nothing)

    @classmethod
    def of(cls, sums: Mapping[Key, int]) -> "CellSums":
        """The same of numbers by key."""
        keys = sorted(sums)
        relations = sorted({key[:2] for key in keys})
        numbers = {relation: position for position, relation in enumerate(relations)}
        columns = ([numbers[key[:2]] for key in keys], [key[2] for key in keys], [sums[key] for key in keys])
        return cls(relations, *(np.array(column, np.int64) for column in columns))

    def by_key(self) -> dict[Key, int]:
        names = self.relations
        rows = zip(self.relation.tolist(), self.area.tolist(), self.amounts.tolist(), strict=True)
        return {(*names[relation], area): amount for relation, area, amount in rows}

    def by_donor(self) -> dict[int, dict[Place, int]]:
        """donor -> place -> number."""
        rows: dict[int, dict[Place, int]] = {}
        for (donor, country, area), amount in self.by_key().items():
            rows.setdefault(donor, {})[country, area] = amount
        return rows

    def by_place(self) -> Iterator[tuple[Place, list[int]]]:
        """Each place with the numbers of its donors."""
        names, order, starts = self._by_area(lambda name: name[1])
        amounts = self.amounts[order].tolist()
        bounds = [*starts.tolist(), len(amounts)]
        for (area, country), start, end in zip(names, bounds, bounds[1:], strict=False):
            yield (country, area), amounts[start:end]

    def sum_by_relation(self) -> Iterator[tuple[tuple[int, str], int]]:
        """The sum of each relation."""
        relations, starts = runs(self.relation)
        for relation, amount in zip(relations.tolist(), sum_runs(self.amounts, starts), strict=True):
            yield self.relations[relation], amount

    def sum_by_area(self) -> dict[tuple[int, int], int]:
        """(area, donor) -> the sum over all countries."""
        names, order, starts = self._by_area(lambda name: name[0])
        return dict(zip(names, sum_runs(self.amounts[order], starts), strict=True))

    def _by_area(self, part: Callable[[tuple[int, str]], Any]) -> tuple[list[tuple[int, Any]], Ints, Ints]:
        """The cells grouped by area and a part of their relation's name: the names of the groups, the cells in the
        order of the groups, and where each group begins among them."""
        if not len(self.relation):
            return [], _nothing(), _nothing()
        parts, of_cell = self.numbers(part)
        areas, area = number_values(self.area)
        key = of_cell * len(areas) + area
        order = np.argsort(key, kind="stable")
        keys, starts = runs(key[order])
        ids = areas.tolist()
        return [(ids[one % len(ids)], parts[one // len(ids)]) for one in keys.tolist()], order, starts

    def only(self, chosen: Ints) -> "CellSums":
        """Those cells of which `chosen` says so."""
        return CellSums(self.relations, self.relation[chosen], self.area[chosen], self.amounts[chosen])

    def numbers(self, name: Callable[[tuple[int, str]], Any]) -> tuple[list[Any], Ints]:
        """A part of the relations' names: the different ones, and which of them each cell has."""
        parts, numbers = number_parts(self.relations, name)
        return parts, numbers[self.relation]


class Cell(NamedTuple):
    """A donor in an area of a country."""

    country: str
    area: int
    donor: int
    cents: int
    projects: int


class Cells(Sequence[Cell]):
    """The cells that have money or projects; each is made when somebody looks at it."""

    def __init__(self, money: CellSums, projects: CellSums) -> None:
        self._money, self._projects = money, projects
        self._made: list[Cell] | None = None

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> "Cells":
        """The same of cells that are made."""
        if isinstance(cells, Cells):
            return cells
        keys = [(cell.donor, cell.country, cell.area) for cell in cells]
        money = CellSums.of({key: cell.cents for key, cell in zip(keys, cells, strict=True)})
        projects = CellSums.of({key: cell.projects for key, cell in zip(keys, cells, strict=True)})
        return cls(money, projects)

    def sum_by_area(self, measure: str) -> dict[tuple[int, int], int]:
        """(area, donor) -> money (cents) or projects over all countries."""
        return (self._money if measure == "money" else self._projects).sum_by_area()

    def _all(self) -> list[Cell]:
        if self._made is None:
            counts = self._projects.by_key()
            self._made = [
                Cell(key[1], key[2], key[0], cents, counts.get(key, 0))
                for key, cents in self._money.by_key().items()
                if cents or key in counts
            ]
        return self._made

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, at: int) -> Cell: ...
    @overload
    def __getitem__(self, at: slice) -> list[Cell]: ...
    def __getitem__(self, at: int | slice) -> Cell | list[Cell]:
        return self._all()[at]

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == list(other)

    __hash__ = None  # type: ignore[assignment]
