"""How the application does, for a monitoring system to collect: Prometheus' own text.

Each process counts the requests that it answers itself; what the database holds is the same from all of them.
"""

import time
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.queries.work import measure_work
from app.routers.dependencies import Read

router = APIRouter()
SECONDS = (0.01, 0.05, 0.1, 0.3, 1, 3, 10, 30)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Addresses that nobody serves are one line, whatever they are; so are methods that nobody knows.
NO_ROUTE, OTHER = "none", "other"
_own = CollectorRegistry()
ProcessCollector(registry=_own)
GCCollector(registry=_own)
_requests = Histogram(
    "tessera_request_seconds", "Seconds until an answer was sent.", ("method", "route", "status"), buckets=SECONDS,
    registry=_own,
)  # fmt: skip


class RequestMeter:
    """Counts answers by route and status, and the seconds that they took."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            route: Any = scope.get("route")
            method = scope["method"] if scope["method"] in METHODS else OTHER
            labels = method, getattr(route, "path", NO_ROUTE), str(status)
            _requests.labels(*labels).observe(time.perf_counter() - start)


@router.get("/metrics")
def show_metrics(connection: Read) -> Response:
    """What this process answered, and how much work of which kind there is; nothing of anybody's data."""
    stored = CollectorRegistry()
    jobs = Gauge("tessera_jobs", "Background jobs by kind and state.", ("kind", "state"), registry=stored)
    oldest = Gauge(
        "tessera_oldest_job_seconds", "How long the oldest job that nobody took has waited.", registry=stored
    )
    imports = Gauge("tessera_imports", "Imports by state.", ("state",), registry=stored)
    activities = Gauge("tessera_activities", "Projects in the database.", registry=stored)
    work = measure_work(connection)
    for row in work.jobs:
        jobs.labels(row.kind, row.state).set(row.count)
    for row in work.imports:
        imports.labels(row.state).set(row.count)
    oldest.set(work.waited)
    activities.set(work.activities)
    return Response(generate_latest(_own) + generate_latest(stored), media_type=CONTENT_TYPE_LATEST)
