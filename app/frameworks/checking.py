"""From the plain document that a framework file holds to a Framework, with everything that is wrong named at once.

A document is what a YAML file says; sheets and SKOS files are brought to that shape. An item's `place` says where
it stands in its file: a line, a row, a triple.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from app.frameworks.shapes import MATCHES, Area, AreaMatch, Framework, FrameworkError, Group

_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_FIELDS = {"key", "title", "titles", "short_title", "version", "primary", "groups", "areas", "matches"}
_AREA_FIELDS = {"code", "title", "titles", "group", "summary", "replaces", "parent", "was"}
_GROUP_FIELDS = {"code", "title", "titles"}
_MATCH_FIELDS = {"from", "to", "match"}


def build_framework(document: Mapping[str, Any]) -> Framework:
    """The framework that a document describes. Raises FrameworkError with every problem found."""
    if problems := list(_problems_of(document)):
        raise FrameworkError(*problems)
    return _framework(document)


def describe_framework(framework: Framework) -> dict[str, Any]:
    """The document that leads to this framework, without what is empty."""
    return _filled(
        key=framework.key, title=framework.title, titles=dict(framework.titles), short_title=framework.short_title,
        version=framework.version, primary=framework.primary,
        groups=[_filled(code=one.code, title=one.title, titles=dict(one.titles)) for one in framework.groups],
        areas=[
            _filled(
                code=one.code, group=one.group, parent=one.parent, title=one.title, summary=one.summary,
                titles=dict(one.titles), replaces=list(one.replaces), was=list(one.was),
            )
            for one in framework.areas
        ],
        matches=[
            {"from": one.area, "to": f"{one.other_framework}/{one.other_area}", "match": one.match}
            for one in framework.matches
        ],
    )  # fmt: skip


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def text_of(value: object) -> str:
    """A cell or YAML value as text; a workbook gives the code 1 as 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


# --- what is wrong -----------------------------------------------------------------------------


def _problems_of(document: Mapping[str, Any]) -> Iterator[str]:
    for name in ("key", "title", "version"):
        if not text_of(document.get(name)):
            yield f"The file: no {name}. Add a line such as `{name}: ...` at the top."
    key = text_of(document.get("key"))
    if key and not _KEY.fullmatch(key):
        yield f"key {key!r}: only small letters, digits and hyphens can stand in an address. Rename it."
    for name in sorted(set(map(str, document)) - _FIELDS):
        yield f"The file: {name!r} is not known here. Use only {', '.join(sorted(_FIELDS))}."
    if not document.get("areas"):
        yield "areas: there are none. List at least one, with a code and a title."
    yield from _problems_of_list("Group", document.get("groups"), _GROUP_FIELDS)
    yield from _problems_of_list("Area", document.get("areas"), _AREA_FIELDS)
    yield from _unknown_groups(document)
    yield from _problems_of_parents(document)
    yield from _problems_of_matches(document)


def _problems_of_list(noun: str, items: object, known: set[str]) -> Iterator[str]:
    if items and not isinstance(items, list):
        yield f"{noun}s: these must be a list. Begin each with a hyphen."
        return
    places: dict[str, list[str]] = defaultdict(list)
    for number, item in enumerate(_items(items), start=1):
        place = _place(item, noun, number)
        if not isinstance(item, dict):
            yield f"{place}: {item!r} has no code and title. Write {{code: ..., title: ...}}."
            continue
        places[text_of(item.get("code"))].append(place)
        for name in ("code", "title"):
            if not text_of(item.get(name)):
                yield f"{place}: no {name}. Every {noun.lower()} needs one."
        for name in sorted(set(map(str, item)) - known - {"place"}):
            yield f"{place}: {name!r} is not known here. Use only {', '.join(sorted(known))}."
        yield from _wrong_kinds(item, place)
    for code, found in places.items():
        if code and len(found) > 1:
            yield f"{noun} {code}: this code is given {len(found)} times ({'; '.join(found)}). Give each {noun.lower()} its own."


def _wrong_kinds(item: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(item.get("titles") or {}, dict):
        yield f"{place}: titles must give one title a language, such as {{fr: ..., es: ...}}."
    for name in ("replaces", "was"):
        if not isinstance(item.get(name) or [], list):
            yield f"{place}: {name} must be a list, such as [{text_of(item[name])}]."


def _unknown_groups(document: Mapping[str, Any]) -> Iterator[str]:
    known = {text_of(group.get("code")) for group in _items(document.get("groups")) if isinstance(group, dict)}
    for number, area in enumerate(_items(document.get("areas")), start=1):
        if isinstance(area, dict) and text_of(area.get("group")) not in known | {""}:
            yield f"{_place(area, 'Area', number)}: there is no group {area['group']!r}. Add it under groups."


def _problems_of_parents(document: Mapping[str, Any]) -> Iterator[str]:
    """Parents that are not there, and chains of parents that lead back to where they began."""
    areas = [area for area in _items(document.get("areas")) if isinstance(area, dict)]
    parents = {text_of(area.get("code")): text_of(area.get("parent")) for area in areas}
    told: set[str] = set()
    for number, area in enumerate(areas, start=1):
        code, parent = text_of(area.get("code")), text_of(area.get("parent"))
        if parent and parent not in parents:
            yield f"{_place(area, 'Area', number)}: there is no area {parent!r} to be its parent. Add it, or correct the code."
        chain = [code]
        while (following := parents.get(chain[-1], "")) and following not in chain:
            chain.append(following)
        if following == code and code not in told:
            told.update(chain)
            circle = " → ".join([*chain, code])
            yield f"{_place(area, 'Area', number)}: parents go in a circle: {circle}. Take one of them out."


def _problems_of_matches(document: Mapping[str, Any]) -> Iterator[str]:
    matches = document.get("matches")
    if matches and not isinstance(matches, list):
        yield "matches: these must be a list. Begin each with a hyphen."
    codes = {text_of(area.get("code")) for area in _items(document.get("areas")) if isinstance(area, dict)}
    for number, item in enumerate(_items(matches), start=1):
        place = _place(item, "Match", number)
        if not isinstance(item, dict) or set(map(str, item)) - {"place"} != _MATCH_FIELDS:
            yield f"{place}: write {{from: CODE, to: other-framework/CODE, match: close}}."
            continue
        if text_of(item["from"]) not in codes:
            yield f"{place}: there is no area {text_of(item['from'])!r} here to match from."
        if text_of(item["to"]).count("/") != 1:
            yield f"{place}: {text_of(item['to'])!r} must name a framework and an area, such as rome-2012/PROT1."
        if text_of(item["match"]) not in MATCHES:
            yield f"{place}: {text_of(item['match'])!r} is no match. Use one of {', '.join(MATCHES)}."


# --- what is right -----------------------------------------------------------------------------


def _framework(document: Mapping[str, Any]) -> Framework:
    title = text_of(document["title"])
    return Framework(
        code=text_of(document["key"]),
        title=title,
        titles=_titles(document),
        short_title=text_of(document.get("short_title")) or title,
        version=text_of(document["version"]),
        groups=tuple(
            Group(text_of(group["code"]), text_of(group["title"]), titles=_titles(group))
            for group in _items(document.get("groups"))
        ),
        areas=tuple(_area(area) for area in document["areas"]),
        primary=document.get("primary") is True,
        matches=tuple(_match(document, match) for match in _items(document.get("matches"))),
    )


def _area(area: Mapping[str, Any]) -> Area:
    return Area(
        text_of(area["code"]),
        text_of(area["title"]),
        titles=_titles(area),
        group=text_of(area.get("group")) or None,
        summary=text_of(area.get("summary")),
        replaces=tuple(text_of(wording) for wording in _items(area.get("replaces"))),
        parent=text_of(area.get("parent")) or None,
        was=tuple(text_of(code) for code in _items(area.get("was"))),
    )


def _match(document: Mapping[str, Any], match: Mapping[str, Any]) -> AreaMatch:
    other, _, area = text_of(match["to"]).partition("/")
    return AreaMatch(text_of(document["key"]), text_of(match["from"]), other, area, text_of(match["match"]))


def _titles(item: Mapping[str, Any]) -> dict[str, str]:
    return {text_of(language).lower(): text_of(title) for language, title in (item.get("titles") or {}).items()}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _place(item: object, noun: str, number: int) -> str:
    """Where an item stands in its file, with its code if it has one; without a place, its number."""
    given = text_of(item.get("place")) if isinstance(item, dict) else ""
    code = text_of(item.get("code")) if isinstance(item, dict) else ""
    if given and (code in given or not code):
        return given
    return f"{given}, {noun.lower()} {code}" if given else f"{noun} {number}" + (f" ({code})" if code else "")
