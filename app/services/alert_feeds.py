"""What a saved search tells programs: its news as Atom, its deadlines as a calendar; whoever has the address may read."""

from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from app.languages import gettext as _
from app.languages import speaking
from app.queries import alerts
from app.services.alert_words import alert_title, alert_words
from app.services.find_alerts import read_result
from app.services.search_lines import LineShown
from app.settings import settings
from exports.atom import Entry, feed_of
from exports.calendar import Deadline, calendar_of

NEWEST = 200


def alert_feed(connection: Connection, token: str) -> bytes:
    """The newest alerts. Raises NotFound."""
    row, base = alerts.find_search(connection, token), settings().public_url
    host = urlsplit(base).hostname
    with speaking(alerts.viewer_of(connection, row.user_id).locale):
        entries = [
            Entry(
                f"tag:{host},2026:alert/{one.id}", f"{alert_title(one)}: {alert_words(one)}", alert_words(one),
                f"{base}/opportunities/{one.line_id}", _utc(one.made_at),
            )
            for one in alerts.list_alerts(connection, [row.id], NEWEST)
        ]  # fmt: skip
    changed = max((one.at for one in entries), default=_utc(row.created_at))
    return feed_of(f"tag:{host},2026:search/{row.id}", row.name, f"{base}/feeds/{token}.atom", changed, entries)


def deadline_calendar(connection: Connection, token: str, now: datetime) -> bytes:
    """The deadlines of what the search finds now. Raises NotFound."""
    row = alerts.find_search(connection, token)
    viewer = alerts.viewer_of(connection, row.user_id)
    found = read_result(connection, viewer, row, now)
    with speaking(viewer.locale):
        return calendar_of(row.name, [_deadline(line) for line in found.lines.values() if line.line.closes])


def _deadline(shown: LineShown) -> Deadline:
    base, line = settings().public_url, shown.line
    # A day is a day of the donor's, whatever the reader's clock says; a time is a moment everywhere.
    is_moment = len(line.closes) > len("2026-03-31") and shown.closes_at is not None
    when = _utc(shown.closes_at) if is_moment and shown.closes_at else date.fromisoformat(line.closes[:10])
    return Deadline(
        f"line-{shown.id}@{urlsplit(base).hostname}", _("Deadline: %(title)s") % {"title": line.title},
        f"{shown.donor_name}, {line.reference}. {line.closes.replace('T', ' ')} ({line.time_zone})",
        f"{base}/opportunities/{shown.id}", when, shown.version, _utc(shown.updated_at),
    )  # fmt: skip


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
