"""Suggest recommendation areas for projects from their words and sectors, keeping the words as evidence."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from app import database
from app.errors import NotFound
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import ActivityRecord, Reported
from app.queries.allocations import refresh_areas
from app.queries.bulk import bump_data_version, wait_for_turn
from app.queries.lexicons import frameworks_without_words
from app.queries.mappings import MappingWriter
from app.queries.records import iterate_records
from app.rules.compare import parse_record
from app.rules.suggest import suggestible_frameworks

BATCH = 500


def suggest_areas(
    framework: str | None = None, import_id: int | None = None, activity_ids: Sequence[int] | None = None
) -> int:
    """Suggest areas in one framework (None: in all) for the projects of one
    import, or for these projects (neither: for all), where nobody has confirmed any. The number of
    projects whose mappings changed.

    Raises NotFound for a framework that is not there.
    """
    with database.write() as connection:
        wait_for_turn(connection)
        frameworks = {*suggestible_frameworks(), *frameworks_without_words(connection)}
        if framework is not None and framework not in frameworks:
            raise NotFound(f"There is no framework “{framework}”. There are: {', '.join(sorted(frameworks))}.")
        frameworks = {framework} if framework else frameworks
        writer = MappingWriter(connection)
        changed: list[int] = []
        for batch in _batches(connection, import_id, activity_ids):
            changed += writer.write_suggestions(batch, frameworks)
        if changed:
            refresh_areas(connection, changed)
            bump_data_version(connection)
    return len(changed)


def _batches(
    connection: Connection, import_id: int | None, ids: Sequence[int] | None
) -> Iterator[list[tuple[int, ActivityRecord]]]:
    for rows in iterate_records(connection, import_id=import_id, ids=ids, size=BATCH):
        yield [(row.activity_id, _read(row.record)) for row in rows]


def _read(packed: bytes) -> ActivityRecord:
    xml = unpack_record(packed)
    return read_record(Reported(parse_record(xml), xml=xml, places=[]))
