"""Rows of a known layout that say the same again, or something else, about one project."""

from collections.abc import Sequence

from app.models.issue import Issue
from app.models.worded import listed, worded
from importers.clean import Cell, is_blank
from importers.headings import Heading, Meaning
from importers.layout_cells import heading_key
from importers.layout_making import Making
from importers.layouts import list_layouts
from importers.tables import Table, cell_text, column_name

# What a project has once, in whatever row it stands.
_ONCE = {
    "title", "description", "objectives", "status", "start", "start-planned", "start-actual", "end", "end-planned",
    "end-actual", "signed", "language", "hierarchy", "last-updated", "website",
}  # fmt: skip


def settle_rows(making: Making) -> None:
    """Where rows of a project say different things that a project has once, its last row counts."""
    ids = next((heading.column for heading in making.headings if heading.meaning.field == "identifier"), None)
    if ids is None or not making.layout.repeats_projects:
        return
    projects: dict[str, list[int]] = {}
    for index, row in enumerate(making.rows):
        if row and not is_blank(row[ids]):
            projects.setdefault(cell_text(row[ids]), []).append(index)
    several = [rows for rows in projects.values() if len(rows) > 1]
    for heading in list(making.headings):
        if heading.meaning.field in _ONCE:
            _settle_column(making, heading, several)


def _settle_column(making: Making, heading: Heading, projects: list[list[int]]) -> None:
    other: dict[int, Cell] = {}
    order = making.layout.prefer.get(heading_key(heading.text), ())
    differing = 0
    for indexes in projects:
        said = {index: cell for index in indexes if not is_blank(cell := making.rows[index][heading.column])}
        texts = [cell_text(cell) for cell in said.values()]
        if len(set(texts)) < 2:
            continue
        differing += 1
        chosen = next((text for text in order if text in texts), texts[-1])
        other |= {index: cell for index, cell in said.items() if cell_text(cell) != chosen}
    if not other:
        return
    for index in other:
        making.rows[index][heading.column] = ""
    making.add(
        heading.text, getattr(heading, "source", heading.column), Meaning(), lambda index, _: other.get(index, "")
    )
    message = (
        worded(
            "“%(heading)s” differs between the rows of %(count)s projects; %(values)s counts before "
            "others, and what the other rows say was kept as a column.",
            heading=column_name(heading),
            count=differing,
            values=listed(worded("“%(value)s”", value=value) for value in order),
        )
        if order
        else worded(
            "“%(heading)s” differs between the rows of %(count)s projects; the last row counts, and what the "
            "other rows say was kept as a column.",
            heading=column_name(heading),
            count=differing,
        )
    )
    making.note("info", "rows-differ", message, heading)


def drop_repeats(tables: Sequence[Table]) -> None:
    """Leave out rows that are the same again, in one file or in several that are given together."""
    once = {layout.key: layout.once for layout in list_layouts() if layout.once}
    seen: set[tuple[str, str]] = set()
    for table in tables:
        alone = [h.column for h in table.headings if table.layout in once and heading_key(h.text) == once[table.layout]]
        for index, row in enumerate(table.rows) if alone else ():
            if row and not is_blank(row[alone[0]]):
                mark = table.layout, cell_text(row[alone[0]])
                if mark in seen:
                    table.rows[index] = []
                    table.issues.append(_repeated(table, index, mark[1]))
                seen.add(mark)


def _repeated(table: Table, index: int, value: str) -> Issue:
    message = worded("“%(value)s” is given in a row before; it was counted once.", value=value)
    return Issue(
        "info", "row-repeated", message, "Nothing to do.", table.name, table.header_row + 1 + index, value=value
    )
