"""The overlap report as the bytes of a file."""

import json
from io import BytesIO

from app.errors import InvalidInput
from app.services.overlap_json import overlap_as_json
from app.services.overlap_tables import areas_table, overlap_tables
from app.services.report_overlap import OverlapReport
from exports.table import write_table_csv, write_tables_xlsx


def write_overlap(report: OverlapReport, format_key: str) -> bytes:
    """The report as json, csv (the areas) or xlsx. Raises InvalidInput for another format."""
    out = BytesIO()
    if format_key == "json":
        out.write(json.dumps(overlap_as_json(report), ensure_ascii=False).encode() + b"\n")
    elif format_key == "csv":
        write_table_csv(areas_table(report), out)
    elif format_key == "xlsx":
        write_tables_xlsx(overlap_tables(report), out)
    else:
        raise InvalidInput(f"There is no format “{format_key}”: choose json, csv or xlsx.")
    return out.getvalue()
