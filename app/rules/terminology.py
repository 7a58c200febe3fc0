"""Finds wording that the Florence report of 2008 asks to give up, and the term it recommends instead."""

import re
from functools import cache

from app.frameworks import load_builtin

_JOINTS = re.compile(r"[\s\xa0\-\u2010-\u2014]+")


@cache
def _preferred_terms() -> dict[str, str]:
    """The recommended term by each wording that it replaces, from the built-in frameworks."""
    return {
        _JOINTS.sub(" ", wording.lower()): area.title[:1].lower() + area.title[1:]
        for framework in load_builtin()
        for area in framework.areas
        for wording in area.replaces
    }


@cache
def _pattern() -> re.Pattern[str]:
    """Any of these wordings as whole words, however its words are joined; longer ones first."""
    longest_first = sorted(_preferred_terms(), key=len, reverse=True)
    wordings = (_JOINTS.pattern.join(map(re.escape, wording.split())) for wording in longest_first)
    return re.compile(rf"\b(?:{'|'.join(wordings)})\b", re.IGNORECASE | re.ASCII)


def find_discouraged(text: str) -> list[tuple[str, str]]:
    """(words as written, preferred term) for each use of a discouraged wording, in order of the text.

    Source: report of the Florence consultation, October 2008, "Conceptual clarity". The titles of
    treaties that carry the old words are found too: the reader decides.
    """
    preferred = _preferred_terms()
    matches = _pattern().finditer(text)
    return [(match[0], preferred[_JOINTS.sub(" ", match[0].lower())]) for match in matches]
