"""Why money counts less than reported, in words, with the project where it counts instead."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.queries.claims import read_deciders
from app.queries.overlap_projects import read_titles
from app.rules.netting import EXPLANATIONS
from app.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class ShownReason:
    """One reason; `activity_id` is None where the viewer may not see that project.

    `claim` is the number of the decision that it rests on (0: reports say so), with who decided and when.
    """

    code: str
    explanation: str
    activity_id: int | None
    identifier: str
    title: str
    claim: int = 0
    decided_by: str = ""
    decided_at: datetime | None = None


def explain_reasons(connection: Connection, viewer: Viewer, stored: Iterable[str]) -> dict[str, list[ShownReason]]:
    """Each stored text of reasons (JSON, as in `allocation.reasons`) -> its reasons for a page."""
    parsed = {
        one: [(str(code), int(other), *claim) for code, other, *claim in json.loads(one)] for one in set(stored) if one
    }
    every = [reason for reasons in parsed.values() for reason in reasons]
    titles = read_titles(connection, viewer, sorted({other for _, other, *_ in every}))
    deciders = read_deciders(connection, sorted({number for _, _, *claim in every for number in claim}))
    shown: dict[str, list[ShownReason]] = {}
    for one, reasons in parsed.items():
        shown[one] = []
        for code, other, *claim in reasons:
            row, by = titles.get(other), deciders.get(claim[0]) if claim else None
            words = EXPLANATIONS[code]
            seen = (row.id, row.identifier, row.title) if row else (None, "", "")
            decided = (by.id, (by.name or by.organisation or "") if row else "", by.decided_at) if by else ()
            shown[one].append(ShownReason(code, words, *seen, *decided))
    return shown
