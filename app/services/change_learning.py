"""Have what is confirmed learned from, or switch what was learned on or off."""

from typing import Any, Literal

from sqlalchemy import Connection

from app.errors import NotAllowed
from app.queries.audit import note_action
from app.queries.jobs import list_jobs
from app.rules.permissions import Viewer, may_edit_frameworks
from app.services.learn_areas import switch_learned
from app.services.suggest_areas import LEARN, queue_learning, queue_suggesting
from app.services.work_on_job import WAKE

LOOKED_BACK = 20  # jobs


def change_learning(
    connection: Connection, viewer: Viewer, framework: str, action: Literal["learn", "on", "off"]
) -> None:
    """Suggestions are made anew in the background. Raises NotAllowed, and NotFound where nothing was learned."""
    if not may_edit_frameworks(viewer):
        raise NotAllowed("Only admins change what suggestions are made of.")
    if action == "learn":
        queue_learning(connection, framework)
    else:
        switch_learned(framework, action == "on")
        queue_suggesting(connection, framework=framework)
    note_action(connection, viewer.user_id, "learning changed", f"{framework}: {action}")
    WAKE.set()


def last_learning(connection: Connection, framework: str) -> Any:
    """The row of the last job that learned for a framework, or None."""
    jobs = list_jobs(connection, LEARN, LOOKED_BACK)
    return next((job for job in jobs if f'"{framework}"' in job.arguments), None)
