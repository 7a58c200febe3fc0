"""Finds the phrases of word lists in a text, all of them in one pass."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import ahocorasick

from app.rules.folded_text import fold_words
from app.rules.lexicon.shapes import Lexicon, Span


class _Target(NamedTuple):
    """What a key leads to; `rest` are the words after the first `*`, None for a phrase without one."""

    scope: str
    group: str
    rest: tuple[str, ...] | None


class Vocabulary:
    """Finds the phrases of many groups in one pass; built once, then only read."""

    __slots__ = ("_automaton",)

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        targets: dict[str, set[_Target]] = {}
        for lexicon in lexicons:
            for group, phrases in lexicon.groups.items():
                scope = lexicon.key if "/" in group else "gate" if lexicon.key == "relevance" else group
                for phrase in phrases:
                    key, rest = _search_key(phrase)
                    targets.setdefault(key, set()).add(_Target(scope, group, rest))
        self._automaton = ahocorasick.Automaton()
        for key, wanted in targets.items():
            self._automaton.add_word(key, (len(key), tuple(wanted)))
        self._automaton.make_automaton()

    def find(self, folded: str) -> dict[str, list[Span]]:
        """The spans of each group found in text folded by `fold_words`, in order of their place.

        A phrase inside a longer one of the same file is not found (`child` in `child protection`);
        the gate's groups of words compete among themselves only, those of words.yaml with none.
        """
        found: dict[str, set[tuple[int, int, str]]] = {}
        words_before_end = counted_to = 0
        for end, (length, targets) in self._automaton.iter(folded):
            words_before_end += folded.count(" ", counted_to, end)
            counted_to = end
            start = end - length + 1
            first = words_before_end - folded.count(" ", start, end)
            for scope, group, rest in targets:
                stop = end if rest is None else _end_of_match(folded, end, rest)
                if stop > 0:
                    last = first + folded.count(" ", start + 1, stop)
                    found.setdefault(scope, set()).add((first, -last, group))
        groups: dict[str, list[Span]] = {}
        for matches in found.values():
            for group, span in _longest(sorted(matches)):
                groups.setdefault(group, []).append(span)
        return groups


def _search_key(phrase: str) -> tuple[str, tuple[str, ...] | None]:
    """What is looked up, as it stands in folded text: the phrase, or its part before the first `*`.

    And the words after that `*`: `" word "` is to be met whole, `" word"` is a beginning.
    """
    beginning, star, rest = phrase.partition("*")
    if not star:
        return fold_words(phrase), None
    words = (fold_words(word).rstrip() if word.endswith("*") else fold_words(word) for word in rest.split())
    return fold_words(beginning).rstrip(), tuple(words)


def _end_of_match(folded: str, place: int, rest: tuple[str, ...]) -> int:
    """Index of the space after the match whose first `*` stands at `place`; -1 if the rest is not there."""
    stop = folded.index(" ", place)
    for word in rest:
        if not folded.startswith(word, stop):
            return -1
        stop = folded.index(" ", stop + len(word.rstrip()))
    return stop


def _longest(matches: Iterable[tuple[int, int, str]]) -> Iterator[tuple[str, Span]]:
    """(group, span) of the matches that lie in no longer one; `matches` are sorted (first, -last, group)."""
    reach = Span(-1, -1)
    for first, negative_last, group in matches:
        span = Span(first, -negative_last)
        if span.last > reach.last:
            reach = span
        if span == reach:
            yield group, span
