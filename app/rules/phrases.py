"""The phrases found in one text: where a rule holds, how much it counts there, and how it is quoted."""

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.rules.folded_text import WrittenWords, fold_words
from app.rules.lexicon import Rule, Span, Weights
from app.rules.text_sections import weigh_sections

QUOTED_WORDS = 10  # a pair further apart is quoted as two pieces
CLOSE_PAIR = 12  # words of a pair that are to stand this close are looked for within one clause
OPENING_WORDS = 30  # near the beginning nothing is out of focus
NEARBY_WORDS = 60  # later on, a phrase further from the words on children's protection counts less


class Evidence(NamedTuple):
    """A rule that holds: how much it counts where it stands, from its first word to its last."""

    weight: float
    pieces: tuple[Span, ...]

    @property
    def first(self) -> int:
        return self.pieces[0].first

    @property
    def last(self) -> int:
        return self.pieces[-1].last

    def quoted(self) -> tuple[Span, ...]:
        """The words to show: all from first to last, unless a pair stands far apart."""
        close = self.last - self.first < QUOTED_WORDS
        return (Span(self.first, self.last),) if close else self.pieces


class FoundPhrases:
    """One text with all that was found in it. `focus_on` says what it is to be about."""

    def __init__(
        self, written: WrittenWords, words: Sequence[str], found: Mapping[str, list[Span]], weights: Weights
    ) -> None:
        self._written = written
        self.words = words
        self._found = found
        self.weights = weights
        self._sections = weigh_sections(written, found, weights)
        self._marks: list[int] = []

    def focus_on(self, evidence: Iterable[Evidence]) -> None:
        """Phrases far from this evidence count less from now on."""
        self._marks = sorted({one.first for one in evidence})

    def breadth(self) -> int:
        """How many fields of work other than child protection the title lists."""
        named = (span for span in self._found.get("other_fields", ()) if span.first < self._sections.title)
        return len({" ".join(self.words[span.first : span.last + 1]) for span in named})

    def find(self, rules: Iterable[Rule]) -> list[Evidence]:
        """Where the rules hold, leaving out what the text says it does not do."""
        weighed = (Evidence(rule.weight * self._factor(pieces[0]), tuple(sorted(pieces)))
                   for rule in rules if rule.group in self._found for pieces in self._places(rule))  # fmt: skip
        return [one for one in weighed if one.weight]

    def words_of_aims(self) -> list[str]:
        """The folded words but for those of need and background, and of what the text says it does not do."""
        least = self.weights.sections["background"]
        return [word for word, weight in zip(self.words, self._sections.weights, strict=True) if weight > least]

    def at_words(self, words: Iterable[str], weight: float) -> list[Evidence]:
        """Folded words of the text as evidence, where each first stands."""
        return [Evidence(weight, (Span(first, first),)) for first in map(self.words.index, words)]

    def add_up(self, evidence: Iterable[Evidence]) -> float:
        """Different phrases add up, each next one counting less; words within others are not counted again."""
        counted: dict[str, float] = {}
        taken: set[int] = set()
        for one in sorted(evidence, key=lambda one: (-one.weight, one.first - one.last, one.first)):
            words = range(one.first, one.last + 1)
            if taken.isdisjoint(words):
                taken.update(words)
                counted.setdefault(" ".join(self.words[one.first : one.last + 1]), one.weight)
        return sum(weight * self.weights.next_phrase**rank for rank, weight in enumerate(counted.values()))

    def hold(self, evidence: Iterable[Evidence], group: str) -> bool:
        """Whether a word of the group is among the words of the evidence."""
        words = self._found.get(group, ())
        return any(piece.first <= word.first and word.last <= piece.last
                   for one in evidence for piece in one.pieces for word in words)  # fmt: skip

    def quote(self, evidence: Iterable[Evidence]) -> list[tuple[str, int, int, float]]:
        """The words as written, start, end and weight, in the order of the text and each once."""
        pieces = {span: one.weight for one in evidence for span in one.quoted()}
        reach = -1
        quotes: dict[str, tuple[str, int, int, float]] = {}
        for span in sorted(pieces, key=lambda span: (span.first, -span.last)):
            if span.last > reach:  # words inside longer ones are not said again
                words = self._written.quote(*span)
                quotes.setdefault(fold_words(words), (words, *self._written.place(*span), pieces[span]))
                reach = span.last
        return list(quotes.values())

    def _factor(self, span: Span) -> float:
        """What the place of a phrase makes of its weight."""
        return self._sections.weights[span.first] * (1.0 if self._is_in_focus(span) else self.weights.far)

    def _is_in_focus(self, span: Span) -> bool:
        if span.first < OPENING_WORDS or not self._marks:
            return True
        place = bisect.bisect_left(self._marks, span.first)
        around = self._marks[max(place - 1, 0) : place + 1]
        return any(abs(mark - span.first) <= NEARBY_WORDS for mark in around)

    def _places(self, rule: Rule) -> Iterator[tuple[Span, ...]]:
        """Where a rule holds: one span, or the two of a pair, which counts as the first named does."""
        spans = self._found.get(rule.group, [])
        if rule.partner is None:
            yield from ((span,) for span in spans)
            return
        partners = self._found.get(rule.partner, [])
        for span in spans if partners else ():
            partner = _nearest(span, partners)
            first, second = sorted((span, partner))
            if 0 < second.first - first.last <= rule.within and self._belong(first, second, rule):
                yield span, partner

    def _belong(self, first: Span, second: Span, rule: Rule) -> bool:
        clauses = self._sections.clauses
        return rule.within > CLOSE_PAIR or clauses[first.first] == clauses[second.first]


def _nearest(span: Span, others: Sequence[Span]) -> Span:
    """The one of `others` (in order, not empty) that stands nearest without touching `span`."""
    place = bisect.bisect_left(others, span)
    around = others[max(place - 1, 0) : place + 2]
    return min(around, key=lambda other: (_gap(span, other) <= 0, _gap(span, other)))


def _gap(one: Span, other: Span) -> int:
    """Words from the end of the earlier to the start of the later; 0 or less when they overlap."""
    return max(one.first, other.first) - min(one.last, other.last)
