"""Any table as a sheet of a workbook or as CSV: typed cells, and no cell is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import TextIOWrapper
from types import TracebackType
from typing import Any, BinaryIO, Self

from xlsxwriter import Workbook

Cell = str | int | float | Decimal | date | None
# The longest text that a cell of a workbook may hold; a longer one ends in an ellipsis.
LONGEST_TEXT = 32_767
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_FIRST_DAY = date(1900, 3, 1)  # spreadsheet programs disagree about the days before


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; `widths` (characters, in order) for columns wider than their headings."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def write_tables_xlsx(tables: Iterable[Table], out: BinaryIO) -> None:
    """Write each table as a sheet of one workbook; rows are taken one at a time."""
    with WorkbookWriter(out) as workbook:
        for table in tables:
            sheet = workbook.add_sheet(table.name, table.headings, table.widths)
            for row in table.rows:
                sheet.append(row)


def write_table_csv(table: Table, out: BinaryIO) -> int:
    """Write a table as CSV and return the number of its rows.

    UTF-8 with a byte order mark, without which Excel takes it for another encoding; text that a
    spreadsheet program would run as a formula gets an apostrophe in front.
    """
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(table.headings)
    count = 0
    for row in table.rows:
        writer.writerow([_csv_cell(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


# --- workbooks -----------------------------------------------------------------------------


class WorkbookWriter:
    """A workbook that is written row by row; its sheets may be filled in turns."""

    def __init__(self, out: BinaryIO) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = Workbook(out, options)
        self._heading = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._formats = {
            date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            Decimal: self._book.add_format({"num_format": "#,##0.00##"}),
        }

    def __enter__(self) -> Self:
        return self

    @property
    def book(self) -> Any:
        """XlsxWriter's workbook, for what only one kind of file needs."""
        return self._book

    def __exit__(self, kind: type[BaseException] | None, *error: BaseException | TracebackType | None) -> None:
        # A workbook cut short by an error is not closed: half of it must not look like all of it.
        if kind is None:
            self._book.close()

    def add_sheet(self, name: str, headings: Sequence[str], widths: Sequence[int] = ()) -> "Sheet":
        """A new sheet with its frozen heading row."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            wished = widths[column] if column < len(widths) else 0
            sheet.set_column(column, column, max(wished, min(len(heading) + 2, 24)))
            sheet.write_string(0, column, heading, self._heading)
        return Sheet(sheet, self._formats)


class Sheet:
    """One sheet; `append` writes the next row."""

    def __init__(self, sheet: Any, formats: dict[type, Any]) -> None:
        self._sheet = sheet
        self._formats = formats
        self._row = 0

    @property
    def worksheet(self) -> Any:
        """XlsxWriter's worksheet."""
        return self._sheet

    def append(self, row: Sequence[Cell]) -> None:
        self._row += 1
        for column, cell in enumerate(row):
            if cell is not None and cell != "":
                self._write(column, cell)

    def _write(self, column: int, cell: Cell) -> None:
        sheet = self._sheet
        if isinstance(cell, date) and cell >= _FIRST_DAY:
            sheet.write_datetime(self._row, column, cell, self._formats[date])
        elif isinstance(cell, int | float) or (isinstance(cell, Decimal) and _is_exact(cell)):
            sheet.write_number(self._row, column, cell, self._formats.get(type(cell)))
        else:
            text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
            if len(text) > LONGEST_TEXT:
                text = text[: LONGEST_TEXT - 1] + "…"
            sheet.write_string(self._row, column, text)


def _is_exact(value: Decimal) -> bool:
    """Whether a workbook's number (a double, written with 16 digits) is exactly `value`."""
    return value.is_finite() and Decimal(f"{value:.15G}") == value
