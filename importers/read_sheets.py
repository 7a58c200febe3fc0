"""Bytes of a workbook or a CSV file -> sheets of cells, each row at the place where the user's program
shows it.

Blank leading rows and columns are kept, so that row 1 of `rows` is row 1 on screen. Cells are what
the program stores: numbers, dates and texts are not interpreted here.
"""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import Any, TextIO

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from app.codelists.template import UNREAD_MARK
from app.models.issue import Issue
from app.models.worded import worded
from importers.base import FileRefused, Source, refuse_file
from importers.clean import Cell
from importers.error_cells import ErrorCells, find_error_cells
from importers.read_json import HEAD, is_json, read_json_rows
from importers.zip_guard import check_workbook

CellRange = tuple[tuple[int, int], tuple[int, int]]
_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
MOST_BLANK_ROWS = 1 << 20  # in one piece: as many rows as a sheet of Excel has
_LONGEST_CELL = 1 << 22
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Encodings of office programs, the commonest first: others of the library's guesses are never meant.
_OLD_ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256"]


@dataclass(slots=True)
class RawSheet:
    """One sheet: `rows` from the first row of the sheet on; `merged` as ((row, column), (row, column))
    from 0, ends included. `height`: how many rows it has, where these are the first of them; 0: nobody knows.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[CellRange] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    height: int = 0


def read_sheets(source: Source, most: int | None = None) -> Iterator[RawSheet]:
    """Yield the visible sheets of a workbook, or the one sheet of a CSV file: all rows, or the first `most` of each.

    Raises FileRefused.
    """
    with source.open() as stream:
        head = stream.read(HEAD)
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        yield from _read_workbook(source, most)
    elif is_json(head):
        name, rows = read_json_rows(source)
        yield RawSheet(name, rows[:most], height=len(rows))
    else:
        yield _read_csv(source, most)


def read_together(sources: list[Source], most: int | None = None) -> Iterator[tuple[Source, str, RawSheet]]:
    """All sheets of several files, or the first `most` rows of each, with its file and the name that it has there.

    Issues call it by its name here: one of a name that another file's has too is named with its file.
    """
    names: set[str] = set()
    for source in sources:
        for sheet in read_sheets(source, most):
            own = sheet.name
            if own in names:
                sheet.name = f"{own} ({source.name})"
            names.add(sheet.name)
            yield source, own, sheet


# --- workbooks -----------------------------------------------------------------------------


def _read_workbook(source: Source, most: int | None) -> Iterator[RawSheet]:
    shows_errors = source.checked is None and check_workbook(source)
    try:
        workbook = CalamineWorkbook.from_path(str(source.path))
        sheets = [
            _read_sheet(workbook, sheet.name, most)
            for sheet in workbook.sheets_metadata
            if str(sheet.typ).endswith("WorkSheet") and str(sheet.visible).endswith(".Visible")
        ]
        seen = [sheet for sheet in sheets if not _is_ours_to_look_at(sheet)]
        # The first rows alone are shown and not imported: that a cell of theirs is an error is no matter.
        if most is None and seen and (shows_errors or (source.checked and source.path in source.checked())):
            _fill_error_cells(seen, find_error_cells(source), source)
        yield from seen
    except PasswordError as error:
        raise refuse_file(
            "file-encrypted",
            "The workbook is protected by a password.",
            "Save it without the password (File, Info, Protect) and choose it again.",
        ) from error
    except (CalamineError, XmlError, ZipError, zipfile.BadZipFile, etree.XMLSyntaxError, OSError) as error:
        raise refuse_file(
            "workbook-broken",
            worded("The workbook is damaged and can't be read (%(error)s).", error=error),
            "Open it in your spreadsheet program, save it again as XLSX, and choose that file.",
        ) from error


def _fill_error_cells(sheets: list[RawSheet], errors: ErrorCells | None, source: Source) -> None:
    """Put the texts of errors into the cells that show them, which the reader leaves empty."""
    if errors is None:
        sheets[0].issues = [_errors_unchecked(source)]
        return
    for sheet in sheets:
        for row, column, text in errors.get(sheet.name, []):
            if row < len(sheet.rows) and column < len(sheet.rows[row]) and sheet.rows[row][column] == "":
                sheet.rows[row][column] = text


def _errors_unchecked(source: Source) -> Issue:
    return Issue(
        "warning",
        "errors-unchecked",
        "In this kind of workbook, cells that show an error such as #REF! can't be told from empty ones.",
        "If formulas of yours show errors, save the workbook as XLSX and choose that file.",
        sheet=source.name,
    )


def _is_ours_to_look_at(sheet: RawSheet) -> bool:
    """Whether a sheet is one of our notes, examples or issues, which say so in their first cell."""
    return bool(sheet.rows and sheet.rows[0] and sheet.rows[0][0] == UNREAD_MARK)


def _read_sheet(workbook: CalamineWorkbook, name: str, most: int | None) -> RawSheet:
    sheet = workbook.get_sheet_by_name(name)
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False, nrows=most)
    merged = [(first, last) for first, last in sheet.merged_cell_ranges or []]
    return RawSheet(name, rows, merged, height=sheet.end[0] + 1 if sheet.end else 0)


# --- CSV -----------------------------------------------------------------------------------


def _read_csv(source: Source, most: int | None) -> RawSheet:
    encoding, issues = _find_encoding(source)
    name = PurePath(source.name).name
    csv.field_size_limit(_LONGEST_CELL)
    with source.path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(_SAMPLE)
        stream.seek(0)
        if sample[:4].lower() == "sep=":
            delimiter = stream.readline().rstrip("\r\n")[4:5] or ","
        else:
            delimiter = _find_delimiter(sample)
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            rows = _read_rows(reader, stream) if most is None else [list[Cell](row) for row in islice(reader, most)]
        except csv.Error as error:
            raise refuse_file(
                "csv-broken",
                worded(
                    "The file can't be read as CSV after line %(line)s: %(error)s.", line=reader.line_num, error=error
                ),
                "Look for a quotation mark that is never closed.",
                line=reader.line_num,
            ) from error
    return RawSheet(name, rows, issues=issues)


def _read_rows(reader: Any, stream: TextIO) -> list[list[Cell]]:
    """All rows up to the last that holds something; those between that hold nothing are one and the same list."""
    rows: list[list[Cell]] = []
    nothing: list[Cell] = []
    blank = 0
    for row in reader:
        if any(row):
            rows += [nothing] * blank
            rows.append(row)
            blank = 0
            continue
        blank += 1
        if blank > MOST_BLANK_ROWS:
            line = reader.line_num
            if not all(map(_is_blank_text, iter(lambda: stream.read(_SAMPLE), ""))):
                raise _too_long(line)
            break
    return rows


def _is_blank_text(text: str) -> bool:
    return not text.strip(_DELIMITERS + '"\r\n ')


def _too_long(line: int) -> FileRefused:
    return refuse_file(
        "sheet-too-long",
        worded(
            "More than %(most)s blank rows stand between the rows of this file; it was not read.", most=MOST_BLANK_ROWS
        ),
        "Delete the blank rows, and save it again.",
        line=line,
    )


def _find_delimiter(sample: str) -> str:
    """The delimiter that cuts the first lines into the most columns, the same number in most lines."""
    lines = sample.splitlines(keepends=True)
    lines = lines[:-1] if len(sample) >= _SAMPLE else lines

    def score(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row)]
        usual = max(set(widths), key=widths.count) if widths else 1
        widest = max(widths, default=1)
        return (usual if usual > 1 else 0) * widths.count(usual), widest

    return max(_DELIMITERS, key=score)


def _find_encoding(source: Source) -> tuple[str, list[Issue]]:
    """The file's encoding: by its mark, UTF-8 where all of it is, else the likeliest of the old ones (with
    a warning).
    """
    with source.open() as stream:
        head = stream.read(4)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, []
    try:
        with source.path.open(encoding="utf-8") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError as error:
        return _guess_encoding(source, error)
    return "utf-8", []


def _guess_encoding(source: Source, error: UnicodeDecodeError) -> tuple[str, list[Issue]]:
    from charset_normalizer import from_bytes

    data = source.path.read_bytes()
    best = from_bytes(data, cp_isolation=_OLD_ENCODINGS).best()
    if best is None:
        raise refuse_file(
            "encoding-unknown",
            "The letters of this file can't be read: its encoding is unknown.",
            "Save the file again as “CSV UTF-8”, or as XLSX.",
        ) from error
    issue = Issue(
        "warning",
        "encoding-guessed",
        worded("The file is not in UTF-8; it was read as %(encoding)s.", encoding=best.encoding),
        "Look at the accents in the preview; if they are wrong, save the file as “CSV UTF-8” or as XLSX.",
        sheet=PurePath(source.name).name,
    )
    return best.encoding, [issue]
