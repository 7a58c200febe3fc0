"""Finds wording that the Florence report of 2008 asks to give up, and the term it recommends instead."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick
import yaml

from app.frameworks import load_builtin
from app.rules.folded_text import fold_words

FORMS = "exploitation-forms"
_SHORTEST_STEM = 5  # letters of a word that may have another ending
_JOINTS = re.compile(r"[\s\xa0\-\u2010-\u2014]+")
_SMALL = (
    "of in the through by and des de du d' par dans la le les et avec los las en el y con mediante al a nell nella nei nel dei "
    "di da e attraverso do das dos na no em com através عن في عبر مع"
)
_SMALL_WORDS = frozenset(_SMALL.split())


class _Pair(NamedTuple):
    """A wording to give up and what to write instead, in one language."""

    wording: str
    preferred: str
    language: str
    area: str


@cache
def _pairs() -> dict[str, _Pair]:
    """Each pair by its wording, folded; one that two languages share is the first one's."""
    found: dict[str, _Pair] = {}
    for pair in _every_pair():
        found.setdefault(_fold(pair.wording), pair)
    return found


@cache
def _every_pair() -> list[_Pair]:
    told = yaml.load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    found = []
    for framework in load_builtin():
        for area in framework.areas:
            by_language = {"en": area.replaces, **(told.get(area.code, {}) if framework.key == FORMS else {})}
            for language, wordings in by_language.items():
                title = area.title_in(language)
                for wording in wordings:
                    preferred = title[:1].lower() + title[1:]
                    found.append(_Pair(wording, preferred, language, area.code))
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


class _Term(NamedTuple):
    """A wording as a search knows it: its words but for small ones, as written and folded; `telling` must all be among
    the words of a search, of `common` ones at least one."""

    area: str
    language: str
    written: tuple[str, ...]
    telling: tuple[str, ...]
    common: tuple[str, ...] = ()


@cache
def _terms() -> list[_Term]:
    """Every wording, old and new. What new ones of different things share tells nothing on its own."""
    preferred = {(pair.area, pair.language): _words_of(pair.preferred) for pair in _every_pair()}
    counts = Counter((place[1], one) for place, words in preferred.items() for one in words.values())
    found = []
    for (area, language), words in preferred.items():
        common = tuple(one for one in words.values() if counts[language, one] > 1)
        telling = tuple(one for one in words.values() if one not in common)
        found.append(_Term(area, language, tuple(words), telling, common))
    for pair in _every_pair():
        words = _words_of(pair.wording)
        found.append(_Term(pair.area, pair.language, tuple(words), tuple(words.values())))
    return found


def _words_of(text: str) -> dict[str, str]:
    """Its words as written, each with how it is folded; small ones would only keep texts out of a search."""
    words = (word for part in _fold(text).split() for word in re.split(r"(?<=')", part))
    return {word: fold_words(word).strip() for word in words if word not in _SMALL_WORDS}


def search_variants(words: str) -> list[str]:
    """What to search for where somebody searches for these words: with each wording of the same thing in the same
    language in the place of the one they used, in whatever order and among whatever other words; their own first,
    then with their joints undone: to some databases a compound is a word of its own."""
    asked = {word: fold_words(word).strip() for word in _JOINTS.sub(" ", words).split()}
    found = [words, " ".join(asked)]
    for term in _terms():
        if used := _used_words(term, asked):
            rest = [word for word in asked if word not in used and word.lower() not in _SMALL_WORDS]
            same = (other for other in _terms() if (other.area, other.language) == (term.area, term.language))
            found += [" ".join((*rest, *other.written)) for other in same if other is not term]
    return list(dict.fromkeys(found))


def _used_words(term: _Term, asked: Mapping[str, str]) -> set[str]:
    """The words of the search that name this thing; none if something is lacking."""
    if not all(any(_is_like(word, one) for word in asked.values()) for one in term.telling):
        return set()
    used = {
        word for word, folded in asked.items() if any(_is_like(folded, one) for one in (*term.telling, *term.common))
    }
    return used if len(used) > len(term.telling) or not term.common else set()


def _is_like(word: str, other: str) -> bool:
    """The same, or one with an ending: child, children."""
    short, long = sorted((word, other), key=len)
    return word == other or (len(short) >= _SHORTEST_STEM and long.startswith(short))
