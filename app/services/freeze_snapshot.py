"""Freeze an overlap report under a lasting address, with all that its figures are made of."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotAllowed
from app.models.worded import worded
from app.queries.audit import note_action
from app.queries.frozen_money import count_rows, read_frozen_money
from app.queries.snapshots import insert_snapshot
from app.rules.frozen_money import FrozenMoney
from app.rules.indices import Significance
from app.rules.method import FORMULAS, VERSION
from app.rules.permissions import Viewer, may_keep_minutes
from app.services.frozen_document import pack_document
from app.services.report_meeting import report_meeting
from app.services.report_overlap import (
    OverlapFilter,
    OverlapReport,
    donors_of_level,
    report_overlap,
    report_scope,
)
from app.settings import settings

MOST_ROWS = 500_000
LONGEST_TITLE, LONGEST_NOTE = 200, 4_000


def freeze_snapshot(viewer: Viewer, asked: OverlapFilter, title: str, note: str = "") -> int:
    """The number of the snapshot. Raises NotAllowed, InvalidInput, NotFound."""
    title, note = check_freezing(viewer, title, note)
    # All that takes time happens before the transaction that writes: nobody waits for it.
    with database.read(settings().database_url) as connection:
        values = read_snapshot(connection, asked)
    with database.write() as connection:
        return write_snapshot(connection, viewer, title, note, values)


def check_freezing(viewer: Viewer, title: str, note: str) -> tuple[str, str]:
    """Title and note as they are kept. Raises NotAllowed, InvalidInput."""
    if not may_keep_minutes(viewer):
        raise NotAllowed("Readers can't freeze a report; ask an editor of your organisation.")
    title, note = title.strip(), note.strip()
    if not title or len(title) > LONGEST_TITLE or len(note) > LONGEST_NOTE:
        raise InvalidInput("Give the snapshot a title of at most 200 letters, such as the meeting's name.")
    return title, note


def write_snapshot(connection: Connection, viewer: Viewer, title: str, note: str, values: dict[str, Any]) -> int:
    """What `read_snapshot` made, under a number of its own."""
    who = {"user_id": viewer.user_id, "user_name": viewer.name or viewer.email}
    number = insert_snapshot(connection, title=title, note=note, **who, **values)
    note_action(connection, viewer.user_id, "freeze-snapshot", f"snapshot {number}", title)
    return number


def read_snapshot(connection: Connection, asked: OverlapFilter) -> dict[str, Any]:
    """The columns of the snapshot. Raises InvalidInput, NotFound."""
    report, at = report_overlap(connection, asked), datetime.now(UTC)
    content = {
        "report": trim_report(report), "meeting": report_meeting(connection, report, at.date()),
        "method": VERSION, "formulas": FORMULAS,
    }  # fmt: skip
    return {
        "at": at, "framework": report.framework.key, "flow": asked.flow, "places": " ".join(report.countries),
        "first_year": report.first_year, "last_year": report.last_year, "currency": report.currency,
        "counted": report.figures.counted, "data_version": report.data_version, "method": VERSION,
        "document": pack_document(content), "money": pack_document(read_money_behind(connection, asked)),
    }  # fmt: skip


def read_money_behind(connection: Connection, asked: OverlapFilter, most: int | None = None) -> FrozenMoney:
    """All amounts that a report of `asked` adds up. Raises InvalidInput where there are too many to keep."""
    most = most or MOST_ROWS
    _, scope = report_scope(connection, asked)
    rows = count_rows(connection, scope)
    if rows > most:
        raise InvalidInput(
            worded(
                "This report adds up %(rows)s amounts; at most %(most)s can be kept. Choose fewer "
                "countries, donors or years.",
                rows=f"{rows:,}",
                most=f"{most:,}",
            )
        )
    return read_frozen_money(connection, scope, donors_of_level(connection, asked.level))


def trim_report(report: OverlapReport) -> OverlapReport:
    """The report without names and relations that it does not show, and without what is made of the rest."""
    figures = report.figures
    donors = {line.donor for line in figures.donor_lines} | {cell.donor for cell in figures.cells}
    donors |= {donor for pair in figures.pairs for donor in pair}
    places, all_of = set(report.countries), report.significance
    significance = Significance(
        frozenset(one for one in all_of.significant if one[0] in donors and one[1] in places),
        {donor: figure for donor, figure in all_of.concentration_ratio.items() if donor in donors},
        {place: figure for place, figure in all_of.fragmentation_ratio.items() if place in places},
        all_of.non_significant_money,
    )
    names = {number: named for number, named in report.donors.items() if number in donors}
    return replace(report, donors=names, significance=significance, cells={}, areas={})
