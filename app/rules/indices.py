"""Figures of concentration, division of labour, similarity, significance and fit.

Amounts are integer cents of one flow type; an amount of 0 or below is no money and no relation
(a cell that refunds make negative counts 0 in every share). Every figure is None where it has no value,
with the reason in `why`. Money is never added up as a float.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from math import fsum, log, sqrt
from operator import mul
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Donor = TypeVar("Donor", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)  # an area, or a country

NO_MONEY = "no money"
ONE_DONOR = "only one donor"
SIGNIFICANT_PERCENT = 90


class Figure(NamedTuple):
    """One value, or None and the reason why there is none."""

    value: float | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Indices:
    """How one cell's money is shared between its donors; `why` names the reason for each None."""

    donors: int = 0
    hhi: float | None = None
    fragmentation: float | None = None
    effective_donors: float | None = None
    normalised_hhi: float | None = None
    shannon: float | None = None
    theil: float | None = None
    evenness: float | None = None
    cr1: float | None = None
    cr2: float | None = None
    cr3: float | None = None
    gini: float | None = None
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def top_share(self) -> float | None:
        """Share of the largest donor."""
        return self.cr1


INDEX_NAMES = tuple(name for name in Indices.__dataclass_fields__ if name not in ("donors", "why"))


def concentration(amounts: Iterable[int]) -> Indices:
    """Indices of one cell from the amount (cents) of each donor.

    HHI: Herfindahl 1950, Hirschman 1945. Fragmentation 1 - HHI: Knack & Rahman 2007. Effective number
    1 / HHI: Hill 1973. Entropy in nats: Shannon 1948. Theil T: Theil 1967.
    Evenness: Pielou 1966. Gini: Gini 1912. One donor: normalised HHI and evenness have no value.
    """
    ordered = [amount for amount in amounts if amount > 0]
    ordered.sort()
    count, total = len(ordered), sum(ordered)
    if not count:
        return Indices(why=dict.fromkeys(INDEX_NAMES, NO_MONEY))
    squares, whole = sum(map(mul, ordered, ordered)), total * total
    alone = count == 1
    entropy = 0.0 if alone else max(0.0, log(total) - fsum(map(mul, ordered, map(log, ordered))) / total)
    return Indices(
        donors=count,
        hhi=squares / whole,
        fragmentation=(whole - squares) / whole,
        effective_donors=whole / squares,
        normalised_hhi=None if alone else (count * squares - whole) / (whole * (count - 1)),
        shannon=entropy,
        theil=max(0.0, log(count) - entropy),
        evenness=None if alone else min(1.0, entropy / log(count)),
        cr1=ordered[-1] / total,
        cr2=sum(ordered[-2:]) / total,
        cr3=sum(ordered[-3:]) / total,
        gini=(2 * sum(map(mul, range(1, count + 1), ordered)) - (count + 1) * total) / (count * total),
        why=dict.fromkeys(("normalised_hhi", "evenness"), ONE_DONOR) if alone else {},
    )


@dataclass(frozen=True, slots=True)
class DivisionOfLabour(Generic[Column]):
    """`value` 1: each area has one donor; 0: each area repeats the country's mix of donors."""

    value: float | None
    areas: Mapping[Column, float]
    within: float | None
    overall: float | None
    why: str | None = None


def division_of_labour(cells: Mapping[Column, tuple[int, Indices]], whole: Indices) -> DivisionOfLabour[Column]:
    """1 - (money-weighted fragmentation within areas) / (fragmentation of the country).

    `cells`: the money (cents) and the indices of each area with money; `whole`: the indices of the donors' money in all
    of them. Relative diversity (Reardon & Firebaugh 2002). No value if the country has no money or one donor.
    """
    total, overall = sum(cents for cents, _ in cells.values()), whole.fragmentation
    areas = {area: found.fragmentation or 0.0 for area, (_, found) in cells.items()}
    if overall is None:
        return DivisionOfLabour(None, areas, None, None, NO_MONEY)
    within = sum(cents / total * areas[area] for area, (cents, _) in cells.items())
    if not overall:
        return DivisionOfLabour(None, areas, within, overall, ONE_DONOR)
    return DivisionOfLabour(max(0.0, 1 - within / overall), areas, within, overall)


def _active(row: Mapping[Column, int]) -> dict[Column, int]:
    return {column: amount for column, amount in row.items() if amount > 0}


class PairSimilarity(NamedTuple, Generic[Column]):
    """How alike two donors' money lies over the areas; `shared` in cents, `areas` where both are active."""

    shared: int
    areas: tuple[Column, ...]
    finger_kreinin: float | None
    bray_curtis: float | None
    jaccard: float | None
    cosine: float | None
    why: str | None = None


class _Profile(NamedTuple, Generic[Column]):
    """What each comparison of a donor needs, computed once a donor: (amount, share) by area."""

    areas: dict[Column, tuple[int, float]]
    total: int
    length: float


def _profile(row: Mapping[Column, int]) -> _Profile[Column]:
    amounts = _active(row)
    total = sum(amounts.values())
    areas = {area: (amount, amount / total) for area, amount in amounts.items()}
    return _Profile(areas, total, sqrt(sum(share * share for _, share in areas.values())))


def _compare(x: _Profile[Column], y: _Profile[Column]) -> PairSimilarity[Column]:
    if not (x.total and y.total):
        return PairSimilarity(0, (), None, None, None, None, "a donor without money")
    both: list[Column] = []
    shared, alike, product = 0, 0.0, 0.0
    # One loop with bare comparisons: twice as fast as sums of min(), and 60 donors make 1,770 pairs.
    for area, (a, p) in x.areas.items():
        if area in y.areas:
            b, q = y.areas[area]
            both.append(area)
            shared += a if a < b else b  # noqa: FURB136
            alike += p if p < q else q  # noqa: FURB136
            product += p * q
    return PairSimilarity(
        shared,
        tuple(both),
        min(1.0, alike),
        2 * shared / (x.total + y.total),
        len(both) / (len(x.areas) + len(y.areas) - len(both)),
        min(1.0, product / (x.length * y.length)),
    )


def pair_similarity(x: Mapping[Column, int], y: Mapping[Column, int]) -> PairSimilarity[Column]:
    """Two donors compared by their money (area -> cents). A donor without money: no values.

    Finger-Kreinin: sum of the smaller shares (1979). Shared money: sum of the smaller amounts.
    Bray-Curtis: twice the shared money by all money (1957). Jaccard: of active areas. Cosine: of amounts.
    """
    return _compare(_profile(x), _profile(y))


class Pairs(Mapping[tuple[Donor, Donor], PairSimilarity[Column]]):
    """`pair_similarity` of every two donors with money, each pair once, in the order of the matrix.

    300 donors make 45,000 pairs and a page shows twenty: each is compared when it is looked at, and those with
    the most shared money are found without comparing the others.
    """

    def __init__(self, matrix: Callable[[], Mapping[Donor, Mapping[Column, int]]]) -> None:
        self._matrix = matrix  # donor -> column -> cents, put together when a pair is looked at
        self._order: list[tuple[Donor, Donor]] | None = None

    @cached_property
    def _profiles(self) -> dict[Donor, _Profile[Column]]:
        profiles = {donor: _profile(row) for donor, row in self._matrix().items()}
        return {donor: profile for donor, profile in profiles.items() if profile.total}

    def __getitem__(self, pair: tuple[Donor, Donor]) -> PairSimilarity[Column]:
        return _compare(self._profiles[pair[0]], self._profiles[pair[1]])

    def __iter__(self) -> Iterator[tuple[Donor, Donor]]:
        return combinations(self._profiles, 2)

    def __len__(self) -> int:
        return len(self._profiles) * (len(self._profiles) - 1) // 2

    def most_shared(self, limit: int | None = None) -> list[tuple[Donor, Donor]]:
        """Pairs by their shared money, most first; as many as asked for (None: all)."""
        if self._order is None:
            shared = self._shared()
            first, second = np.triu_indices(len(self._profiles), 1)
            order = np.argsort(-shared[first, second], kind="stable")
            donors = list(self._profiles)
            self._order = [
                (donors[a], donors[b]) for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True)
            ]
        return self._order[:limit]

    def _shared(self) -> NDArray[np.int64]:
        """Donor x donor: the sum of the smaller amounts of two donors, of all columns where both are."""
        places: dict[Column, list[tuple[int, int]]] = {}
        for number, profile in enumerate(self._profiles.values()):
            for column, (amount, _) in profile.areas.items():
                places.setdefault(column, []).append((number, amount))
        shared = np.zeros((len(self._profiles), len(self._profiles)), np.int64)
        for there in places.values():
            donors, amounts = np.array(there, np.int64).T
            shared[np.ix_(donors, donors)] += np.minimum.outer(amounts, amounts)
        return shared


def most_shared(
    pairs: Mapping[tuple[Donor, Donor], PairSimilarity[Column]], limit: int | None = None
) -> list[tuple[Donor, Donor]]:
    """Pairs by their shared money, most first, whether they are compared already or not."""
    if isinstance(pairs, Pairs):
        return pairs.most_shared(limit)
    return sorted(pairs, key=lambda pair: (-pairs[pair].shared, pair))[:limit]


@dataclass(frozen=True, slots=True)
class Significance(Generic[Donor, Column]):
    """Which donor-country relations matter to the country or to the donor; ratios from 0 to 1."""

    significant: frozenset[tuple[Donor, Column]]
    concentration_ratio: Mapping[Donor, Figure]
    fragmentation_ratio: Mapping[Column, Figure]
    non_significant_money: Figure


def _least_of_largest(amounts: Iterable[int], total: int) -> int:
    """The smallest amount among the donors that together provide 90 %, the one that crosses it included."""
    so_far, least = 0, 0
    for amount in sorted(amounts, reverse=True):
        if so_far * 100 >= total * SIGNIFICANT_PERCENT:
            break
        so_far, least = so_far + amount, amount
    return least


def significance(matrix: Mapping[Donor, Mapping[Column, int]]) -> Significance[Donor, Column]:
    """Significant relations from donor -> country -> cents (OECD, Report on Division of Labour, 2009/2011).

    A relation is significant if the donor's share of the country's money is greater than its share of
    all money, or if it is among the largest donors that together provide 90 % of the country's money.
    """
    rows = {donor: _active(row) for donor, row in matrix.items()}
    countries: dict[Column, dict[Donor, int]] = {column: {} for row in matrix.values() for column in row}
    for donor, row in rows.items():
        for country, amount in row.items():
            countries[country][donor] = amount
    of_donor = {donor: sum(row.values()) for donor, row in rows.items()}
    everything = sum(of_donor.values())
    significant: set[tuple[Donor, Column]] = set()
    lesser_by_donor: dict[Donor, int] = dict.fromkeys(rows, 0)
    lesser_by_country: dict[Column, int] = dict.fromkeys(countries, 0)
    lesser = 0
    for country, cell in countries.items():
        of_country = sum(cell.values())
        least = _least_of_largest(cell.values(), of_country)
        for donor, amount in cell.items():
            if amount >= least or amount * everything > of_donor[donor] * of_country:
                significant.add((donor, country))
            else:
                lesser += amount
                lesser_by_donor[donor] += 1
                lesser_by_country[country] += 1
    return Significance(
        frozenset(significant),
        {donor: _ratio(len(row) - lesser_by_donor[donor], len(row)) for donor, row in rows.items()},
        {country: _ratio(lesser_by_country[country], len(cell)) for country, cell in countries.items()},
        _ratio(lesser, everything),
    )


def _ratio(part: int, whole: int) -> Figure:
    return Figure(part / whole) if whole else Figure(None, NO_MONEY)


def plan_fit(funding: Mapping[Column, int], plan: Mapping[Column, float]) -> Figure:
    """Sum over areas of the smaller of funding share and plan share, from 0 to 1 (our measure).

    `funding` in cents by area; `plan` as shares or costed needs, of which only the proportions count.
    """
    money, needs = _active(funding), {area: need for area, need in plan.items() if need > 0}
    if not money:
        return Figure(None, NO_MONEY)
    if not needs:
        return Figure(None, "the plan names no area")
    funded, needed = sum(money.values()), sum(needs.values())
    fit = sum(min(amount / funded, needs.get(area, 0) / needed) for area, amount in money.items())
    return Figure(min(1.0, fit))


def funding_ratio(net: int, need: int | None) -> Figure:
    """Net money by costed need, both in cents; above 1 where more is funded than needed."""
    return Figure(net / need) if need and need > 0 else Figure(None, "no costed need")
