"""What adding and changing an agreement have in common: what is said is checked, and the history goes on."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from app.codelists import is_code
from app.errors import InvalidInput, NotAllowed
from app.models.worded import worded
from app.queries import agreements
from app.queries.frameworks import get_framework
from app.queries.snapshots import get_snapshot
from app.rules.follow_agreement import LEAD, ROLES
from app.rules.permissions import Viewer, may_keep_minutes

STATES = ("open", "kept", "dropped")
LONGEST = 4_000
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class AgreementForm:
    """An agreement as it is said; `parties`: reference -> role, `area`: its code or '' for the whole country."""

    country: str
    description: str
    decided_on: date
    framework: str = ""
    area: str = ""
    due: date | None = None
    parties: dict[str, str] = field(default_factory=dict)
    snapshot: int | None = None


def check_may_write(viewer: Viewer) -> None:
    """Raises NotAllowed."""
    if not may_keep_minutes(viewer):
        raise NotAllowed("Readers can't enter or change agreements; ask an editor of your organisation.")


def read_form(connection: Connection, form: AgreementForm) -> tuple[dict[str, Any], dict[int, str]]:
    """The columns and the parties (organisation -> role) of what is said. Raises InvalidInput, NotFound."""
    _check(form)
    framework = get_framework(connection, form.framework)
    areas = {area.code: area.id for area in framework.areas}
    if form.area and form.area not in areas:
        raise InvalidInput(worded("The framework %(key)s has no area “%(area)s”.", key=framework.key, area=form.area))
    if form.snapshot is not None:
        get_snapshot(connection, form.snapshot)
    known = agreements.find_organisations(connection, list(form.parties))
    if missing := form.parties.keys() - known.keys():
        raise InvalidInput(worded("No organisation has the reference %(names)s.", names=", ".join(sorted(missing))))
    values = {
        "framework_id": framework.id, "country": form.country, "area_id": areas.get(form.area),
        "description": form.description.strip(), "decided_on": form.decided_on, "due": form.due,
        "snapshot_id": form.snapshot,
    }  # fmt: skip
    return values, {known[ref]: role for ref, role in form.parties.items()}


def _check(form: AgreementForm) -> None:
    if not (is_code("Country", form.country) or is_code("Region", form.country)):
        raise InvalidInput("Choose the country or region that the agreement is about.")
    if not form.description.strip() or len(form.description) > LONGEST:
        raise InvalidInput("Say in words what was agreed, in at most 4,000 letters.")
    if form.due is not None and form.due < form.decided_on:
        raise InvalidInput("An agreement can't be due before the day on which it was made.")
    if form.decided_on < EARLIEST or form.decided_on > datetime.now(UTC).date():
        raise InvalidInput("Give the day of the meeting; it can't be in the future.")
    if wrong := set(form.parties.values()) - set(ROLES):
        raise InvalidInput(
            worded(
                "There is no part “%(names)s”: choose %(choices)s.",
                names=", ".join(sorted(wrong)),
                choices=", ".join(ROLES),
            )
        )
    if list(form.parties.values()).count(LEAD) > 1:
        raise InvalidInput("Only one organisation can lead: let the others join.")


def note_change(connection: Connection, viewer: Viewer, number: int, state: str, comment: str, before: Any) -> None:
    """One more entry of the history; `before`: what the agreement was, None for a comment alone."""
    agreements.insert_change(
        connection, agreement_id=number, user_id=viewer.user_id, user_name=viewer.name or viewer.email, state=state,
        comment=comment.strip(), before="" if before is None else json.dumps(before), at=datetime.now(UTC),
    )  # fmt: skip


def state_of(connection: Connection, number: int) -> dict[str, Any]:
    """The agreement as its history keeps it."""
    row = agreements.get_agreement(connection, number)
    parties = agreements.read_parties(connection, [number]).get(number, [])
    return {
        "state": row.state, "framework": row.framework, "country": row.country, "area_id": row.area_id,
        "description": row.description, "decided_on": row.decided_on.isoformat(),
        "due": row.due.isoformat() if row.due else None, "snapshot": row.snapshot_id,
        "parties": {party.ref: party.role for party in parties},
    }  # fmt: skip
