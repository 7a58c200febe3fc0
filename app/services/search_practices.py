"""Good practices by words, place, area, evidence and organisation; one of them; and as documents and a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.models.practice_document import EVIDENCE, PracticeDocument
from app.models.worded import worded
from app.queries import good_practices
from app.queries.area_links import with_answering
from app.queries.good_practices import PracticeFilter
from app.rules.permissions import Viewer, may_change
from app.services.read_line_filter import Said, check_said, first_said
from exports.table import Table

NAMES = ("q", "country", "area", "evidence", "organisation", "project")
HEADINGS = (
    "Organisation", "Organisation name", "Title", "What was done", "What came of it", "What others should know",
    "What it takes", "Evidence", "Countries", "Areas", "Projects", "Documents", "Contact", "Visibility", "Updated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PracticeShown:
    """A practice as pages and programs show it."""

    id: int
    owner: str
    owner_name: str
    practice: PracticeDocument
    version: int
    updated_at: datetime
    may_edit: bool


@dataclass(frozen=True, slots=True)
class PracticePage:
    """One page of the practices found, and how many there are in all."""

    practices: list[PracticeShown]
    total: int


def read_practice_filter(said: Said) -> PracticeFilter:
    """What the address of a search says. Raises InvalidInput."""
    check_said(said)
    one = partial(first_said, said)
    evidence = one("evidence")
    if evidence and evidence not in EVIDENCE:
        raise InvalidInput(
            worded(
                "“%(evidence)s” is no level of evidence: choose %(choices)s.",
                evidence=evidence,
                choices=", ".join(EVIDENCE),
            )
        )
    areas = tuple(text for text in said.get("area", ()) if text)
    return PracticeFilter(one("q"), one("country").upper(), areas, evidence, one("organisation"), one("project"))


def search_practices(
    connection: Connection, viewer: Viewer, asked: PracticeFilter, limit: int | None = None, offset: int = 0,
    after: int | None = None,
) -> PracticePage:  # fmt: skip
    """The practices that `asked` describes, what changed last in front; with `after`, by id and those beyond it.

    An area finds those that it is part of or holds too.
    """
    asked = replace(asked, areas=with_answering(connection, asked.areas))
    rows = good_practices.list_practices(connection, viewer, asked, limit, offset, after)
    total = len(rows) if limit is None else good_practices.count_practices(connection, viewer, asked)
    return PracticePage([_shown(connection, row, viewer) for row in rows], total)


def show_practice(connection: Connection, viewer: Viewer, number: int) -> PracticeShown:
    """Raises NotFound."""
    return _shown(connection, good_practices.get_practice(connection, viewer, number), viewer)


def _shown(connection: Connection, row: Any, viewer: Viewer) -> PracticeShown:
    practice = good_practices.document_of(connection, row)
    may_edit = may_change(viewer, row.owner_id)
    return PracticeShown(row.id, row.owner_ref, row.owner_name, practice, row.version, row.updated_at, may_edit)


def practice_as_json(shown: PracticeShown) -> dict[str, Any]:
    """The document that scripts rely on (docs/api.md)."""
    practice = shown.practice.as_json()
    practice["documents"] = [{"title": title, "url": address} for title, address in shown.practice.documents]
    return {
        "id": shown.id, "organisation": shown.owner, "organisation_name": shown.owner_name, **practice,
        "version": shown.version, "updated_at": shown.updated_at.isoformat(),
    }  # fmt: skip


def practices_table(practices: Sequence[PracticeShown]) -> Table:
    """One row a practice."""
    rows = [
        (one.owner, one.owner_name, one.practice.title, one.practice.description, one.practice.results, one.practice.lessons,
         one.practice.conditions, one.practice.evidence, "; ".join(one.practice.countries), "; ".join(one.practice.areas),
         "; ".join(one.practice.projects), "\n".join(f"{title} | {address}" for title, address in one.practice.documents),
         one.practice.contact, one.practice.visibility, one.updated_at.date())
        for one in practices
    ]  # fmt: skip
    return Table("Good practices", HEADINGS, rows)
