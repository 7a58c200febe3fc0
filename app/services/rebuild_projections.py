"""Make every projection anew from the records: after a change of rules, rates or the base currency."""

from itertools import chain

from sqlalchemy import Connection, delete

from app import database
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import ActivityRecord, Party, Reported
from app.models.tables import TABLES
from app.queries import imports
from app.queries.allocations import refresh_allocations, roll_up
from app.queries.bulk import bump_data_version, wait_for_turn
from app.queries.organisations import Directory
from app.queries.projections import DERIVED, ProjectionWriter
from app.queries.rates import stored_rates
from app.queries.records import iterate_records
from app.rules.compare import parse_record


def rebuild_projections() -> int:
    """Rebuild in one transaction; the number of projects. Records, versions and decisions stay as they are."""
    with database.write() as connection:
        wait_for_turn(connection)
        for name in chain(DERIVED, ("cell_year",)):
            connection.execute(delete(TABLES[name]))
        connection.exec_driver_sql("DELETE FROM activity_search")
        writer = ProjectionWriter(connection, stored_rates(connection), Directory(connection))
        ids: list[int] = []
        for rows in iterate_records(connection):
            records = [(row.activity_id, _read(connection, row)) for row in rows]
            writer.write(records)
            ids += [number for number, _ in records]
        refresh_allocations(connection, ids, set())
        roll_up(connection)
        bump_data_version(connection)
    return len(ids)


def _read(connection: Connection, row: object) -> ActivityRecord:
    xml = unpack_record(row.record)  # type: ignore[attr-defined]
    places = row.places.split("\n")  # type: ignore[attr-defined]
    record = read_record(Reported(parse_record(xml), xml, places=places))
    if record.reporter == Party("", ""):
        ref = imports.organisation_ref(connection, row.reporter_id)  # type: ignore[attr-defined]
        record.reporter = Party(ref or "", "")
    return record
