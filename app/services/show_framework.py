"""A framework with all that its page shows, and as a file."""

from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from sqlalchemy import Connection

from app.frameworks import AreaMatch, Framework
from app.queries.framework_writer import list_matches, list_undecided, list_versions
from app.queries.frameworks import StoredFramework, get_framework, list_frameworks, read_framework
from app.rules.permissions import Viewer, may_edit_frameworks
from exports.framework_files import write_framework


@dataclass(slots=True)
class FrameworkPage:
    """A framework; `undecided`: areas that are gone and to which projects are mapped (code, title, projects)."""

    stored: StoredFramework
    framework: Framework
    matches: list[Any]
    versions: list[Any]
    undecided: list[Any]
    others: list[StoredFramework]
    may_edit: bool


def show_framework(connection: Connection, viewer: Viewer, key: str) -> FrameworkPage:
    """Raises NotFound."""
    stored = get_framework(connection, key)
    others = [one for one in list_frameworks(connection) if one.key != key]
    return FrameworkPage(
        stored, read_framework(connection, key), list_matches(connection, stored.id),
        list_versions(connection, stored.id), list_undecided(connection, stored.id), others,
        may_edit_frameworks(viewer),
    )  # fmt: skip


def export_framework(connection: Connection, key: str, format_key: str, out: BinaryIO) -> None:
    """Write the framework with the matches that it has now. Raises NotFound, InvalidInput."""
    stored = get_framework(connection, key)
    matches = tuple(
        AreaMatch(row.framework, row.left, row.other, row.right, row.match)
        for row in list_matches(connection, stored.id)
        if row.framework == key
    )
    write_framework(replace(read_framework(connection, key), matches=matches), format_key, out)
