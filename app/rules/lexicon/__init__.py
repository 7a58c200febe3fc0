"""The words that point to an area, read from the YAML files beside this module.

One file a framework, named after its key; `relevance.yaml` says which projects are about children and
exploitation at all; `words.yaml` holds words that several files combine. In a file:

- `terms` (weight 1) and `hints` (weight 0.5) list phrases by language;
- `pairs` name two groups of words of which one each must stand within `within` words (8 unless told);
- `like` takes over the terms of areas of other files; `sectors` gives weights to DAC purpose codes;
- `many_countries` is the weight added for a project in three countries or more;
- `words` defines groups for pairs.

In a phrase, `(a|b)` stands for either, `(a|)` may be absent, and `*` at the end of a word
matches the rest of that word.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick
import yaml

from app.rules.folded_text import fold_words

FOLDER = Path(__file__).parent
SHARED_FILES = ("relevance", "words")

_INNERMOST_GROUP = re.compile(r"\(([^()]*)\)")


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
    """What points to one area; `sectors` maps DAC purpose codes to the weight they add."""

    code: str
    rules: tuple[Rule, ...]
    sectors: Mapping[str, float]
    many_countries: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The areas of one file, and its groups of phrases: `{group: phrases}`."""

    key: str
    areas: tuple[AreaWords, ...]
    groups: Mapping[str, frozenset[str]] = field(repr=False)


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
                scope = lexicon.key if "/" in group else "words"
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
        the groups under `words` compete among themselves only.
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


def expand_phrase(phrase: str) -> Iterator[str]:
    """Every phrase that a pattern with `(a|b)` stands for; groups may hold groups."""
    group = _INNERMOST_GROUP.search(phrase)
    if group is None:
        yield " ".join(phrase.split())
        return
    for choice in group[1].split("|"):
        yield from expand_phrase(phrase[: group.start()] + choice + phrase[group.end() :])


def _phrases(by_language: Mapping[str, Iterable[str]]) -> frozenset[str]:
    listed = itertools.chain.from_iterable(by_language.values())
    return frozenset(itertools.chain.from_iterable(map(expand_phrase, listed)))


def _area_groups(key: str, areas: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    for code, area in areas.items():
        for kind in ("terms", "hints"):
            if kind in area:
                yield f"{key}/{code}/{kind}", _phrases(area[kind])


def _own_rules(key: str, code: str, area: Mapping[str, Any]) -> Iterator[Rule]:
    if "terms" in area:
        yield Rule(1.0, f"{key}/{code}/terms")
    if "hints" in area:
        yield Rule(0.5, f"{key}/{code}/hints")
    for pair in area.get("pairs", ()):
        group, partner = pair["of"]
        yield Rule(pair.get("weight", 1.0), group, partner, pair.get("within", 8))


def _read_files() -> dict[str, dict[str, Any]]:
    files = sorted(FOLDER.glob("*.yaml"))
    return {file.stem: yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in files}


def _area_words(files: Mapping[str, Any], key: str, code: str) -> AreaWords:
    area = files[key]["areas"][code]
    rules = list(_own_rules(key, code, area))
    for other in area.get("like", ()):
        other_key, other_code = other.split("/")
        rules += _own_rules(other_key, other_code, files[other_key]["areas"][other_code])
    sectors = {str(sector): weight for sector, weight in area.get("sectors", {}).items()}
    return AreaWords(code, tuple(dict.fromkeys(rules)), sectors, area.get("many_countries", 0.0))


@cache
def read_lexicons() -> dict[str, Lexicon]:
    """Every lexicon file by its key, `relevance` and `words` among them."""
    files = _read_files()
    lexicons = {}
    for key, content in files.items():
        areas = content.get("areas", {})
        groups = {name: _phrases(words) for name, words in content.get("words", {}).items()}
        groups.update(_area_groups(key, areas))
        lexicons[key] = Lexicon(key, tuple(_area_words(files, key, code) for code in areas), groups)
    return lexicons
