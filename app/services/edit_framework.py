"""An admin changes a framework on its page: its names, its groups, its areas, its crosswalk."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed, NotFound
from app.frameworks import MATCHES, FrameworkError, build_framework, describe_framework
from app.models.worded import worded
from app.queries import framework_writer
from app.queries.audit import note_action
from app.queries.bulk import wait_for_turn
from app.queries.frameworks import read_framework
from app.queries.mappings import area_ids
from app.rules.permissions import Viewer, may_edit_frameworks
from app.services.load_frameworks import load_framework

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AreaChange:
    """An area or group as the form has it; `titles` by language, `is_gone`: take it out of the framework."""

    code: str
    title: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    group: str = ""
    parent: str = ""
    summary: str = ""
    replaces: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    is_gone: bool = False


def edit_head(connection: Connection, viewer: Viewer, key: str, **names: Any) -> None:
    """Change title, short_title, titles, version. Raises NotAllowed, NotFound, InvalidInput."""
    document = _open(connection, viewer, key)
    _store(connection, viewer, {**document, **names}, f"head: {', '.join(sorted(names))}")


def edit_area(connection: Connection, viewer: Viewer, key: str, change: AreaChange) -> None:
    """Change, add or take out an area. Raises NotAllowed, NotFound, InvalidInput."""
    document = _open(connection, viewer, key)
    item = {
        "code": change.code, "title": change.title, "titles": change.titles, "group": change.group,
        "parent": change.parent, "summary": change.summary, "replaces": list(change.replaces), "was": list(change.was),
    }  # fmt: skip
    _store(connection, viewer, _changed(document, "areas", item, change.is_gone), f"area {change.code}")


def edit_group(connection: Connection, viewer: Viewer, key: str, change: AreaChange) -> None:
    """Change, add or take out a group. Raises NotAllowed, NotFound, InvalidInput."""
    document = _open(connection, viewer, key)
    item = {"code": change.code, "title": change.title, "titles": change.titles}
    _store(connection, viewer, _changed(document, "groups", item, change.is_gone), f"group {change.code}")


def edit_match(connection: Connection, viewer: Viewer, key: str, area: str, other: str, match: str) -> None:
    """Say how an area answers to another ("framework/code"); "none" takes the match out. Raises NotAllowed,
    NotFound, InvalidInput."""
    _open(connection, viewer, key)
    if match not in (*MATCHES, framework_writer.NO_MATCH):
        raise InvalidInput(worded("A match is one of %(choices)s.", choices=", ".join(MATCHES)))
    ids = area_ids(connection)
    other_key, _, other_code = other.partition("/")
    left, right = ids.get((key, area)), ids.get((other_key, other_code))
    if left is None or right is None:
        raise NotFound(worded("There is no area %(value)s.", value=other if left else f"{key}/{area}"))
    if other_key == key:
        raise InvalidInput("Choose an area of another framework.")
    framework_writer.write_match(connection, left[1], right[1], match, "person")
    note_action(connection, viewer.user_id, "framework changed", key, f"match {area} {match} {other}")


def _open(connection: Connection, viewer: Viewer, key: str) -> Document:
    if not may_edit_frameworks(viewer):
        raise NotAllowed("Only admins change frameworks.")
    wait_for_turn(connection)
    return describe_framework(read_framework(connection, key))


def _changed(document: Document, name: str, item: Document, is_gone: bool) -> Document:
    """The document with an item in the place of the one with its code, or at the end; or without it."""
    items = list(document.get(name, ()))
    places = [place for place, one in enumerate(items) if one["code"] == item["code"]]
    if is_gone and not places:
        raise NotFound(worded("There is no %(item)s to take out.", item=item["code"]))
    place = places[0] if places else len(items)
    return {**document, name: [*items[:place], *([] if is_gone else [item]), *items[place + 1 :]]}


def _store(connection: Connection, viewer: Viewer, document: Document, what: str) -> None:
    try:
        framework = build_framework(document)
    except FrameworkError as error:
        raise InvalidInput(str(error)) from error
    load_framework(connection, framework, "page", viewer.user_id)
    note_action(connection, viewer.user_id, "framework changed", framework.key, what)
