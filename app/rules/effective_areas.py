"""Which mappings of a project count, and how they share its money."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from app.rules.split import shares

CONFIRMED, SUGGESTED, REJECTED = "confirmed", "suggested", "rejected"
MILLION = 1_000_000


class MappedArea(NamedTuple):
    """One mapping of a project within one framework; `share` in millionths, None: not given."""

    area_id: int
    share: int | None
    state: str


class AreaSplit(NamedTuple):
    """The areas that count with their percent, whether somebody confirmed them, and the rule used."""

    areas: tuple[int, ...]
    weights: tuple[Decimal, ...]
    confirmed: bool
    rule: str


def effective_areas(mapped: Sequence[MappedArea]) -> AreaSplit | None:
    """Confirmed mappings alone where there are any, else the suggested ones; areas share 100
    within one framework (METRICS 1.1). None where nothing counts."""
    kept = [one for one in mapped if one.state == CONFIRMED] or [one for one in mapped if one.state == SUGGESTED]
    if not kept:
        return None
    percentages = [None if one.share is None else Decimal(one.share) / 10_000 for one in kept]
    split = shares(percentages)
    counted = [(one.area_id, weight) for one, weight in zip(kept, split.weights, strict=True) if weight]
    return AreaSplit(
        tuple(area for area, _ in counted),
        tuple(weight for _, weight in counted),
        kept[0].state == CONFIRMED,
        split.rule,
    )
