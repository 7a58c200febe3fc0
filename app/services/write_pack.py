"""The files of a meeting pack: PDF, workbook, pictures and data, as one archive."""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from app.formats import number
from app.languages import gettext as _
from app.languages import speaking
from app.services.agreement_tables import agreements_table
from app.services.build_pack import MOST_LISTED, PackContent
from app.services.compared_files import comparison_tables
from app.services.meeting_files import meeting_tables
from app.services.overlap_heat import heat_map
from app.services.overlap_tables import areas_table, data_table, money, overlap_tables, projects_table
from exports.chart_workbook import Chart, write_chart_workbook
from exports.meeting_pack import write_pack_pdf, write_pictures
from exports.pivot_tables import Pivot
from exports.table import Cell, Table, write_table_csv

STEPS = 5
# Over the columns of `data_table`: area, donor, country and amount.
PIVOTS = (
    Pivot("Pivot donors", "Areas by donor", row=3, column=6, value=7),
    Pivot("Pivot countries", "Areas by country", row=3, column=1, value=7),
)
CHART_DONORS = 8


def write_pack(content: PackContent, out: BinaryIO, tell: Callable[[int], None] = lambda _done: None) -> None:
    """Write the archive to `out`; `tell` hears how many of STEPS are done."""
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("report.pdf", write_pack_pdf(content.pack))
        tell(1)
        archive.writestr("report.xlsx", write_pack_workbook(content), ZIP_STORED)
        tell(2)
        for step, format_key in ((3, "svg"), (4, "png")):
            for name, picture in write_pictures(content.pack, format_key).items():
                archive.writestr(f"pictures/{name}", picture)
            tell(step)
        for table in csv_tables(content):
            archive.writestr(f"data/{table.name.lower()}.csv", _csv(table))
        archive.writestr("README.txt", _readme(content).encode())
        tell(STEPS)


def write_pack_workbook(content: PackContent) -> bytes:
    """Every table of the report and of the meeting, charts over them, and the data with its pivot tables."""
    report = content.report
    bars = _chart_table(content)
    tables = [bars, data_table(report), *overlap_tables(report, content.projects.lines)]
    tables += [*meeting_tables(report, content.meeting), agreements_table(content.agreements)]
    if content.compared:
        tables += [
            Table(f"Changes {one.name}"[:31], one.headings, one.rows) for one in comparison_tables(content.compared)
        ]
    with speaking(content.pack.locale):
        charts = [
            Chart(_("Who funds what"), bars.name, 0, range(1, len(bars.headings))),
            Chart(_("Donors"), "Donors", 1, [2], "bar", 20),
            Chart(_("Year by year"), "Years", 0, [1, 3], "line"),
        ]
    out = BytesIO()
    write_chart_workbook(tables, charts, out, "Data", PIVOTS)
    return out.getvalue()


def _chart_table(content: PackContent) -> Table:
    """Areas by the largest donors, the others together: what the first chart shows."""
    report = content.report
    heat = heat_map(report, CHART_DONORS)
    others = [f"{len(heat.others)} other donors"] if heat.others else []
    headings = ["Area", *(report.donor(donor).name for donor in heat.columns), *others]
    rows: list[list[Cell]] = [
        [f"{report.area(area).code} {report.area(area).title}", *(money(cell.amount) for cell in cells)]
        for area, cells, _total in heat.rows
        if heat.columns
    ]
    return Table("Chart data", headings, rows)


def csv_tables(content: PackContent) -> list[Table]:
    """The tables that the archive holds as CSV."""
    report = content.report
    chosen = [areas_table(report), data_table(report), projects_table(content.projects.lines, report.currency)]
    return [*chosen, *(one for one in overlap_tables(report) if one.name in ("Donors", "Pairs", "Trust"))]


def _csv(table: Table) -> bytes:
    out = BytesIO()
    write_table_csv(table, out)
    return out.getvalue()


def _readme(content: PackContent) -> str:
    """What each file is, for who gets the archive by e-mail."""
    with speaking(content.pack.locale):
        left_out = content.projects.totals.lines - len(content.projects.lines)
        files = [
            ("report.pdf", _("The report to read and to print.")),
            ("report.xlsx", _(
                "All its tables, with charts and pivot tables over them. The sheet Data, which the pivot tables read, "
                "has one line for each donor, area and country.")),
            ("pictures/", _("Charts for slides: SVG stays sharp at any size, PNG works everywhere.")),
            ("data/areas.csv", _("Each area of each country, with its status and indices.")),
            ("data/data.csv", _("The same lines as the sheet Data.")),
            ("data/donors.csv", _("Each donor, with all its money and the part whose area is known.")),
            ("data/pairs.csv", _("Pairs of donors with money in the same area.")),
            ("data/projects.csv", _("The projects behind the figures, a line for each donor of a project.")),
            ("data/trust.csv", _("How far the figures can be relied on.")),
        ]  # fmt: skip
        notes = [
            _("Tables are in English, in UTF-8, with a point before the cents; all amounts are in %(currency)s.")
            % {"currency": content.report.currency}
        ]
        if left_out > 0:
            notes.append(
                _("The lists of projects end after %(shown)s lines; %(count)s more are in the application.")
                % {"shown": number(MOST_LISTED), "count": number(left_out)}
            )
        facts = [f"{label}: {value}" for label, value in content.pack.facts]
        listed = [f"{name}\n    {what}" for name, what in files]
    parts = [content.pack.title, content.pack.subtitle, "", *facts, "", *content.pack.messages, "", *listed, "", *notes]
    return "\n".join(parts) + "\n"
