"""What an importer has to say about a place in a file."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding, at the place that the reader's own program shows.

    `error` keeps the activity out (and the whole file, unless its owner keeps the good rows);
    `warning` and `info` never do. `row` and `line` count from 1, blank rows included.
    """

    level: Level
    code: str
    message: str
    hint: str = ""
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    line: int | None = None
    activity: str | None = None
    value: str | None = None
