"""Areas of projects as plain values, for programs."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.queries import mappings, project, reviews
from app.queries.frameworks import get_framework
from app.rules.permissions import Viewer


def list_mappings(connection: Connection, viewer: Viewer, framework_key: str | None) -> list[dict[str, Any]]:
    """Every project with areas in a framework (None: in any), with its areas there; rejected ones left out."""
    found: dict[int, dict[str, Any]] = {}
    for row in mappings.list_mapped(connection, viewer, framework_key):
        one = found.setdefault(row.activity_id, {"id": row.identifier, "areas": []})
        one["areas"].append({"framework": row.framework, **_area(row)})
    return list(found.values())


def show_mappings(connection: Connection, viewer: Viewer, activity_id: int, framework_key: str) -> dict[str, Any]:
    """What is suggested and decided about one project in one framework. Raises NotFound."""
    row = project.get_project(connection, viewer, activity_id)
    framework = get_framework(connection, framework_key)
    review = reviews.get_review(connection, activity_id, framework.id)
    mapped = [one for one in project.read_mappings(connection, activity_id) if one.framework_id == framework.id]
    return {
        "activity_id": activity_id,
        "identifier": row.identifier,
        "framework": framework.key,
        "waits_because": review.why.split() if review else [],
        "areas": [{**_area(one), "decided_at": one.decided_at.isoformat()} for one in mapped],
    }


def _area(row: Any) -> dict[str, Any]:
    """One mapping; `share` of 1, None where it is an equal part."""
    return {
        "area": row.code,
        "state": row.state,
        "source": row.source,
        "share": None if row.share is None else float(Decimal(row.share) / 1_000_000),
        "confidence": float(row.confidence) if row.confidence else None,
        "evidence": json.loads(row.evidence or "[]"),
    }
