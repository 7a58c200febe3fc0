"""Layouts of tools that write IATI elements into tables: one sheet an element, or one group of columns an element.

Each is told as data in `layouts/elements/KEY.yaml`: which sheets or headings it is known by, and for every
sheet (or group) its element, and the path below the element that each column fills.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from importers.layout_cells import heading_key

FOLDER = Path(__file__).parent / "layouts" / "elements"
NARRATIVE = "narrative"


@dataclass(frozen=True, slots=True)
class ElementPath:
    """Where a column goes below its element: child elements, and the attribute of the last ('' for its text)."""

    steps: tuple[str, ...]
    attribute: str

    @property
    def is_narrative(self) -> bool:
        """Whether it says the same in one more language, rather than something new."""
        return bool(self.steps) and self.steps[-1] == NARRATIVE


@dataclass(frozen=True, slots=True)
class ElementPart:
    """One sheet or one group of columns. `tag` is '' for the activity itself. A row begins a new element if it
    fills one of `starts`; one that does not adds to the element above it. `type`: that of all its elements, where no column gives it.
    """

    sheet: str
    tag: str
    columns: dict[str, ElementPath]
    starts: frozenset[str]
    type: str = ""


@dataclass(frozen=True, slots=True)
class ElementLayout:
    """One tool's layout: known by its `sheets`, or by `headings` of the only sheet."""

    key: str
    title: str
    identifier: str
    sheets: frozenset[str]
    headings: frozenset[str]
    parts: tuple[ElementPart, ...]


@cache
def list_element_layouts() -> list[ElementLayout]:
    return [
        _read_layout(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
        for path in sorted(FOLDER.glob("*.yaml"))
    ]


def known_by_sheets(names: set[str]) -> ElementLayout | None:
    """The layout of a workbook with sheets of these names."""
    keys = set(map(heading_key, names))
    return next((one for one in list_element_layouts() if one.sheets and one.sheets <= keys), None)


def known_by_headings(texts: set[str]) -> ElementLayout | None:
    """The layout of a table with these headings."""
    keys = set(map(heading_key, texts))
    return next((one for one in list_element_layouts() if one.headings and one.headings <= keys), None)


def _read_layout(told: dict[str, Any]) -> ElementLayout:
    known = told["known_by"]
    return ElementLayout(
        told["key"],
        told["title"],
        heading_key(told["identifier"]),
        frozenset(map(heading_key, known.get("sheets", ()))),
        frozenset(map(heading_key, known.get("headings", ()))),
        tuple(map(_read_part, told["parts"])),
    )


def _read_part(told: dict[str, Any]) -> ElementPart:
    columns = {heading_key(heading): _read_path(path) for heading, path in told["columns"].items()}
    usual = [key for key, path in columns.items() if not path.is_narrative]
    starts = map(heading_key, told["starts"]) if "starts" in told else usual or columns
    return ElementPart(
        heading_key(told.get("sheet", "")), told["element"].strip("."), columns, frozenset(starts), told.get("type", "")
    )


def _read_path(path: str) -> ElementPath:
    steps, _, attribute = path.partition("@")
    return ElementPath(tuple(step for step in steps.split("/") if step and step != "."), attribute)
