"""How urgent it is that a person looks at a project's areas."""

from collections.abc import Sequence
from decimal import Decimal

MILLION = 1_000_000


def uncertain_money(money: int, suggested: Sequence[tuple[int | None, Decimal | None]]) -> int:
    """Uncertainty x money: the part of `money` whose area is not certain, in the same unit.

    `suggested` are (share in millionths, confidence 0..1) of each suggested area; an area without a share has an
    equal part, one without a confidence is wholly uncertain. Nothing suggested: all of it. Our own rule.
    """
    weights = [share for share, _ in suggested]
    if None in weights or not sum(share or 0 for share in weights):
        weights = [1] * len(suggested)
    total = sum(share or 0 for share in weights)
    if not total:
        return max(money, 0)
    doubts = (1 - min(max(confidence or Decimal(0), Decimal(0)), Decimal(1)) for _, confidence in suggested)
    doubt = sum(((share or 0) * each for share, each in zip(weights, doubts, strict=True)), Decimal(0)) / total
    return int(max(money, 0) * doubt)
