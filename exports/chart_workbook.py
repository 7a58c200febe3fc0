"""Tables as a workbook with live charts and pivot tables: they read the sheets, so that a changed cell changes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from exports.pivot_tables import Pivot, PivotData, add_pivots, write_pivot_sheet
from exports.table import Cell, Table, WorkbookWriter

CHART_ROWS = 22  # of the sheet that a chart covers
_SIZE = {"width": 980, "height": 420}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over the first `most` rows of the sheet `sheet`: `names` is the number of the column with their names,
    `values` those of the columns with their amounts. `kind`: column, bar or line."""

    title: str
    sheet: str
    names: int
    values: Sequence[int]
    kind: str = "column"
    most: int = 60


def write_chart_workbook(
    tables: Iterable[Table], charts: Sequence[Chart], out: BinaryIO, source: str = "", pivots: Sequence[Pivot] = ()
) -> None:
    """A sheet for the charts, then one for each table, which can be filtered; last the pivots of the table `source`."""
    data: PivotData | None = None
    book = BytesIO()
    with WorkbookWriter(book) as workbook:
        first = workbook.book.add_worksheet("Charts")
        first.hide_gridlines(2)
        counts: dict[str, int] = {}
        for table in tables:
            rows = list(table.rows)
            _add_table(workbook, table, rows)
            counts[table.name] = len(rows)
            if table.name == source and rows:
                data = PivotData(table, rows)
        drawn = [chart for chart in charts if counts.get(chart.sheet)]
        for place, chart in enumerate(drawn):
            first.insert_chart(place * CHART_ROWS + 1, 0, _draw(workbook, chart, min(counts[chart.sheet], chart.most)))
        if data:
            for pivot in pivots:
                write_pivot_sheet(workbook, data, pivot)
    if data:
        add_pivots(book, data, pivots, out)
    else:
        out.write(book.getvalue())


def _add_table(workbook: WorkbookWriter, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
    sheet = workbook.add_sheet(table.name, table.headings, table.widths)
    for row in rows:
        sheet.append(row)
    sheet.worksheet.autofilter(0, 0, max(1, len(rows)), len(table.headings) - 1)


def _draw(workbook: WorkbookWriter, chart: Chart, rows: int) -> object:
    is_stacked = len(chart.values) > 1 and chart.kind != "line"
    drawn = workbook.book.add_chart({"type": chart.kind, **({"subtype": "stacked"} if is_stacked else {})})
    for column in chart.values:
        drawn.add_series({
            "name": [chart.sheet, 0, column],
            "categories": [chart.sheet, 1, chart.names, rows, chart.names],
            "values": [chart.sheet, 1, column, rows, column],
        })  # fmt: skip
    drawn.set_title({"name": chart.title})
    drawn.set_size(_SIZE)
    if len(chart.values) == 1:
        drawn.set_legend({"none": True})
    amounts = drawn.set_x_axis if chart.kind == "bar" else drawn.set_y_axis
    amounts({"num_format": "#,##0"})
    if chart.kind == "bar":
        drawn.set_y_axis({"reverse": True})
    return drawn
