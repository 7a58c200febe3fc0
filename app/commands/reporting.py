"""Reports, exports and the template."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.base import add_command, make_ready
from app.commands.meetings import add_filters, add_meetings, asked_for

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.services.report_overlap import OverlapFilter


def add_reporting(commands: Any) -> None:
    report = add_command(commands, "report", "reports", _report_overlap).add_subparsers(required=True, metavar="REPORT")
    overlap = add_command(report, "overlap", "who funds which area where, and who overlaps", _report_overlap)
    add_filters(overlap)
    overlap.add_argument("--format", default="json", choices=("json", "csv", "xlsx", "pdf", "html"))
    overlap.add_argument("--lang", default="en", choices=("en", "fr", "es", "it", "pt", "ar"), help="of pdf and html")
    overlap.add_argument("-o", "--output", type=Path, metavar="FILE")
    add_meetings(report)
    export = add_command(commands, "export", "write a portfolio to a file", _export)
    export.add_argument("format", choices=("iati", "xlsx", "csv", "json"))
    export.add_argument("--country", metavar="CC")
    export.add_argument("--org", metavar="REF")
    export.add_argument("--import", dest="import_id", type=int, metavar="ID")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    template = add_command(commands, "template", "write the workbook to fill in", _write_template)
    template.add_argument("--lang", default="en", choices=("en", "fr", "es", "it", "pt", "ar"))
    template.add_argument("--filled", metavar="REF", help="with the current projects of this organisation")
    template.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.xlsx")


def _report_overlap(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.overlap_files import read_beside
    from app.services.report_overlap import report_overlap
    from app.services.write_overlap import write_overlap

    make_ready(with_areas=True)
    asked = asked_for(arguments)
    with database.read() as connection:
        if arguments.format in ("pdf", "html"):
            content = _overlap_to_read(connection, asked, arguments)
        else:
            report = report_overlap(connection, asked)
            beside = read_beside(connection, OPERATOR, report, datetime.now(UTC).date())
            content = write_overlap(connection, OPERATOR, report, beside, arguments.format)
    if arguments.output:
        arguments.output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    return 0


def _overlap_to_read(connection: "Connection", asked: "OverlapFilter", arguments: argparse.Namespace) -> bytes:
    """The report as the PDF of the meeting pack, or as one page."""
    from app.routers.overlap import OverlapAddress
    from app.routers.standalone import overlap_page
    from app.rules.permissions import OPERATOR
    from app.services.build_pack import PackOrder, build_pack
    from exports.meeting_pack import write_pack_pdf

    if arguments.format == "pdf":
        return write_pack_pdf(
            build_pack(connection, OPERATOR, PackOrder(asked, arguments.lang), datetime.now(UTC)).pack
        )
    asked.check()
    address = OverlapAddress.model_construct(
        framework=asked.framework, country=list(asked.countries), region=list(asked.regions), donor=list(asked.donors),
        first_year=asked.first_year, last_year=asked.last_year, flow=asked.flow, basis="gross" if asked.gross else "net",
        level=asked.level,
    )  # fmt: skip
    return overlap_page(connection, OPERATOR, address, arguments.lang)


def _export(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.export_portfolio import ExportFilter, export_to_file

    make_ready(with_areas=True)
    chosen = ExportFilter(
        country=(arguments.country or "").upper(), organisation=arguments.org or "", import_id=arguments.import_id
    )
    with database.read() as connection:
        count = export_to_file(connection, OPERATOR, arguments.format, chosen, arguments.output)
    print(f"{count} projects written to {arguments.output}", file=sys.stderr)
    return 0


def _write_template(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.whole_file import whole_file
    from app.services.write_template import write_filled_template, write_template

    with whole_file(arguments.output) as out:
        if not arguments.filled:
            write_template(out, arguments.lang)
            return 0
        make_ready(with_areas=True)
        with database.read() as connection:
            count = write_filled_template(connection, OPERATOR, arguments.filled, arguments.lang, out)
    print(f"{count} projects written to {arguments.output}", file=sys.stderr)
    return 0
