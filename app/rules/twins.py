"""Projects of two reporters that may be the same one: pure, and quick enough for 100,000 of them.

Titles are compared only where they share one of their four rarest words (blocking), which the titles themselves
decide. Two are twins when their words are nearly the same, their reporters differ, and neither countries nor
years speak against it. The limits are ours; ../shared/LIBRARIES.md has what they were measured with.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from app.rules.marked_text import Piece

RAREST = 4
ALIKE = 88  # percent; below it most pairs of the demo and of published portfolios are two projects
FEWEST_WORDS = 3  # a shorter title says too little, unless it is the very same one
COMMON = 200  # a word in more titles of the others than this leads nowhere
_WORD = re.compile(r"\w+")


class Titled(NamedTuple):
    """What tells whether a project is another one's twin. `key` names it; `reporter` is any name of who reports it."""

    key: str | int
    title: str
    reporter: str | int
    countries: frozenset[str] = frozenset()
    first: int | None = None
    last: int | None = None


class Twin(NamedTuple):
    """Two projects that look like one; `score` in percent, and what speaks for it."""

    one: str | int
    other: str | int
    score: int
    reasons: tuple[str, ...]


def fold_title(title: str) -> tuple[str, ...]:
    """The words of a title without case and accents, in any script, in their order."""
    if title.isascii():
        return tuple(_WORD.findall(title.lower()))
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    return tuple(_WORD.findall("".join(sign for sign in decomposed if not unicodedata.combining(sign))))


def find_twins(ours: Iterable[Titled], others: Sequence[Titled]) -> Iterator[Twin]:
    """For each of `ours` those of `others` that may be the same project, the most alike first."""
    if not others:
        return
    folded = [fold_title(other.title) for other in others]
    frequency = Counter(word for words in folded for word in set(words))
    holding: defaultdict[str, list[int]] = defaultdict(list)
    called: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, words in enumerate(folded):
        called[words].append(number)
        for word in rarest_words(words, frequency):
            holding[word].append(number)
    for one in ours:
        words = fold_title(one.title)
        # A word that nobody else has leads nowhere; one that many have leads everywhere.
        known = [word for word in words if 0 < frequency[word] <= COMMON]
        numbers = {number for word in rarest_words(known, frequency) for number in holding.get(word, ())}
        numbers.update(called.get(words, ())[:COMMON])
        judged = (_judge(one, words, others[number], folded[number]) for number in sorted(numbers))
        yield from sorted((twin for twin in judged if twin is not None), key=lambda twin: -twin.score)


def mark_equal(title: str, other: str) -> list[Piece]:
    """A title with the words marked that the other one has, too."""
    theirs, pieces, done = set(fold_title(other)), list[Piece](), 0
    for match in _WORD.finditer(title):
        if theirs.issuperset(fold_title(match[0])):
            pieces += [Piece(title[done : match.start()], ""), Piece(match[0], "mark")]
            done = match.end()
    return [piece for piece in [*pieces, Piece(title[done:], "")] if piece.text]


def rarest_words(words: Iterable[str], frequency: Counter[str]) -> list[str]:
    """The few words of a title that the fewest titles have; of equally rare ones the longest."""
    long_ones = {word for word in words if len(word) > 2}
    return sorted(long_ones, key=lambda word: (frequency[word], -len(word), word))[:RAREST]


def _judge(one: Titled, words: tuple[str, ...], other: Titled, those: tuple[str, ...]) -> Twin | None:
    if one.reporter == other.reporter or (words != those and min(len(words), len(those)) < FEWEST_WORDS):
        return None
    score = fuzz.token_sort_ratio(" ".join(words), " ".join(those), score_cutoff=ALIKE)
    reasons = _reasons(one, other)
    if not score or not reasons:
        return None
    alike = "the same title" if words == those else f"titles {score:.0f} % alike"
    return Twin(one.key, other.key, int(score), (alike, *reasons))


def _reasons(one: Titled, other: Titled) -> tuple[str, ...]:
    """The country or years that both have; nothing where these speak against it, or say nothing."""
    shared = sorted(one.countries & other.countries)
    if one.countries and other.countries and not shared:
        return ()
    years = _shared_years(one, other)
    if years is not None and years[0] > years[1]:
        return ()
    told = [f"both in {', '.join(shared[:5])}"] if shared else []
    if years is not None:
        told.append(f"both in {years[0]}" if years[0] == years[1] else f"both from {years[0]} to {years[1]}")
    return tuple(told)


def _shared_years(one: Titled, other: Titled) -> tuple[int, int] | None:
    """First and last year that both have (the wrong way round if none); None where one says no year."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    return max(one.first, other.first), min(one.last, other.last)
