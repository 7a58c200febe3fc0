"""Funding lines by words, place, area, applicant, amount and deadline; and one of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.models.line_document import LineDocument
from app.queries import funding_lines
from app.queries.area_links import with_answering
from app.queries.funding_lines import LineFilter
from app.rules.opportunity_status import Dates, LineStatus, opportunity_status
from app.rules.permissions import Viewer, may_change

__all__ = ["LineFilter", "LinePage", "LineShown", "search_lines", "show_line"]


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line as pages and programs show it; `base` holds minimum, maximum and total in hundredths of the base currency."""

    id: int
    donor: str
    donor_name: str
    line: LineDocument
    status: LineStatus
    base: tuple[int | None, int | None, int | None]
    rate_note: str
    closes_at: datetime | None
    version: int
    updated_at: datetime
    may_edit: bool


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of the lines found, and how many there are in all."""

    lines: list[LineShown]
    total: int


def search_lines(
    connection: Connection,
    viewer: Viewer | None,
    asked: LineFilter,
    now: datetime,
    limit: int | None = 50,
    offset: int = 0,
    after: int | None = None,
) -> LinePage:
    """The lines that `asked` describes, those that close first in front; with `after`, by id and those beyond it.

    An area finds those that it is part of or holds too.
    """
    asked = replace(asked, areas=with_answering(connection, asked.areas))
    rows = funding_lines.list_lines(connection, viewer, asked, now, limit, offset, after)
    total = len(rows) if limit is None else funding_lines.count_lines(connection, viewer, asked, now)
    return LinePage([line_shown(row, viewer, now) for row in rows], total)


def show_line(connection: Connection, viewer: Viewer | None, line_id: int, now: datetime) -> LineShown:
    """Raises NotFound."""
    return line_shown(funding_lines.get_line(connection, viewer, line_id), viewer, now)


def line_shown(row: Any, viewer: Viewer | None, now: datetime) -> LineShown:
    """A row as it is shown."""
    dates = Dates(row.forecast, row.opens, row.closes, row.time_zone, row.rolling)
    return LineShown(
        row.id, row.donor_ref, row.donor_name, funding_lines.document_of(row), opportunity_status(dates, now),
        (row.minimum_base, row.maximum_base, row.total_base), row.rate_note, row.closes_at, row.version, row.updated_at,
        viewer is not None and may_change(viewer, row.owner_id),
    )  # fmt: skip
