"""Keeps the roll-ups that reports read: what changed of an activity is added, what was there before is taken away."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
from pydantic_core import to_json
from sqlalchemy import Connection, select

from app.models.activity import Activity, ActivityOrganisation
from app.models.allocation import ActivityMoney, Allocation
from app.models.packed import unpack_record
from app.models.roll_up import WHOLE, RolledUp, RollUpSheet
from app.queries.bulk import delete_by_activity, fetch_plain, in_chunks, insert_models, one_of
from app.queries.upserts import delete_by_key, read_by_key, upsert_rows
from app.rules.sheets import COLUMNS, TYPES, Change, Changes, Part, SheetKey, told_of

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
ROLLED_UP = RolledUp.__table__  # type: ignore[attr-defined]
SHEET = RollUpSheet.__table__  # type: ignore[attr-defined]
TAKES_PART = ActivityOrganisation.__table__  # type: ignore[attr-defined]

ROLL_UPS = ("cell_year", "roll_up_sheet", "rolled_up")
FUNDING = "1"  # IATI OrganisationRole
_READ_AT_ONCE = 1000  # activities
_WRITTEN_AT_ONCE = 5_000  # amounts: memory does not grow with the import
_a = ALLOCATION.c
# In the order of rules/sheets.Amount.
_AMOUNT = (
    _a.framework_id, _a.country, _a.flow_type, _a.area_id, _a.donor_id, _a.year, _a.gross, _a.net, _a.equal,
    _a.confirmed, _a.linked,
)  # fmt: skip


def roll_up(connection: Connection, ids: Sequence[int]) -> None:
    """Bring the roll-ups up to date for activities whose allocations, reporter or funders may have changed."""
    waiting: list[Part] = []
    ordered = _by_relation(connection, ids)
    for start in range(0, len(ordered), _READ_AT_ONCE):
        waiting += _changed_parts(connection, ordered[start : start + _READ_AT_ONCE])
        if sum(len(part.amounts) for part in waiting) > _WRITTEN_AT_ONCE:
            _write(connection, waiting)
            waiting = []
    _write(connection, waiting)


def fill_roll_ups(connection: Connection) -> None:
    """Make the roll-ups of a database that had allocations before it had these roll-ups."""
    if connection.execute(select(ROLLED_UP.c.activity_id).limit(1)).first() is None:
        paid = select(PAID.c.activity_id).distinct().order_by(PAID.c.activity_id)
        roll_up(connection, list(connection.execute(paid).scalars()))
    for kind, whole in WHOLE.items():
        if _has_sheets(connection, kind) and not _has_sheets(connection, whole):
            _add_years(connection, kind)


def _has_sheets(connection: Connection, kind: str) -> bool:
    return connection.execute(select(SHEET.c.kind).where(SHEET.c.kind == kind).limit(1)).first() is not None


def _add_years(connection: Connection, kind: str) -> None:
    """Make the sheets over all years from those by year."""
    keys = [SheetKey(*row) for row in connection.execute(select(*SHEET.primary_key).where(SHEET.c.kind == kind))]
    for start in range(0, len(keys), _READ_AT_ONCE):
        nothing = np.array([], np.int64), np.array([], TYPES[kind])
        _write_sheets(connection, Change(kind, keys[start : start + _READ_AT_ONCE], *nothing))


def _by_relation(connection: Connection, ids: Sequence[int]) -> list[int]:
    """`ids` such that those with the same donor and country stand together: each sheet is then written once or twice."""
    if len(ids) <= _READ_AT_ONCE:
        return list(ids)
    numbers: dict[tuple[str, int], int] = {}
    places: list[int] = []
    for some in in_chunks(ids):
        query = select(PAID.c.activity_id, PAID.c.country, PAID.c.donor_id).where(one_of(PAID.c.activity_id, some))
        rows = fetch_plain(connection, query)
        first = {row[0]: numbers.setdefault((row[1], row[2]), len(numbers)) for row in rows}
        places += [first.get(number, -1) for number in some]
    # In the order of their names, so that two ways to the same roll-ups write the same.
    return [ids[position] for position in np.argsort(np.array(places), kind="stable")]


def _changed_parts(connection: Connection, ids: Sequence[int]) -> list[Part]:
    """What these activities add now and what they added before, where the two differ; notes what they add now."""
    query = select(ROLLED_UP.c.activity_id, ROLLED_UP.c.data).where(one_of(ROLLED_UP.c.activity_id, ids))
    before = {number: read_note(data) for number, data in fetch_plain(connection, query)}
    parts, notes, gone = [], [], []
    now = dict(read_parts(connection, ids))
    for number in ids:
        part, stored = now.get(number), before.get(number)
        note = note_of(part) if part else None
        if note == stored:
            continue
        if stored is not None:
            told, amounts = json.loads(stored)
            parts.append(Part(number, -1, amounts, told))
            gone.append(number)
        if part and note:
            parts.append(part)
            notes.append((number, note))
    delete_by_activity(connection, ["rolled_up"], gone)
    insert_models(connection, RolledUp, notes)
    return parts


def note_of(part: Part) -> bytes:
    """What an activity adds, as it is kept for the day when it has to be taken away."""
    return to_json([part.told, part.amounts])


def read_note(data: bytes) -> bytes:
    """A note as `note_of` makes it; those of earlier versions are compressed."""
    return data if data.startswith(b"[") else unpack_record(data)


def read_parts(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, Part]]:
    """activity -> what its allocations, reporter and funders add, for those with any allocation."""
    a, t = ACTIVITY.c, TAKES_PART.c
    query = select(a.id, a.reporter_id, a.owner_id, a.last_updated).where(one_of(a.id, ids))
    heads = {number: head for number, *head in fetch_plain(connection, query)}
    funders: dict[int, set[int]] = {}
    named = select(t.activity_id, t.organisation_id).where(one_of(t.activity_id, ids), t.role == FUNDING)
    for number, organisation in fetch_plain(connection, named):
        funders.setdefault(number, set()).add(organisation)
    key = (_a.activity_id, _a.framework_id, _a.area_id, _a.donor_id, _a.country, _a.flow_type, _a.year)
    query = select(_a.activity_id, *_AMOUNT).where(one_of(_a.activity_id, ids)).order_by(*key)
    for number, rows in groupby(fetch_plain(connection, query), key=itemgetter(0)):
        reporter, owner, updated = heads[number]
        told = told_of(reporter, owner, updated, funders.get(number, ()))
        yield number, Part(number, 1, [row[1:] for row in rows], told)


def _write(connection: Connection, parts: Sequence[Part]) -> None:
    if not any(part.amounts for part in parts):
        return
    changes = Changes(parts)
    _write_cells(connection, changes.of_cells())
    for change in changes.of_sheets():
        _write_sheets(connection, change)


def _write_sheets(connection: Connection, change: Change) -> None:
    before = {SheetKey(*key): data for *key, data in read_by_key(connection, "roll_up_sheet", change.keys)}
    after = list(change.added_to(before))
    upsert_rows(connection, "roll_up_sheet", [(*key, data) for key, data in after if data], {"data": "excluded.data"})
    delete_by_key(connection, "roll_up_sheet", [key for key, data in after if not data])


def _write_cells(connection: Connection, change: Change) -> None:
    """Add the sums to the roll-up of single cells, and let go of those that no amount is left of."""
    keys = [change.keys[number] for number in change.sheet.tolist()]
    rows = [
        (key.framework, key.country, key.flow, area, key.donor, year, *sums)
        for key, (area, year, *sums) in zip(keys, change.entries.tolist(), strict=True)
    ]
    added = {name: f"cell_year.{name} + excluded.{name}" for name in COLUMNS}
    upsert_rows(connection, "cell_year", rows, added)
    delete_by_key(connection, "cell_year", [row[:6] for row in rows if row[-1] < 0], "amounts = 0")
