"""Text folded for word matching, with the way back to the words as they were written.

Folding is NFKD, accents dropped, case folded; everything that is not a Latin letter, a digit or an Arabic
letter counts as a gap between words. `child-friendly`, `Child  friendly` and `CHILD FRIENDLY` read alike, and
so do Arabic words with and without the article and the one-letter words written onto them.
"""

import codecs
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Combining accents, soft hyphen, zero-width space: they stand inside words without separating them.
# And the vowel signs and the stretching sign of Arabic.
_ACCENTS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u0640\u064b-\u0655\u0670]+")
_WORD = re.compile(r"[^ ]+")
_ARABIC_WORD = re.compile("[\u0621-\u0655\u0670\ufb50-\ufdfb\ufe70-\ufefc]+")
_ARABIC_SPELLINGS = str.maketrans("\u0629\u0649\u0671", "\u0647\u064a\u0627")  # ta marbuta, alef maqsura, alef wasla
# The article, and the words for and, so, with, as and to, all written onto the word that follows.
_ARABIC_PREFIX = re.compile("(?:\u0627\u0644|[\u0648\u0641\u0628\u0643\u0644])(?=.{3})")


def _is_letter(char: str) -> bool:
    return (char.isascii() and char.isalnum()) or "\u0621" <= char <= "\u064a"


def _blank_punctuation(text: str) -> str:
    """The same number of characters, each a lower-case ASCII letter, a digit, an Arabic letter or a space."""
    return "".join(char if _is_letter(char) else " " for char in text)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", character)).casefold()
    return _blank_punctuation(plain.translate(_ARABIC_SPELLINGS))


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


def _fold_pieces(text: str) -> list[str]:
    """What each written character folds to; "" for an accent, and for a prefix of an Arabic word."""
    pieces = list(map(_fold_character, text))
    for match in _ARABIC_WORD.finditer(text):
        letters = [index for index in range(*match.span()) if pieces[index]]
        word = "".join(pieces[index] for index in letters)
        place = 0
        while prefix := _ARABIC_PREFIX.match(word, place):
            place = prefix.end()
        for index in letters[:place] if len(word) == len(letters) else ():
            pieces[index] = ""
    return pieces


def _fold(text: str) -> str:
    even = _fold_evenly(text)
    return "".join(_fold_pieces(text)) if even is None else even


def fold_words(text: str) -> str:
    """The folded words of `text`, each with one space before and after: `" sante des enfants "`.

    An empty text, or one without Latin letters, gives spaces only. Never raises.
    """
    return f" {' '.join(_fold(text).split())} "


def _origins(text: str) -> Sequence[int]:
    """For each character of the folded text, the index of the written character it came from."""
    if _fold_evenly(text) is not None:
        return range(len(text))
    return [index for index, piece in enumerate(_fold_pieces(text)) for _ in piece]


class WrittenWords:
    """Gives back the original spelling of words found by their number in the folded text."""

    __slots__ = ("_origin", "_spans", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._origin = _origins(text)
        self._spans = [match.span() for match in _WORD.finditer(_fold(text))]

    def __len__(self) -> int:
        return len(self._spans)

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where in the text the words `first` to `last` stand, both counted from 0 and included: start, end."""
        start = self._origin[self._spans[first][0]]
        while start and "\u0621" <= self._text[start - 1] <= "\u0655":
            start -= 1  # the prefix of an Arabic word is quoted with it
        end = self._origin[self._spans[last][1] - 1] + 1
        while end < len(self._text) and not _fold_character(self._text[end]):
            end += 1  # an accent written as a character of its own belongs to the letter before it
        return start, end

    def quote(self, first: int, last: int) -> str:
        """The text from word `first` to word `last`, as it was written."""
        start, end = self.place(first, last)
        return self._text[start:end]

    def gap_after(self, word: int) -> str:
        """What stands between a word and the next, as it was written; the rest of the text after the last."""
        start = self._origin[self._spans[word][1] - 1] + 1
        is_last = word + 1 == len(self._spans)
        return self._text[start : None if is_last else self._origin[self._spans[word + 1][0]]]
