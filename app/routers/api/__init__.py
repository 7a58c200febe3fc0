"""The API: one file a resource."""

from fastapi import APIRouter

from app.routers.api import (
    activities,
    agreements,
    areas,
    claims,
    exports,
    frameworks,
    funding_lines,
    good_practices,
    import_choices,
    imports,
    interests,
    mappings,
    matches,
    organisations,
    plans,
    reports,
    saved_searches,
    shortlist,
    snapshots,
)

API_ROUTERS: tuple[APIRouter, ...] = (
    activities.router, organisations.router, frameworks.router, areas.router, imports.router,
    import_choices.router, mappings.router, claims.router, reports.router, snapshots.router, agreements.router,
    exports.router, funding_lines.router, funding_lines.opportunities, matches.router, plans.router,
    saved_searches.router, shortlist.router, interests.router, good_practices.router,
)  # fmt: skip
