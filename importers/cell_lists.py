"""Cells that hold several things: `KH 60%; TH 40%`, `Cambodia / Laos`, `N3; N4`, `12220 - Basic health
care`.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from importers.clean import Unclear, parse_percentage

Piece = tuple[str, Decimal | None]
_STRONG = re.compile(r"\s*[;|\n\r]+\s*")
_WEAK = re.compile(r"\s*(?:,(?!\d)|/|&|\+|\s(?:and|et|y|e|ed)\s)\s*")
_LONGEST_NAME = 4  # parts of a name that has commas or "and" in it
_SHARE_AFTER = re.compile(r"(.*?)[\s:=(\[–-]*(\d+(?:[.,]\d+)?)\s*%\s*[)\]]?", re.DOTALL)
_SHARE_BEFORE = re.compile(r"(\d+(?:[.,]\d+)?)\s*%\s*(?:of\s+|in\s+)?(.+)", re.DOTALL)


def split_list(text: str) -> list[str]:
    """The parts of a cell between semicolons, bars or line ends."""
    return [part for part in _STRONG.split(text) if part]


def read_pieces(text: str, is_known: Callable[[str], bool]) -> list[Piece]:
    """The things that a cell names, each with its percentage or None.

    Commas, slashes and 'and' cut only where the whole is no name itself ("Korea, Republic of").
    """
    pieces: list[Piece] = []
    for part in split_list(text):
        smaller = _cut_between_names(part, is_known)
        if not is_known(take_share(part)[0]) and any(is_known(name) for name, _ in smaller):
            pieces += smaller
        else:
            pieces.append(take_share(part))
    return pieces


def _cut_between_names(text: str, is_known: Callable[[str], bool]) -> list[Piece]:
    """Cut at commas and the like, taking the longest run that is a name each time."""
    cuts = [(0, 0), *(match.span() for match in _WEAK.finditer(text)), (len(text), len(text))]
    pieces, at = [], 0
    while at < len(cuts) - 1:
        for to in range(min(at + _LONGEST_NAME, len(cuts) - 1), at, -1):
            piece = take_share(text[cuts[at][1] : cuts[to][0]])
            if to == at + 1 or is_known(piece[0]):
                break
        pieces += [piece] if piece[0] else []
        at = to
    return pieces


def take_share(text: str) -> Piece:
    """`KH 60%`, `Kenya (33,3 %)` or `60% Cambodia` as name and percentage."""
    match = _SHARE_AFTER.fullmatch(text.strip())
    if match and match[1]:
        return match[1].strip(), Decimal(match[2].replace(",", "."))
    match = _SHARE_BEFORE.fullmatch(text.strip())
    if match:
        return match[2].strip(), Decimal(match[1].replace(",", "."))
    return text.strip(), None


def read_shares(text: str) -> list[Decimal | None] | None:
    """A column of percentages beside a list, `60; 40` or `60% / 40%`; None where a part is no percentage."""
    parts = split_list(text)
    if len(parts) == 1:
        parts = [part for part in re.split(r"\s*(?:/|,\s+)\s*", text) if part]
    try:
        return [parse_percentage(part) for part in parts]
    except Unclear:
        return None
