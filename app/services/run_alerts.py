"""Alerts as background work: when there is something to look at, a job looks and mails."""

from datetime import UTC, datetime
from typing import Any

from app import database
from app.queries import alerts
from app.queries.jobs import add_job
from app.services.find_alerts import find_alerts
from app.services.send_digests import send_digests
from app.services.work_on_job import HeldJob, Work
from app.settings import settings

ALERTS = "alerts"
EVERY = 30.0  # seconds between two questions whether there is something to do
_last: dict[str, Any] = {}


def queue_alerts(now: datetime | None = None) -> bool:
    """Queue a look if lines, plans or searches changed since the last one, or an hour passed (deadlines come near by
    themselves), or a mail is due. Every process may ask: there is one such job at a time."""
    moment = now or datetime.now(UTC)
    with database.read(settings().database_url) as connection:
        if not alerts.list_search_ids(connection):
            return False
        stamp = (settings().database_url, *alerts.read_stamp(connection), moment.strftime("%Y-%m-%dT%H"))
        is_due = bool(settings().smtp_url and alerts.due_search_ids(connection, moment))
    if stamp == _last.get("stamp") and not is_due:
        return False
    with database.write() as connection:
        add_job(connection, ALERTS, {}, dedupe_key=ALERTS)
    _last["stamp"] = stamp
    return True


def _run(job: HeldJob) -> None:
    now = datetime.now(UTC)
    find_alerts(now)
    with database.write() as connection:
        job.tell(connection, 1, 2)  # who lost the job meanwhile mails nothing
    send_digests(now)
    with database.write() as connection:
        job.finish(connection)


ALERTING = Work(_run, lambda _connection, _arguments: None)
