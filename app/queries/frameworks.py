"""Frameworks and their areas as the database holds them."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.frameworks import Framework, build_framework
from app.models.framework import Area
from app.models.framework import Framework as FrameworkTable
from app.models.worded import worded

FRAMEWORK = FrameworkTable.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class StoredArea:
    """One area with its id; `titles` by language."""

    id: int
    code: str
    title: str
    group_code: str
    summary: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    parent: str = ""
    depth: int = 0

    def title_in(self, locale: str) -> str:
        """The title in the reader's language where the framework has one."""
        return self.titles.get(locale.split("_", maxsplit=1)[0].split("-", maxsplit=1)[0], self.title)


@dataclass(frozen=True, slots=True)
class StoredFramework:
    """A framework with its areas in its own order."""

    id: int
    key: str
    title: str
    short_title: str
    version: str
    is_primary: bool
    groups: tuple[tuple[str, str], ...]
    areas: tuple[StoredArea, ...]
    retired: tuple[StoredArea, ...] = ()

    @property
    def by_id(self) -> dict[int, StoredArea]:
        """Every area by its id: those that an earlier version had, too, since projects may be mapped to them."""
        return {area.id: area for area in (*self.areas, *self.retired)}


def list_frameworks(connection: Connection) -> list[StoredFramework]:
    """All frameworks, the primary one first."""
    rows = connection.execute(select(FRAMEWORK).order_by(FRAMEWORK.c.is_primary.desc(), FRAMEWORK.c.key)).all()
    return [_framework(connection, row) for row in rows]


def get_framework(connection: Connection, key: str = "") -> StoredFramework:
    """The framework of this key, or the primary one. Raises NotFound."""
    chosen = FRAMEWORK.c.key == key if key else FRAMEWORK.c.is_primary
    row = connection.execute(select(FRAMEWORK).where(chosen)).first()
    if row is None:
        keys = ", ".join(connection.execute(select(FRAMEWORK.c.key).order_by(FRAMEWORK.c.key)).scalars())
        raise NotFound(worded("There is no framework “%(key)s”. There are: %(keys)s.", key=key, keys=keys))
    return _framework(connection, row)


def _framework(connection: Connection, row: Any) -> StoredFramework:
    definition = json.loads(row.definition)
    told = {area["code"]: area for area in definition["areas"]}
    depths = {code: _depth(told, code) for code in told}
    found = connection.execute(select(AREA).where(AREA.c.framework_id == row.id).order_by(AREA.c.position))
    areas = [(area.retired, _area(area, told.get(area.code, {}), depths.get(area.code, 0))) for area in found]
    return StoredFramework(
        row.id, row.key, row.title, row.short_title, row.version, row.is_primary,
        tuple((group["code"], group["title"]) for group in definition["groups"]),
        tuple(area for is_retired, area in areas if not is_retired),
        tuple(area for is_retired, area in areas if is_retired),
    )  # fmt: skip


def _area(row: Any, told: dict[str, Any], depth: int) -> StoredArea:
    return StoredArea(
        row.id, row.code, row.title, row.group_code, told.get("summary", ""), told.get("titles", {}),
        told.get("parent") or "", depth,
    )  # fmt: skip


def _depth(told: dict[str, Any], code: str) -> int:
    """How many wider areas an area is a part of; a framework is only stored without circles."""
    parent = told.get(code, {}).get("parent")
    return 1 + _depth(told, parent) if parent else 0


def read_framework(connection: Connection, key: str) -> Framework:
    """The definition of a framework, without its matches. Raises NotFound."""
    definition = connection.execute(select(FRAMEWORK.c.definition).where(FRAMEWORK.c.key == key)).scalar()
    if definition is None:
        raise NotFound(worded("There is no framework “%(key)s”.", key=key))
    return build_framework({"key": key, **_without_nothing(json.loads(definition)), "matches": []})


def _without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    """A stored definition as the document of a file, whose key is called key."""
    return {name: value for name, value in told.items() if name not in ("code", "matches")}


def area_titles(connection: Connection) -> dict[str, str]:
    """FRAMEWORK/CODE -> code and title of every area, as plans name areas."""
    query = select(FRAMEWORK.c.key, AREA.c.code, AREA.c.title).join(AREA, AREA.c.framework_id == FRAMEWORK.c.id)
    return {f"{key}/{code}": f"{code} {title}" for key, code, title in connection.execute(query)}


def area_codes(connection: Connection, framework_id: int) -> dict[str, int]:
    """FRAMEWORK/CODE -> area id, for one framework."""
    query = select(FRAMEWORK.c.key, AREA.c.code, AREA.c.id).join(AREA, AREA.c.framework_id == FRAMEWORK.c.id)
    return {
        f"{key}/{code}": number for key, code, number in connection.execute(query.where(FRAMEWORK.c.id == framework_id))
    }
