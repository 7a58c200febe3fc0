"""Agreements with their parties, and what the data say of each since it was made."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.queries import agreements
from app.queries.frameworks import StoredArea, StoredFramework, list_frameworks
from app.rules.follow_agreement import FollowUp, Project, follow_up
from app.rules.permissions import Viewer
from app.services.overlap_json import money_text


@dataclass(slots=True)
class PartyLine:
    """A party: who it is, its role, its projects in the place, and how it kept to its part."""

    ref: str
    name: str
    role: str
    found: FollowUp
    projects: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class AgreementLine:
    """An agreement with its parties; `area` None: about the whole country."""

    row: Any
    framework: StoredFramework
    area: StoredArea | None
    parties: list[PartyLine]
    is_late: bool


@dataclass(slots=True)
class AgreementPage:
    """One agreement and its history: (entry, what the agreement was before it or None)."""

    line: AgreementLine
    changes: list[tuple[Any, dict[str, Any] | None]]


def list_agreements(
    connection: Connection, viewer: Viewer, today: date, countries: Sequence[str] = (), framework: str = "",
    state: str = "", after: int | None = None, limit: int | None = None,
) -> list[AgreementLine]:  # fmt: skip
    """Agreements of some countries, of a framework, in a state ('': any)."""
    rows = agreements.list_agreements(
        connection, countries=countries, framework=framework, state=state, after=after, limit=limit
    )
    return _lines(connection, viewer, rows, today)


def show_agreement(connection: Connection, viewer: Viewer, number: int, today: date) -> AgreementPage:
    """One agreement. Raises NotFound."""
    [line] = _lines(connection, viewer, [agreements.get_agreement(connection, number)], today)
    changes = agreements.read_changes(connection, number)
    return AgreementPage(line, [(one, json.loads(one.before) if one.before else None) for one in changes])


def _lines(connection: Connection, viewer: Viewer, rows: Sequence[Any], today: date) -> list[AgreementLine]:
    if not rows:
        return []
    frameworks = {one.id: one for one in list_frameworks(connection)}
    parties = agreements.read_parties(connection, [row.id for row in rows])
    lines = []
    for row in rows:
        framework = frameworks[row.framework_id]
        told = [_party(connection, viewer, row, one, today) for one in parties.get(row.id, [])]
        is_late = row.state == "open" and row.due is not None and row.due < today
        lines.append(AgreementLine(row, framework, framework.by_id.get(row.area_id), told, is_late))
    return lines


def _party(connection: Connection, viewer: Viewer, agreement: Any, party: Any, today: date) -> PartyLine:
    donors = agreements.with_agencies(connection, party.organisation_id)
    rows = agreements.read_party_projects(connection, viewer, agreement, donors)
    projects = [Project(row.id, row.start, row.end, row.status, row.first_year, int(row.net)) for row in rows]
    money = agreements.read_party_money(connection, agreement, donors)
    found = follow_up(party.role, projects, money, agreement.decided_on, today)
    return PartyLine(party.ref, party.name, party.role, found, rows)


def agreement_as_json(line: AgreementLine) -> dict[str, Any]:
    """An agreement for scripts."""
    row = line.row
    return {
        "id": row.id, "framework": line.framework.key, "country": row.country,
        "area": line.area.code if line.area else None, "description": row.description, "state": row.state,
        "decided_on": row.decided_on.isoformat(), "due": row.due.isoformat() if row.due else None,
        "late": line.is_late, "snapshot": row.snapshot_id,
        "parties": [
            {
                "organisation": one.ref, "name": one.name, "role": one.role, "verdict": one.found.verdict,
                "before": money_text(one.found.before), "year": money_text(one.found.year),
                "since": money_text(one.found.since), "projects_then": one.found.then,
                "projects_now": one.found.now,
                "until": one.found.until.isoformat() if one.found.until else None,
            }
            for one in line.parties
        ],
    }  # fmt: skip
