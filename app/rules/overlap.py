"""What a cell of the overlap report (area x country x years) says, and which money may count in it.

A status is a question for the meeting, never a proof of duplication.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Literal, NamedTuple, TypeVar

Cell = TypeVar("Cell", bound=Hashable)

Status = Literal["no data", "gap", "gap with need", "single donor", "shared", "crowded"]

EU_CODE = "EU Code of Conduct on division of labour, 2007: at most 3 to 5 donors an area"
OUR_RULE = "our rule"
EU_SHARED_MAX = 5
ORPHAN_BELOW = Fraction(1, 2)


class Clamped(NamedTuple, Generic[Cell]):
    """Cents that count, and cents left out because refunds were larger than payments; both 0 or above."""

    amounts: dict[Cell, int]
    left_out: dict[Cell, int]


def clamp_refunds(amounts: Iterable[tuple[Cell, int]]) -> Clamped[Cell]:
    """Amounts (cents) netted within their cell; a cell still negative counts 0 in every share.

    The caller's key says what a cell is: normally (donor, area, country, year). `left_out` names
    only the cells that came out negative, with the amount by which they did.
    """
    net: defaultdict[Cell, int] = defaultdict(int)
    for cell, cents in amounts:
        net[cell] += cents
    return Clamped(
        {cell: max(0, cents) for cell, cents in net.items()},
        {cell: -cents for cell, cents in net.items() if cents < 0},
    )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a report draws its lines: up to `shared_max` donors share an area, more crowd it."""

    shared_max: int = EU_SHARED_MAX

    def __post_init__(self) -> None:
        if self.shared_max < 1:
            raise ValueError("The largest number of donors that share an area must be at least 1.")


class CellStatus(NamedTuple):
    """The status and one sentence that says which rule led to it and where the rule comes from."""

    status: Status
    reason: str


DEFAULT_THRESHOLDS = Thresholds()


def cell_status(
    donors: int, reported: int, need: int | None, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> CellStatus:
    """The status of one cell.

    `donors`: with money in it; `reported`: donors that work in this country and reported for these
    years, or whether any did; `need`: what plans cost it at (cents), None if no plan names it.
    """
    if donors > thresholds.shared_max:
        return CellStatus("crowded", f"{donors} donors fund this area, {_limit('more than', thresholds)}.")
    if donors > 1:
        return CellStatus("shared", f"{donors} donors fund this area, {_limit('not more than', thresholds)}.")
    if donors == 1:
        return CellStatus("single donor", f"One donor funds this area ({OUR_RULE}).")
    if not reported:
        why = f"No donor that works in this country has reported for these years ({OUR_RULE})."
        return CellStatus("no data", why)
    nobody = "Donors that work in this country have reported for these years and none funds this area"
    if need and need > 0:
        return CellStatus("gap with need", f"{nobody}, although a plan has a need here ({OUR_RULE}).")
    return CellStatus("gap", f"{nobody} ({OUR_RULE}).")


def _limit(comparison: str, thresholds: Thresholds) -> str:
    if thresholds.shared_max == EU_SHARED_MAX:
        return f"{comparison} {EU_SHARED_MAX} ({EU_CODE})"
    return f"{comparison} the {thresholds.shared_max} that this report sets ({EU_CODE})"


def is_orphan(need: int | None, net: int, donors: int) -> bool:
    """Whether a costed need (cents) has no donor, or less than half of it is funded (our rule)."""
    if need is None or need <= 0:
        return False
    return donors == 0 or net < ORPHAN_BELOW * need
