"""The rows of a table that are projects, amounts or places; what else stands between them is said."""

from collections.abc import Iterable, Iterator

from app.models.worded import worded
from importers.clean import is_blank
from importers.tables import Row, Table, cell_text
from importers.words import fold, word_set


def list_rows(table: Table, indexes: Iterable[int] | None = None) -> Iterator[Row]:
    """The rows that hold something, of all or of `indexes`; totals, repeated headings and lone remarks are left out,
    and said.
    """
    ids = table.by_field.get("identifier", [])
    texts = [heading.text for heading in table.headings if heading.text]
    for index in range(len(table.rows)) if indexes is None else indexes:
        cells = table.rows[index]
        filled = len(cells) - cells.count("")
        if not filled:
            continue
        row = Row(table, table.first_row + index, cells, table.issues)
        if ids and index in table.merged_ids and not row.first("identifier"):
            cells[ids[0].column] = table.rows[table.merged_ids[index]][ids[0].column]
        identifier = row.said(ids[0]) if ids else ""
        # A row that has an id and more is a project, unless its id is a word.
        is_plain = filled > 2 and identifier and not identifier.isalpha() and identifier != ids[0].text
        if is_plain or (not all(map(is_blank, cells)) and not _is_left_out(row, identifier, texts)):
            yield row


def _is_left_out(row: Row, identifier: str, headings: list[str]) -> bool:
    """Say why a row that is no project is not read; False for every other row."""
    table = row.table
    filled = [cell_text(cell) for cell in row.cells if not is_blank(cell)]
    if _is_total(row, identifier):
        row.note(
            "info",
            "totals-row",
            "This row holds totals; it was not read as a project.",
            "Nothing to do, unless it is a project: then give it a project id.",
            value=filled[0],
        )
    elif len(filled) > 1 and filled == headings:
        row.note("info", "headings-repeated", "This row repeats the headings; it was not read.", "Nothing to do.")
    elif len(filled) == 1 and len(table.headings) > 2 and (table.kind == "activity" or not table.has("identifier")):
        row.note(
            "warning",
            "row-not-read",
            worded("This row holds only “%(value)s”; it was not read as a project.", value=filled[0][:80]),
            "If it is a project, give it an id and a title.",
            value=filled[0],
        )
    else:
        return False
    return True


def _is_total(row: Row, identifier: str) -> bool:
    if identifier:
        return fold(identifier) in word_set("totals")
    texts = [
        fold(cell)
        for cell in row.cells
        if isinstance(cell, str) and not is_blank(cell) and any(c.isalpha() for c in cell)
    ]
    if not texts or not texts[0]:
        return False
    is_exact = texts[0] in word_set("totals")
    return (is_exact and len(texts) <= 2) or (len(texts) == 1 and texts[0].split()[0] in word_set("totals"))
