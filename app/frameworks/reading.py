"""Reads frameworks from YAML and from workbooks into the document that `checking` takes."""

import re
import unicodedata
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

from app.frameworks.checking import build_framework, text_of
from app.frameworks.shapes import Framework, FrameworkError

# XLSX and ODS are zip files; XLS and workbooks with a password are OLE files.
WORKBOOK_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

_COLUMNS = ("code", "title", "group", "parent", "summary", "replaces", "was")
_LISTS = ("replaces", "was")
_HEAD = ("key", "title", "short_title", "version", "primary")
_OTHER_SHEETS = ("framework", "groups", "matches")
_PLACED = ("groups", "areas", "matches")


# --- YAML ----------------------------------------------------------------------------------------


def parse_yaml(content: bytes) -> dict[str, Any]:
    """The mapping in a YAML document; FrameworkError, with the line, when there is none."""
    try:
        document = yaml.load(content, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"Line {mark.line + 1}, column {mark.column + 1}" if mark else "The file"
        what = getattr(error, "problem", None) or "its characters are not UTF-8, or a value can't be read"
        raise FrameworkError(f"{place}: no valid YAML ({what}). Check indentation, quotes, colons.") from error
    if not isinstance(document, dict):
        raise FrameworkError("The file: no framework found. Start with the lines key, title, version, areas.")
    return document


def read_yaml(content: bytes) -> Framework:
    """The framework in a YAML document; FrameworkError when it is no YAML or not a framework."""
    document = parse_yaml(content)
    lines = _lines_of_items(content)
    for name in _PLACED:
        items = document.get(name)
        for item, line in zip(items if isinstance(items, list) else [], lines.get(name, ()), strict=False):
            if isinstance(item, dict):
                item["place"] = f"Line {line}"
    return build_framework(document)


def _lines_of_items(content: bytes) -> dict[str, list[int]]:
    """The line on which each item of each list at the top begins."""
    node = yaml.compose(content, Loader=yaml.CSafeLoader)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {
        key.value: [item.start_mark.line + 1 for item in value.value]
        for key, value in pairs
        if isinstance(value, yaml.SequenceNode)
    }


# --- workbooks -----------------------------------------------------------------------------------


def read_workbook(content: bytes, name: str) -> Framework:
    """The framework in a workbook; FrameworkError when it is unreadable or incomplete.

    Areas stand on the first sheet, or the one called Areas; sheets called Framework, Groups, Matches are optional.
    """
    sheets = _read_sheets(content)
    main = next((sheet for sheet in sheets if sheet.casefold() == "areas"), None)
    main = main or next((sheet for sheet in sheets if sheet.casefold() not in _OTHER_SHEETS), None)
    if main is None:
        raise FrameworkError("The file: no sheet with areas. Put the columns code and title on its first sheet.")
    named = {sheet.casefold(): sheet for sheet in sheets}
    title = (Path(name).stem or main).replace("_", " ").strip()
    areas = _rows(sheets[main], f"Sheet {main}")
    groups = _rows(sheets[named["groups"]], f"Sheet {named['groups']}") if "groups" in named else []
    known = {group.get("code") for group in groups}
    told = dict.fromkeys(area["group"] for area in areas if "group" in area and not known)
    head = _head(sheets[named["framework"]]) if "framework" in named else {}
    matches = _matches(sheets[named["matches"]], f"Sheet {named['matches']}") if "matches" in named else []
    return build_framework(
        {"key": _slug(title), "title": title, "version": "1", **head,
         "groups": [*groups, *({"code": group, "title": group} for group in told)], "areas": areas,
         "matches": matches}
    )  # fmt: skip


def _read_sheets(content: bytes) -> dict[str, list[list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        return {
            name: [
                [text_of(value) for value in row]
                for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in workbook.sheet_names
        }
    except (CalamineError, IndexError, OSError) as error:
        hint = "Save it again as .xlsx without password."
        raise FrameworkError(f"The file: no readable sheet ({error}). {hint}") from error


def _rows(lines: list[list[str]], sheet: str) -> list[dict[str, Any]]:
    """The rows below the first line that has both "code" and "title", each with its `place`."""
    headings = [[cell.casefold() for cell in line] for line in lines]
    top = next((number for number, heads in enumerate(headings) if {"code", "title"} <= set(heads)), None)
    if top is None:
        raise FrameworkError(f"{sheet}: no columns code and title. Write code, title, group, summary in the first row.")
    heads = headings[top]
    rows = []
    for row, line in enumerate(lines[top + 1 :], start=top + 2):
        cells = {head: cell for head, cell in zip(heads, line, strict=False) if cell and head in _COLUMNS}
        titles = _titles(zip(heads, line, strict=False))
        if cells:
            lists = {name: re.split(r"\s*;\s*", cells[name]) for name in _LISTS if name in cells}
            rows.append({**cells, **lists, **({"titles": titles} if titles else {}), "place": f"{sheet}, row {row}"})
    return rows


def _titles(cells: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Titles by language from columns such as title:fr."""
    return {head.partition(":")[2].strip(): cell for head, cell in cells if head.startswith("title:") and cell}


def _head(lines: list[list[str]]) -> dict[str, Any]:
    """Key, title and so on from a sheet with a field and its value in each row."""
    pairs = {line[0].casefold(): line[1] for line in lines if len(line) > 1 and line[1]}
    head: dict[str, Any] = {name: pairs[name] for name in _HEAD if name in pairs}
    if "primary" in head:
        head["primary"] = head["primary"].casefold() in ("true", "yes", "1")
    titles = _titles(pairs.items())
    return {**head, "titles": titles} if titles else head


def _matches(lines: list[list[str]], sheet: str) -> list[dict[str, Any]]:
    """Matches from a sheet with the columns from, to, match."""
    heads = [cell.casefold() for cell in lines[0]] if lines else []
    return [
        {**dict(zip(heads, line, strict=False)), "place": f"{sheet}, row {row}"}
        for row, line in enumerate(lines[1:], start=2)
        if any(line)
    ]


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
