"""A donor's interest in an action, from the first word to a decision."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotAllowed, NotFound
from app.models.worded import worded
from app.queries import funding_lines, interests, plans
from app.queries.audit import note_action
from app.rules.permissions import Viewer, may_change, may_import

EXPRESSED, IN_DISCUSSION, AGREED, DECLINED = "expressed", "in-discussion", "agreed", "declined"
# What may follow what; a decision stands.
NEXT = {EXPRESSED: (IN_DISCUSSION, AGREED, DECLINED), IN_DISCUSSION: (IN_DISCUSSION, AGREED, DECLINED)}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an interest: when, who (user id), the state that it led to, and the message."""

    at: datetime
    user_id: int | None
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class InterestShown:
    """An interest as both sides see it."""

    id: int
    plan_id: int
    plan_title: str
    action_id: int
    action_code: str
    action_title: str
    donor: str
    donor_name: str
    line_id: int | None
    state: str
    history: tuple[Step, ...]
    next_states: tuple[str, ...]


def express_interest(viewer: Viewer, action_id: int, message: str, line_id: int | None = None) -> int:
    """Tell the team of a plan that the viewer's organisation wants to fund an action; the interest's number.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    now = datetime.now(UTC)
    with database.write() as connection:
        plan = plans.plan_of_action(connection, viewer, action_id)
        donor = viewer.organisation_id
        if donor is None or not may_import(viewer):
            raise NotAllowed("Only editors of an organisation may express its interest.")
        if plan.owner_id == donor:
            raise InvalidInput("This is a plan of your own organisation.")
        mine = interests.list_interests(connection, donor_id=donor)
        if any(row.action_id == action_id and row.state in NEXT for row in mine):
            raise InvalidInput("Your organisation has expressed its interest in this action already.")
        if line_id is not None and funding_lines.get_line(connection, viewer, line_id).owner_id != donor:
            raise InvalidInput("This funding line is not your organisation's.")
        number = interests.insert_interest(
            connection, action_id=action_id, donor_id=donor, line_id=line_id, user_id=viewer.user_id, state=EXPRESSED,
            history=_history([], now, viewer, EXPRESSED, message), at=now,
        )  # fmt: skip
        note_action(connection, viewer.user_id, "express interest", f"interest {number}")
    return number


def answer_interest(viewer: Viewer, interest_id: int, state: str, message: str) -> None:
    """The next step, by the plan's team or the donor; only the team agrees. Raises NotFound, NotAllowed, InvalidInput."""
    now = datetime.now(UTC)
    with database.write() as connection:
        row = _open(connection, viewer, interest_id)
        if not (may_change(viewer, row.owner_id) or may_change(viewer, row.donor_id)):
            raise NotAllowed("Only editors of the two organisations may answer.")
        if state not in NEXT.get(row.state, ()):
            raise InvalidInput(
                worded("An interest that is %(state)s can't become %(state2)s.", state=row.state, state2=state)
            )
        if state == AGREED and not may_change(viewer, row.owner_id):
            raise NotAllowed("Only the plan's team can say that it is agreed.")
        history = _history(json.loads(row.history), now, viewer, state, message)
        interests.update_interest(connection, interest_id, state=state, history=history, at=now)
        note_action(connection, viewer.user_id, f"{state} interest", f"interest {interest_id}")


def list_interests(connection: Connection, viewer: Viewer) -> list[InterestShown]:
    """What donors told the plans of the viewer's organisation, and what it told others; newest first."""
    if viewer.organisation_id is None:
        rows = interests.list_interests(connection) if viewer.user_id is None else []
    else:
        mine = interests.list_interests(connection, owner_id=viewer.organisation_id)
        rows = sorted(
            [*mine, *interests.list_interests(connection, donor_id=viewer.organisation_id)], key=lambda row: -row.id
        )
    return [_shown(row) for row in rows]


def show_interest(connection: Connection, viewer: Viewer, interest_id: int) -> InterestShown:
    """Raises NotFound."""
    return _shown(_open(connection, viewer, interest_id))


def _open(connection: Connection, viewer: Viewer, interest_id: int) -> Any:
    rows = interests.list_interests(connection, number=interest_id)
    if not rows or not (viewer.is_operator or viewer.organisation_id in (rows[0].owner_id, rows[0].donor_id)):
        raise NotFound("There is no such interest.")
    return rows[0]


def _history(before: Sequence[Any], now: datetime, viewer: Viewer, state: str, message: str) -> str:
    return json.dumps([*before, [now.isoformat(), viewer.user_id, state, message.strip()]], ensure_ascii=False)


def _shown(row: Any) -> InterestShown:
    steps = tuple(
        Step(datetime.fromisoformat(at), user, state, message) for at, user, state, message in json.loads(row.history)
    )
    return InterestShown(
        row.id, row.plan_id, row.plan_title, row.action_id, row.code, row.title, row.donor_ref, row.donor_name, row.line_id,
        row.state, steps, NEXT.get(row.state, ()),
    )  # fmt: skip
