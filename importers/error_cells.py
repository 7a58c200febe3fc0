"""Cells of a workbook that show an error such as #REF!. The reader of workbooks takes them for empty.

An amount that can't be read must not become a blank one: so they are looked for apart, in each kind of workbook.
"""

import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from importers.base import Source

# Sheet -> (row, column, text), from 0.
ErrorCells = dict[str, list[tuple[int, int, str]]]
XLSX_SHEETS = "xl/workbook.xml"  # what names the sheets of an XLSX
ODS_SHEETS = "content.xml"  # what holds those of an ODS
ERROR_IN_XLSX, ERROR_IN_ODS = b't="e"', b'value-type="error"'  # without these, no cell of a sheet shows an error
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>.*?<v>([^<]*)</v>', re.DOTALL)
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def find_error_cells(source: Source) -> ErrorCells | None:
    """The cells that show errors; None where the file does not let itself be looked through for them."""
    if not zipfile.is_zipfile(source.path):
        return _in_xls(source)
    with zipfile.ZipFile(source.path) as archive:
        if ODS_SHEETS in archive.namelist():
            return _in_ods(archive.read(ODS_SHEETS))
        if XLSX_SHEETS not in archive.namelist():
            return None
        return {name: _in_xlsx(archive.read(path)) for name, path in _sheet_paths(archive).items()}


def _in_xlsx(data: bytes) -> list[tuple[int, int, str]]:
    if ERROR_IN_XLSX not in data:
        return []
    return [(int(m[2]) - 1, _column_number(m[1].decode()), m[3].decode()) for m in _CELL.finditer(data)]


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> path of its XML inside an XLSX; {} for other workbooks."""
    names = set(archive.namelist())
    if not {XLSX_SHEETS, "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    targets = {
        rel.get("Id"): rel.get("Target") or ""
        for rel in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    }
    paths = {}
    for sheet in etree.fromstring(archive.read(XLSX_SHEETS), parser).iter("{*}sheet"):
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


def _in_ods(data: bytes) -> ErrorCells:
    if ERROR_IN_ODS not in data:
        return {}
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    return {table.get(f"{_TABLE}name") or "": list(_in_ods_table(table)) for table in root.iter(f"{_TABLE}table")}


def _in_ods_table(table: etree._Element) -> Iterator[tuple[int, int, str]]:
    row = 0
    for element in table.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in element:
            if cell.get(_ERROR_TYPE) == "error":
                yield row, column, cell.findtext(f"{_TEXT}p") or "#REF!"
            column += int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
        row += int(element.get(f"{_TABLE}number-rows-repeated") or 1)


def _in_xls(source: Source) -> ErrorCells | None:
    import xlrd

    try:
        with xlrd.open_workbook(str(source.path), on_demand=True) as book:
            return {
                name: [
                    (row, column, xlrd.error_text_from_code.get(value, "#ERROR!"))
                    for row in range(sheet.nrows)
                    for column, (kind, value) in enumerate(
                        zip(sheet.row_types(row), sheet.row_values(row), strict=True)
                    )
                    if kind == xlrd.XL_CELL_ERROR
                ]
                for name in book.sheet_names()
                for sheet in (book.sheet_by_name(name),)
            }
    except Exception:  # noqa: BLE001 (whatever a second reader stumbles over, the first one decides)
        return None
