"""Commit a previewed import: the staged records, compared once more with what is stored now."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict
from app.models.issue import Issue
from app.models.packed import unpack_record
from app.models.record import Reported
from app.queries import imports
from app.queries.allocations import refresh_allocations
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version, wait_for_turn
from app.queries.record_writer import RecordWriter
from app.rules.compare import parse_record
from app.services.import_portfolio import BATCH, ImportResult
from app.services.suggest_areas import suggest_areas


def confirm_import(import_id: int, user_id: int | None = None) -> ImportResult:
    """Write what the preview showed, in one transaction.

    Raises NotFound, or ImportConflict if the import is no preview. Projects that changed since the preview are compared anew.
    """
    with database.write() as connection:
        wait_for_turn(connection)
        run = imports.get_run(connection, import_id)
        _check(run.state, import_id)
        staged = list(imports.staged_numbers(connection, import_id))
        owner = imports.organisation_ref(connection, run.owner_id)
        writer = RecordWriter(connection, import_id, owner, run.mode)
        reading = _read_staged(connection, staged)
        while batch := list(islice(reading, BATCH)):
            writer.take(batch)
        obsolete = writer.remove_staged(imports.list_versions(connection, import_id, "removed"))
        imports.drop_versions(connection, staged + obsolete)
        refresh_allocations(connection, writer.touched, writer.countries)
        bump_data_version(connection)
        counts = writer.counts
        counts.read, counts.rejected = run.read, run.rejected
        counts.unchanged = run.read - run.rejected - counts.new - counts.changed
        note_action(connection, user_id, "confirm import", str(import_id))
        imports.update_run(
            connection, import_id, state="committed", finished_at=datetime.now(UTC),
            new=counts.new, changed=counts.changed, unchanged=counts.unchanged, removed=counts.removed,
        )  # fmt: skip
        issues = [_issue(row) for row in imports.list_issues(connection, import_id)]
    suggest_areas(import_id=import_id)
    return ImportResult(import_id, "committed", run.format, run.mode, counts, issues)


def _check(state: str, import_id: int) -> None:
    if state != "previewed":
        raise ImportConflict(f"Import {import_id} is {state}; only a previewed import can be confirmed.")


def _read_staged(connection: Connection, staged: list[int]) -> Iterator[Reported]:
    for start in range(0, len(staged), BATCH):
        for row in imports.read_versions(connection, staged[start : start + BATCH]):
            xml = unpack_record(row.record)
            yield Reported(parse_record(xml), xml, places=row.places.split("\n"), partial=row.partial)


def _issue(row: object) -> Issue:
    return Issue(**{name: getattr(row, name) for name in Issue.__dataclass_fields__})
