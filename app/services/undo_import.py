"""Take one import back: every record that it changed is again what it was before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict
from app.models.import_run import Counts
from app.models.worded import worded
from app.queries import imports
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version, wait_for_long_turn
from app.queries.imports import list_changed
from app.queries.record_writer import RecordWriter, Restored, lock_activities
from app.queries.records import read_stored
from app.services.confirm_import import Tell, tell_nobody
from app.services.import_funding import KINDS, undo_funding
from app.services.import_portfolio import BATCH, ImportResult
from app.services.suggest_areas import suggest_areas, suggest_later


def undo_import(import_id: int, user_id: int | None = None) -> ImportResult:
    """Put back the records as they were before this import, in one transaction.

    New projects leave the portfolio, changed and removed ones return; what people decided stays.
    Raises NotFound, Busy, or ImportConflict if the import is not committed or a later one changed the same projects.
    """
    with database.write_briefly() as connection:
        run = take_back(connection, import_id, user_id)
        touched = list_changed(connection, import_id)
        is_left = suggest_later(connection, len(touched), undone=import_id)
    if not is_left:
        suggest_areas(activity_ids=touched)
    counts = Counts(run.read, run.new, run.changed, run.unchanged, run.removed, run.rejected)
    return ImportResult(import_id, "undone", run.format, run.mode, counts)


def take_back(
    connection: Connection, import_id: int, user_id: int | None, state: str = "committed", tell: Tell = tell_nobody
) -> Any:
    """Take the import back in the caller's transaction; its row as it was. Raises ImportConflict."""
    wait_for_long_turn(connection)
    run = imports.get_run(connection, import_id, lock=True)
    if run.state != state:
        raise ImportConflict(
            worded(
                "Import %(number)s is %(state)s; only a committed import can be taken back.",
                number=import_id,
                state=run.state,
            )
        )
    if run.format in KINDS:
        undo_funding(connection, run, user_id)
        return run
    lock_activities(connection, list_changed(connection, import_id))
    check_later(connection, import_id)
    writer = RecordWriter(connection, import_id, None, run.mode)
    _withdraw_new(connection, writer, import_id)
    done = run.new
    for change in ("changed", "removed"):
        for count in _restore(connection, writer, import_id, change):
            done += count
            tell(done)
    writer.finish()
    note_action(connection, user_id, "undo import", f"import {import_id}")
    imports.update_run(connection, import_id, state="undone", finished_at=datetime.now(UTC))
    bump_data_version(connection)
    return run


def check_later(connection: Connection, import_id: int) -> None:
    """Raises ImportConflict where later imports changed the same projects."""
    if later := imports.later_imports(connection, import_id):
        named = ", ".join(str(number) for number in later)
        raise ImportConflict(
            worded("Later imports changed the same projects: take back %(imports)s first.", imports=named)
        )


def _withdraw_new(connection: Connection, writer: RecordWriter, import_id: int) -> None:
    new = imports.list_versions(connection, import_id, "new")
    writer.withdraw([(version.activity_id, version.id, import_id) for version in new])


def _restore(connection: Connection, writer: RecordWriter, import_id: int, change: str) -> Iterator[int]:
    """Bring back the records of the versions before, batch by batch; how many there are in each."""
    versions = iter(imports.list_versions(connection, import_id, change))
    while batch := list(islice(versions, BATCH)):
        earlier = {row.id: row for row in imports.read_versions(connection, [v.previous_id for v in batch])}
        writer.restore([_restored(v.activity_id, earlier[v.previous_id], connection) for v in batch])
        yield len(batch)


def _restored(activity_id: int, version: Any, connection: Connection) -> Restored:
    record = read_stored(connection, version)
    return Restored(activity_id, version.id, version.import_id, record, version.record_hash)
