"""Decide on many projects in the background, some at a time, so that others can write meanwhile."""

import json
from typing import Any

from sqlalchemy import Connection

from app import database
from app.queries.bulk import wait_for_turn
from app.queries.jobs import hold_job
from app.queries.users import get_viewer
from app.services.decide_found import BulkOrder, decide_some
from app.services.work_on_job import HeldJob, Work

STEP = 100  # projects


def _run(job: HeldJob) -> None:
    """Taken up anew after a crash, it passes over what is decided; all of it is one batch, to be taken back at once."""
    order = BulkOrder(**job.arguments["order"])
    batch = job.arguments.get("batch")
    for start in range(0, len(order.ids), STEP):
        with database.write() as connection:
            wait_for_turn(connection)
            viewer = get_viewer(connection, job.arguments["user_id"])
            batch = decide_some(connection, viewer, order, order.ids[start : start + STEP], batch)
            said = json.dumps({**job.arguments, "batch": batch})
            done = min(start + STEP, len(order.ids))
            hold_job(connection, job.id, job.worker, done=done, total=len(order.ids), arguments=said)
            if done == len(order.ids):
                job.finish(connection)


def _give_up(_connection: Connection, _arguments: dict[str, Any]) -> None:
    """What was decided stays decided, and can be taken back."""


DECIDING = Work(_run, _give_up)
