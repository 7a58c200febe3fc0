"""Tests the packed roll-ups against what they sum: relation by relation, for no query can read them."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, func, select

from app.models.allocation import ActivityMoney
from app.models.roll_up import RolledUp, RollUpSheet
from app.queries.bulk import fetch_plain, one_of
from app.queries.roll_ups import note_of, read_note, read_parts
from app.queries.upserts import read_by_key
from app.rules.sheets import Changes, Part

PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
ROLLED_UP = RolledUp.__table__  # type: ignore[attr-defined]
SHEET = RollUpSheet.__table__  # type: ignore[attr-defined]
_AT_ONCE = 2000  # activities
_Relation = tuple[str, int]  # country, donor


def find_unlike_sheets(connection: Connection) -> Iterator[str]:
    """Names each sheet and each note of an activity that is not what the allocations make it."""
    sheets, noted = 0, set[int]()
    for relations, ids in _batches(connection):
        parts = dict(read_parts(connection, ids))
        noted |= parts.keys()
        yield from _unlike_notes(connection, parts)
        made = {
            key: data
            for change in Changes(list(parts.values())).of_sheets()
            for key, data in change.added_to({})
            if (key.country, key.donor) in relations
        }
        sheets += len(made)
        stored = {tuple(key): bytes(data) for *key, data in read_by_key(connection, "roll_up_sheet", list(made))}
        yield from (" ".join(map(str, key)) for key, data in made.items() if stored.get(key) != data)
    if (count := connection.execute(select(func.count()).select_from(SHEET)).scalar_one()) != sheets:
        yield f"{count} sheets where there should be {sheets}"
    if (count := connection.execute(select(func.count()).select_from(ROLLED_UP)).scalar_one()) != len(noted):
        yield f"{count} notes where there should be {len(noted)}"


def _batches(connection: Connection) -> Iterator[tuple[set[_Relation], list[int]]]:
    """Whole relations with the activities that have money in them."""
    p = PAID.c
    rows = fetch_plain(connection, select(p.country, p.donor_id, p.activity_id).order_by(p.country, p.donor_id))
    relations, ids = set[_Relation](), set[int]()
    for relation, some in groupby(rows, key=itemgetter(0, 1)):
        relations.add(relation)
        ids.update(activity for _, _, activity in some)
        if len(ids) >= _AT_ONCE:
            yield relations, sorted(ids)
            relations, ids = set(), set()
    if ids:
        yield relations, sorted(ids)


def _unlike_notes(connection: Connection, parts: dict[int, Part]) -> Iterator[str]:
    query = select(ROLLED_UP.c.activity_id, ROLLED_UP.c.data).where(one_of(ROLLED_UP.c.activity_id, parts))
    notes = {number: read_note(bytes(data)) for number, data in connection.execute(query)}
    for number, part in parts.items():
        if notes.get(number) != note_of(part):
            yield f"the note of activity {number}"
