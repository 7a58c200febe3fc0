"""What a file is, by its content: the key of its importer, or a refusal that says what to do."""

import re
import zipfile
from collections.abc import Callable
from html import unescape
from typing import BinaryIO

from app.models.worded import phrase, worded
from importers.base import FileRefused, Source, refuse_file
from importers.element_layouts import known_by_headings, known_by_sheets
from importers.iati_organisations import ROOT
from importers.zip_guard import broken_zip, check_declared

HEAD = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table)\b", re.IGNORECASE | re.DOTALL)
_SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"')
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF")
_OTHERS: tuple[tuple[tuple[bytes, ...], str, str, str], ...] = (
    (
        (b"%PDF",),
        "pdf-file",
        phrase("This is a PDF; its figures can't be read reliably."),
        phrase("Ask for the table behind it as XLSX or CSV, or for the IATI XML."),
    ),
    (
        (b"{\\rtf",),
        "word-file",
        phrase("This is a text document."),
        phrase("Copy its table into a spreadsheet and choose that."),
    ),
    (
        (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"),
        "file-packed",
        phrase("This file is packed."),
        phrase("Unpack it and choose the file inside."),
    ),
    (_IMAGES, "image-file", phrase("This is an image."), phrase("Ask for the table itself as XLSX or CSV.")),
)


def sniff(source: Source) -> str:
    """The key of the importer for `source`: a key of IMPORTERS in registry.py. Raises FileRefused for everything else.

    What a workbook really unpacks to is looked at by its reader.
    """
    with source.open() as stream:
        head = stream.read(HEAD)
        if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
            raise refuse_file(
                "file-empty",
                worded("“%(file)s” is empty.", file=source.name),
                "Choose the file again; perhaps it was not saved.",
            )
        if head.startswith(_OLE):
            return _sniff_ole(stream)
        if head.startswith(b"PK"):
            return _sniff_zip(stream)
    for marks, code, message, hint in _OTHERS:
        if head.startswith(marks):
            raise refuse_file(code, message, hint)
    return _sniff_text(source, head)


def _sniff_text(source: Source, head: bytes) -> str:
    is_wide = head.startswith(_MARKS[1:])
    text = head.replace(b"\0", b"") if is_wide else head
    for mark in _MARKS:
        text = text.removeprefix(mark)
    text = text.lstrip()
    if b"\0" in text or (not is_wide and _count_controls(text) > len(text) // 50):
        raise refuse_file(
            "file-unknown",
            "This is not a kind of file that is known here.",
            "Choose a spreadsheet (XLSX, CSV) or an IATI XML file.",
        )
    if _HTML.match(text):
        raise refuse_file(
            "html-file",
            "This is a web page, perhaps saved under the name of a spreadsheet.",
            "Open it in your spreadsheet program and save it as XLSX, or download the file again.",
        )
    if ROOT in text:
        return "iati-organisations"
    if text.startswith(b"<") or source.name.lower().endswith(".xml"):
        return "iati-xml"
    texts = re.split(rb'"?[,;\t|]"?', text.partition(b"\n")[0].strip(b'\r"'))
    return "iati-elements" if known_by_headings({one.decode(errors="replace") for one in texts}) else "sheet"


def _count_controls(text: bytes) -> int:
    return sum(byte < 32 and byte not in b"\t\r\n\f" for byte in text)


def _sniff_ole(stream: BinaryIO) -> str:
    """The old container of office files: a workbook, a locked one, or something else. Its names are
    UTF-16.
    """
    stream.seek(0)
    data = stream.read()

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise refuse_file(
            "file-encrypted",
            "The workbook is protected by a password.",
            "Save it without the password (File, Info, Protect) and choose it again.",
        )
    if holds("WordDocument"):
        raise _word_file()
    if holds("Workbook") or holds("Book"):
        return "sheet"
    raise refuse_file(
        "file-unknown",
        "This office file holds no workbook.",
        "Choose a spreadsheet (XLSX, CSV) or an IATI XML file.",
    )


def _sniff_zip(stream: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            refusal = _not_a_workbook(names, lambda: archive.read("mimetype")[:100])
            if refusal:
                raise refusal
            check_declared(stream, archive)
            if is_workbook(names) and known_by_sheets(_sheet_names(archive)):
                return "iati-elements"
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise broken_zip() from error
    return "sheet"


def _sheet_names(archive: zipfile.ZipFile) -> set[str]:
    """The names of the sheets of an XLSX; none for other workbooks."""
    if "xl/workbook.xml" not in archive.namelist():
        return set()
    return {unescape(name.decode()) for name in _SHEET.findall(archive.read("xl/workbook.xml"))}


def is_workbook(names: set[str]) -> bool:
    """Whether the files in a zip make a workbook of Excel."""
    return bool({"xl/workbook.xml", "xl/workbook.bin"} & names)


def _not_a_workbook(names: set[str], mimetype: Callable[[], bytes]) -> FileRefused | None:
    if is_workbook(names):
        return None
    if "mimetype" in names and "content.xml" in names and b"spreadsheet" in mimetype():
        return None
    if any(name.startswith("word/") for name in names) or ("mimetype" in names and b"opendocument.text" in mimetype()):
        return _word_file()
    return refuse_file(
        "zip-not-workbook",
        "This zip file is not a workbook, and lies inside another packed file.",
        "Unpack it and choose the files inside, all together if they belong together.",
    )


def _word_file() -> FileRefused:
    return refuse_file("word-file", "This is a text document.", "Copy its table into a spreadsheet and choose that.")
