"""JSON -> a sheet: a list of objects is a table with one object a row.

The list is the file itself, or the longest list of objects in the object that the file is (`grants` of
360Giving). Objects inside objects make columns such as `recipientOrganization/0/name`, as flatten-tool
writes them; a list of plain values is one cell. The first object is row 2, below the headings.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from app.models.worded import phrase, worded
from importers.base import Source, refuse_file
from importers.clean import Cell

HEAD = 512  # bytes by which JSON is known
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*[\[{"\]\d])')
MOST_DEPTH = 20
MOST_COLUMNS = 16_384  # as many as a workbook has


def is_json(head: bytes) -> bool:
    """Whether a file begins as an object or a list does."""
    return bool(_JSON.match(head))


def read_json_rows(source: Source) -> tuple[str, list[list[Cell]]]:
    """The name of the table, and its rows with the headings first; raises FileRefused."""
    try:
        content = json.loads(source.path.read_bytes(), parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        message: str = phrase("The JSON is broken: it can not be read.")
        if isinstance(error, json.JSONDecodeError):
            message = worded("The JSON is broken at line %(line)s: %(reason)s.", line=error.lineno, reason=error.msg)
        raise refuse_file(
            "json-broken",
            message,
            "Ask for the file again; a file cut off in transfer ends in this way.",
            line=getattr(error, "lineno", None),
        ) from error
    name, objects = _find_objects(content, PurePath(source.name).name)
    if not objects:
        raise refuse_file(
            "json-no-list",
            "This JSON holds no list of objects with a field each, so there are no rows to read.",
            "Choose a file that is a list of projects, or that has one, such as “grants”.",
        )
    return name, _tabulate(objects)


def _find_objects(content: Any, name: str) -> tuple[str, list[dict[str, Any]]]:
    lists = {name: content} if isinstance(content, list) else content if isinstance(content, dict) else {}
    found = {
        key: [one for one in value if isinstance(one, dict)] for key, value in lists.items() if isinstance(value, list)
    }
    return max(found.items(), key=lambda pair: len(pair[1]), default=(name, []))


def _tabulate(objects: list[dict[str, Any]]) -> list[list[Cell]]:
    columns: dict[str, int] = {}
    rows: list[dict[str, Cell]] = []
    for one in objects:
        row = dict(_flatten(one, ""))
        for path in row:
            columns.setdefault(path, len(columns))
        rows.append(row)
        if len(columns) > MOST_COLUMNS:
            raise refuse_file(
                "json-too-wide",
                worded("The objects of this JSON have more than %(most)s different fields.", most=MOST_COLUMNS),
                "Choose a file in which each object is one project or grant.",
            )
    return [list(columns), *([row.get(path, "") for path in columns] for row in rows)]


def _flatten(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, Cell]]:
    """Path and cell of everything that an object says."""
    if isinstance(value, dict | list) and depth == MOST_DEPTH:
        yield path, json.dumps(value, default=str, ensure_ascii=False)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flatten(inner, f"{path}/{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for index, inner in enumerate(value):
            yield from _flatten(inner, f"{path}/{index}", depth + 1)
    elif isinstance(value, list):
        yield path, "; ".join(map(str, value))
    elif value is not None:
        yield (
            path,
            _exact(value) if isinstance(value, Decimal) else value if isinstance(value, bool | int) else str(value),
        )


def _exact(number: Decimal) -> Cell:
    """A number with a fraction as a number, like one of a workbook; as its text where that would lose digits."""
    near = float(number)
    return near if Decimal(repr(near)) == number else format(number, "f")
