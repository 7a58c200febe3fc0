"""What the areas of a project in one framework suggest in another, through the crosswalk between them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from app.rules.split import apportion

MILLION = 1_000_000
# How sure a match is, by its SKOS property read from the area decided on: `broad` leads to a wider area, which holds
# the narrower one; `narrow` leads to one of several narrower ones; `related` says nothing about where money goes.
CONFIDENCE = {
    "exact": Decimal("0.95"), "close": Decimal("0.80"), "broad": Decimal("0.70"), "narrow": Decimal("0.35"),
}  # fmt: skip
INVERSE = {"exact": "exact", "close": "close", "broad": "narrow", "narrow": "broad", "related": "related"}
MATCH_KINDS = tuple(INVERSE)


class MatchedArea(NamedTuple):
    """An area suggested by a match; `share` in millionths, `through` the areas that led to it."""

    area_id: int
    share: int
    confidence: Decimal
    through: tuple[int, ...]


def match_areas(decided: Sequence[tuple[int, Decimal]], matches: Iterable[tuple[int, int, str]]) -> list[MatchedArea]:
    """Areas of one other framework, from the areas that count with their percent and the matches between the
    two (from, to, SKOS property), which hold in both directions. Shares sum to the whole. Our own rule.
    """
    weights = dict(decided)
    leads: dict[int, dict[int, str]] = {}
    for left, right, match in matches:
        for one, other, kind in ((left, right, match), (right, left, INVERSE.get(match, ""))):
            if one in weights and kind in CONFIDENCE:
                leads.setdefault(one, {})[other] = kind
    parts: dict[int, list[tuple[int, Decimal, Decimal]]] = {}
    for one, others in leads.items():
        for other, kind in others.items():
            parts.setdefault(other, []).append((one, weights[one] / len(others), CONFIDENCE[kind]))
    areas = sorted(parts)
    weighed = [sum((weight for _, weight, _ in parts[area]), Decimal(0)) for area in areas]
    shares = apportion(MILLION, weighed) if areas else []
    return [
        MatchedArea(area, share, max(one[2] for one in parts[area]), tuple(one[0] for one in parts[area]))
        for area, share in zip(areas, shares, strict=True)
    ]
