"""Small workbooks and CSV files that the tests of the spreadsheet importer write for themselves."""

from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from app.models.issue import Issue
from app.models.question import Question
from app.models.read_record import read_record
from app.models.record import ActivityRecord
from importers.base import Source
from importers.registry import read

Rows = list[list[Any]]
FULL: Rows = [
    [
        "Project ID",
        "Project title",
        "Donor",
        "Implementing partner",
        "Country",
        "Sector code",
        "Sector name",
        "Start date",
        "End date",
        "Status",
        "Currency",
        "Total commitment",
        "Areas",
        "Colour of the folder",
    ],
    [
        "KH-1",
        "Helpline for children",
        "Norad; XM-DAC-6-4",
        "Child Helpline Cambodia",
        "KH 60%; Thailand 40%",
        "15160",
        "Human rights",
        date(2019, 4, 3),
        date(2021, 12, 31),
        "Ongoing",
        "EUR",
        1250000.5,
        "N3 60%; N4 40%",
        "red",
    ],
]


def write_workbook(path: Path, **sheets: Rows) -> Path:
    """A workbook with one sheet a keyword; dates become dates, tuples (text, columns) merged cells."""
    workbook = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    days = workbook.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if isinstance(value, tuple):
                    sheet.merge_range(row, column, row, column + value[1] - 1, value[0])
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, value, days)
                elif value not in (None, ""):
                    sheet.write(row, column, value)
    workbook.close()
    return path


def write_csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read_files(*paths: Path, **answers: Any) -> list[ActivityRecord]:
    """The records of files that are given together, as every import reads them."""
    _, activities = read([Source(path, path.name, answers) for path in paths])
    return [read_record(reported) for reported in activities]


def read_rows(tmp_path: Path, rows: Rows, name: str = "Projects", **answers: Any) -> list[ActivityRecord]:
    """The records of a workbook with one sheet."""
    return read_files(write_workbook(tmp_path / "portfolio.xlsx", **{name: rows}), **answers)


def ask_files(*paths: Path, **answers: Any) -> list[Question]:
    """What files that are given together leave open."""
    _, activities = read([Source(path, path.name, answers) for path in paths])
    return [question for reported in activities for question in reported.questions]


def ask_rows(tmp_path: Path, rows: Rows, name: str = "Projects", **answers: Any) -> list[Question]:
    """What a workbook with one sheet leaves open."""
    return ask_files(write_workbook(tmp_path / "portfolio.xlsx", **{name: rows}), **answers)


def issues_of(records: list[ActivityRecord], code: str) -> list[Issue]:
    return [issue for record in records for issue in record.issues if issue.code == code]


def errors_of(records: list[ActivityRecord]) -> list[str]:
    return [issue.code for record in records for issue in record.issues if issue.level == "error"]


def flows(records: list[ActivityRecord]) -> list[tuple[Any, ...]]:
    return [
        (f.kind, str(f.start), str(f.end) if f.end else "", f.value, f.currency, f.place)
        for r in records
        for f in r.flows
    ]
