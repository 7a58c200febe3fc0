"""A portfolio as a workbook: projects, all their flows, areas and organisations, and what the sheets hold."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from exports.base import ExportedActivity, StoredRecord, read_stored
from exports.portfolio_tables import (
    AREAS,
    ORGANISATIONS,
    PROJECTS,
    TRANSACTIONS,
    area_rows,
    flow_rows,
    organisation_rows,
    project_row,
)
from exports.table import LONGEST_TEXT, Cell, Sheet, WorkbookWriter

_NOTES = (
    ("Projects", "One row a project. Semicolons separate lists; percentages stand in the same order."),
    ("Transactions", "One row a transaction, budget or planned disbursement, as reported: nothing is converted."),
    ("Areas", "One row a project and recommendation area, in every framework; shares in percent."),
    ("Organisations", "One row a project, organisation and role: a list to look at, which the import leaves alone."),
    (
        "Reading it back",
        "The import reads Projects, Transactions and Areas: the same money, places, sectors and dates.",
    ),
    (
        "What is not here",
        "Names of sectors, locations, policy markers, results, documents, texts of transactions: see the IATI export.",
    ),
    ("Long texts", f"A text of more than {LONGEST_TEXT:,} characters ends in “…”; the IATI export has all of it."),
    ("Large amounts", "An amount of more digits than a spreadsheet holds exactly is written as text."),
)


class Portfolio:
    """The exporter of workbooks."""

    key = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    suffix = ".xlsx"

    def write(self, records: Iterable[StoredRecord], out: BinaryIO) -> int:
        return write_workbook(read_stored(records), out)


def write_workbook(activities: Iterable[ExportedActivity], out: BinaryIO) -> int:
    """Write the workbook, one project at a time, and return the number of projects."""
    count = 0
    with WorkbookWriter(out) as book:
        projects, flows, areas, organisations = (
            book.add_sheet(name, list(columns), list(columns.values()))
            for name, columns in (
                ("Projects", PROJECTS),
                ("Transactions", TRANSACTIONS),
                ("Areas", AREAS),
                ("Organisations", ORGANISATIONS),
            )
        )
        for activity in activities:
            projects.append(project_row(activity))
            for sheet, rows in (
                (flows, flow_rows(activity)),
                (areas, area_rows(activity)),
                (organisations, organisation_rows(activity)),
            ):
                _append_all(sheet, rows)
            count += 1
        _append_all(book.add_sheet("Notes", ("Sheet", "What it holds"), (16, 100)), _NOTES)
    return count


def _append_all(sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> None:
    for row in rows:
        sheet.append(row)
