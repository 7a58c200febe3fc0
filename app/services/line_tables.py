"""Funding lines as a table: the list that a page shows, whole, and as the import of lines reads it back."""

from collections.abc import Sequence

from app.services.search_lines import LineShown
from exports.funding_tables import lines_table
from exports.table import Table


def line_table(lines: Sequence[LineShown]) -> Table:
    """One row a line; under the headings that the import of lines reads."""
    return lines_table((one.donor, one.line, (one.donor_name, one.status.status, one.status.reason)) for one in lines)
