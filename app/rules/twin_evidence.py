"""How likely it is that two reports with titles alike are of the same money, and why: pure.

METRICS section 2, step 5, names what to look at: country, title, dates, amounts, and whether the donor of one is
named as provider in the other. The points and the limit are ours; `python -m benchmarks.twins_speed` measures them.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from app.rules.twins import fold_title

LIMIT = 4  # points, of MOST; fewer are no pair that a person should spend time on
MOST = 8
WITHIN = 0.1  # two sums within a tenth of each other: other rates and days make no more of it
COMMON = 4  # projects of one title; what more are called is no name
TYPO = 85  # percent; words as near as this are one word spelled in two ways
# Sums that say the same of one grant, whoever reports it.
SAME_SUMS = {
    "commitment": {"commitment", "budget", "incoming-commitment", "incoming"},
    "disbursement": {"disbursement", "incoming"},
    "budget": {"budget", "commitment"},
    "incoming": {"disbursement", "commitment"},
    "incoming-commitment": {"commitment"},
}
_NUMBER = re.compile(r"\d+|(?<![^\W\d_])[ivx]+(?![^\W\d_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one report. `named`: organisation -> the role in which it is named;
    `sums`: flow type, or incoming and incoming-commitment, -> cents of all years; `called_so`: how many projects
    here have just this title."""

    identifier: str
    title: str
    reporter: int
    countries: Set[str] = frozenset()
    first: int | None = None
    last: int | None = None
    named: Mapping[int, str] = field(default_factory=dict)
    related: Set[str] = frozenset()
    sums: Mapping[str, int] = field(default_factory=dict)
    called_so: int = 1


class Likeness(NamedTuple):
    """What speaks for a pair: [code, values...], with the points; and which of the two likely pays: one or other."""

    points: int
    evidence: tuple[tuple[Any, ...], ...]
    leads: str


def judge_pair(one: Known, other: Known) -> Likeness | None:
    """Whether a person should look at these two; None also where reports or identifiers link them already."""
    if one.reporter == other.reporter or one.identifier == other.identifier or _is_linked(one, other):
        return None
    evidence = [(points, said) for points, said in (
        _titles(one, other), _places(one, other), _years(one, other), _names(one, other), _money(one, other)
    ) if points or said]  # fmt: skip
    points = sum(points for points, _ in evidence)
    if points < LIMIT:
        return None
    return Likeness(points, tuple(said for _, said in evidence), _who_pays(one, other))


def _is_linked(one: Known, other: Known) -> bool:
    return other.identifier in one.related or one.identifier in other.related


def _titles(one: Known, other: Known) -> tuple[int, tuple[Any, ...]]:
    """2 for the same words, 1 for nearly the same; less where both have words or numbers that the other lacks, and
    nothing for a title that many projects have."""
    words, those = fold_title(one.title), fold_title(other.title)
    if words == those:
        return (2, ("same-title",)) if one.called_so <= COMMON else (0, ("common-title", one.called_so))
    alike = round(fuzz.token_sort_ratio(" ".join(words), " ".join(those)))
    numbers = {*_NUMBER.findall(one.title.lower())}, {*_NUMBER.findall(other.title.lower())}
    if all(numbers) and numbers[0] != numbers[1]:
        return -3, ("other-numbers", alike)
    own = _own_words(words, those), _own_words(those, words)
    return (-1, ("other-words", alike, *own)) if all(own) else (1, ("alike-title", alike))


def _own_words(words: tuple[str, ...], those: tuple[str, ...]) -> str:
    """Longer words of a title to which no word of the other comes near."""
    own = {word for word in words if len(word) > 3} - set(those)
    return " ".join(sorted(word for word in own if not any(fuzz.ratio(word, that) >= TYPO for that in those)))


def _places(one: Known, other: Known) -> tuple[int, tuple[Any, ...]]:
    if not (one.countries and other.countries):
        return 0, ()
    shared = sorted(one.countries & other.countries)
    if not shared:
        return -MOST, ("other-places",)
    return (1 if one.countries == other.countries else 0), ("places", *shared[:5])


def _years(one: Known, other: Known) -> tuple[int, tuple[Any, ...]]:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return 0, ()
    first, last = max(one.first, other.first), min(one.last, other.last)
    if first > last:
        return -MOST, ("other-years",)
    is_same = (one.first, one.last) == (other.first, other.last)
    return int(is_same), ("same-years" if is_same else "years", first, last)


def _names(one: Known, other: Known) -> tuple[int, tuple[Any, ...]]:
    """Whether one names who reports the other, and as what."""
    if role := other.named.get(one.reporter):
        return 2, ("named", "one", role)
    if role := one.named.get(other.reporter):
        return 2, ("named", "other", role)
    return 0, ()


def _money(one: Known, other: Known) -> tuple[int, tuple[Any, ...]]:
    """The nearest two sums, where they are within a tenth of each other."""
    nearest: tuple[float, tuple[Any, ...]] = (WITHIN, ())
    for (flow, cents), (that, those) in product(sorted(one.sums.items()), sorted(other.sums.items())):
        if that in SAME_SUMS[flow] and cents > 0 and those > 0 and abs(cents - those) / max(cents, those) < nearest[0]:
            nearest = abs(cents - those) / max(cents, those), ("money", flow, cents, that, those)
    return (2 if nearest[1] else 0), nearest[1]


def _who_pays(one: Known, other: Known) -> str:
    """Where only one of the two names the other's reporter as its funder or provider, that reporter; else the first."""
    payers = ("1", "provider")
    return "other" if one.named.get(other.reporter) in payers and other.named.get(one.reporter) not in payers else "one"
