"""What a word list consists of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """Words of a text by their number from 0, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to recognise an area: words of `group`, near words of `partner` if one is named."""

    weight: float
    group: str
    partner: str | None = None
    within: int = 0


@dataclass(frozen=True, slots=True)
class AreaWords:
    """What points to one area; `sectors` maps DAC purpose codes and policy markers to the weight they add. An area is
    weak where no words of the group `beside` are among those found: then it isn't suggested beside others that are
    firm; or none of the group `alone`: then it isn't suggested without such others."""

    code: str
    rules: tuple[Rule, ...]
    sectors: Mapping[str, float]
    many_countries: float = 0.0
    beside: str = ""
    alone: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The areas of one file, and its groups of phrases: `{group: phrases}`. Two are equal if they are one."""

    key: str
    version: str
    areas: tuple[AreaWords, ...]
    groups: Mapping[str, frozenset[str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of weights.yaml, which says what each does."""

    version: str
    sections: Mapping[str, float]
    next_phrase: float
    far: float
    least_score: float
    least_part_of_best: float
    least_relevance: float
    breadth: float
    confidence: Sequence[tuple[float, float]]
    areas: Mapping[str, float]
