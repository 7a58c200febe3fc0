"""Zip files are unpacked by the reader of workbooks; this looks first whether that is safe.

Sizes in a zip are only what its writer declares, so every part is unpacked here to nowhere, in
small pieces, and counted. An XLSX also unpacks twice: a sheet with one cell in its last corner
is a table of 17 thousand million cells for the reader.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from app.models.worded import worded
from importers.base import FileRefused, Source, refuse_file
from importers.error_cells import ERROR_IN_ODS, ERROR_IN_XLSX, ODS_SHEETS, XLSX_SHEETS

MOST_BYTES = 1 << 30
MOST_RATIO = 200
HARMLESS_BYTES = 16 << 20  # below this a high ratio says nothing: blank sheets pack well
MOST_CELLS = 50_000_000  # rows times columns of one sheet
_PIECE = 1 << 18
_SHEETS = "xl/worksheets/"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_CELL = re.compile(rb""" r=["']([A-Z]{1,3}\d{1,7})["']""")
# A cell in column AV, the 48th, or behind it, or below row 999,999: without any, MOST_CELLS is not reached.
_FAR = re.compile(rb""" r=["'](?:(?:A[V-Z]|[B-Z][A-Z]|[A-Z]{3})\d|[A-Z]{1,3}\d{7})""")
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"


def check_workbook(source: Source) -> bool:
    """Whether a cell of a workbook may show an error. Raises FileRefused where it would fill the memory of its reader."""
    if not zipfile.is_zipfile(source.path):  # workbooks of the old kind are not packed
        return True
    try:
        with source.path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            return check_zip(stream, archive)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise broken_zip() from error


def check_declared(stream: BinaryIO, archive: zipfile.ZipFile) -> int:
    """How large the archive is; raises FileRefused where what it declares would fill the memory."""
    packed = max(stream.seek(0, 2), 1)
    check_size(sum(info.file_size for info in archive.infolist()), packed)
    return packed


def check_zip(stream: BinaryIO, archive: zipfile.ZipFile) -> bool:
    """Whether a cell in an archive may show an error. Raises FileRefused where it would fill the memory; uses a few
    hundred kilobytes itself."""
    packed = check_declared(stream, archive)
    total = 0
    shows_errors = not _has_known_sheets(archive.namelist())
    for info in archive.infolist():
        is_sheet = info.filename.startswith(_SHEETS)
        mark = ERROR_IN_XLSX if is_sheet else ERROR_IN_ODS if info.filename == ODS_SHEETS else None
        is_far, tail = False, b""
        pieces = _unpack(stream, info)
        for piece in _read_ahead(pieces) if mark else pieces:
            total += len(piece)
            check_size(total, packed)
            if mark:
                seen, tail = tail + piece, piece[-64:]
                is_far = is_far or (is_sheet and _FAR.search(seen) is not None)
                shows_errors = shows_errors or mark in seen
        if is_far:
            _check_reach(stream, info)
    return shows_errors


def _has_known_sheets(names: list[str]) -> bool:
    """Whether the sheets are where and as they are looked through here; of others, nothing is known."""
    return ODS_SHEETS in names or (XLSX_SHEETS in names and any(name.startswith(_SHEETS) for name in names))


def _check_reach(stream: BinaryIO, info: zipfile.ZipInfo) -> None:
    """Raise FileRefused for a sheet of which the reader would make too large a table."""
    widest = deepest = 0
    tail = b""
    for piece in _read_ahead(_unpack(stream, info)):
        found = b" ".join(_CELL.findall(tail + piece))
        widest = max([widest, *map(_column, set(found.translate(None, _DIGITS).split()))])
        deepest = max([deepest, *map(int, set(found.translate(None, _LETTERS).split()))])
        tail = piece[-64:]
    if widest * deepest > MOST_CELLS:
        raise _too_many_cells(info.filename, widest, deepest)


def _read_ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, each unpacked while the one before is looked at: that goes on without the interpreter's lock."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = beside.submit(next, pieces, None)
            yield piece


def check_size(size: int, packed: int) -> None:
    if size > MOST_BYTES or (size > HARMLESS_BYTES and size > packed * MOST_RATIO):
        raise refuse_file(
            "zip-bomb",
            worded(
                "The file unpacks to more than %(size)s MB from %(packed)s KB; it was not opened.",
                size=size >> 20,
                packed=max(packed >> 10, 1),
            ),
            "If it is a real workbook, delete blank formatted rows and columns, or save it as CSV.",
        )


def _unpack(stream: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The real content of one part, in pieces, whatever size is declared for it."""
    stream.seek(info.header_offset)
    header = stream.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise broken_zip()
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    stream.seek(name_length + extra_length, 1)
    left = info.compress_size
    if info.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (data := stream.read(min(_PIECE, left))):
            left -= len(data)
            yield data
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflate(stream, left)
    else:
        raise broken_zip()


def _inflate(stream: BinaryIO, left: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while left > 0 and not unpacker.eof and (data := stream.read(min(_PIECE, left))):
            left -= len(data)
            while data:
                yield unpacker.decompress(data, _PIECE)
                data = unpacker.unconsumed_tail
    except zlib.error as error:
        raise broken_zip() from error


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def broken_zip() -> FileRefused:
    return refuse_file(
        "workbook-broken",
        "The workbook is damaged: it can't be unpacked.",
        "Open it in your spreadsheet program, save it again, and choose that file.",
    )


def _too_many_cells(name: str, columns: int, rows: int) -> FileRefused:
    return refuse_file(
        "sheet-too-large",
        worded(
            "A sheet of the workbook reaches over %(columns)s columns and %(rows)s rows (%(name)s); it was not opened.",
            columns=columns,
            rows=rows,
            name=name,
        ),
        "Look for a stray cell far right or far down, delete it, and save the workbook again.",
    )
