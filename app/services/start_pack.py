"""Have a meeting pack made in the background."""

import json
from dataclasses import asdict
from typing import Any

from app import database
from app.queries.jobs import add_job
from app.queries.snapshots import get_snapshot
from app.rules.permissions import Viewer
from app.services.build_pack import PackOrder
from app.services.report_overlap import OverlapFilter, report_scope
from app.services.work_on_job import WAKE
from app.settings import settings

PACK = "meeting-pack"  # the kind of the job


def start_pack(viewer: Viewer, order: PackOrder) -> int:
    """Queue the making of a pack; the number of its job. Whoever may read the report may have a pack of it.

    Raises InvalidInput or NotFound at once for a report or a snapshot that does not exist.
    """
    asked = {"asked": asdict(order.asked), "locale": order.language, "since": order.since, "user_id": viewer.user_id}
    with database.read(settings().database_url) as connection:
        report_scope(connection, order.asked)
        if order.since:
            get_snapshot(connection, order.since)
    with database.write() as connection:
        # Asked for twice while it is being made, it is made once.
        job = add_job(connection, PACK, asked, dedupe_key=f"{PACK} {json.dumps(asked, sort_keys=True)}")
    WAKE.set()
    return job


def read_order(arguments: dict[str, Any]) -> PackOrder:
    """What `start_pack` was asked for, from the arguments of its job."""
    return PackOrder(read_filter(arguments["asked"]), arguments["locale"], arguments["since"])


def read_filter(said: dict[str, Any]) -> OverlapFilter:
    """The filters of a report, from the JSON of a job."""
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in said.items()}
    return OverlapFilter(**values)
