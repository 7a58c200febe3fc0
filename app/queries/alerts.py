"""Saved searches, what each has seen, and the alerts that it tells."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from app.errors import NotFound
from app.models.funding_line import Alert, SavedSearch
from app.models.user import User
from app.queries.action_links import LINK
from app.queries.bulk import insert_or, one_of
from app.queries.funding_lines import LINE
from app.queries.plans import PLAN
from app.queries.users import IS_OPEN
from app.rules.line_news import Mark
from app.rules.permissions import Viewer

SEARCH = SavedSearch.__table__  # type: ignore[attr-defined]
ALERT = Alert.__table__  # type: ignore[attr-defined]
USER = User.__table__  # type: ignore[attr-defined]
NEVER, SKIPPED = "never", "skipped"
EVERY = {"now": timedelta(0), "daily": timedelta(days=1), "weekly": timedelta(days=7)}


def list_searches(connection: Connection, user_id: int) -> list[Any]:
    """The saved searches of one person, newest first."""
    return list(connection.execute(select(SEARCH).where(SEARCH.c.user_id == user_id).order_by(SEARCH.c.id.desc())))


def list_search_ids(connection: Connection) -> list[int]:
    return list(connection.execute(select(SEARCH.c.id).order_by(SEARCH.c.id)).scalars())


def lock_search(connection: Connection, search_id: int) -> Any:
    """The row, for writing; None if it is gone."""
    query = select(SEARCH).where(SEARCH.c.id == search_id)
    return connection.execute(query.with_for_update()).one_or_none()


def find_search(connection: Connection, token: str) -> Any:
    """The saved search that this token opens. Raises NotFound."""
    query = select(SEARCH).join(USER, USER.c.id == SEARCH.c.user_id).where(SEARCH.c.token == token, IS_OPEN)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such saved search any more.")
    return row


def get_search(connection: Connection, user_id: int | None, search_id: int) -> Any:
    """A person's own. Raises NotFound."""
    query = select(SEARCH).where(SEARCH.c.id == search_id, SEARCH.c.user_id == user_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such saved search.")
    return row


def viewer_of(connection: Connection, user_id: int) -> Viewer:
    """Whose search it is."""
    c = USER.c
    row = connection.execute(select(c.id, c.organisation_id, c.role, c.email, c.name, c.locale).where(c.id == user_id))
    return Viewer(*row.one())


def insert_search(connection: Connection, **values: Any) -> int:
    return int(connection.execute(insert(SEARCH).values(**values).returning(SEARCH.c.id)).scalar_one())


def update_search(connection: Connection, search_id: int, **values: Any) -> None:
    connection.execute(update(SEARCH).where(SEARCH.c.id == search_id).values(**values))


def delete_search(connection: Connection, search_id: int) -> None:
    connection.execute(delete(ALERT).where(ALERT.c.search_id == search_id))
    connection.execute(delete(SEARCH).where(SEARCH.c.id == search_id))


def marks_of(row: Any) -> dict[int, Mark]:
    """What a search has seen, by line."""
    return {int(line): Mark(*mark) for line, mark in dict(json.loads(row.seen)).items()}


def marks_text(marks: Mapping[int, Mark]) -> str:
    return json.dumps(marks, ensure_ascii=False, separators=(",", ":"))


def insert_alerts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Those whose key is there already are told already."""
    if rows:
        statement = insert_or(connection, ALERT).on_conflict_do_nothing(index_elements=["dedupe_key"])
        connection.execute(statement, list(rows))


def list_alerts(connection: Connection, search_ids: Iterable[int], limit: int) -> list[Any]:
    """The newest alerts of searches."""
    query = select(ALERT).where(one_of(ALERT.c.search_id, search_ids)).order_by(ALERT.c.id.desc())
    return list(connection.execute(query.limit(limit)))


def list_alerts_after(connection: Connection, search_id: int, after: int, limit: int) -> list[Any]:
    """The alerts of a search beyond one, in order."""
    query = select(ALERT).where(ALERT.c.search_id == search_id, ALERT.c.id > after).order_by(ALERT.c.id)
    return list(connection.execute(query.limit(limit)))


# --- mail ----------------------------------------------------------------------------------


def _is_waiting() -> ColumnElement[bool]:
    return and_(ALERT.c.sent_at.is_(None), ALERT.c.delivery != SKIPPED)


def due_search_ids(connection: Connection, now: datetime) -> list[int]:
    """Searches with alerts to mail whose time has come; nothing is mailed to a closed account."""
    last = func.coalesce(SEARCH.c.sent_at, SEARCH.c.created_at)
    is_due = or_(*(and_(SEARCH.c.frequency == name, last <= now - wait) for name, wait in EVERY.items()))
    # A mail that was begun is finished, whenever the next one is due.
    is_begun = and_(SEARCH.c.frequency != NEVER, ALERT.c.delivery != "")
    query = select(SEARCH.c.id).join(ALERT, ALERT.c.search_id == SEARCH.c.id)
    query = query.join(USER, USER.c.id == SEARCH.c.user_id).where(IS_OPEN)
    query = query.where(_is_waiting(), or_(is_due, is_begun))
    return list(connection.execute(query.distinct().order_by(SEARCH.c.id)).scalars())


def claim_delivery(connection: Connection, search_id: int) -> list[Any]:
    """The alerts of the next mail: those of one that was begun and not finished, else all that wait, which become one."""
    waiting = select(ALERT).where(ALERT.c.search_id == search_id, _is_waiting()).order_by(ALERT.c.id)
    rows = list(connection.execute(waiting))
    begun = next((row.delivery for row in rows if row.delivery), "")
    if begun:
        return [row for row in rows if row.delivery == begun]
    if rows:
        name = f"{search_id}-{rows[0].id}-{rows[-1].id}"
        chosen = one_of(ALERT.c.id, [row.id for row in rows])
        connection.execute(update(ALERT).where(chosen).values(delivery=name))
    return list(connection.execute(waiting))


def mark_sent(connection: Connection, search_id: int, delivery: str, at: datetime) -> None:
    connection.execute(update(ALERT).where(ALERT.c.delivery == delivery).values(sent_at=at))
    update_search(connection, search_id, sent_at=at)


def skip_waiting(connection: Connection, search_id: int) -> None:
    """What was told while nobody wanted mail is not mailed later."""
    connection.execute(update(ALERT).where(ALERT.c.search_id == search_id, _is_waiting()).values(delivery=SKIPPED))


def read_stamp(connection: Connection) -> tuple[int, ...]:
    """Changes with every edit of a line or a plan, with every link, and with every saved search."""
    parts = (func.sum(LINE.c.version), func.sum(PLAN.c.version), func.count(LINK.c.id), func.max(SEARCH.c.id))
    return tuple(int(connection.execute(select(part)).scalar() or 0) for part in parts)
