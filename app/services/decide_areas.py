"""A person says which areas of one framework a project covers, as a whole: accept, split, merge, or none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed, NotFound
from app.models.worded import worded
from app.queries import project, reviews
from app.queries.bulk import wait_for_turn
from app.queries.decisions import MappedRow, read_mapped
from app.queries.frameworks import StoredFramework, get_framework
from app.rules.effective_areas import CONFIRMED
from app.rules.permissions import Viewer, may_change
from app.rules.personal_data import find_personal_data
from app.services.write_decisions import decided_row, settle_others, write_decisions

MILLIONTHS_A_PERCENT = 10_000
LONGEST_COMMENT = 4_000
Shares = Mapping[str, Decimal | None]


def decide_areas(
    connection: Connection, viewer: Viewer, activity_id: int, framework_key: str, areas: Shares, comment: str = ""
) -> None:
    """Confirm just these areas (code -> share in percent, None: an equal part of the rest); all others that
    counted or were suggested are rejected. No area at all: the project is about none of them.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    wait_for_turn(connection)
    get_decidable(connection, viewer, activity_id)
    framework = get_framework(connection, framework_key)
    shares = _checked(framework, areas)
    rows = read_mapped(connection, framework.id, [activity_id])[activity_id]
    write_decisions(
        connection, viewer, framework.id, {activity_id: decided(rows, shares, viewer)},
        {activity_id: f"areas decided: {framework.key} {describe(areas)}"},
    )  # fmt: skip
    if comment.strip():
        comment_on(connection, viewer, activity_id, framework.id, comment)


def get_decidable(connection: Connection, viewer: Viewer, activity_id: int) -> Any:
    """The project, if the viewer may decide on its areas. Raises NotFound, NotAllowed."""
    row = project.get_project(connection, viewer, activity_id)
    if not may_change(viewer, row.owner_id):
        raise NotAllowed("Only editors of the organisation that brought this project may decide on its areas.")
    return row


def decided(rows: list[MappedRow], shares: Mapping[int, int | None], viewer: Viewer) -> list[MappedRow]:
    """A project's mappings after just these areas (id -> share in millionths) were confirmed."""
    stored = {row.area_id: row for row in rows}
    confirmed = [decided_row(area, CONFIRMED, share, viewer, stored.get(area)) for area, share in shares.items()]
    return [*settle_others(rows, set(shares), viewer), *confirmed]


def describe(areas: Shares) -> str:
    """The areas of a decision for the log: "N3 60 %, O2"."""
    named = (code if share is None else f"{code} {share.normalize():f} %" for code, share in areas.items())
    return ", ".join(named) or "none"


def comment_on(connection: Connection, viewer: Viewer, activity_id: int, framework_id: int, comment: str) -> None:
    """Keep a comment beside the project's areas. Raises InvalidInput for one that may hold personal data."""
    if found := find_personal_data(comment):
        said = "; ".join(one.masked for one in found)
        raise InvalidInput(
            worded("The comment may hold personal data (%(said)s). Write it without: others read it.", said=said)
        )
    reviews.insert_comment(
        connection, activity_id=activity_id, framework_id=framework_id, user_id=viewer.user_id,
        text=comment.strip()[:LONGEST_COMMENT], at=datetime.now(UTC),
    )  # fmt: skip


def _checked(framework: StoredFramework, areas: Shares) -> dict[int, int | None]:
    """Area ids with shares in millionths. Raises NotFound, InvalidInput."""
    ids = {area.code: area.id for area in framework.areas}
    unknown = [code for code in areas if code not in ids]
    if unknown:
        raise NotFound(
            worded(
                "%(short_title)s has no area %(names)s in force.",
                short_title=framework.short_title,
                names=", ".join(unknown),
            )
        )
    given = [share for share in areas.values() if share is not None]
    if any(not 0 < share <= 100 for share in given):
        raise InvalidInput("A share is a percentage above 0 and not over 100.")
    total = sum(given, Decimal(0))
    if total > 100:
        raise InvalidInput(
            worded(
                "The shares come to %(total)s %%. Lower one of them: together they have 100.",
                total=f"{total.normalize():f}",
            )
        )
    if total == 100 and len(given) < len(areas):
        raise InvalidInput("The shares given come to 100 % and leave nothing to the other area. Lower one of them.")
    return {ids[code]: None if share is None else int(share * MILLIONTHS_A_PERCENT) for code, share in areas.items()}
