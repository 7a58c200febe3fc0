"""Saved searches, alerts, shortlists and interests as the JSON documents that scripts rely on."""

from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import Connection

from app.queries import alerts
from app.rules.permissions import Viewer
from app.services.alert_words import alert_title, alert_words
from app.services.express_interest import InterestShown
from app.services.keep_shortlist import Shortlisted
from app.settings import settings


def search_as_json(row: Any) -> dict[str, Any]:
    """`query`: the filters by name, each a list; the feeds open without sign-in for whoever has their address."""
    feed = f"{settings().public_url}/feeds/{row.token}"
    return {
        "id": row.id, "name": row.name, "kind": row.kind, "query": parse_qs(row.query), "plan": row.plan_id,
        "frequency": row.frequency, "atom": f"{feed}.atom", "calendar": f"{feed}.ics",
        "created_at": row.created_at.isoformat(), "sent_at": row.sent_at.isoformat() if row.sent_at else None,
    }  # fmt: skip


def list_alerts_as_json(
    connection: Connection, viewer: Viewer, search_id: int, after: int, limit: int
) -> list[dict[str, Any]]:
    """What one of the viewer's own saved searches told beyond an alert, oldest first. Raises NotFound."""
    alerts.get_search(connection, viewer.user_id, search_id)
    return [
        {
            "id": row.id, "line": row.line_id, "kind": row.kind, "title": alert_title(row), "words": alert_words(row),
            "at": row.made_at.isoformat(), "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in alerts.list_alerts_after(connection, search_id, after, limit)
    ]  # fmt: skip


def shortlisted_as_json(one: Shortlisted) -> dict[str, Any]:
    """`title` is null where the line was withdrawn or is no longer shared."""
    line = one.line
    return {
        "id": one.row.id, "line": one.row.line_id, "title": line.line.title if line else None,
        "donor": line.donor if line else None, "status": line.status.status if line else None,
        "closes": line.line.closes if line else None, "action": one.row.action_id, "action_code": one.row.code,
        "plan": one.row.plan_id, "at": one.row.at.isoformat(),
        "notes": [
            {"by": note.name or note.email or "", "text": note.description, "at": note.at.isoformat()}
            for note in one.notes
        ],
    }  # fmt: skip


def interest_as_json(one: InterestShown) -> dict[str, Any]:
    """`next_states`: what may follow; nothing after a decision."""
    return {
        "id": one.id, "plan": one.plan_id, "plan_title": one.plan_title, "action": one.action_id,
        "action_code": one.action_code, "action_title": one.action_title, "donor": one.donor,
        "donor_name": one.donor_name, "line": one.line_id, "state": one.state, "next_states": list(one.next_states),
        "history": [{"at": step.at.isoformat(), "state": step.state, "message": step.message} for step in one.history],
    }  # fmt: skip
