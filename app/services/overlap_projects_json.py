"""The projects behind a figure of the overlap report as JSON."""

from typing import Any

from app.services.list_overlap_projects import OverlapProjects
from app.services.overlap_json import money_text


def overlap_projects_as_json(found: OverlapProjects, currency: str) -> dict[str, Any]:
    """The lines that the page shows, with their reasons, and what they add up to."""
    totals = found.totals
    return {
        "framework": found.framework.key,
        "currency": currency,
        "totals": {
            "projects": totals.projects,
            "gross": money_text(totals.gross),
            "net": money_text(totals.net),
        },
        "projects": [
            {
                "id": line.activity_id,
                "identifier": line.identifier,
                "title": line.title,
                "donor": line.donor_ref,
                "donor_name": line.donor_name,
                "from": line.first_year,
                "to": line.last_year,
                "gross": money_text(line.gross),
                "net": money_text(line.net),
                "reasons": [
                    {"code": reason.code, "explanation": reason.explanation, "other": reason.identifier}
                    for reason in found.reasons.get(line.activity_id, [])
                ],
            }
            for line in found.lines
        ],
    }
