"""Cells that a layout makes of others: a project id of three columns, a country of its DAC number."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.codelists import is_code, name_of
from app.codelists.countries import match_country, match_region, place_of_dac_recipient
from importers.clean import Cell, is_blank
from importers.tables import cell_text
from importers.words import fold

_INDEX = re.compile(r"[/:](\d+)(?=[/:]|$)")
_TOKEN = re.compile(r"\{([^{}|]+)(?:\|([a-z-]+))?\}")


def _channel_name(code: str) -> str:
    return name_of("CRSChannelCode", code) if is_code("CRSChannelCode", code) else ""


# What a recipe can make of a cell, by the word behind the bar: '' where the cell says no such thing.
READINGS: dict[str, Callable[[str], str]] = {
    "dac-recipient": lambda text: place_of_dac_recipient(text) or "",
    "place": lambda text: match_country(text) or match_region(text) or "",
    "channel": _channel_name,
}


def heading_key(text: str) -> str:
    """`text` without case, accents, spaces and signs, and without the numbers of repeated objects."""
    return fold(_INDEX.sub(" ", text)).replace(" ", "")


def heading_number(text: str) -> int:
    """Which of several repeated objects a path such as `beneficiaryLocation/1/name` speaks of, from 0."""
    found = _INDEX.search(text)
    return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one cell is made. `parts` are texts and (heading, reading) in turn; `hashed` headings whose
    texts together stand for a project that has no id of its own: the same texts make the same id.
    """

    parts: tuple[str | tuple[str, str], ...] = ()
    prefix: str = ""
    hashed: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        return self.hashed or tuple(part[0] for part in self.parts if isinstance(part, tuple))

    def make(self, cells: Sequence[Cell], columns: dict[str, int]) -> str:
        """The cell's text; '' where a heading that it needs is not there or has nothing in this row."""
        if self.hashed:
            return self._hash(cells, columns)
        texts = [part if isinstance(part, str) else _text(cells, columns, part) for part in self.parts]
        return "".join(texts) if all(texts) else ""

    def _hash(self, cells: Sequence[Cell], columns: dict[str, int]) -> str:
        texts = [fold(_text(cells, columns, (heading, ""))) for heading in self.hashed]
        digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
        return f"{self.prefix}-{digest[:12]}" if any(texts) else ""


def parse_recipe(said: str | dict[str, Any]) -> Recipe:
    """`XM-DAC-{donorcode}-{agencycode}`, `{recipientcode|dac-recipient}`, or {prefix: 3W, of: [headings]}."""
    if isinstance(said, dict):
        return Recipe(prefix=said["prefix"], hashed=tuple(map(heading_key, said["of"])))
    parts: list[str | tuple[str, str]] = []
    at = 0
    for match in _TOKEN.finditer(said):
        if match[2] and match[2] not in READINGS:
            raise ValueError(f"{match[2]!r} is no reading of a cell; there are {', '.join(READINGS)}.")
        parts += [said[at : match.start()]] if match.start() > at else []
        parts.append((heading_key(match[1]), match[2] or ""))
        at = match.end()
    return Recipe((*parts, *([said[at:]] if at < len(said) else [])))


def _text(cells: Sequence[Cell], columns: dict[str, int], part: tuple[str, str]) -> str:
    column = columns.get(part[0], len(cells))
    text = "" if column >= len(cells) or is_blank(cells[column]) else cell_text(cells[column])
    return READINGS[part[1]](text) if text and part[1] else text
