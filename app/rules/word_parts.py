"""Areas told from parts of words: what the phrases of a word list do not foresee.

Each part of three to five letters of a text's words has a weight for each area, learned once from project texts that
two readers coded (scripts/weigh_word_parts.py). Parts of words meet other forms and related words, and other languages
halfway. What they say is weaker than a phrase: it adds areas, and takes none away.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

PARTS = 1 << 14  # parts that are told apart: each has the number of its checksum among these
LENGTHS = (3, 4, 5)
SHORTEST_WORD = 3
FEWEST_WORDS = 16  # different ones: in a shorter text each weighs too much
FOLDER = Path(__file__).parent / "lexicon"
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class WordParts:
    """What was learned for a framework. `weights`: of each area (rows) and part (columns); `rarity`: of each part in the texts
    that were learned from, 0 where hardly any has it; an area is told where the sum of its weights exceeds `least`."""

    areas: tuple[str, ...]
    weights: Array
    rarity: Array
    least: Array
    source: str

    def tell(self, words: Iterable[str]) -> list[tuple[str, list[str]]]:
        """The areas that folded words tell, each with the words that say most for it, strongest first."""
        different = list_counted(words)
        if len(different) < FEWEST_WORDS:
            return []
        parts = number_all_parts(different)
        length = float(np.sqrt(np.square(self.rarity[parts]).sum())) or 1.0
        told = np.flatnonzero(self.weights[:, parts].sum(axis=1) / length > self.least)
        return [(self.areas[area], self._strongest(int(area), different)) for area in told]

    def _strongest(self, area: int, words: list[str]) -> list[str]:
        """The words whose parts say something for the area, the strongest first."""
        said = {word: float(self.weights[area, number_parts(word)].sum()) for word in words}
        return sorted((word for word in said if said[word] > 0), key=lambda word: (-said[word], word))


def list_counted(words: Iterable[str]) -> list[str]:
    """The folded words that count, each once."""
    return [word for word in dict.fromkeys(words) if len(word) >= SHORTEST_WORD]


def number_all_parts(words: Iterable[str]) -> Array:
    """The numbers of the parts of these words, each once, in order."""
    return np.unique(np.concatenate([number_parts(word) for word in words]))


@lru_cache(maxsize=1 << 16)
def number_parts(word: str) -> Array:
    """The numbers of the parts of a folded word, its beginning and end among them."""
    spelt = f" {word} "
    parts = {
        zlib.crc32(spelt[at : at + length].encode()) % PARTS
        for length in LENGTHS
        for at in range(len(spelt) - length + 1)
    }
    return np.array(sorted(parts), dtype=np.int64)


@cache
def read_word_parts(framework: str) -> WordParts | None:
    """What was learned for a framework; None where nothing was."""
    path = FOLDER / f"{framework}.npz"
    if not path.is_file():
        return None
    with np.load(path) as kept:
        weights = kept["weights"].astype(np.float32) * kept["steps"][:, None]
        return WordParts(tuple(map(str, kept["areas"])), weights, kept["rarity"].astype(np.float32), kept["least"],
                         str(kept["source"]))  # fmt: skip
