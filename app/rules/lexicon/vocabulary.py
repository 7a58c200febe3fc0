"""Finds the phrases of word lists in a text, all of them in one pass."""

from collections.abc import Iterable, Iterator, Sequence

import ahocorasick

from app.rules.folded_text import fold_words
from app.rules.lexicon.shapes import Lexicon, Span


class _Node:
    """Where one stands in the words that may follow a key: what ends here, and where the next word leads.

    `beginnings` are words with a `*`, of which only the first letters are to be met.
    """

    __slots__ = ("beginnings", "ends", "words")

    def __init__(self) -> None:
        self.ends: set[tuple[str, str]] = set()
        self.words: dict[str, _Node] = {}
        self.beginnings: dict[str, _Node] = {}

    def add(self, rest: Sequence[tuple[str, bool]], scope: str, group: str) -> None:
        node = self
        for word, is_beginning in rest:
            node = (node.beginnings if is_beginning else node.words).setdefault(word, _Node())
        node.ends.add((scope, group))

    def walk(self, folded: str, stop: int) -> Iterator[tuple[int, str, str]]:
        """(index of the space after the match, scope, group) of what is there from the space at `stop` on."""
        for scope, group in self.ends:
            yield stop, scope, group
        if not self.words and not self.beginnings:
            return
        end = folded.find(" ", stop + 1)
        word = folded[stop + 1 : end]
        if end > stop + 1:
            if word in self.words:
                yield from self.words[word].walk(folded, end)
            for beginning, node in self.beginnings.items():
                if word.startswith(beginning):
                    yield from node.walk(folded, end)


class Vocabulary:
    """Finds the phrases of many groups in one pass; built once, then only read."""

    __slots__ = ("_automaton",)

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        nodes: dict[str, _Node] = {}
        for lexicon in lexicons:
            for group, phrases in lexicon.groups.items():
                scope = lexicon.key if "/" in group else "gate" if lexicon.key == "relevance" else group
                for phrase in phrases:
                    key, rest = _search_key(phrase)
                    nodes.setdefault(key, _Node()).add(rest, scope, group)
        self._automaton = ahocorasick.Automaton()
        for key, node in nodes.items():
            self._automaton.add_word(key, (len(key), node))
        self._automaton.make_automaton()

    def find(self, folded: str) -> dict[str, list[Span]]:
        """The spans of each group found in text folded by `fold_words`, in order of their place.

        A phrase inside a longer one of the same file is not found (`child` in `child protection`);
        the gate's groups of words compete among themselves only, those of words.yaml with none.
        """
        found: dict[str, set[tuple[int, int, str]]] = {}
        words_before_end = counted_to = 0
        for end, (length, node) in self._automaton.iter(folded):
            words_before_end += folded.count(" ", counted_to, end)
            counted_to = end
            start = end - length + 1
            first = words_before_end - folded.count(" ", start, end)
            for stop, scope, group in node.walk(folded, folded.index(" ", end)):
                last = first + folded.count(" ", start + 1, stop)
                found.setdefault(scope, set()).add((first, -last, group))
        groups: dict[str, list[Span]] = {}
        for matches in found.values():
            for group, span in _longest(sorted(matches)):
                groups.setdefault(group, []).append(span)
        return groups


def _search_key(phrase: str) -> tuple[str, list[tuple[str, bool]]]:
    """What is looked up, as it stands in folded text: the phrase, or its part before the first `*`; and the words
    after that `*`, each with whether it is the beginning of one."""
    beginning, star, rest = phrase.partition("*")
    if not star:
        return fold_words(phrase), []
    words: list[tuple[str, bool]] = []
    for word in rest.split():
        *whole, last = fold_words(word).split() or [""]
        words += [*((part, False) for part in whole), (last, word.endswith("*"))]
    return fold_words(beginning).rstrip(), [word for word in words if word[0]]


def _longest(matches: Iterable[tuple[int, int, str]]) -> Iterator[tuple[str, Span]]:
    """(group, span) of the matches that lie in no longer one; `matches` are sorted (first, -last, group)."""
    reach = Span(-1, -1)
    for first, negative_last, group in matches:
        span = Span(first, -negative_last)
        if span.last > reach.last:
            reach = span
        if span == reach:
            yield group, span
