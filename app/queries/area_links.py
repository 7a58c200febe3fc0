"""How areas answer to each other, for matching lines and actions: crosswalk, wider and narrower areas."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.models.framework import AreaMatch
from app.queries.frameworks import AREA, FRAMEWORK, list_frameworks
from app.rules.fit import COUNTS_AS_MET, AreaLinks, link_areas, list_wider

MATCH = AreaMatch.__table__  # type: ignore[attr-defined]


def list_area_keys(connection: Connection) -> set[str]:
    """FRAMEWORK/CODE of every area."""
    query = select(FRAMEWORK.c.key, AREA.c.code).join(AREA, AREA.c.framework_id == FRAMEWORK.c.id)
    return {f"{key}/{code}" for key, code in connection.execute(query)}


def read_area_links(connection: Connection) -> AreaLinks:
    """area -> other area -> SKOS match, in both directions; the surest where there are several."""
    pairs: list[tuple[str, str, str]] = []
    keys: dict[int, str] = {}
    for framework in list_frameworks(connection):
        keys |= {number: f"{framework.key}/{area.code}" for number, area in framework.by_id.items()}
        pairs += list_wider(framework.key, {area.code: area.parent for area in framework.areas})
    for row in connection.execute(select(MATCH)):
        if row.from_area_id in keys and row.to_area_id in keys:
            pairs.append((keys[row.from_area_id], keys[row.to_area_id], row.match))
    return link_areas(pairs)


def with_answering(connection: Connection, areas: Sequence[str]) -> tuple[str, ...]:
    """These areas and those that answer to them: what they are part of, or hold."""
    if not areas:
        return ()
    links = read_area_links(connection)
    answering = {other for area in areas for other, match in links.get(area, {}).items() if match in COUNTS_AS_MET}
    return tuple(sorted({*areas, *answering}))
