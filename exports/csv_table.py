"""A portfolio as one CSV table: one row a project, with the sums of its money as reported.

The spreadsheet importer reads the projects back without their money: a sum has no dates, payers or
recipients, so it is never taken for a transaction. Transactions, budgets and the areas of all
frameworks but the leading one are in the workbook.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

from app.models.record import ActivityRecord
from exports.base import ExportedActivity, StoredRecord, read_stored
from exports.portfolio_tables import PROJECTS, project_row
from exports.table import Cell, Table, write_table_csv

_SUMS = {"Sum of commitments": "2", "Sum of disbursements": "3", "Sum of expenditure": "4"}


class ProjectsCsv:
    """The exporter of CSV."""

    key = "csv"
    media_type = "text/csv; charset=utf-8"
    suffix = ".csv"

    def write(self, records: Iterable[StoredRecord], out: BinaryIO) -> int:
        return write_csv(read_stored(records), out)


def write_csv(activities: Iterable[ExportedActivity], out: BinaryIO) -> int:
    """Write the table, one project at a time, and return the number of projects."""
    rows = (
        [*project_row(activity), *(_sum(activity.record, kind) for kind in _SUMS.values())] for activity in activities
    )
    return write_table_csv(Table("Projects", [*PROJECTS, *_SUMS], rows), out)


def _sum(record: ActivityRecord, kind: str) -> Cell:
    """The sum of these flows: a number in the project's currency, else text that names the currency."""
    sums: dict[str, Decimal] = {}
    for flow in record.flows:
        if flow.kind == kind and flow.value is not None:
            sums[flow.currency] = sums.get(flow.currency, Decimal(0)) + flow.value
    if set(sums) <= {record.currency}:
        return sums.get(record.currency)
    return "; ".join(f"{currency} {amount:f}".strip() for currency, amount in sorted(sums.items()))
