"""The heat maps of the overlap report: areas by donors, and areas by countries."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from app.models.allocation import UNNAMED
from app.rules.cell_sums import Cells
from app.services.report_overlap import OverlapReport

DONORS_SHOWN, COUNTRIES_SHOWN, AREAS_SHOWN = 25, 25, 50
ALL = 10_000  # columns or rows: of a download, which leaves nothing out
# A cell's step grows with its part of the largest cell: 1 up to 1 %, 6 from half of it on.
STEPS = (0.01, 0.03, 0.1, 0.25, 0.5)
Column = TypeVar("Column", bound=Hashable)  # a donor or a country


@dataclass(frozen=True, slots=True)
class HeatView:
    """What cells say: money or projects; as it is, or as a share of its area (a row) or of its column."""

    measure: Literal["money", "projects"] = "money"
    share: Literal["", "area", "column"] = ""


AMOUNTS = HeatView()


@dataclass(frozen=True, slots=True)
class HeatCell:
    """`amount`: hundredths of the base currency, or projects; `share` of its row or column, if that is asked for;
    `step`: 0 (none, or the others together) to 6."""

    amount: int
    step: int = 0
    share: float | None = None


@dataclass(slots=True)
class HeatMap(Generic[Column]):
    """`columns`: the largest, most first; `others` share the last one. `rows`: (area, cells, sum) of the largest areas
    in the framework's order; `rest`: the cells and the sum of `other_areas` together. Who is not shown is no member
    of the colours' scale."""

    columns: list[Column]
    others: list[Column]
    rows: list[tuple[int, list[HeatCell], int]]
    other_areas: list[int]
    rest: tuple[list[HeatCell], int] | None
    totals: list[int]
    largest: float
    view: HeatView = AMOUNTS

    @property
    def whole(self) -> int:
        return sum(self.totals)

    @property
    def limits(self) -> list[float]:
        """The smallest value of each step: amounts, or shares from 0 to 1."""
        if self.view.share:
            return [0.0, *(self.largest * part for part in STEPS)]
        return [1, *(int(self.largest * part) + 1 for part in STEPS)]


def heat_map(
    report: OverlapReport, donors_shown: int = DONORS_SHOWN, areas_shown: int = AREAS_SHOWN, view: HeatView = AMOUNTS
) -> HeatMap[int]:
    """Areas by donors, over all countries of the report; donors whose money has no area yet have no column.

    A project counts once for each donor and country.
    """
    amounts = Cells.of(report.figures.cells).sum_by_area(view.measure)
    return _build(report, amounts, {UNNAMED}, donors_shown, areas_shown, view)


def country_heat(
    report: OverlapReport,
    countries_shown: int = COUNTRIES_SHOWN,
    areas_shown: int = AREAS_SHOWN,
    view: HeatView = AMOUNTS,
) -> HeatMap[str]:
    """Areas by countries and regions, over all donors of the report. A project counts once for each country."""
    amounts = {
        (line.area, line.country): line.cents if view.measure == "money" else line.projects
        for line in report.figures.areas
    }
    return _build(report, amounts, frozenset(), countries_shown, areas_shown, view)


def _build(
    report: OverlapReport, amounts: Mapping[tuple[int, Column], int], last: frozenset[Column] | set[Column],
    columns_shown: int, areas_shown: int, view: HeatView,
) -> HeatMap[Column]:  # fmt: skip
    """`last`: columns that stand behind all others."""
    by_column: dict[Column, int] = defaultdict(int)
    by_area: dict[int, int] = defaultdict(int)
    for (area, column), amount in amounts.items():
        by_column[column] += amount
        by_area[area] += amount
    ranked = sorted((one for one in by_column if by_column[one]), key=lambda one: (one in last, -by_column[one], one))
    columns, others = ranked[:columns_shown], ranked[columns_shown:]
    groups = [[one] for one in columns] + ([others] if others else [])
    areas = [area.id for area in report.framework.areas]
    largest = set(sorted(areas, key=lambda area: -by_area[area])[:areas_shown])
    shown, rest = [area for area in areas if area in largest], [area for area in areas if area not in largest]
    totals = [sum(by_column[one] for one in group) for group in groups]
    sums = {area: [sum(amounts.get((area, one), 0) for one in group) for group in groups] for area in areas}
    values = {area: _values(sums[area], totals, view) for area in shown}
    most = max((value for row in values.values() for value in row[: len(columns)]), default=0)
    rows = [(area, _cells(sums[area], values[area], most, len(columns), view), sum(sums[area])) for area in shown]
    together = [sum(column) for column in zip(*(sums[area] for area in rest), strict=True)] if rest else []
    joined = (_cells(together, _values(together, totals, view), 0, 0, view), sum(together)) if rest else None
    return HeatMap(columns, others, rows, rest, joined, totals, most, view)


def _values(row: Sequence[int], totals: Sequence[int], view: HeatView) -> list[float]:
    """What the colours of a row go by."""
    if not view.share:
        return list(row)
    wholes = [sum(row)] * len(row) if view.share == "area" else totals
    return [amount / whole if whole > 0 else 0.0 for amount, whole in zip(row, wholes, strict=True)]


def _cells(row: Sequence[int], values: Sequence[float], most: float, coloured: int, view: HeatView) -> list[HeatCell]:
    """The first `coloured` cells have a step."""
    return [
        HeatCell(amount, _step(value, most) if place < coloured else 0, value if view.share else None)
        for place, (amount, value) in enumerate(zip(row, values, strict=True))
    ]


def _step(value: float, most: float) -> int:
    return 0 if value <= 0 else 1 + sum(value > most * part for part in STEPS)
