"""What people confirmed, for learning from it."""

from sqlalchemy import Connection, select

from app.models.framework import Area, Framework
from app.models.mapping import AreaMapping
from app.rules.effective_areas import CONFIRMED, SUGGESTED

MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
FRAMEWORK = Framework.__table__  # type: ignore[attr-defined]


def read_decided(connection: Connection, framework: str) -> dict[int, set[str]]:
    """activity -> its confirmed areas in a framework; none where all were rejected. Those that nobody decided on,
    and those where something still waits, are left out."""
    m = MAPPING.c
    query = select(m.activity_id, AREA.c.code, m.state).join(AREA, AREA.c.id == m.area_id)
    query = query.join(FRAMEWORK, FRAMEWORK.c.id == m.framework_id).where(FRAMEWORK.c.key == framework)
    found: dict[int, set[str]] = {}
    waiting: set[int] = set()
    for number, code, state in connection.execute(query.order_by(m.activity_id)):
        codes = found.setdefault(number, set())
        if state == CONFIRMED:
            codes.add(code)
        elif state == SUGGESTED:
            waiting.add(number)
    return {number: codes for number, codes in found.items() if number not in waiting}
