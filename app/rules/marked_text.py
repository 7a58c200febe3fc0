"""Texts cut into pieces for a reader: what is evidence, what is new, what is gone."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["", "mark", "ins", "del"]
LONGEST_COMPARED = 20_000  # characters: comparing takes quadratic time
_WORDS = re.compile(r"\S+\s*|\s+")


class Piece(NamedTuple):
    """A piece of text; `kind` is the element that shows it: mark, ins, del, or '' for plain text."""

    text: str
    kind: Kind


def mark_words(text: str, quotes: Iterable[str]) -> list[Piece]:
    """`text` with every place where one of `quotes` stands marked, whatever the case and the blanks."""
    pattern = _pattern(tuple(sorted({quote for quote in quotes if quote.strip()}, key=len, reverse=True)))
    if pattern is None:
        return [Piece(text, "")] if text else []
    pieces, done = [], 0
    for match in pattern.finditer(text):
        pieces += [Piece(text[done : match.start()], ""), Piece(match[0], "mark")]
        done = match.end()
    return [piece for piece in [*pieces, Piece(text[done:], "")] if piece.text]


@lru_cache(maxsize=64)
def _pattern(quotes: tuple[str, ...]) -> re.Pattern[str] | None:
    wordings = [r"\s+".join(map(re.escape, quote.split())) for quote in quotes]
    return re.compile(rf"(?<!\w)(?:{'|'.join(wordings)})(?!\w)", re.IGNORECASE) if wordings else None


def compare_texts(before: str, after: str) -> list[Piece]:
    """What became of `before`, word by word; of very long texts, the first LONGEST_COMPARED characters."""
    old, new = (_WORDS.findall(text[:LONGEST_COMPARED]) for text in (before, after))
    return list(_pieces(old, new))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=len(old) > 2000).get_opcodes():
        if kind == "equal":
            yield Piece("".join(old[i:j]), "")
            continue
        if i < j:
            yield Piece("".join(old[i:j]), "del")
        if k < m:
            yield Piece("".join(new[k:m]), "ins")
