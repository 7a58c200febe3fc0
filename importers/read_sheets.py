"""Bytes of a workbook or a CSV file -> sheets of cells, each row at the place where the user's program
shows it.

Blank leading rows and columns are kept, so that row 1 of `rows` is row 1 on screen. Cells are what
the program stores: numbers, dates and texts are not interpreted here.
"""

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from app.models.issue import Issue
from importers.base import Source, refuse_file
from importers.clean import Cell

CellRange = tuple[tuple[int, int], tuple[int, int]]
_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
_LONGEST_CELL = 1 << 22
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Encodings of office programs, the commonest first: others of the library's guesses are never meant.
_OLD_ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256"]
_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>.*?<v>([^<]*)</v>', re.DOTALL)


@dataclass(slots=True)
class RawSheet:
    """One sheet: `rows` from the first row of the sheet on; `merged` as ((row, column), (row, column))
    from 0, ends included.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[CellRange] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def read_sheets(source: Source) -> Iterator[RawSheet]:
    """Yield the visible sheets of a workbook, or the one sheet of a CSV file; raises FileRefused."""
    with source.open() as stream:
        head = stream.read(8)
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        yield from _read_workbook(source)
    else:
        yield _read_csv(source)


# --- workbooks -----------------------------------------------------------------------------


def _read_workbook(source: Source) -> Iterator[RawSheet]:
    try:
        workbook = CalamineWorkbook.from_path(str(source.path))
        errors = _error_cells(source)
        for sheet in workbook.sheets_metadata:
            if str(sheet.typ).endswith("WorkSheet") and str(sheet.visible).endswith(".Visible"):
                yield _read_sheet(workbook, sheet.name, errors.get(sheet.name, []))
    except PasswordError as error:
        raise refuse_file(
            "file-encrypted",
            "The workbook is protected by a password.",
            "Save it without the password (File, Info, Protect) and choose it again.",
        ) from error
    except (CalamineError, XmlError, ZipError, zipfile.BadZipFile, etree.XMLSyntaxError, OSError) as error:
        raise refuse_file(
            "workbook-broken",
            f"The workbook is damaged and can't be read ({error}).",
            "Open it in your spreadsheet program, save it again as XLSX, and choose that file.",
        ) from error


def _read_sheet(workbook: CalamineWorkbook, name: str, errors: list[tuple[int, int, str]]) -> RawSheet:
    sheet = workbook.get_sheet_by_name(name)
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for row, column, text in errors:
        if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
            rows[row][column] = text
    merged = [(first, last) for first, last in sheet.merged_cell_ranges or []]
    return RawSheet(name, rows, merged)


def _error_cells(source: Source) -> dict[str, list[tuple[int, int, str]]]:
    """Cells that show an error such as #REF!, by sheet: (row, column, text) from 0. The reader takes them
    for empty.
    """
    if not zipfile.is_zipfile(source.path):
        return {}
    found = {}
    with zipfile.ZipFile(source.path) as archive:
        for name, path in _sheet_paths(archive).items():
            data = archive.read(path)
            if b't="e"' in data:
                cells = [
                    (int(m[2]) - 1, _column_number(m[1].decode()), m[3].decode()) for m in _ERROR_CELL.finditer(data)
                ]
                found[name] = cells
    return found


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> path of its XML inside an XLSX; {} for other workbooks."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    targets = {
        rel.get("Id"): rel.get("Target") or ""
        for rel in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    }
    paths = {}
    for sheet in etree.fromstring(archive.read("xl/workbook.xml"), parser).iter("{*}sheet"):
        relation = next((value for key, value in sheet.items() if str(key).endswith("}id")), None)
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in names and path.endswith(".xml"):
            paths[sheet.get("name") or ""] = path
    return paths


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


# --- CSV -----------------------------------------------------------------------------------


def _read_csv(source: Source) -> RawSheet:
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
            rows: list[list[Cell]] = list(reader)  # type: ignore[arg-type]
        except csv.Error as error:
            raise refuse_file(
                "csv-broken",
                f"The file can't be read as CSV after line {reader.line_num}: {error}.",
                "Look for a quotation mark that is never closed.",
                line=reader.line_num,
            ) from error
    return RawSheet(name, rows, issues=issues)


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
        f"The file is not in UTF-8; it was read as {best.encoding}.",
        "Look at the accents in the preview; if they are wrong, save the file as “CSV UTF-8” or as XLSX.",
        sheet=PurePath(source.name).name,
    )
    return best.encoding, [issue]
