"""Make every projection anew from the records: after a change of rules, rates or the base currency."""

from itertools import chain

from sqlalchemy import delete

from app import database
from app.models.tables import TABLES
from app.queries.allocations import refresh_allocations
from app.queries.bulk import bump_data_version, wait_for_turn
from app.queries.organisations import Directory
from app.queries.projections import DERIVED, ProjectionWriter
from app.queries.rates import stored_rates
from app.queries.records import iterate_records, read_stored
from app.queries.roll_ups import ROLL_UPS


def rebuild_projections() -> int:
    """Rebuild in one transaction; the number of projects. Records, versions and decisions stay as they are."""
    with database.write() as connection:
        wait_for_turn(connection)
        for name in chain(DERIVED, ROLL_UPS):
            connection.execute(delete(TABLES[name]))
        connection.exec_driver_sql("DELETE FROM activity_search")
        writer = ProjectionWriter(connection, stored_rates(connection), Directory(connection))
        ids: list[int] = []
        for rows in iterate_records(connection):
            records = [(row.activity_id, read_stored(connection, row)) for row in rows]
            writer.write(records)
            ids += [number for number, _ in records]
        writer.finish()
        refresh_allocations(connection, ids)
        bump_data_version(connection)
    return len(ids)
