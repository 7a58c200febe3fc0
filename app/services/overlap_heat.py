"""The heat map of the overlap report: areas by donors, over all countries of the report."""

from collections import defaultdict
from dataclasses import dataclass

from app.models.allocation import UNNAMED
from app.services.report_overlap import OverlapReport

DONORS_SHOWN = 25
# A cell's step grows with its part of the largest cell: 1 up to 1 %, 6 from half of it on.
STEPS = (0.01, 0.03, 0.1, 0.25, 0.5)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Money of one donor, or of the others together, in one area; `step`: 0 (none) to 6."""

    cents: int
    step: int


@dataclass(slots=True)
class HeatMap:
    """`donors` have a column each, most money first; `others` share the last one."""

    donors: list[int]
    others: list[int]
    rows: list[tuple[int, list[HeatCell], int]]
    totals: list[int]
    largest: int

    @property
    def limits(self) -> list[int]:
        """The smallest amount of each step."""
        return [1, *(int(self.largest * part) + 1 for part in STEPS)]


def heat_map(report: OverlapReport, donors_shown: int = DONORS_SHOWN) -> HeatMap:
    """Amounts of `report` by area and donor; donors whose money has no area yet have no column."""
    amounts: dict[tuple[int, int], int] = defaultdict(int)
    of_donor: dict[int, int] = defaultdict(int)
    for cell in report.figures.cells:
        amounts[cell.area, cell.donor] += cell.cents
        of_donor[cell.donor] += cell.cents
    ranked = sorted((d for d in of_donor if of_donor[d]), key=lambda d: (d == UNNAMED, -of_donor[d], d))
    shown, others = ranked[:donors_shown], ranked[donors_shown:]
    groups = [[donor] for donor in shown] + ([others] if others else [])
    areas = [area.id for area in report.framework.areas]
    table = {area: [sum(amounts.get((area, d), 0) for d in group) for group in groups] for area in areas}
    largest = max((cents for row in table.values() for cents in row), default=0)
    rows = [(area, [HeatCell(cents, _step(cents, largest)) for cents in row], sum(row)) for area, row in table.items()]
    return HeatMap(shown, others, rows, [sum(column) for column in zip(*table.values(), strict=True)], largest)


def _step(cents: int, largest: int) -> int:
    return 0 if cents <= 0 else 1 + sum(cents > largest * part for part in STEPS)
