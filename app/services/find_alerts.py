"""Look at saved searches: what they find now against what they have seen, and an alert for each difference."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import Refused
from app.queries import alerts, funding_lines
from app.rules.line_news import Facts, list_news
from app.rules.permissions import Viewer
from app.services.match_funding import match_funding
from app.services.read_line_filter import read_line_filter, read_query
from app.services.search_lines import LineShown, line_shown, search_lines
from app.settings import settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """What a saved search finds; `actions`: line -> codes of the plan's actions that it fits, for a plan watch."""

    lines: dict[int, LineShown]
    actions: dict[int, list[str]]


def find_alerts(now: datetime) -> None:
    """Look at every saved search, each in a transaction of its own: its alerts and what it has seen are written together."""
    with database.read(settings().database_url) as connection:
        ids = alerts.list_search_ids(connection)
    for number in ids:
        look_at_search(number, now)


def look_at_search(search_id: int, now: datetime) -> None:
    """What dies before the end has told nothing, and the next look tells it."""
    with database.write() as connection:
        row = alerts.lock_search(connection, search_id)
        if row is None:
            return
        viewer = alerts.viewer_of(connection, row.user_id)
        try:
            found = read_result(connection, viewer, row, now)
        except Refused as refusal:
            log.warning("saved search %s finds nothing: %s", search_id, refusal)
            return
        _tell(connection, viewer, row, found, now)


def read_result(connection: Connection, viewer: Viewer, row: Any, now: datetime) -> Result:
    """The whole of it. Raises NotFound for a plan that is gone or no longer public."""
    if row.kind == "plan":
        lines: dict[int, LineShown] = {}
        actions: dict[int, list[str]] = {}
        for match in match_funding(connection, viewer, now, plan_id=row.plan_id):
            lines[match.line.id] = match.line
            actions.setdefault(match.line.id, []).append(match.action.code)
        return Result(lines, actions)
    found = search_lines(connection, viewer, read_line_filter(read_query(row.query)), now, limit=None)
    return Result({line.id: line for line in found.lines}, {})


def facts_of(shown: LineShown) -> Facts:
    """What alerts compare."""
    line = shown.line
    closes = shown.closes_at
    if closes is not None:
        closes = closes.replace(tzinfo=UTC) if closes.tzinfo is None else closes.astimezone(UTC)
    money = json.dumps([line.currency, line.minimum, line.maximum, line.total])
    said = f"{line.closes.replace('T', ' ')} ({line.time_zone})" if line.closes else ""
    return Facts(
        shown.version, closes.isoformat() if closes else "", said, money, shown.status.status == "closing soon"
    )


def _tell(connection: Connection, viewer: Viewer, row: Any, found: Result, now: datetime) -> None:
    seen = alerts.marks_of(row)
    gone = [line for line in seen if line not in found.lines]
    elsewhere = {
        number: line_shown(line, viewer, now)
        for number, line in funding_lines.read_lines(connection, viewer, gone).items()
    }
    news, after = list_news(
        seen,
        {number: facts_of(line) for number, line in found.lines.items()},
        {number: facts_of(line) for number, line in elsewhere.items()},
    )
    shown = elsewhere | found.lines
    alerts.insert_alerts(connection, [
        {
            "search_id": row.id, "line_id": one.line_id, "dedupe_key": f"{row.id}:{one.key}", "kind": one.kind,
            "said": json.dumps(_said(one, shown.get(one.line_id), found.actions), ensure_ascii=False),
            "delivery": alerts.SKIPPED if row.frequency == alerts.NEVER else "", "made_at": now,
        }
        for one in news
    ])  # fmt: skip
    if after != seen:
        alerts.update_search(connection, row.id, seen=alerts.marks_text(after))


def _said(news: Any, shown: LineShown | None, actions: dict[int, list[str]]) -> dict[str, Any]:
    """What the alert says, for good; nothing of a line that its reader may no longer see."""
    return {
        "title": shown.line.title if shown else "", "donor": shown.donor_name if shown else "",
        "before": news.before, "after": news.after, "actions": actions.get(news.line_id, []),
    }  # fmt: skip
