"""What the demo portfolio consists of, before it is written into any file format."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")
VOCABULARY = Path(__file__).parent / "vocabulary"
LAST_REPORTED_DAY = date(2026, 9, 30)
"""Nothing is paid after this day: the demo's "now", fixed so that every build is the same."""


def read_vocabulary(name: str) -> Any:
    """The content of `vocabulary/<name>.yaml`."""
    return yaml.safe_load((VOCABULARY / f"{name}.yaml").read_text(encoding="utf-8"))


class Dice:
    """Draws that are the same on every Python: only `random()` is promised to be stable."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def pick(self, items: list[T]) -> T:
        return items[int(self._random.random() * len(items))]

    def weighted(self, weights: dict[str, int]) -> str:
        """A key, drawn by its weight."""
        rest = self._random.random() * sum(weights.values())
        for key, weight in weights.items():
            rest -= weight
            if rest < 0:
                return key
        return list(weights)[-1]

    def amount(self, low: int, high: int) -> int:
        """Whole units between `low` and `high`, small ones more often, mostly round."""
        value = low * (high / low) ** self._random.random()
        step: int = 10 ** max(0, len(str(int(value))) - self.pick([2, 2, 2, 3, 5]))
        return max(int(value // step) * step, low)


@dataclass(frozen=True)
class Party:
    """An organisation in a role or at one end of a transaction."""

    ref: str
    name: str
    type: str
    activity: str = ""


@dataclass(frozen=True)
class Flow:
    """One transaction; `kind` is the IATI transaction type, `cents` hundredths of the currency."""

    kind: str
    day: date
    cents: int
    currency: str = ""
    provider: Party | None = None
    receiver: Party | None = None
    country: str = ""
    sector: str = ""


@dataclass(frozen=True)
class Budget:
    """One budget; `type` 1 original, 2 revised."""

    start: date
    end: date
    cents: int
    type: str = "1"


@dataclass
class Project:
    """One project as one reporter has it. `percentages` are None where the reporter left them out."""

    identifier: str
    reporter: Party
    pattern: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    start: date
    end: date
    currency: str
    florence: dict[str, int]
    rome: dict[str, int]
    places: list[tuple[str, int | None]]
    sectors: list[tuple[str, int | None]]
    towns: list[list[Any]]
    funder: Party
    implementer: Party
    budgets: list[Budget] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    related: list[tuple[str, str]] = field(default_factory=list)
    hierarchy: str = ""
    secondary: bool = False

    def status_on(self, day: date = LAST_REPORTED_DAY) -> str:
        """IATI activity status: 1 planned, 2 running, 4 closed."""
        if self.start > day:
            return "1"
        return "2" if self.end > day else "4"

    @property
    def language(self) -> str:
        return next(iter(self.titles))


def money(cents: int) -> str:
    """`123450` cents as `1234.50`; whole amounts without decimals."""
    sign, rest = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{rest // 100}" + (f".{rest % 100:02d}" if rest % 100 else "")
