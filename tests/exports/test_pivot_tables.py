"""Native pivot tables: parts that a spreadsheet program reads, cells that add up to the data to the cent."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl

from exports.chart_workbook import write_chart_workbook
from exports.pivot_tables import TOTAL, Pivot
from exports.table import Cell, Table

HEADINGS = ["Area", "Donor", "Amount (USD)", "Projects"]
ROWS: list[list[Cell]] = [
    ["N1", "Sida", Decimal("0.10"), 1], ["N1", "=1+1 & <b>\x01", Decimal("0.20"), 2], ["N2", "Sida", Decimal("12345678.91"), 1],
    ["", "Sida", Decimal("-3.33"), 1], ["N2", "Sida", Decimal("1.00"), 1],
]  # fmt: skip
PIVOTS = [Pivot("By donor", "Areas by donor", 0, 1, 2)]


def book_of(rows: Sequence[Sequence[Cell]]) -> Any:
    out = BytesIO()
    write_chart_workbook([Table("Data", HEADINGS, rows)], [], out, "Data", PIVOTS)
    return openpyxl.load_workbook(out)


def test_the_pivot_reads_the_sheet_and_is_made_anew_on_opening() -> None:
    book = book_of(ROWS)
    [pivot] = book["By donor"]._pivots
    cache = pivot.cache
    assert cache.refreshOnLoad
    assert (cache.cacheSource.worksheetSource.sheet, cache.cacheSource.worksheetSource.ref) == ("Data", "A1:D6")
    assert [field.name for field in cache.cacheFields] == HEADINGS
    assert [item.v for item in cache.cacheFields[1].sharedItems._fields] == ["=1+1 & <b>", "Sida"]
    assert len(cache.records.r) == len(ROWS)
    assert [(field.x) for field in pivot.rowFields] == [0]
    assert [(field.name, field.fld) for field in pivot.dataFields] == [("Sum of Amount (USD)", 2)]
    assert pivot.location.ref == "A3:D7"


def test_its_cells_add_up_to_the_data_to_the_cent() -> None:
    rows = list(book_of(ROWS)["By donor"].iter_rows(min_row=4, values_only=True))
    assert rows[0] == ("Area", "=1+1 & <b>", "Sida", TOTAL)
    found = {row[0]: [None if one is None else Decimal(str(one)) for one in row[1:]] for row in rows[1:]}
    assert found == {
        "N1": [Decimal("0.2"), Decimal("0.1"), Decimal("0.3")], "N2": [None, Decimal("12345679.91"), Decimal("12345679.91")],
        TOTAL: [Decimal("0.2"), Decimal("12345676.68"), Decimal("12345676.88")],
    }  # fmt: skip


def test_without_data_there_is_no_pivot() -> None:
    assert book_of([]).sheetnames == ["Charts", "Data"]
