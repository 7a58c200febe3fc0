"""Areas told from words that the confirmed projects of this installation share.

What was learned is numbers by word, made by `app/services/learn_areas.py`; using them needs nothing but these. They
stand in for the word list only for areas where they did better on projects that they had not seen.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.rules.folded_text import WrittenWords, fold_words
from app.rules.suggest import AreaSuggestion, Place, Suggestion, share_out

SHORTEST_WORD = 3
QUOTED = 3
MARK = "learned-"  # with the version, the last piece of evidence of what was learned


@dataclass(frozen=True, slots=True)
class LearnedArea:
    """One area: what each word adds, what the word list's confidence adds, and how good that was where it was tried.

    `precision` is how often it was right there, and the confidence of what it suggests.
    """

    code: str
    projects: int
    listed_f1: float
    learned_f1: float
    precision: float
    is_used: bool
    bias: float
    listed: float
    words: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LearnedWords:
    """What was learned for a framework; `rarity`: of each word, among the texts that were learned from."""

    framework: str
    version: int
    at: str
    projects: int
    rarity: Mapping[str, float]
    areas: tuple[LearnedArea, ...]
    is_on: bool = True

    @property
    def used(self) -> list[str]:
        return [area.code for area in self.areas if self.is_on and area.is_used]


def split_words(text: str) -> list[str]:
    """The folded words that are counted."""
    return [word for word in fold_words(text).split() if len(word) >= SHORTEST_WORD]


def apply_learned(learned: LearnedWords | None, text: str, listed: Suggestion) -> Suggestion:
    """What the word list suggests, with what was learned in its place for the areas where that is used."""
    if learned is None or not learned.used or listed.relevance == "none":
        return listed
    weighed = _weigh(split_words(text), learned.rarity)
    kept = {area.code: area for area in listed.areas}
    for area in learned.areas:
        if area.is_used:
            before = kept.pop(area.code, None)
            added = {word: weight * area.words.get(word, 0.0) for word, weight in weighed.items()}
            if area.bias + area.listed * (before.confidence if before else 0.0) + sum(added.values()) > 0:
                kept[area.code] = _suggestion(learned, area, before, text, added)
    areas = sorted(kept.values(), key=lambda area: (-area.confidence, area.code))
    shares = share_out([max(area.confidence, 0.01) for area in areas])
    return replace(listed, areas=tuple(replace(area, share=share) for area, share in zip(areas, shares, strict=True)))


def _weigh(words: Sequence[str], rarity: Mapping[str, float]) -> dict[str, float]:
    """TF-IDF of the words, of length 1: as scikit-learn makes it with `sublinear_tf`."""
    counts = Counter(word for word in words if word in rarity)
    weights = {word: (1 + math.log(count)) * rarity[word] for word, count in counts.items()}
    length = math.sqrt(sum(weight**2 for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}


def _suggestion(
    learned: LearnedWords, area: LearnedArea, before: AreaSuggestion | None, text: str, added: Mapping[str, float]
) -> AreaSuggestion:
    """With the words that added most as evidence, then those of the word list."""
    strongest = {word for word in sorted(added, key=lambda word: (-added[word], word))[:QUOTED] if added[word] > 0}
    quotes = _quote(text, strongest)
    evidence = [*quotes, *(before.evidence if before else ()), f"{MARK}{learned.version}"]
    places = [Place(start, end, round(added[word], 2)) for word, start, end in quotes.values()]
    more = before.places if before else ()
    return AreaSuggestion(area.code, 0.0, area.precision, tuple(dict.fromkeys(evidence)), (*places, *more))


def _quote(text: str, words: set[str]) -> dict[str, tuple[str, int, int]]:
    """word as written -> (folded, start, end), where each first stands."""
    written = WrittenWords(text)
    found: dict[str, tuple[str, int, int]] = {}
    for number, word in enumerate(fold_words(text).split()):
        if word in words:
            words = words - {word}
            found[written.quote(number, number)] = (word, *written.place(number, number))
    return found
