"""Ask to be told: of the lines that a search finds, or of those that fit a plan; change that, and stop it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotAllowed
from app.models.worded import worded
from app.queries import alerts, plans
from app.queries.audit import note_action
from app.rules.line_news import mark_of
from app.rules.permissions import Viewer
from app.services.alert_words import alert_title, alert_words
from app.services.find_alerts import facts_of, read_result
from app.services.read_line_filter import NAMES, Said, read_line_filter, read_query

FREQUENCIES = ("now", "daily", "weekly", "never")
MOST = 100
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class SearchShown:
    """A saved search with its newest alerts: (line id, title, words, moment)."""

    row: Any
    alerts: list[tuple[int, str, str, datetime]]


def save_search(viewer: Viewer, name: str, said: Said, frequency: str = "daily") -> int:
    """Keep a search of funding lines; what it finds now counts as seen. Raises InvalidInput, NotAllowed."""
    read_line_filter(said)
    query = urlencode({key: list(said[key]) for key in NAMES if any(said.get(key, ()))}, doseq=True)
    return _save(viewer, name or query or "all lines", "search", frequency, query=query, plan_id=None)


def watch_plan(viewer: Viewer, plan_id: int, frequency: str = "daily") -> int:
    """Keep an eye on the lines that fit a plan. Raises NotFound, InvalidInput, NotAllowed."""
    with database.read() as connection:
        plan = plans.get_plan(connection, viewer, plan_id)
    return _save(viewer, plan.title, "plan", frequency, query="", plan_id=plan_id)


def _save(viewer: Viewer, name: str, kind: str, frequency: str, **values: Any) -> int:
    now = datetime.now(UTC)
    if viewer.user_id is None:
        raise NotAllowed("Only somebody with an account can be told.")
    _check(frequency)
    with database.write() as connection:
        mine = alerts.list_searches(connection, viewer.user_id)
        same = next((row for row in mine if (row.kind, row.query, row.plan_id) == (kind, *values.values())), None)
        if same:
            return int(same.id)
        if len(mine) >= MOST:
            raise InvalidInput(worded("You have %(most)s saved searches: remove one first.", most=MOST))
        number = alerts.insert_search(
            connection, user_id=viewer.user_id, name=name.strip()[:LONGEST_NAME], kind=kind, frequency=frequency,
            token=secrets.token_urlsafe(24), seen="{}", created_at=now, **values,
        )  # fmt: skip
        found = read_result(connection, viewer, alerts.lock_search(connection, number), now)
        seen = {line: mark_of(facts_of(shown)) for line, shown in found.lines.items()}
        alerts.update_search(connection, number, seen=alerts.marks_text(seen))
        note_action(connection, viewer.user_id, "save search", f"search {number}")
    return number


def change_search(viewer: Viewer, search_id: int, frequency: str, name: str = "") -> None:
    """Raises NotFound, InvalidInput."""
    _check(frequency)
    with database.write() as connection:
        row = alerts.get_search(connection, viewer.user_id, search_id)
        if alerts.NEVER in (frequency, row.frequency):
            alerts.skip_waiting(connection, search_id)
        alerts.update_search(connection, search_id, frequency=frequency, name=name.strip()[:LONGEST_NAME] or row.name)


def remove_search(viewer: Viewer, search_id: int) -> None:
    """Raises NotFound."""
    with database.write() as connection:
        alerts.get_search(connection, viewer.user_id, search_id)
        alerts.delete_search(connection, search_id)


def unsubscribe(token: str) -> str:
    """No more mail of the saved search that this token opens; its name. Raises NotFound."""
    with database.write() as connection:
        row = alerts.find_search(connection, token)
        alerts.skip_waiting(connection, row.id)
        alerts.update_search(connection, row.id, frequency=alerts.NEVER)
    return str(row.name)


def list_saved_searches(connection: Connection, viewer: Viewer) -> list[SearchShown]:
    """The viewer's own, newest first."""
    rows = alerts.list_searches(connection, viewer.user_id) if viewer.user_id is not None else []
    return [
        SearchShown(row, [alert_shown(one) for one in alerts.list_alerts(connection, [row.id], 10)]) for row in rows
    ]


def alert_shown(row: Any) -> tuple[int, str, str, datetime]:
    return row.line_id, alert_title(row), alert_words(row), row.made_at


def _check(frequency: str) -> None:
    if frequency not in FREQUENCIES:
        raise InvalidInput(worded("Choose how often: %(choices)s.", choices=", ".join(FREQUENCIES)))


__all__ = [
    "FREQUENCIES", "SearchShown", "alert_shown", "change_search", "list_saved_searches", "read_query", "remove_search",
    "save_search", "unsubscribe", "watch_plan",
]  # fmt: skip
