"""The owner's own workbook back: cells in colour, comments that say what to do, and a list of all issues.

Everything else in the file stays as it was. Marks of an earlier time are taken out first. The list says in its
first cell that it is not imported, so that the corrected file can be uploaded as it is.
"""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from app.codelists.template import UNREAD_MARK
from exports.issue_list import (
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
from exports.xlsx_comments import add_comments, strip_comments
from exports.xlsx_marks import Cells, Styles
from exports.xlsx_package import MAIN, OFFICE, WORKBOOK, Element, XlsxPackage, sheet_parts, tag

LARGEST_FILE = 20 * 10**6
LARGEST_SHEET = 30 * 10**6  # bytes of one sheet's XML: a tree of it takes ten times as much memory
_STYLES = "xl/styles.xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FIRST_ROW = 5  # of the list: the mark, the title, the summary and the headings stand above
_HIDDEN = len(WIDTHS) + 1  # the column whose cells have the format that the marked cells had before
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def can_mark(path: Path, sheets: Sequence[str]) -> bool:
    """Whether these sheets of a file can be marked in it: an XLSX (or XLSM) of a size that a tree of it fits in memory."""
    if path.stat().st_size > LARGEST_FILE or not zipfile.is_zipfile(path):
        return False
    package = XlsxPackage(path)
    if WORKBOOK not in package or _STYLES not in package or package.look_at(WORKBOOK).tag != tag("workbook"):
        return False
    parts = sheet_parts(package)
    return all(0 < package.sizes.get(parts.get(name, ""), 0) <= LARGEST_SHEET for name in sheets)


def mark_workbook_file(path: Path, issues: Sequence[SheetIssue], out: BinaryIO) -> None:
    """Write the workbook at `path` with these issues marked in it (see can_mark)."""
    package = XlsxPackage(path)
    parts, marks = sheet_parts(package), marks_by_sheet(issues)
    styles = Styles(package.open(_STYLES))
    listing = next((name for name in parts if name.startswith(SHEET_NAME) and _is_ours(package, parts[name])), "")
    before = _earlier_formats(package, parts.get(listing, ""))
    formats: dict[tuple[str, str], int] = {}
    for name, part in parts.items():
        has_marks = name in marks
        if (
            name != listing
            and part in package
            and package.sizes.get(part, 0) <= LARGEST_SHEET
            and (has_marks or listing)
        ):
            _unmark(package, part, styles, before.get(name, {}))
        if has_marks:
            _mark(package, name, part, styles, marks[name], formats)
    content = _issue_sheet(styles, issues, formats)
    if listing:
        package.put(parts[listing], content)
    else:
        _add_sheet(package, content, parts)
    package.write(out)


# --- marks ---------------------------------------------------------------------------------


def _mark(
    package: XlsxPackage,
    name: str,
    part: str,
    styles: Styles,
    marks: Mapping[str, Mark],
    formats: dict[tuple[str, str], int],
) -> None:
    """Colour the cells and comment on them; `formats` gets what they looked like before."""
    cells = Cells(package.open(part))
    shown: dict[str, Mark] = {}
    for at, mark in marks.items():
        shown.setdefault(cells.anchor(at), Mark(mark.level)).add(mark.issues)
    for at, mark in shown.items():
        cell = cells.get(at)
        formats[name, at] = int(cell.get("s", "0"))
        cell.set("s", str(styles.marked(formats[name, at], mark.level)))
    add_comments(package, part, shown)


def _unmark(package: XlsxPackage, part: str, styles: Styles, before: Mapping[str, int]) -> None:
    """Give cells that we coloured the format that they had, and take our comments away."""
    ours = styles.find_marked()
    for cell in Cells(package.open(part)).with_formats(ours) if ours else ():
        own = before.get(cell.get("r", ""))
        cell.set("s", str(own if own is not None and own not in ours else styles.unmarked(int(cell.get("s", "0")))))
    strip_comments(package, part)


def _earlier_formats(package: XlsxPackage, part: str) -> dict[str, dict[str, int]]:
    """Sheet -> cell -> the format that it had before we coloured it, from our list of an earlier time."""
    found: dict[str, dict[str, int]] = {}
    if not part:
        return found
    strings = _Strings(package)
    for row in package.look_at(part).iter(tag("row")):
        cells = {cell.get("r", "").rstrip("0123456789"): cell for cell in row}
        if "B" in cells and "C" in cells and (kept := cells.get(_letter(_HIDDEN))) is not None:
            at = found.setdefault(strings.text_of(cells["C"]), {})
            at.setdefault(strings.text_of(cells["B"]), int(kept.get("s", "0")))
    return found


class _Strings:
    """The texts of cells, which stand in them or in a part for all sheets."""

    def __init__(self, package: XlsxPackage) -> None:
        parts = package.targets(WORKBOOK, "sharedStrings")
        items = package.look_at(parts[0]).iterchildren(tag("si")) if parts and parts[0] in package else []
        self._shared = ["".join(map(str, one.itertext(tag("t")))) for one in items]

    def text_of(self, cell: Element) -> str:
        if cell.get("t") == "s":
            number = int(cell.findtext(tag("v")) or -1)
            return self._shared[number] if 0 <= number < len(self._shared) else ""
        return "".join(map(str, cell.itertext(tag("t")))) or cell.findtext(tag("v")) or ""


def _is_ours(package: XlsxPackage, part: str) -> bool:
    """Whether a sheet is our list of an earlier time, in whatever language: its first two cells say so."""
    if part not in package or package.sizes.get(part, 0) > LARGEST_SHEET:
        return False
    root = package.look_at(part)
    strings = _Strings(package)
    texts = {cell.get("r"): strings.text_of(cell) for row in list(root.iter(tag("row")))[:2] for cell in row}
    return texts.get("A1") == UNREAD_MARK and texts.get("A2") == SHEET_NAME


# --- the list ------------------------------------------------------------------------------


def _letter(column: int) -> str:
    return chr(64 + column)


def _issue_sheet(styles: Styles, issues: Sequence[SheetIssue], formats: Mapping[tuple[str, str], int]) -> bytes:
    """The list as the XML of a sheet, with a link to each cell."""
    sheet = etree.Element(tag("worksheet"), nsmap={None: MAIN, "r": OFFICE})  # type: ignore[dict-item]
    views = etree.SubElement(etree.SubElement(sheet, tag("sheetViews")), tag("sheetView"), workbookViewId="0")
    top = str(_FIRST_ROW - 1)
    etree.SubElement(
        views, tag("pane"), ySplit=top, topLeftCell=f"A{_FIRST_ROW}", activePane="bottomLeft", state="frozen"
    )
    columns = etree.SubElement(sheet, tag("cols"))
    for number, width in enumerate(WIDTHS, 1):
        etree.SubElement(columns, tag("col"), min=str(number), max=str(number), width=str(width), customWidth="1")
    hidden = str(_HIDDEN)
    etree.SubElement(columns, tag("col"), min=hidden, max=hidden, width="2", hidden="1", customWidth="1")
    data = etree.SubElement(sheet, tag("sheetData"))
    plain, bold, link = styles.with_font(wraps=True), styles.with_font(b=""), styles.with_font(color="FF0563C1", u="")
    above = (UNREAD_MARK, SHEET_NAME, summary(issues))
    for number, text in enumerate(above, 1):
        _add_row(data, number, [text], [bold if number == 2 else 0])
    _add_row(data, _FIRST_ROW - 1, headings(), [bold] * len(WIDTHS))
    links = etree.Element(tag("hyperlinks"))
    for number, one in enumerate(issues, _FIRST_ROW):
        is_linked = bool(one.cell) and len(links) < MOST_LINKED
        row = _add_row(data, number, list_row(one), [plain, link if is_linked else plain, *[plain] * (len(WIDTHS) - 2)])
        if (one.sheet, one.cell) in formats:
            etree.SubElement(row, tag("c"), r=f"{_letter(_HIDDEN)}{number}", s=str(formats[one.sheet, one.cell]))
        if is_linked:
            place = link_to(one.sheet, one.cell)
            etree.SubElement(links, tag("hyperlink"), ref=f"B{number}", location=place, display=one.cell)
    if len(links):
        sheet.append(links)
    return etree.tostring(sheet, encoding="UTF-8", xml_declaration=True, standalone=True)


def _add_row(data: Element, number: int, values: Sequence[str | int], formats: Sequence[int]) -> Element:
    """A row of texts and whole numbers: texts stand in their cells, so that none is ever a formula."""
    row = etree.SubElement(data, tag("row"), r=str(number))
    for column, (value, style) in enumerate(zip(values, formats, strict=True), 1):
        cell = etree.SubElement(row, tag("c"), r=f"{_letter(column)}{number}", s=str(style))
        if isinstance(value, int):
            etree.SubElement(cell, tag("v")).text = str(value)
        elif value:
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, tag("is")), tag("t"))
            text.text = value[:LONGEST_TEXT]
            text.set(_XML_SPACE, "preserve")
    return row


def _add_sheet(package: XlsxPackage, content: bytes, parts: Mapping[str, str]) -> None:
    """Put the list behind the last sheet, under a name that is free."""
    part = package.free_name("xl/worksheets/sheet{}.xml")
    package.put(part, content)
    package.declare(part, _SHEET_TYPE)
    relation = package.relate(WORKBOOK, "worksheet", part)
    sheets = package.open(WORKBOOK).find(tag("sheets"))
    assert sheets is not None  # noqa: S101 (a workbook has sheets)
    taken = {name.casefold() for name in parts}
    names = (SHEET_NAME, *(f"{SHEET_NAME} {number}" for number in range(2, len(taken) + 3)))
    name = next(name for name in names if name.casefold() not in taken)
    number = max((int(sheet.get("sheetId", "0")) for sheet in sheets), default=0) + 1
    etree.SubElement(sheets, tag("sheet"), {"name": name, "sheetId": str(number), f"{{{OFFICE}}}id": relation})
