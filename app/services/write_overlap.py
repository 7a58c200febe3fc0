"""The overlap report as the bytes of a file."""

import json
from io import BytesIO

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.models.worded import worded
from app.rules.permissions import Viewer
from app.services.overlap_files import Beside, overlap_document, overlap_workbook
from app.services.overlap_tables import areas_table
from app.services.report_overlap import OverlapReport
from exports.table import write_table_csv, write_tables_xlsx


def write_overlap(
    connection: Connection, viewer: Viewer, report: OverlapReport, beside: Beside, format_key: str
) -> bytes:
    """The report as json, csv (the areas) or xlsx: what its page offers. Raises InvalidInput for another format."""
    out = BytesIO()
    if format_key == "json":
        out.write(json.dumps(overlap_document(report, beside), ensure_ascii=False).encode() + b"\n")
    elif format_key == "csv":
        write_table_csv(areas_table(report), out)
    elif format_key == "xlsx":
        write_tables_xlsx(overlap_workbook(connection, viewer, report, beside), out)
    else:
        raise InvalidInput(
            worded("There is no format “%(format_key)s”: choose json, csv or xlsx.", format_key=format_key)
        )
    return out.getvalue()
