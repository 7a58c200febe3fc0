"""One import for its page: what it would change or has changed, what it asks, what to know before it is confirmed."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.models.import_run import Counts
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import AreaTag, Reported
from app.queries import imports
from app.queries.import_changes import SILENT, count_changes, list_changes
from app.queries.import_issues import read_issues
from app.queries.mappings import tags_of
from app.queries.taken import Taken, lay_over
from app.queries.twin_candidates import list_twins
from app.queries.users import email_of
from app.rules.compare import Change, differences, parse_record
from app.rules.compare_documents import PartChange, compare_documents
from app.rules.group_issues import group_issues
from app.rules.permissions import Viewer
from app.services.import_funding import KINDS, list_entries
from app.services.import_outcome import read_questions
from app.services.import_page import (
    CHANGES_A_PAGE,
    ChangesAsked,
    FileShown,
    ImportPage,
    MoneyTotal,
    ProjectChange,
    TwinShown,
)
from app.services.open_import import open_import
from app.services.tell_progress import how_far

ALL = ChangesAsked()


def show_import(connection: Connection, viewer: Viewer, import_id: int, asked: ChangesAsked = ALL) -> ImportPage:
    """Raises NotFound, also where the import is not the viewer's business."""
    run = open_import(connection, viewer, import_id)
    kinds = count_changes(connection, run, asked.words)
    total = kinds.get(asked.kind, 0) if asked.kind else sum(kinds.values()) - kinds.get(SILENT, 0)
    effects = json.loads(run.mode_effects)
    return ImportPage(
        run=run,
        done=how_far(run),
        owner=imports.organisation_ref(connection, run.owner_id),
        user=email_of(connection, run.user_id) or "",
        files=[
            FileShown(row.position, row.name, row.size, row.sha256) for row in imports.list_files(connection, run.id)
        ],
        questions=read_questions(run.questions),
        totals=_totals(run),
        same_file=imports.same_import(connection, run),
        twins=_twins(connection, viewer, import_id),
        mode_effects={mode: Counts(**counts) for mode, counts in effects.items()},
        groups=group_issues(read_issues(connection, import_id, "", "")),
        kinds=kinds,
        changes=_changes(connection, run, asked),
        changes_total=total,
        later=imports.later_imports(connection, import_id) if run.state == "committed" else [],
        entries=(entries := list_entries(connection, import_id) if run.format in KINDS else []),
        parts={row.position: _parts(row) for row in entries},
    )


def _parts(entry: Any) -> list[PartChange]:
    """What differs in a funding line or plan."""
    return compare_documents(*(json.loads(text) if text else None for text in (entry.before, entry.after)))


def _totals(run: Any) -> list[MoneyTotal]:
    return [
        MoneyTotal(flow, currency, year, Decimal(before), Decimal(after))
        for flow, currency, year, before, after in json.loads(run.totals).get(run.mode, [])
    ]


def _twins(connection: Connection, viewer: Viewer, import_id: int) -> list[TwinShown]:
    return [
        TwinShown(
            row.identifier, row.title, row.activity_id, row.other_identifier, row.other_title, row.reporter,
            row.score, tuple(json.loads(row.reasons)),
        )
        for row in list_twins(connection, viewer, import_id)
    ]  # fmt: skip


def _changes(connection: Connection, run: Any, asked: ChangesAsked) -> list[ProjectChange]:
    offset = (max(asked.page, 1) - 1) * CHANGES_A_PAGE
    rows = list_changes(connection, run, asked.kind, asked.words, CHANGES_A_PAGE, offset)
    previous = [row.previous_id for row in rows if row.kind == "changed"]
    before = {row.id: row.record for row in imports.read_versions(connection, previous)}
    areas = tags_of(connection, [row.activity_id for row in rows if row.kind == "changed" and row.partial])
    return [
        ProjectChange(
            row.id, row.kind, row.identifier, row.title or row.identifier, row.place.partition("\n")[0],
            _fields(row, before.get(row.previous_id), areas.get(row.activity_id, ())), row.left_out, frozenset(json.loads(row.kept)),
        )
        for row in rows
    ]  # fmt: skip


def _fields(row: Any, packed: bytes | None, areas: Sequence[AreaTag]) -> list[Change]:
    """What differs; a staged partial report is shown as it would be once it is laid over what is stored."""
    if row.kind != "changed" or packed is None or row.record is None:
        return []
    before, after = unpack_record(packed), unpack_record(row.record)
    if row.partial:
        record = read_record(Reported(parse_record(after), after, places=row.place.split("\n")))
        after = lay_over(Taken(record, 0, 0, b"", row.record, partial=True), before, [], areas).record.xml
    return differences(before, after)
