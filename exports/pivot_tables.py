"""Native pivot tables in a workbook: they read a sheet of it, and a spreadsheet program makes them anew on opening.

XlsxWriter has none. So the cells of each pivot are written like any other sheet, for programs that only look, and its
definition (ECMA-376 part 1, 18.10) is put into the finished file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from lxml import etree
from xlsxwriter.utility import xl_col_to_name

from exports.table import Cell, Table, WorkbookWriter
from exports.xlsx_package import MAIN, OFFICE, WORKBOOK, Element, XlsxPackage, sheet_parts, tag

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivot"
_VERSION = {"createdVersion": "3", "minRefreshableVersion": "3"}
_TOP = 2  # rows above a pivot
TOTAL = "Grand Total"


@dataclass(frozen=True, slots=True)
class Pivot:
    """A sheet `name` with the sum of column `value` of the data by `row` and `column` (numbers of columns)."""

    name: str
    title: str
    row: int
    column: int
    value: int


@dataclass(frozen=True, slots=True)
class PivotData:
    """The sheet that the pivots read, and all of its rows."""

    table: Table
    rows: Sequence[Sequence[Cell]]

    def items(self, column: int) -> list[str]:
        """The different texts of a column, in order; the empty one is none."""
        return sorted({text_of(row[column]) for row in self.rows if row[column] not in (None, "")})

    def is_text(self, column: int) -> bool:
        return not self.rows or isinstance(self.rows[0][column], str)


def text_of(cell: Cell) -> str:
    """Without signs that XML does not have."""
    return "".join(sign for sign in str(cell) if sign >= " ")


def write_pivot_sheet(workbook: WorkbookWriter, data: PivotData, pivot: Pivot) -> None:
    """The cells of a pivot as a program shows them."""
    sheet = workbook.book.add_worksheet(pivot.name)
    rows, columns, sums = data.items(pivot.row), data.items(pivot.column), _sums(data, pivot)
    bold, money = workbook.book.add_format({"bold": True}), workbook.book.add_format({"num_format": "#,##0.00"})
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, len(columns) + 1, 16, money)
    sheet.write_string(0, 0, pivot.title, bold)
    sheet.write_string(_TOP, 0, _data_name(data, pivot))
    sheet.write_string(_TOP, 1, data.table.headings[pivot.column])
    sheet.write_string(_TOP + 1, 0, data.table.headings[pivot.row])
    for place, column in enumerate([*columns, TOTAL], 1):
        sheet.write_string(_TOP + 1, place, column)
    for line, row in enumerate([*rows, TOTAL], _TOP + 2):
        sheet.write_string(line, 0, row)
        for place, column in enumerate([*columns, TOTAL], 1):
            if (row, column) in sums:
                sheet.write_number(line, place, sums[row, column], money)


def _sums(data: PivotData, pivot: Pivot) -> Mapping[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in data.rows:
        row, column, value = text_of(line[pivot.row]), text_of(line[pivot.column]), line[pivot.value]
        for key in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            sums[key] += value if isinstance(value, Decimal) else 0
    return sums


def add_pivots(book: BinaryIO, data: PivotData, pivots: Iterable[Pivot], out: BinaryIO) -> None:
    """Copy the finished workbook to `out` with the definitions of its pivots, all over one cache of the data."""
    package = XlsxPackage(book)
    cache = _add_cache(package, data)
    parts = sheet_parts(package)
    for number, pivot in enumerate(pivots, 1):
        part = f"xl/pivotTables/pivotTable{number}.xml"
        package.put(part, _bytes(_definition(data, pivot, f"Pivot{number}")))
        package.declare(part, f"{_TYPE}Table+xml")
        package.relate(part, "pivotCacheDefinition", cache)
        package.relate(parts[pivot.name], "pivotTable", part)
    package.write(out)


def _add_cache(package: XlsxPackage, data: PivotData) -> str:
    """What the pivots remember of the sheet; the program reads the sheet again on opening."""
    part, records = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotCache/pivotCacheRecords1.xml"
    package.put(records, _bytes(_records(data)))
    package.declare(records, f"{_TYPE}CacheRecords+xml")
    package.put(part, _bytes(_cache(data, package.relate(part, "pivotCacheRecords", records))))
    package.declare(part, f"{_TYPE}CacheDefinition+xml")
    caches = etree.SubElement(package.open(WORKBOOK), tag("pivotCaches"))
    number = package.relate(WORKBOOK, "pivotCacheDefinition", part)
    etree.SubElement(caches, tag("pivotCache"), {"cacheId": "1", f"{{{OFFICE}}}id": number})
    return part


def _cache(data: PivotData, records: str) -> Element:
    headings, rows = data.table.headings, data.rows
    root = etree.Element(
        tag("pivotCacheDefinition"), {
            f"{{{OFFICE}}}id": records, "refreshOnLoad": "1", "refreshedBy": "Tessera", "refreshedVersion": "3",
            **_VERSION, "recordCount": str(len(rows)),
        }, nsmap={None: MAIN, "r": OFFICE},  # type: ignore[dict-item]
    )  # fmt: skip
    source = etree.SubElement(root, tag("cacheSource"), type="worksheet")
    reach = f"A1:{xl_col_to_name(len(headings) - 1)}{len(rows) + 1}"
    etree.SubElement(source, tag("worksheetSource"), ref=reach, sheet=data.table.name)
    fields = etree.SubElement(root, tag("cacheFields"), count=str(len(headings)))
    for column, heading in enumerate(headings):
        field = etree.SubElement(fields, tag("cacheField"), name=heading, numFmtId="0")
        if not data.is_text(column):
            etree.SubElement(field, tag("sharedItems"), _numbers([row[column] for row in rows]))
            continue
        items = data.items(column)
        has_blank = {"containsBlank": "1"} if any(row[column] in (None, "") for row in rows) else {}
        shared = etree.SubElement(field, tag("sharedItems"), {**has_blank, "count": str(len(items))})
        for item in items:
            etree.SubElement(shared, tag("s"), v=item)
    return root


def _numbers(values: Sequence[Any]) -> dict[str, str]:
    known = [value for value in values if value is not None]
    whole = {"containsInteger": "1"} if all(value == int(value) for value in known) else {}
    return {
        "containsSemiMixedTypes": "0", "containsString": "0", "containsNumber": "1", **whole,
        "minValue": _digits(min(known)), "maxValue": _digits(max(known)),
    }  # fmt: skip


def _digits(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _records(data: PivotData) -> Element:
    root = etree.Element(tag("pivotCacheRecords"), count=str(len(data.rows)), nsmap={None: MAIN})  # type: ignore[dict-item]
    places = {
        column: {item: str(place) for place, item in enumerate(data.items(column))}
        for column in range(len(data.table.headings)) if data.is_text(column)
    }  # fmt: skip
    for row in data.rows:
        record = etree.SubElement(root, tag("r"))
        for column, cell in enumerate(row):
            if cell in (None, ""):
                etree.SubElement(record, tag("m"))
            elif column in places:
                etree.SubElement(record, tag("x"), v=places[column][text_of(cell)])
            else:
                etree.SubElement(record, tag("n"), v=_digits(cell))
    return root


def _definition(data: PivotData, pivot: Pivot, name: str) -> Element:
    rows, columns = len(data.items(pivot.row)), len(data.items(pivot.column))
    applied = ("Number", "Border", "Font", "Pattern", "Alignment")
    root = etree.Element(
        tag("pivotTableDefinition"), {
            "name": name, "cacheId": "1", **{f"apply{what}Formats": "0" for what in applied},
            "applyWidthHeightFormats": "1", "dataCaption": "Values", "updatedVersion": "3", **_VERSION,
            "useAutoFormatting": "1", "itemPrintTitles": "1", "indent": "0", "outline": "1", "outlineData": "1",
            "rowHeaderCaption": data.table.headings[pivot.row], "colHeaderCaption": data.table.headings[pivot.column],
        }, nsmap={None: MAIN},  # type: ignore[dict-item]
    )  # fmt: skip
    reach = f"A{_TOP + 1}:{xl_col_to_name(columns + 1)}{_TOP + rows + 3}"
    etree.SubElement(root, tag("location"), ref=reach, firstHeaderRow="1", firstDataRow="2", firstDataCol="1")
    fields = etree.SubElement(root, tag("pivotFields"), count=str(len(data.table.headings)))
    for column in range(len(data.table.headings)):
        _field(fields, column, pivot, len(data.items(column)))
    for kind, column, count in (("row", pivot.row, rows), ("col", pivot.column, columns)):
        axis = etree.SubElement(root, tag(f"{kind}Fields"), count="1")
        etree.SubElement(axis, tag("field"), x=str(column))
        items = etree.SubElement(root, tag(f"{kind}Items"), count=str(count + 1))
        for place in range(count):
            etree.SubElement(etree.SubElement(items, tag("i")), tag("x"), {"v": str(place)} if place else {})
        etree.SubElement(etree.SubElement(items, tag("i"), t="grand"), tag("x"))
    sums = etree.SubElement(root, tag("dataFields"), count="1")
    of = {"fld": str(pivot.value), "baseField": "0", "baseItem": "0", "numFmtId": "4"}
    etree.SubElement(sums, tag("dataField"), {"name": _data_name(data, pivot), **of})
    style = {"name": "PivotStyleLight16", "showRowHeaders": "1", "showColHeaders": "1", "showLastColumn": "1"}
    etree.SubElement(root, tag("pivotTableStyleInfo"), style)
    return root


def _field(fields: Element, column: int, pivot: Pivot, count: int) -> None:
    if column not in (pivot.row, pivot.column):
        etree.SubElement(fields, tag("pivotField"), {"dataField": "1"} if column == pivot.value else {}, showAll="0")
        return
    axis = "axisRow" if column == pivot.row else "axisCol"
    field = etree.SubElement(fields, tag("pivotField"), axis=axis, showAll="0", sortType="ascending")
    items = etree.SubElement(field, tag("items"), count=str(count + 1))
    for place in range(count):
        etree.SubElement(items, tag("item"), x=str(place))
    etree.SubElement(items, tag("item"), t="default")


def _data_name(data: PivotData, pivot: Pivot) -> str:
    """Not the column's own name: a program refuses that."""
    return f"Sum of {data.table.headings[pivot.value]}"


def _bytes(root: Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
