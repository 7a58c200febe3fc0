"""Load recommendation frameworks and their crosswalk as data."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.frameworks import AreaMatch, Framework, load_builtin, load_crosswalk
from app.queries import framework_writer
from app.queries.allocations import refresh_areas
from app.queries.bulk import bump_data_version
from app.queries.framework_writer import define, list_undecided, newest_version, store_framework
from app.queries.frameworks import get_framework
from app.queries.mappings import area_ids


@dataclass(slots=True)
class LoadedFramework:
    """What became of a load: how many projects' mappings moved or lost their area, the areas that need a decision
    (code, title, projects), and matches to areas that are not here."""

    framework: Framework
    touched: int
    undecided: list[Any]
    unknown_matches: list[AreaMatch]


def load_builtin_frameworks(connection: Connection) -> None:
    """Bring the built-in frameworks and the crosswalk up to date; what somebody has edited here stays as it is."""
    for framework in load_builtin():
        newest, built_in = (newest_version(connection, framework.key, source) for source in ("", "built-in"))
        is_edited = newest is not None and newest.source != "built-in"
        if not is_edited and (built_in is None or built_in.definition != define(framework)):
            load_framework(connection, framework, "built-in")
    pairs = load_crosswalk()
    framework_writer.store_matches(connection, pairs, "built-in")
    ids = area_ids(connection)
    ends = [(ids.get((pair.framework, pair.area)), ids.get((pair.other_framework, pair.other_area))) for pair in pairs]
    framework_writer.drop_matches(
        connection, "built-in", [(left[1], right[1]) for left, right in ends if left and right]
    )


def load_framework(
    connection: Connection, framework: Framework, source: str = "file", user_id: int | None = None
) -> LoadedFramework:
    """Add a framework, or bring it to this version. `source`: built-in, file or page."""
    touched = store_framework(connection, framework, source, user_id)
    unknown = framework_writer.store_matches(connection, framework.matches, "file" if source == "page" else source)
    if touched:
        refresh_areas(connection, touched)
        bump_data_version(connection)
    number = get_framework(connection, framework.key).id
    return LoadedFramework(framework, len(touched), list_undecided(connection, number), unknown)
