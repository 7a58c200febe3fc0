"""The API: one file a resource."""

from fastapi import APIRouter

from app.routers.api import activities, areas, exports, frameworks, imports, organisations, reports

API_ROUTERS: tuple[APIRouter, ...] = (
    activities.router, organisations.router, frameworks.router, areas.router, imports.router, reports.router,
    exports.router,
)  # fmt: skip
