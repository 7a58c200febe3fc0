"""Why money counts less than reported, in words, with the project where it counts instead."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from app.queries.overlap_projects import read_titles
from app.rules.netting import EXPLANATIONS
from app.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class ShownReason:
    """One reason; `activity_id` is None where the viewer may not see that project."""

    code: str
    explanation: str
    activity_id: int | None
    identifier: str
    title: str


def explain_reasons(connection: Connection, viewer: Viewer, stored: Iterable[str]) -> dict[str, list[ShownReason]]:
    """Each stored text of reasons (JSON, as in `allocation.reasons`) -> its reasons for a page."""
    parsed = {one: [(str(code), int(other)) for code, other in json.loads(one)] for one in set(stored) if one}
    titles = read_titles(connection, viewer, sorted({other for pairs in parsed.values() for _, other in pairs}))
    shown: dict[str, list[ShownReason]] = {}
    for one, pairs in parsed.items():
        shown[one] = []
        for code, other in pairs:
            row = titles.get(other)
            words = EXPLANATIONS[code]  # type: ignore[index]
            seen = (row.id, row.identifier, row.title) if row else (None, "", "")
            shown[one].append(ShownReason(code, words, *seen))
    return shown
