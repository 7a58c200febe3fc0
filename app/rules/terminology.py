"""Finds wording that the Florence report of 2008 asks to give up, and the term it recommends instead."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick
import yaml

from app.frameworks import load_builtin

FORMS = "exploitation-forms"
_JOINTS = re.compile(r"[\s\xa0\-\u2010-\u2014]+")
_SMALL = "of in the through by des de du d' par dans la le les los las en el a al nell nella nei dei di da do das dos e na no em عن في"
_SMALL_WORDS = frozenset(_SMALL.split())


class _Pair(NamedTuple):
    """A wording to give up and what to write instead, in one language."""

    wording: str
    preferred: str
    language: str
    area: str


@cache
def _pairs() -> dict[str, _Pair]:
    """Each pair by its wording, folded."""
    told = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    found: dict[str, _Pair] = {}
    for framework in load_builtin():
        for area in framework.areas:
            by_language = {"en": area.replaces, **(told.get(area.code, {}) if framework.key == FORMS else {})}
            for language, wordings in by_language.items():
                title = area.title_in(language)
                for wording in wordings:
                    preferred = title[:1].lower() + title[1:]
                    found.setdefault(_fold(wording), _Pair(wording, preferred, language, area.code))
    return found


def _fold(wording: str) -> str:
    return _JOINTS.sub(" ", unicodedata.normalize("NFC", wording).lower()).strip()


@cache
def _pattern() -> re.Pattern[str]:
    """Any of these wordings as whole words, however its words are joined; longer ones first."""
    longest_first = sorted(_pairs(), key=len, reverse=True)
    wordings = (_JOINTS.pattern.join(map(re.escape, wording.split())) for wording in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(wordings)})(?!\w)", re.IGNORECASE)


# No wording is without one of these, and a search for a word costs far less than one for the pattern.
_SIGNS = ("prostit", "porn", "prn", "tour", "turis", "بغاء", "دعارة", "باحية", "بورنو", "السياحة", "سياحة")


@cache
def _signs() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for sign in _SIGNS:
        automaton.add_word(sign, sign)
    automaton.make_automaton()
    return automaton


def find_discouraged(text: str) -> list[tuple[str, str]]:
    """(words as written, preferred term) for each use of a discouraged wording, in order of the text.

    Source: report of the Florence consultation, October 2008, "Conceptual clarity"; the other languages are
    translations of its pairs. The titles of treaties that carry the old words are found too: the reader decides.
    """
    if next(_signs().iter(text.lower()), None) is None:
        return []
    pairs = _pairs()
    found = ((match[0], pairs.get(_fold(match[0]))) for match in _pattern().finditer(text))
    return [(written, pair.preferred) for written, pair in found if pair]


def search_variants(words: str) -> list[str]:
    """What to search for where somebody searches for these words: with each wording of the same thing in the same
    language in the place of the one they used; their own words first."""
    return list(dict.fromkeys([words, *_variants(_fold(words))]))


def _variants(folded: str) -> Iterator[str]:
    for wording, pair in _pairs().items():
        preferred = _fold(pair.preferred)
        for used in (wording, preferred):
            if f" {used} " in f" {folded} ":
                for other, same in _pairs().items():
                    if (same.area, same.language) == (pair.area, pair.language):
                        yield from (_replaced(folded, used, term) for term in (other, preferred))


def _replaced(folded: str, used: str, term: str) -> str:
    """The search with another term; small words of it would only keep texts out."""
    kept = " ".join(word for word in term.split() if word not in _SMALL_WORDS)
    return f" {folded} ".replace(f" {used} ", f" {kept} ").strip()
