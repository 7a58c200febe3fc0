"""Find the headings of a sheet, wherever they stand, and make its table.

The headings may stand below titles and blank rows, be merged over several columns, and take two
rows (a group over its columns). The row that names the most different fields is the one.
"""

from dataclasses import replace
from typing import Any

from importers.clean import Cell
from importers.headings import (
    AMOUNT_FIELDS,
    PERIOD_AMOUNT,
    Heading,
    Kind,
    Meaning,
    fiscal_year,
    heading_text,
    recognise_heading,
)
from importers.read_sheets import RawSheet
from importers.tables import Table, cell_text
from importers.words import fold, words

HEADING_DEPTH = 120  # rows in which the headings are looked for
_REPEATABLE = {
    "donor",
    "donor-ref",
    "implementer",
    "implementer-ref",
    "accountable",
    "extending",
    "country",
    "country-code",
    "region",
    "sector",
    "sector-name",
    "location",
    "areas",
    "notes",
    "description",
    "objectives",
    "reported-sum",
}
# Headings that mean these fields only where no fuller wording stands beside them.
_WEAK = {
    "code",
    "reference",
    "ref",
    "name",
    "project",
    "activity",
    "programme",
    "program",
    "nom",
    "projet",
    "proyecto",
    "nombre",
    "progetto",
    "projeto",
    "nome",
}


def find_table(sheet: RawSheet, answers: dict[str, Any]) -> Table | None:
    """The table of a sheet; None where no row looks like headings."""
    best: tuple[tuple[int, int], int, list[str]] = ((1, 0), 0, [])
    for index, row in enumerate(sheet.rows[:HEADING_DEPTH]):
        for texts in (_texts(row), _grouped_texts(sheet, index)):
            score = _score(texts, answers)
            if score > best[0]:
                best = (score, index + 1, texts)
    score, header_row, texts = best
    if not header_row:
        return None
    rows = sheet.rows[header_row:]
    kind, has_titles = _kind_of(sheet.name, texts)
    headings = _headings(texts, kind, has_titles, answers)
    headings = _settle_repeats(headings + _unnamed(headings, rows))
    above = " ".join(
        cell_text(cell) for row in sheet.rows[: header_row - 1] for cell in row if isinstance(cell, str) and cell
    )
    table = Table(sheet.name, kind, header_row, headings, rows, answers, above, issues=list(sheet.issues))
    table.merged_ids = _merged_down(sheet, table)
    return table


def _texts(row: list[Cell]) -> list[str]:
    return [heading_text(cell) if not isinstance(cell, bool) else "" for cell in row]


def _grouped_texts(sheet: RawSheet, index: int) -> list[str]:
    """Headings in two rows, a group above its columns, as one text each; [] where the rows are no such
    pair.
    """
    if index == 0:
        return []
    bottom, top = _texts(sheet.rows[index]), _texts(sheet.rows[index - 1])
    groups = _fill_right(top, bottom, index - 1, sheet)
    if groups == top:
        return []
    texts = []
    for column, own in enumerate(bottom):
        group, above = groups[column], top[column] if column < len(top) else ""
        meaning = recognise_heading(own, "activity", False) if own else Meaning()
        is_own_heading = bool(meaning.field) and (meaning.field != PERIOD_AMOUNT or bool(meaning.flow))
        both = recognise_heading(f"{group} {own}").field
        if own and above and group == above and not (meaning.field or both) and groups.count(group) == 1:
            return []  # a row of data below the headings
        texts.append(own if is_own_heading or (own and not both) else f"{group} {own}".strip())
    return texts


def _fill_right(top: list[str], bottom: list[str], index: int, sheet: RawSheet) -> list[str]:
    """The upper row with each group's text over all of its columns: as merged, else over blanks with
    headings below.
    """
    filled = top + [""] * (len(bottom) - len(top))
    spans = {first: last for first, last in sheet.merged if first[0] == index}
    for column, text in enumerate(filled):
        if text and (index, column) in spans:
            for over in range(column + 1, min(spans[index, column][1] + 1, len(filled))):
                filled[over] = text
    if not spans:
        for column in range(1, min(len(filled), len(bottom))):
            if not filled[column] and bottom[column] and filled[column - 1]:
                filled[column] = filled[column - 1]
    return filled


def _score(texts: list[str], answers: dict[str, Any]) -> tuple[int, int]:
    """How many different fields a row of texts names, and how many of them say what their amounts are."""
    own = answers.get("headings", {})
    found = set()
    for text in filter(None, texts):
        meaning = recognise_heading(text, "activity", False)
        if meaning.field or own.get(text):
            found.add((own.get(text) or meaning.field, meaning.number, meaning.period, meaning.flow))
    count = len(found) if len({field for field, *_ in found}) > 1 else 0
    return count, sum(bool(flow) for *_, flow in found)


def _kind_of(name: str, texts: list[str]) -> tuple[Kind, bool]:
    """What a table holds, by its name and its headings, and whether it names its projects."""
    fields = {recognise_heading(text).field for text in texts if text}
    has_titles = "title" in fields
    named = words("sheets").get(fold(name.rsplit(".", 1)[0] if "." in name[-5:] else name))
    if named and not (has_titles and {"description", "country", "sector"} & fields):
        return named, has_titles and "identifier" in fields  # type: ignore[return-value]
    if not has_titles:
        fields = {recognise_heading(text, "activity", False).field for text in texts if text}
    if fields & AMOUNT_FIELDS and fields & {"transaction-date", "year", "transaction-type"}:
        return "transaction", has_titles
    if {"latitude", "longitude"} <= fields and not has_titles:
        return "location", False
    return "activity", has_titles


def _headings(texts: list[str], kind: Kind, has_titles: bool, answers: dict[str, Any]) -> list[Heading]:
    own = answers.get("headings", {})
    of_one_amount = set(words("headings.transaction").values()) - {"value", "currency", "value-date"}
    headings = []
    for column, text in enumerate(texts):
        meaning = recognise_heading(text, kind, has_titles) if text else Meaning()
        if kind == "activity" and meaning.field in of_one_amount:
            meaning = Meaning()  # nothing reads it in a table of projects: it is kept
        if text in own:
            meaning = replace(meaning, field=own[text])
        if meaning.is_fiscal and meaning.period and answers.get("fiscal_year_start"):
            period = fiscal_year(meaning.period.start.year, int(answers["fiscal_year_start"]))
            meaning = replace(meaning, period=period, is_fiscal=False)
        if text:
            headings.append(Heading(text, column, meaning))
    return headings


def _unnamed(headings: list[Heading], rows: list[list[Cell]]) -> list[Heading]:
    """Columns that hold values under no heading: kept, under their letters."""
    known = {heading.column for heading in headings}
    used = {column for row in rows for column, cell in enumerate(row) if column not in known and cell not in ("", None)}
    return [Heading("", column, Meaning()) for column in sorted(used)]


def _settle_repeats(headings: list[Heading]) -> list[Heading]:
    """Of several columns for one field that a project has once, the fullest wording counts; the others are
    kept.
    """
    chosen: dict[tuple[Any, ...], Heading] = {}
    for heading in sorted(headings, key=lambda h: (fold(h.text) in _WEAK, h.column)):
        chosen.setdefault(_slot(heading), heading)
    return [h if chosen[_slot(h)] is h else Heading(h.text, h.column, Meaning()) for h in headings]


def _slot(heading: Heading) -> tuple[Any, ...]:
    meaning = heading.meaning
    if not meaning.field or meaning.field in _REPEATABLE or (meaning.field == "title" and meaning.language):
        return (heading.column,)
    return (meaning.field, meaning.number, meaning.flow, meaning.period)


def _merged_down(sheet: RawSheet, table: Table) -> dict[int, int]:
    """For rows whose project id is a cell merged downwards: the row (from 0, in `rows`) that holds its
    text.
    """
    found = {}
    columns = {heading.column for heading in table.by_field.get("identifier", ())}
    for (first, column), (last, _) in sheet.merged:
        if column in columns and first >= table.header_row:
            found.update(
                dict.fromkeys(
                    range(first + 1 - table.header_row, last + 1 - table.header_row), first - table.header_row
                )
            )
    return found
