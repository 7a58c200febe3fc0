"""Commit a previewed import: the staged records, compared once more with what is stored now."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from lxml import etree
from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict
from app.models.import_run import Counts
from app.models.packed import unpack_record
from app.models.record import Reported
from app.models.worded import worded
from app.queries import imports
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version, wait_for_long_turn
from app.queries.record_writer import RecordWriter
from app.queries.records import current_record
from app.queries.staged_rows import clear_staged_rows, count_left_out, list_to_archive, read_to_write
from app.rules.compare import keep_stored, money_elements, parse_record
from app.services.import_funding import KINDS, confirm_funding
from app.services.import_outcome import BATCH, ImportResult, read_result
from app.services.name_organisations import name_organisations
from app.services.suggest_areas import suggest_areas, suggest_later

Tell = Callable[[int], None]


def tell_nobody(_: int) -> None:
    """How far it is, where nobody looks on."""


def confirm_import(import_id: int, user_id: int | None = None) -> ImportResult:
    """Write what the preview showed but for what was left out, in one transaction, and suggest areas for it.

    Raises NotFound, Busy, or ImportConflict if the import is no preview. Projects that changed since the preview are
    compared anew.
    """
    with database.write_briefly() as connection:
        write_preview(connection, import_id, user_id)
        run = imports.get_run(connection, import_id)
        is_left = suggest_later(connection, run.new + run.changed, import_id=import_id)
    if not is_left:
        suggest_areas(import_id=import_id)
    with database.read() as connection:
        return read_result(connection, import_id)


def write_preview(
    connection: Connection, import_id: int, user_id: int | None, state: str = "previewed", tell: Tell = tell_nobody
) -> None:
    """Write the preview in the caller's transaction; `state` is the one that it has to be in. Raises ImportConflict."""
    wait_for_long_turn(connection)
    run = imports.get_run(connection, import_id, lock=True)
    if run.state != state:
        raise ImportConflict(
            worded(
                "Import %(number)s is %(state)s; only a previewed import can be confirmed.",
                number=import_id,
                state=run.state,
            )
        )
    if run.format in KINDS:
        confirm_funding(connection, run, user_id)
        return
    writer = RecordWriter(connection, import_id, imports.organisation_ref(connection, run.owner_id), run.mode)
    for rows in read_to_write(connection, import_id, run.mode, BATCH):
        writer.take([_reported(connection, row) for row in rows])
        tell(writer.counts.read)
    name_organisations(connection, run)
    if run.mode == "replace":
        writer.remove_staged(list_to_archive(connection, import_id))
    writer.finish()
    note_action(connection, user_id, "confirm import", f"import {import_id}")
    counts = _counts(connection, run, writer.counts)
    imports.update_run(
        connection, import_id, state="committed", finished_at=datetime.now(UTC), rejected=counts.rejected,
        owner_id=run.owner_id or writer.only_owner(),
        new=counts.new, changed=counts.changed, unchanged=counts.unchanged, removed=counts.removed,
    )  # fmt: skip
    clear_staged_rows(connection, import_id)
    bump_data_version(connection)


def _counts(connection: Connection, run: Any, written: Counts) -> Counts:
    """New projects that were left out count as rejected; everything else that was not written as unchanged."""
    rejected = run.rejected + count_left_out(connection, run.id, run.mode) + written.rejected
    unchanged = run.read - rejected - written.new - written.changed
    return Counts(run.read, written.new, written.changed, unchanged, written.removed, rejected)


def _reported(connection: Connection, row: Any) -> Reported:
    xml, places, kept = unpack_record(row.record), row.places.split("\n"), frozenset(json.loads(row.kept))
    element = parse_record(xml)
    stored = current_record(connection, row.activity_id) if kept and row.activity_id else None
    if stored is None:
        return Reported(element, xml, places=places, partial=row.partial)
    before = parse_record(unpack_record(stored.record))
    at = dict(zip(money_elements(before), stored.places.split("\n")[1:], strict=False))
    at |= dict(zip(money_elements(element), places[1:], strict=False))
    copies = keep_stored(before, element, kept, is_partial=row.partial)
    order = [places[0], *(at.get(copies.get(each, each), "") for each in money_elements(element))]
    return Reported(
        element, etree.tostring(element, encoding="utf-8", with_tail=False), places=order, partial=row.partial
    )
