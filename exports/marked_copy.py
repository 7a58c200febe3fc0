"""A new workbook with a file's data as it was read and its issues marked: for files that can't be marked themselves.

CSV, XLS and ODS files, and very large ones. Texts stay texts, so that nothing that a file holds is ever run as a formula.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from app.codelists.template import UNREAD_MARK
from app.formats import number as said_number
from app.languages import gettext as _
from exports.issue_list import (
    COMMENT_MARK,
    FILLS,
    MOST_COMMENTED,
    MOST_LINKED,
    SHEET_NAME,
    WIDTHS,
    Mark,
    SheetIssue,
    headings,
    link_to,
    list_row,
    marks_by_sheet,
    summary,
)
from exports.table import LONGEST_TEXT

Value = str | int | float | bool | date | datetime | time | timedelta
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_FIRST_DAY = date(1900, 3, 1)
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_FORMATS = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss"}


def write_marked_copy(
    sheets: Iterable[tuple[str, Sequence[Sequence[Value]]]], issues: Sequence[SheetIssue], out: BinaryIO
) -> None:
    """Write the sheets (name and rows, from the first row on) one after the other, and the list of issues."""
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    writer = _Copy(book, marks_by_sheet(issues))
    for name, rows in sheets:
        writer.add_sheet(name, rows)
    writer.add_list(issues)
    book.close()


class _Copy:
    """Writes the sheets; `_names` are their names in the new workbook."""

    def __init__(self, book: Any, marks: dict[str, dict[str, Mark]]) -> None:
        self._book = book
        self._marks = marks
        self._names: dict[str, str] = {}
        self._formats: dict[tuple[str, str], Any] = {}
        self._commented = 0
        self._left_out: list[str] = []

    def add_sheet(self, name: str, rows: Sequence[Sequence[Value]]) -> None:
        sheet = self._book.add_worksheet(self._free_name(name))
        marks = self._marks.get(name, {})
        by_row: dict[int, dict[int, Mark]] = {}
        for cell, mark in marks.items():
            row, column = _place(cell)
            by_row.setdefault(row, {})[column] = mark
        if len(rows) > LAST_ROW or any(len(row) > LAST_COLUMN for row in rows):
            self._left_out.append(name)
        for number in range(min(max(len(rows), max(by_row, default=-1) + 1), LAST_ROW)):
            values = rows[number] if number < len(rows) else ()
            self._write_row(sheet, number, values[:LAST_COLUMN], by_row.get(number, {}))

    def _write_row(self, sheet: Any, number: int, values: Sequence[Value], marks: dict[int, Mark]) -> None:
        for column, value in enumerate(values):
            level = marks[column].level if column in marks else ""
            if value != "" or level:
                self._write(sheet, number, column, value, level)
        for column, mark in marks.items():
            if column >= len(values):
                sheet.write_blank(number, column, None, self._format("", mark.level))
            if self._commented < MOST_COMMENTED:
                self._commented += 1
                sheet.write_comment(number, column, f"{COMMENT_MARK}\n{mark.comment}", _size(mark.comment))

    def _write(self, sheet: Any, row: int, column: int, value: Value, level: str) -> None:
        if value == "":
            sheet.write_blank(row, column, None, self._format("", level))
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self._format("", level))
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, self._format("", level))
        elif kind := _kind_of_time(value):
            sheet.write_datetime(row, column, value, self._format(kind, level))
        else:
            sheet.write_string(row, column, str(value)[:LONGEST_TEXT], self._format("", level))

    def _format(self, kind: str, level: str) -> Any:
        if not (kind or level):
            return None
        if (kind, level) not in self._formats:
            told = {"num_format": _FORMATS[kind]} if kind else {}
            told |= {"bg_color": f"#{FILLS[level]}"} if level else {}
            self._formats[kind, level] = self._book.add_format(told)
        return self._formats[kind, level]

    def add_list(self, issues: Sequence[SheetIssue]) -> None:
        sheet = self._book.add_worksheet(self._free_name(SHEET_NAME))
        bold = self._book.add_format({"bold": True})
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        link = self._book.add_format({"font_color": "#0563C1", "underline": True, "valign": "top"})
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        told = [UNREAD_MARK, SHEET_NAME, summary(issues), *map(_too_long, self._left_out)]
        for row, text in enumerate(told):
            sheet.write_string(row, 0, text, bold if row == 1 else None)
        sheet.write_row(len(told), 0, headings(), bold)
        sheet.freeze_panes(len(told) + 1, 0)
        for row, one in enumerate(issues[: LAST_ROW - len(told) - 1], len(told) + 1):
            for column, value in enumerate(list_row(one)):
                if column == 1 and one.cell and row < MOST_LINKED:
                    place = link_to(self._names.get(one.sheet, one.sheet), one.cell)
                    sheet.write_url(row, column, f"internal:{place}", link, one.cell)
                elif isinstance(value, int):
                    sheet.write_number(row, column, value, wrapped)
                else:
                    sheet.write_string(row, column, value[:LONGEST_TEXT], wrapped)

    def _free_name(self, name: str) -> str:
        """`name` as a workbook takes it: at most 31 characters, none that it forbids, none twice."""
        plain = _NOT_IN_NAMES.sub("-", name).strip("' ")[:31] or "Sheet"
        taken = {one.casefold() for one in self._names.values()}
        number, found = 1, plain
        while found.casefold() in taken or found.casefold() == "history":
            number += 1
            found = f"{plain[: 31 - len(str(number)) - 1]} {number}"
        self._names.setdefault(name, found)
        return found


def _too_long(name: str) -> str:
    text = _(
        "“%(sheet)s” is larger than a sheet may be: what is beyond %(rows)s rows or %(columns)s columns is not here."
    )
    return text % {"sheet": name, "rows": said_number(LAST_ROW), "columns": said_number(LAST_COLUMN)}


def _place(cell: str) -> tuple[int, int]:
    from xlsxwriter.utility import xl_cell_to_rowcol

    row, column = xl_cell_to_rowcol(cell)
    return int(row), int(column)


def _kind_of_time(value: Value) -> str:
    """How a date or time is shown; '' for what is none, or stands before the days that programs agree on."""
    if isinstance(value, datetime):
        has_time = value.time() != time(0)
        return ("moment" if has_time else "day") if value.date() >= _FIRST_DAY else ""
    if isinstance(value, date):
        return "day" if value >= _FIRST_DAY else ""
    return "time" if isinstance(value, time | timedelta) else ""


def _size(text: str) -> dict[str, Any]:
    lines = sum(1 + len(line) // 42 for line in text.split("\n")) + 2
    return {"author": "Tessera", "width": 320, "height": min(max(80, lines * 18), 500)}
