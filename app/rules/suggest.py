"""Suggests the areas that a project's text speaks of, with the words that say so as evidence.

Two steps. The gate asks whether the text is about children and exploitation, abuse or their protection at
all; most projects in the world are not, and cost microseconds. Only then the phrases of every framework
are looked up, in one pass, and weighed. A suggestion is never more than that: a person confirms it.
"""

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.errors import NotFound
from app.rules.folded_text import WrittenWords, fold_words
from app.rules.lexicon import SHARED_FILES, AreaWords, Lexicon, Rule, Span, Vocabulary, read_lexicons

Relevance = Literal["core", "part", "none"]
FORMS = "exploitation-forms"
EVIDENCE_LIMIT = 6
OPENING_WORDS = 30  # about the length of a title: what stands there is the project's aim
QUOTED_WORDS = 10  # a pair further apart is quoted as two pieces
NEARBY_WORDS = 60  # later on, a phrase further from the words on children's protection counts half
FAR_WEIGHT = 0.5
NEXT_PHRASE = 0.7
LEAST_SCORE = 1.0
LEAST_PART_OF_BEST = 0.34
MANY_COUNTRIES = 3
Found = dict[str, list[Span]]


@dataclass(frozen=True, slots=True)
class AreaSuggestion:
    """One area: its share (0.01 steps, those of a framework sum to 1), confidence 0..1, words found."""

    code: str
    share: float
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`core`: children's protection from exploitation is the aim; `part`: a component; `none`: no areas."""

    relevance: Relevance
    areas: tuple[AreaSuggestion, ...] = ()
    forms: tuple[AreaSuggestion, ...] = ()


class Suggester:
    """Suggests areas of one framework. Holds no state of its own: share it between threads."""

    __slots__ = ("_lexicon",)

    def __init__(self, framework: str = "florence-2008") -> None:
        """Raises NotFound for a framework that has no word list."""
        if framework not in suggestible_frameworks():
            raise NotFound(f"There is no word list for the framework {framework!r}, so nothing can be suggested.")
        self._lexicon = read_lexicons()[framework]

    def suggest(self, text: str, sectors: Sequence[str] = (), countries: Sequence[str] = ()) -> Suggestion:
        """Areas and forms of one project. `sectors`: DAC purpose codes; `countries`: ISO alpha-2 codes."""
        found = _suggest([self._lexicon], text, sectors, countries)
        return found.get(self._lexicon.key, Suggestion("none"))


@cache
def suggester(framework: str) -> Suggester:
    """The suggester of a framework, made once."""
    return Suggester(framework)


def suggestible_frameworks() -> tuple[str, ...]:
    """Keys of the frameworks that have a word list."""
    return tuple(key for key in read_lexicons() if key not in SHARED_FILES)


def suggest_all(text: str, sectors: Sequence[str] = (), countries: Sequence[str] = ()) -> dict[str, Suggestion]:
    """Suggestions for every framework by its key, the text read once; `{}` when it is not relevant."""
    return _suggest(_all_frameworks(), text, sectors, countries)


@cache
def _all_frameworks() -> list[Lexicon]:
    return [read_lexicons()[key] for key in suggestible_frameworks()]


@cache
def _gate_vocabulary() -> Vocabulary:
    return Vocabulary([read_lexicons()["relevance"]])


@cache
def _area_vocabulary() -> Vocabulary:
    return Vocabulary([*_all_frameworks(), read_lexicons()["words"]])


def _suggest(
    frameworks: Sequence[Lexicon], text: str, sectors: Sequence[str], countries: Sequence[str]
) -> dict[str, Suggestion]:
    folded = fold_words(text)
    found = _gate_vocabulary().find(folded)
    if not found:
        return {}
    relevance, marks = _relevance(found, sectors)
    if relevance == "none":
        return {}
    found |= _area_vocabulary().find(folded)
    case = _Case(WrittenWords(text), folded.split(), found, marks, frozenset(sectors), len(set(countries)))
    forms = case.suggest_areas(read_lexicons()[FORMS])
    return {lexicon.key: Suggestion(relevance, case.suggest_areas(lexicon), forms) for lexicon in frameworks}


def _relevance(found: Found, sectors: Sequence[str]) -> tuple[Relevance, list[int]]:
    """The verdict, and the word numbers where the text speaks of children's protection."""
    core_words, part_words = read_lexicons()["relevance"].areas
    core = sorted({pieces[0].first for rule in core_words.rules for pieces in _places(found, rule)})
    part = {pieces[0].first for rule in part_words.rules for pieces in _places(found, rule)}
    if not part and "children" in found and any(sector in part_words.sectors for sector in sectors):
        part = {span.first for span in found["children"]}
    marks = sorted(part.union(core))
    if len(core) > 1 or (core and core[0] < OPENING_WORDS):
        return "core", marks
    return ("part" if marks else "none"), marks


def _places(found: Found, rule: Rule) -> Iterator[tuple[Span, ...]]:
    """Where a rule holds: one span, or two for a pair whose words stand far apart."""
    spans = found.get(rule.group, [])
    if rule.partner is None:
        yield from ((span,) for span in spans)
        return
    partners = found.get(rule.partner, [])
    for span in spans if partners else ():
        partner = _nearest(span, partners)
        first, second = sorted((span, partner))
        if 0 < second.first - first.last <= rule.within:
            close = second.last - first.first < QUOTED_WORDS
            yield (Span(first.first, second.last),) if close else (first, second)


def _nearest(span: Span, others: Sequence[Span]) -> Span:
    """The one of `others` (in order, not empty) that stands nearest without touching `span`."""
    place = bisect.bisect_left(others, span)
    around = others[max(place - 1, 0) : place + 2]
    return min(around, key=lambda other: (_gap(span, other) <= 0, _gap(span, other)))


def _gap(one: Span, other: Span) -> int:
    """Words from the end of the earlier to the start of the later; 0 or less when they overlap."""
    return max(one.first, other.first) - min(one.last, other.last)


@dataclass(frozen=True, slots=True)
class _Case:
    """A relevant text, with everything found in it."""

    written: WrittenWords
    words: list[str]
    found: Found
    marks: list[int]
    sectors: frozenset[str]
    countries: int

    def suggest_areas(self, lexicon: Lexicon) -> tuple[AreaSuggestion, ...]:
        """The areas that reach the least score and are not dwarfed by the best, strongest first."""
        scored = []
        for area in lexicon.areas:
            places = [(rule.weight, pieces) for rule in area.rules for pieces in _places(self.found, rule)]
            if places:  # sectors and countries add weight, but nothing is suggested without words
                scored.append((self._score(area, places), area.code, places))
        best = max((score for score, _, _ in scored), default=0.0)
        kept = [entry for entry in scored if entry[0] >= max(LEAST_SCORE, best * LEAST_PART_OF_BEST)]
        kept.sort(key=lambda entry: (-entry[0], entry[1]))
        shares = _shares([score for score, _, _ in kept])
        return tuple(
            AreaSuggestion(code, share, _confidence(score), self._quote(places))
            for (score, code, places), share in zip(kept, shares, strict=True)
        )

    def _score(self, area: AreaWords, places: Sequence[tuple[float, tuple[Span, ...]]]) -> float:
        """Different phrases add up, each next one counting less."""
        weights: dict[str, float] = {}
        for weight, pieces in places:
            phrase = " ".join(self.words[pieces[0].first : pieces[-1].last + 1])
            counted = weight * (1.0 if self._is_in_focus(pieces[0]) else FAR_WEIGHT)
            weights[phrase] = max(weights.get(phrase, 0.0), counted)
        ordered = sorted(weights.values(), reverse=True)
        score = sum(weight * NEXT_PHRASE**rank for rank, weight in enumerate(ordered))
        score += max((weight for sector, weight in area.sectors.items() if sector in self.sectors), default=0.0)
        return score + (area.many_countries if self.countries >= MANY_COUNTRIES else 0.0)

    def _is_in_focus(self, span: Span) -> bool:
        if span.first < OPENING_WORDS:
            return True
        place = bisect.bisect_left(self.marks, span.first)
        around = self.marks[max(place - 1, 0) : place + 1]
        return any(abs(mark - span.first) <= NEARBY_WORDS for mark in around)

    def _quote(self, places: Sequence[tuple[float, tuple[Span, ...]]]) -> tuple[str, ...]:
        """The words found, as written, in the order of the text and each once."""
        spans = sorted({span for _, pieces in places for span in pieces}, key=lambda span: (span.first, -span.last))
        reach = -1
        quotes: dict[str, str] = {}
        for span in spans:
            if span.last > reach:  # words inside longer ones are not said again
                quote = self.written.quote(span.first, span.last)
                quotes.setdefault(fold_words(quote), quote)
                reach = span.last
        return tuple(quotes.values())[:EVIDENCE_LIMIT]


def _confidence(score: float) -> float:
    """0 to 1, rising with the score: 0.39 at the least score, 0.63 at twice that."""
    return round(1.0 - math.exp(-score / 2.0), 2)


def _shares(scores: Sequence[float]) -> list[float]:
    """Shares in proportion to the scores, in steps of 0.01; the largest remainders make the sum 1."""
    total = sum(scores)
    exact = [100 * score / total for score in scores]
    cents = [math.floor(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: cents[place] - exact[place])
    for place in by_remainder[: 100 - sum(cents)]:
        cents[place] += 1
    return [cent / 100 for cent in cents]
