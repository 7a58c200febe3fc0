"""Suggests the areas that a project's text speaks of, with the words that say so as evidence.

Two steps. The gate asks whether the text is about children and exploitation, abuse or their protection at
all; most projects in the world are not, and cost microseconds. Only then the phrases of every framework
are looked up, in one pass, and weighed by where they stand; parts of words add what phrases miss. A suggestion is
never more than that: a person confirms it.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from app.errors import NotFound
from app.rules.folded_text import WrittenWords, fold_words
from app.rules.lexicon import (
    SHARED_FILES,
    AreaWords,
    Lexicon,
    Rule,
    Vocabulary,
    Weights,
    load_lexicon,
    read_lexicons,
    read_weights,
)  # fmt: skip
from app.rules.phrases import Evidence, FoundPhrases
from app.rules.word_parts import read_word_parts

Relevance = Literal["core", "part", "none"]
FORMS = "exploitation-forms"
EVIDENCE_LIMIT = 6
OPENING_WORDS = 30  # about the length of a title: what stands there is the project's aim
MANY_COUNTRIES = 3
TOLD = "word-parts"  # the last piece of evidence where parts of words tell an area...
TOLD_WORDS = 3  # ... after the words that said most for it
CODE_CONFIDENCE = 0.2  # where nothing but a sector code speaks for an area


class Place(NamedTuple):
    """Where in the text words of evidence stand, and how much such words count there."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class AreaSuggestion:
    """One area: its share (0.01 steps, those of a framework sum to 1), confidence 0..1, words or codes found."""

    code: str
    share: float
    confidence: float
    evidence: tuple[str, ...]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`core`: children's protection from exploitation is the aim; `part`: a component; `none`: no areas."""

    relevance: Relevance
    areas: tuple[AreaSuggestion, ...] = ()
    forms: tuple[AreaSuggestion, ...] = ()


class Suggester:
    """Suggests areas of one framework. Holds no state of its own: share it between threads."""

    __slots__ = ("_lexicon", "_weights")

    def __init__(self, framework: str | Lexicon = "florence-2008", weights: Weights | None = None) -> None:
        """Raises NotFound for a framework that has no word list."""
        if isinstance(framework, str) and framework not in suggestible_frameworks():
            raise NotFound(f"There is no word list for the framework {framework!r}, so nothing can be suggested.")
        self._lexicon = framework if isinstance(framework, Lexicon) else load_lexicon(framework)
        self._weights = weights

    def suggest(self, text: str, sectors: Sequence[str] = (), countries: Sequence[str] = ()) -> Suggestion:
        """Areas and forms of one project. `sectors`: DAC purpose codes; `countries`: ISO alpha-2 codes."""
        found = suggest_all(text, sectors, countries, (self._lexicon,), self._weights)
        return found.get(self._lexicon.key, Suggestion("none"))


@cache
def suggester(framework: str) -> Suggester:
    """The suggester of a framework, made once."""
    return Suggester(framework)


@cache
def suggestible_frameworks() -> tuple[str, ...]:
    """Keys of the built-in frameworks, all of which have a word list."""
    return tuple(key for key in read_lexicons() if key not in SHARED_FILES)


def suggest_all(
    text: str,
    sectors: Sequence[str] = (),
    countries: Sequence[str] = (),
    lexicons: tuple[Lexicon, ...] | None = None,
    weights: Weights | None = None,
) -> dict[str, Suggestion]:
    """Suggestions for every framework by its key, the text read once; `{}` when it is not relevant.

    `text`: the title first, then a line break or ` | ` before each further part. `lexicons`: those to use
    instead of the built-in ones; one of `exploitation-forms` among them is used for the forms too.
    """
    lexicons = lexicons or _all_frameworks()
    case = read_case(text, sectors, countries, lexicons, weights or read_weights())
    if case is None or case.relevance == "none":
        return _suggest_by_codes(lexicons, sectors)
    forms = next((one for one in lexicons if one.key == FORMS), read_lexicons()[FORMS])
    found_forms = case.suggest_areas(forms)
    return {
        lexicon.key: Suggestion(
            case.relevance, found_forms if lexicon is forms else case.suggest_areas(lexicon), found_forms
        )
        for lexicon in lexicons
    }


def read_case(
    text: str, sectors: Sequence[str], countries: Sequence[str], lexicons: tuple[Lexicon, ...], weights: Weights
) -> "Case | None":
    """The text with the phrases found in it; None if the gate finds nothing in it."""
    folded = fold_words(text)
    if not _gate_vocabulary().find(folded):
        return None
    found = _area_vocabulary(lexicons).find(folded)
    return Case(
        FoundPhrases(WrittenWords(text), folded.split(), found, weights), frozenset(sectors), len(set(countries))
    )


@cache
def _all_frameworks() -> tuple[Lexicon, ...]:
    return tuple(read_lexicons()[key] for key in suggestible_frameworks())


@cache
def _gate_vocabulary() -> Vocabulary:
    return Vocabulary([read_lexicons()["relevance"]])


@lru_cache(maxsize=32)
def _area_vocabulary(lexicons: tuple[Lexicon, ...]) -> Vocabulary:
    shared = [read_lexicons()[key] for key in (*SHARED_FILES, FORMS)]
    return Vocabulary({lexicon.key: lexicon for lexicon in (*shared, *lexicons)}.values())


def _suggest_by_codes(lexicons: Sequence[Lexicon], sectors: Sequence[str]) -> dict[str, Suggestion]:
    """What a purpose that is by definition about children's protection says where no words do."""
    alone = read_lexicons()["relevance"].areas[2].sectors
    if not any(sector in alone for sector in sectors):
        return {}
    return {lexicon.key: Suggestion("part", _areas_by_codes(lexicon, sectors)) for lexicon in lexicons}


def _areas_by_codes(lexicon: Lexicon, sectors: Sequence[str]) -> tuple[AreaSuggestion, ...]:
    named = [(area.code, code) for area in lexicon.areas for code in sectors if area.sectors.get(code, 0) >= 0.5]
    shares = share_out([1.0] * len(named))
    return tuple(
        AreaSuggestion(area, share, CODE_CONFIDENCE, (code,)) for (area, code), share in zip(named, shares, strict=True)
    )


class ScoredArea(NamedTuple):
    """An area for which something was found: its score, and the least score with which it is suggested. `is_told`: by parts
    of words."""

    score: float
    least: float
    code: str
    found: Sequence[Evidence]
    is_told: bool = False


class Case:
    """A text that passed the gate, with everything found in it and the verdict on its relevance."""

    def __init__(self, phrases: FoundPhrases, sectors: frozenset[str], countries: int) -> None:
        self._phrases = phrases
        self._sectors = sectors
        self._countries = countries
        core_words, part_words, _ = read_lexicons()["relevance"].areas
        core, part = phrases.find(core_words.rules), phrases.find(part_words.rules)
        if not part and not sectors.isdisjoint(part_words.sectors):
            part = phrases.find([Rule(1.0, "children")])
        phrases.focus_on([*core, *part])
        self.relevance_score = phrases.add_up([*core, *part])
        self.is_aim = any(one.weight >= phrases.weights.least_score for one in (*core, *part))
        self.relevance: Relevance = self._judge(core)
        self._breadth = 1 + phrases.weights.breadth * max(0, phrases.breadth() - 1)

    def _judge(self, core: Sequence[Evidence]) -> Relevance:
        weights = self._phrases.weights
        if self.relevance_score < weights.least_relevance:
            return "none"
        aims = [one for one in core if one.weight >= weights.sections["mention"]]
        return "core" if len(aims) > 1 or any(one.first < OPENING_WORDS for one in aims) else "part"

    def suggest_areas(self, lexicon: Lexicon) -> tuple[AreaSuggestion, ...]:
        """The areas that reach the least score, strongest first."""
        kept = [area for area in self.score_areas(lexicon) if area.score >= area.least]
        kept += self._told_by_parts(lexicon, {area.code for area in kept})
        kept.sort(key=lambda area: (-area.score, area.code))
        shares = share_out([area.score for area in kept])
        return tuple(self._suggestion(area, share) for area, share in zip(kept, shares, strict=True))

    def score_areas(self, lexicon: Lexicon) -> list[ScoredArea]:
        """Every area for which words were found; what is dwarfed by the best is not to be suggested.

        Sectors and countries add weight, but nothing is suggested without words, nor where children's protection
        is named in passing only.
        """
        weights = self._phrases.weights
        found = [(area, self._phrases.find(area.rules)) for area in lexicon.areas] if self.is_aim else []
        scores = [(area, self._score(area, words), words) for area, words in found if words]
        least = max((score for _, score, _ in scores), default=0.0) * weights.least_part_of_best
        start = (weights.least_score + weights.areas.get(lexicon.key, 0.0)) * self._breadth
        more = {area.code: weights.areas.get(f"{lexicon.key}/{area.code}", 0.0) for area, _, _ in scores}
        scored = [ScoredArea(score, max(start + more[area.code], least), area.code, words)
                  for area, score, words in scores]  # fmt: skip
        return self._without_weak(scored, {area.code: area for area, _, _ in scores})

    def _told_by_parts(self, lexicon: Lexicon, found: set[str]) -> list[ScoredArea]:
        """Areas that no phrase but parts of words speak for, need and background left out: with the least score."""
        parts = read_word_parts(lexicon.key) if self.relevance != "none" else None
        least = self._phrases.weights.least_score
        return [ScoredArea(least, least, code, self._phrases.at_words(words[:TOLD_WORDS], least / TOLD_WORDS), True)
                for code, words in (parts.tell(self._phrases.words_of_aims()) if parts else ()) if code not in found]  # fmt: skip

    def _without_weak(self, scored: list[ScoredArea], areas: dict[str, AreaWords]) -> list[ScoredArea]:
        """Areas that speak only alone, or only beside others, lose where there are others, or none."""
        lacks = {
            (kind, one.code)
            for one in scored
            for kind in ("beside", "alone")
            if (group := getattr(areas[one.code], kind)) and not self._phrases.hold(one.found, group)
        }
        weak = {code for _, code in lacks}
        firm = any(one.score >= one.least and one.code not in weak for one in scored)
        lost = {code for kind, code in lacks if kind == ("beside" if firm else "alone")}
        return [one._replace(least=math.inf) if one.code in lost else one for one in scored]

    def _score(self, area: AreaWords, found: Sequence[Evidence]) -> float:
        by_code = max((weight for code, weight in area.sectors.items() if code in self._sectors), default=0.0)
        by_place = area.many_countries if self._countries >= MANY_COUNTRIES else 0.0
        return self._phrases.add_up(found) + by_code + by_place

    def _suggestion(self, area: ScoredArea, share: float) -> AreaSuggestion:
        quoted = self._phrases.quote(area.found)[:EVIDENCE_LIMIT]
        places = tuple(Place(start, end, round(weight, 2)) for _, start, end, weight in quoted)
        confidence = _confidence(area.score / area.least, self._phrases.weights.confidence)
        evidence = (*(words for words, *_ in quoted), *([TOLD] if area.is_told else []))
        return AreaSuggestion(area.code, share, confidence, evidence, places)


def _confidence(strength: float, points: Sequence[tuple[float, float]]) -> float:
    """How often suggestions of this strength were right; straight lines between the points measured."""
    place = min(max(bisect.bisect_right([at for at, _ in points], strength), 1), len(points) - 1)
    (low, least), (high, most) = points[place - 1], points[place]
    part = min(max((strength - low) / (high - low), 0.0), 1.0)
    return round(least + part * (most - least), 2)


def share_out(scores: Sequence[float]) -> list[float]:
    """Shares in proportion to the scores, in steps of 0.01; the largest remainders make the sum 1."""
    total = sum(scores)
    exact = [100 * score / total for score in scores]
    cents = [math.floor(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: cents[place] - exact[place])
    for place in by_remainder[: 100 - sum(cents)]:
        cents[place] += 1
    return [cent / 100 for cent in cents]
