"""Reads frameworks from YAML and from workbooks, and names everything that is wrong with them at once."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

from app.frameworks.shapes import Area, Framework, FrameworkError, Group

# XLSX and ODS are zip files; XLS and workbooks with a password are OLE files.
WORKBOOK_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_FIELDS = {"key", "title", "titles", "short_title", "version", "primary", "groups", "areas"}
_AREA_FIELDS = {"code", "title", "titles", "group", "summary", "replaces"}
_GROUP_FIELDS = {"code", "title", "titles"}
_COLUMNS = ("code", "title", "group", "summary")


def parse_yaml(content: bytes) -> dict[str, Any]:
    """The mapping in a YAML document; FrameworkError, with the line, when there is none."""
    try:
        document = yaml.load(content, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"Line {mark.line + 1}, column {mark.column + 1}" if mark else "The file"
        what = getattr(error, "problem", None) or "its characters are not UTF-8"
        raise FrameworkError(f"{place}: no valid YAML ({what}). Check indentation, quotes, colons.") from error
    if not isinstance(document, dict):
        raise FrameworkError("The file: no framework found. Start with the lines key, title, version, areas.")
    return document


def read_yaml(content: bytes) -> Framework:
    """The framework in a YAML document; FrameworkError when it is no YAML or not a framework."""
    return _checked(parse_yaml(content))


def read_workbook(content: bytes, name: str) -> Framework:
    """The framework on a workbook's first sheet; FrameworkError when that is unreadable or incomplete."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError) as error:
        hint = "Save it again as .xlsx without password."
        raise FrameworkError(f"The file: no readable sheet ({error}). {hint}") from error
    lines = [[_text(value) for value in row] for row in rows]
    title = (Path(name).stem or sheet.name).replace("_", " ").strip()
    areas = _groups_and_areas(lines, f"Sheet {sheet.name}")
    return _checked({"key": _slug(title), "title": title, "version": "1", **areas})


def _groups_and_areas(lines: list[list[str]], sheet: str) -> dict[str, Any]:
    """Groups and areas below the first line that has both "code" and "title"; areas with their `place`."""
    headings = [[cell.casefold() for cell in line] for line in lines]
    top = next((number for number, heads in enumerate(headings) if {"code", "title"} <= set(heads)), None)
    if top is None:
        raise FrameworkError(f"{sheet}: no columns code and title. Write code, title, group, summary in the first row.")
    at = {column: headings[top].index(column) for column in _COLUMNS if column in headings[top]}
    areas = []
    for row, line in enumerate(lines[top + 1 :], start=top + 2):
        cells = {column: line[place] for column, place in at.items() if line[place]}
        if cells:
            areas.append({"place": f"{sheet}, row {row}", **cells})
    groups = dict.fromkeys(area["group"] for area in areas if "group" in area)
    return {"groups": [{"code": group, "title": group} for group in groups], "areas": areas}


def _checked(document: Mapping[str, Any]) -> Framework:
    if problems := list(_problems_of(document)):
        raise FrameworkError(*problems)
    return _framework(document)


def _problems_of(document: Mapping[str, Any]) -> Iterator[str]:
    for name in ("key", "title", "version"):
        if not _text(document.get(name)):
            yield f"The file: no {name}. Add a line such as `{name}: ...` at the top."
    key = _text(document.get("key"))
    if key and not _KEY.fullmatch(key):
        yield f"key {key!r}: only small letters, digits and hyphens can stand in an address. Rename it."
    for name in sorted(set(map(str, document)) - _FIELDS):
        yield f"The file: {name!r} is not known here. Use only {', '.join(sorted(_FIELDS))}."
    if not document.get("areas"):
        yield "areas: there are none. List at least one, with a code and a title."
    yield from _problems_of_list("Group", document.get("groups"), _GROUP_FIELDS)
    yield from _problems_of_list("Area", document.get("areas"), _AREA_FIELDS)
    yield from _unknown_groups(document)


def _problems_of_list(noun: str, items: object, known: set[str]) -> Iterator[str]:
    if items and not isinstance(items, list):
        yield f"{noun}s: these must be a list. Begin each with a hyphen."
        return
    for number, item in enumerate(_items(items), start=1):
        place = _place(item, noun, number)
        if not isinstance(item, dict):
            yield f"{place}: {item!r} has no code and title. Write {{code: ..., title: ...}}."
            continue
        for name in ("code", "title"):
            if not _text(item.get(name)):
                yield f"{place}: no {name}. Every {noun.lower()} needs one."
        for name in sorted(set(map(str, item)) - known - {"place"}):
            yield f"{place}: {name!r} is not known here. Use only {', '.join(sorted(known))}."
        if not isinstance(item.get("titles") or {}, dict):
            yield f"{place}: titles must give one title a language, such as {{fr: ..., es: ...}}."
    counts = Counter(_text(item.get("code")) for item in _items(items) if isinstance(item, dict))
    for code in (code for code, count in counts.items() if code and count > 1):
        yield f"{noun} {code}: this code is given {counts[code]} times. Give each {noun.lower()} its own."


def _unknown_groups(document: Mapping[str, Any]) -> Iterator[str]:
    known = {_text(group.get("code")) for group in _items(document.get("groups")) if isinstance(group, dict)}
    for number, area in enumerate(_items(document.get("areas")), start=1):
        if isinstance(area, dict) and _text(area.get("group")) not in known | {""}:
            yield f"{_place(area, 'Area', number)}: there is no group {area['group']!r}. Add it under groups."


def _framework(document: Mapping[str, Any]) -> Framework:
    title = _text(document["title"])
    return Framework(
        code=_text(document["key"]),
        title=title,
        titles=_titles(document),
        short_title=_text(document.get("short_title")) or title,
        version=_text(document["version"]),
        groups=tuple(
            Group(_text(group["code"]), _text(group["title"]), titles=_titles(group))
            for group in _items(document.get("groups"))
        ),
        areas=tuple(_area(area) for area in document["areas"]),
        primary=document.get("primary") is True,
    )


def _area(area: Mapping[str, Any]) -> Area:
    return Area(
        _text(area["code"]),
        _text(area["title"]),
        titles=_titles(area),
        group=_text(area.get("group")) or None,
        summary=_text(area.get("summary")),
        replaces=tuple(_text(wording) for wording in _items(area.get("replaces"))),
    )


def _titles(item: Mapping[str, Any]) -> dict[str, str]:
    return {_text(language).lower(): _text(title) for language, title in (item.get("titles") or {}).items()}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _place(item: object, noun: str, number: int) -> str:
    """Where an item stands: the row of a sheet, else its number and, if it has one, its code."""
    if not isinstance(item, dict):
        return f"{noun} {number}"
    code = _text(item.get("code"))
    return _text(item.get("place")) or f"{noun} {number}" + (f" ({code})" if code else "")


def _text(value: object) -> str:
    """A cell or YAML value as text; a workbook gives the code 1 as 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
