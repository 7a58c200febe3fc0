"""The API: one file a resource."""

from fastapi import APIRouter

from app.routers.api import (
    activities,
    agreements,
    areas,
    exports,
    frameworks,
    funding_lines,
    import_choices,
    imports,
    mappings,
    organisations,
    plans,
    reports,
    snapshots,
)

API_ROUTERS: tuple[APIRouter, ...] = (
    activities.router, organisations.router, frameworks.router, areas.router, imports.router,
    import_choices.router, mappings.router, reports.router, snapshots.router, agreements.router,
    exports.router, funding_lines.router, funding_lines.opportunities, funding_lines.matches, plans.router,
)  # fmt: skip
