"""Workbooks and CSV files of the demo, each laid out and headed as its (invented) owner does."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import xlsxwriter

from examples.demo_model import Project, read_vocabulary

Cell = str | int | float | date
Reader = Callable[[Project], Cell]
MADE_ON = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
"""Creation date inside the workbooks, fixed so that every build has the same bytes."""

PLACES: dict[str, Any] = read_vocabulary("places")
COMMITMENT, PAYMENTS = "2", ("3", "4")


def join_cells(items: list[Any]) -> str:
    """Several values in one cell: `KH; TH`."""
    return "; ".join(str(item) for item in items)


def share_cell(shares: list[int | None]) -> Cell:
    """`60; 40`; empty if one is missing, a number if there is only one."""
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return ""
    return known[0] if len(known) == 1 else join_cells(known)


def countries(project: Project, language: str) -> Cell:
    """Country names in the language, or codes for `language` "code"; regional projects have none."""
    codes = [code for code, _ in project.places if "region" not in PLACES[code]]
    return join_cells([code if language == "code" else PLACES[code]["name"][language] for code in codes])


def country_shares(project: Project) -> Cell:
    return share_cell([share for code, share in project.places if "region" not in PLACES[code]])


def region(project: Project) -> Cell:
    """DAC region code of a regional project."""
    return join_cells([PLACES[code]["region"] for code, _ in project.places if "region" in PLACES[code]])


def amount(cents: int) -> int | float:
    return cents // 100 if cents % 100 == 0 else cents / 100


def budget(project: Project) -> Cell:
    return amount(sum(item.cents for item in project.budgets))


def title(project: Project) -> Cell:
    return project.titles[project.language]


def description(project: Project) -> Cell:
    return project.descriptions[project.language]


def paid_in(year: int) -> Reader:
    """Payments of one calendar year; an empty cell if there were none."""

    def read(project: Project) -> Cell:
        cents = [flow.cents for flow in project.flows if flow.kind in PAYMENTS and flow.day.year == year]
        return amount(sum(cents)) if cents else ""

    return read


def paid_years(projects: list[Project], heading: str) -> dict[str, Reader]:
    """One column a year from the first payment to the last; `heading` like `Paid {}`."""
    years = [flow.day.year for project in projects for flow in project.flows if flow.kind in PAYMENTS]
    return {heading.format(year): paid_in(year) for year in range(min(years), max(years) + 1)}


def project_rows(projects: list[Project], columns: dict[str, Reader]) -> list[list[Cell]]:
    """The header row and one row a project."""
    rows: list[list[Cell]] = [list(columns)]
    return rows + [[read(project) for read in columns.values()] for project in projects]


def transaction_rows(projects: list[Project], headings: list[str], types: list[str]) -> list[list[Cell]]:
    """Project ID, type, date, amount, currency, receiver: one row a transaction."""
    rows: list[list[Cell]] = [list(headings)]
    for project in projects:
        for flow in project.flows:
            word = types[0] if flow.kind == COMMITMENT else types[1]
            receiver = flow.receiver.name if flow.receiver else ""
            rows.append([project.identifier, word, flow.day, amount(flow.cents), project.currency, receiver])
    return rows


def write_workbook(path: Path, sheets: dict[str, list[list[Cell]]], headings_at: int = 0) -> None:
    """One XLSX with real date cells, a bold header row, frozen panes and a fixed creation date."""
    options = {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": MADE_ON, "author": "Tessera demo"})
        bold = workbook.add_format({"bold": True, "bg_color": "#D9E7F0"})
        for name, rows in sheets.items():
            top = headings_at if name == next(iter(sheets)) else 0
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(top + 1, 2)
            sheet.set_column(0, len(rows[top]) - 1, 18)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell != "":
                        sheet.write(number, column, cell, *([bold] if number == top else []))


def write_csv(path: Path, rows: list[list[str]], delimiter: str, encoding: str) -> None:
    """One CSV file with CRLF line ends, as spreadsheet programs save it."""
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
