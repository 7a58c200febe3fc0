"""Word lists as a coordinator has changed them, laid over the built-in ones."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, delete, func, select

from app.frameworks import AreaMatch, build_framework, describe_framework
from app.models.framework import Area, Framework
from app.models.framework import AreaMatch as AreaMatchTable
from app.models.review import LexiconOverride
from app.queries.frameworks import read_framework
from app.rules.lexicon import Lexicon, load_lexicon
from app.rules.lexicon.derive import derive_lexicon
from app.rules.suggest import suggestible_frameworks

OVERRIDE = LexiconOverride.__table__  # type: ignore[attr-defined]
FRAMEWORK = Framework.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
MATCH = AreaMatchTable.__table__  # type: ignore[attr-defined]


def read_overrides(connection: Connection) -> dict[str, dict[str, Any]]:
    """What was changed, by lexicon, in the shape of a lexicon's file."""
    found: dict[str, dict[str, Any]] = {}
    o = OVERRIDE.c
    for row in connection.execute(select(OVERRIDE).order_by(o.lexicon, o.area, o.language, o.kind)):
        one = found.setdefault(row.lexicon, {"version": "", "areas": {}})
        one["version"] = max(one["version"], f"ours-{row.version:06}")
        area = one["areas"].setdefault(row.area, {})
        area.setdefault(row.kind, {})[row.language] = row.phrases.splitlines()
    return found


def stored_lexicons(connection: Connection) -> tuple[Lexicon, ...] | None:
    """Every word list with its changes, and one derived for each framework without; None where that is the
    built-in ones as they are."""
    overrides, own = read_overrides(connection), frameworks_without_words(connection)
    if not overrides and not own:
        return None
    built_in = (lexicon_with(key, overrides.get(key)) for key in suggestible_frameworks())
    return (*built_in, *(_derived_lexicon(connection, key) for key in own))


def frameworks_without_words(connection: Connection) -> list[str]:
    """Keys of the frameworks that were loaded and have no word list of their own."""
    known = suggestible_frameworks()
    keys = connection.execute(select(FRAMEWORK.c.key).order_by(FRAMEWORK.c.key)).scalars()
    return [key for key in keys if key not in known]


def _derived_lexicon(connection: Connection, key: str) -> Lexicon:
    described = json.dumps(describe_framework(read_framework(connection, key)), sort_keys=True)
    return _derive(described, _matches(connection, key))


@lru_cache(maxsize=64)
def _derive(described: str, matches: tuple[AreaMatch, ...]) -> Lexicon:
    return derive_lexicon(build_framework(json.loads(described)), matches)


def _matches(connection: Connection, key: str) -> tuple[AreaMatch, ...]:
    """The matches between areas of a framework and those of others."""
    one, other, left, right = AREA.alias(), AREA.alias(), FRAMEWORK.alias(), FRAMEWORK.alias()
    rows = connection.execute(
        select(left.c.key, one.c.code, right.c.key, other.c.code, MATCH.c.match)
        .join(one, one.c.id == MATCH.c.from_area_id)
        .join(left, left.c.id == one.c.framework_id)
        .join(other, other.c.id == MATCH.c.to_area_id)
        .join(right, right.c.id == other.c.framework_id)
        .where((left.c.key == key) | (right.c.key == key), MATCH.c.match != "none")
        .order_by(left.c.key, one.c.code, right.c.key, other.c.code)
    )
    return tuple(AreaMatch(*row) for row in rows)


def stored_lexicon(connection: Connection, key: str) -> Lexicon | None:
    """The word list of a framework with its changes, or derived; None where it is the built-in one as it is."""
    if key in frameworks_without_words(connection):
        return _derived_lexicon(connection, key)
    overrides = read_overrides(connection).get(key)
    return lexicon_with(key, overrides) if overrides else None


def lexicon_with(key: str, overrides: dict[str, Any] | None) -> Lexicon:
    """A word list with these changes; the same object for the same changes, so that its search is built once."""
    return _lexicon(key, json.dumps(overrides, sort_keys=True) if overrides else "")


@lru_cache(maxsize=64)
def _lexicon(key: str, overrides: str) -> Lexicon:
    return load_lexicon(key, json.loads(overrides) if overrides else None)


def write_override(
    connection: Connection, user_id: int | None, lexicon: str, area: str, language: str, kind: str, phrases: str | None
) -> None:
    """Put this list in the place of the built-in one; None brings the built-in one back."""
    o = OVERRIDE.c
    version = int(connection.execute(select(func.max(o.version))).scalar() or 0) + 1
    chosen = (o.lexicon == lexicon, o.area == area, o.language == language, o.kind == kind)
    connection.execute(delete(OVERRIDE).where(*chosen))
    if phrases is not None:
        connection.execute(OVERRIDE.insert().values(
            lexicon=lexicon, area=area, language=language, kind=kind, phrases=phrases, version=version,
            user_id=user_id, at=datetime.now(UTC),
        ))  # fmt: skip
