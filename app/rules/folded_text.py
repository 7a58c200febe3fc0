"""Text folded for word matching, with the way back to the words as they were written.

Folding is NFKD, accents dropped, case folded; everything that is not a letter or digit of the Latin
alphabet counts as a gap between words. `child-friendly`, `Child  friendly` and `CHILD FRIENDLY` read alike.
"""

import codecs
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Combining accents, soft hyphen, zero-width space: they stand inside words without separating them.
_ACCENTS = re.compile("[\u0300-\u036f\u00ad\u200b]+")
_WORD = re.compile("[a-z0-9]+")


def _blank_punctuation(text: str) -> str:
    """The same number of characters, each a lower-case ASCII letter, a digit or a space."""
    return "".join(char if char.isascii() and char.isalnum() else " " for char in text)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    return _blank_punctuation(_ACCENTS.sub("", unicodedata.normalize("NFKD", character)).casefold())


def _western_alphabet() -> tuple[str, bytes]:
    """The characters of Windows-1252 that fold to one, and what each folds to, both by byte."""
    characters = [bytes([byte]).decode("cp1252", "replace") for byte in range(256)]
    folded = [_fold_character(character).replace("   ", " ") for character in characters]  # `...` is one
    kept = [char if len(fold) == 1 else "\ufffe" for char, fold in zip(characters, folded, strict=True)]
    return "".join(kept).replace("\ufffd", "\ufffe"), "".join(fold[:1] or " " for fold in folded).encode()


_CHARACTERS, _FOLDED = _western_alphabet()
_ENCODING = codecs.charmap_build(_CHARACTERS)


def _fold_evenly(text: str) -> str | None:
    """One folded character for each written one; None if the text has others than Western letters.

    Nearly all texts take this way, which is ten times faster than character by character.
    """
    try:
        return codecs.charmap_encode(text, "strict", _ENCODING)[0].translate(_FOLDED).decode("ascii")
    except UnicodeEncodeError:
        return None


def _fold(text: str) -> str:
    even = _fold_evenly(text)
    return "".join(map(_fold_character, text)) if even is None else even


def fold_words(text: str) -> str:
    """The folded words of `text`, each with one space before and after: `" sante des enfants "`.

    An empty text, or one without Latin letters, gives spaces only. Never raises.
    """
    return f" {' '.join(_fold(text).split())} "


def _origins(text: str) -> Sequence[int]:
    """For each character of the folded text, the index of the written character it came from."""
    if _fold_evenly(text) is not None:
        return range(len(text))
    return [index for index, character in enumerate(text) for _ in _fold_character(character)]


class WrittenWords:
    """Gives back the original spelling of words found by their number in the folded text."""

    __slots__ = ("_origin", "_spans", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._origin = _origins(text)
        self._spans = [match.span() for match in _WORD.finditer(_fold(text))]

    def quote(self, first: int, last: int) -> str:
        """The text from word `first` to word `last`, both counted from 0 and included."""
        start = self._origin[self._spans[first][0]]
        end = self._origin[self._spans[last][1] - 1] + 1
        while end < len(self._text) and not _fold_character(self._text[end]):
            end += 1  # an accent written as a character of its own belongs to the letter before it
        return self._text[start:end]
