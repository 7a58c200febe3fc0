"""Say whether a project pays for an action, and with which share of it; or link one by hand."""

import json
from datetime import UTC, datetime

from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotAllowed
from app.models.worded import worded
from app.queries import action_links, plans
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.rules.permissions import Viewer, may_change

STATES = ("proposed", "confirmed", "rejected")
MILLION = 1_000_000


def decide_action_link(viewer: Viewer, link_id: int, state: str, share: int | None = None) -> None:
    """Confirm, reject or reopen a proposal. `share` (millionths of the project's money), None: equal among its actions.

    Raises NotFound, NotAllowed, and InvalidInput if the shares of a project would come to more than the whole.
    """
    with database.write() as connection:
        link = action_links.get_link(connection, link_id)
        _check(connection, viewer, link.action_id, link.activity_id, state, share)
        action_links.update_link(
            connection, link_id, state=state, share=share, user_id=viewer.user_id, at=datetime.now(UTC)
        )
        bump_data_version(connection)
        note_action(connection, viewer.user_id, f"{state} action link", f"action link {link_id}")


def link_project(viewer: Viewer, action_id: int, identifier: str, share: int | None = None) -> None:
    """Link a project that nobody proposed: of several reports of it the main one. Raises NotFound, NotAllowed, InvalidInput."""
    with database.write() as connection:
        found = activities_visible_to(viewer, ACTIVITY.c.id).where(ACTIVITY.c.identifier == identifier.strip())
        activity_id = connection.execute(found.order_by(ACTIVITY.c.secondary, ACTIVITY.c.id).limit(1)).scalar() or 0
        _check(connection, viewer, action_id, activity_id, "confirmed", share)
        if not activity_id:
            raise InvalidInput(
                worded(
                    "No project that is shared with you has the identifier “%(identifier)s”. Copy it from the"
                    " project's page, as it stands there.",
                    identifier=identifier,
                )
            )
        if (action_id, activity_id) in action_links.known_links(connection, [action_id]):
            raise InvalidInput("This project is proposed for this action already: decide on the proposal.")
        action_links.insert_links(connection, [{
            "action_id": action_id, "activity_id": activity_id, "state": "confirmed", "share": share,
            "reasons": json.dumps(["Linked by hand."]), "user_id": viewer.user_id, "at": datetime.now(UTC),
        }])  # fmt: skip
        bump_data_version(connection)
        note_action(connection, viewer.user_id, "link project", f"activity {activity_id}", f"to action {action_id}")


def _check(
    connection: Connection, viewer: Viewer, action_id: int, activity_id: int, state: str, share: int | None
) -> None:
    if state not in STATES:
        raise InvalidInput(worded("A link is %(choices)s.", choices=", ".join(STATES)))
    plan = plans.plan_of_action(connection, viewer, action_id)
    if not may_change(viewer, plan.owner_id):
        raise NotAllowed("Only editors of the organisation that keeps this plan may link projects to it.")
    if share is not None and not 0 < share <= MILLION:
        raise InvalidInput("The share of a project is above 0 and at most 100 percent.")
    if state == "confirmed" and share is not None:
        others = action_links.shares_elsewhere(connection, action_id, activity_id)
        if others + share > MILLION:
            raise InvalidInput(
                worded(
                    "Other actions have %(others)s percent of this project: at most %(left)s are left.",
                    others=f"{others / 10_000:g}",
                    left=f"{(MILLION - others) / 10_000:g}",
                )
            )
