"""Find the headings of a sheet, wherever they stand, and make its table.

The headings may stand below titles and blank rows, be merged over several columns, and take two
rows (a group over its columns). The row that names the most different fields is the one, unless the
owner named another; where no row names any, one whose columns speak for themselves.
"""

from dataclasses import dataclass
from typing import Any, get_args

from importers.clean import Cell, is_blank
from importers.content import field_by_content
from importers.headings import (
    AMOUNT_FIELDS,
    PERIOD_AMOUNT,
    Heading,
    Kind,
    Meaning,
    heading_text,
    recognise_heading,
)
from importers.hxl import find_tags
from importers.layout_tables import find_known_table
from importers.questions import answer
from importers.read_columns import read_headings
from importers.read_sheets import RawSheet
from importers.tables import Table, cell_text
from importers.words import fold, words

HEADING_DEPTH = 120  # rows in which the headings are looked for
# What its owner can say that a sheet is; SKIP: it is not to be read.
SHEET_KINDS: tuple[str, ...] = get_args(Kind)
SKIP = "skip"
_AFTER = 5  # rows that are still looked at below what is clearly the row of headings
_LONGEST = 200  # characters of a heading
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


@dataclass(slots=True)
class _Found:
    """Headings that were found: their row (from 0), that of the first project, the texts, and HXL tags."""

    at: int
    first: int
    texts: list[str]
    tags: list[str]


def find_table(sheet: RawSheet, answers: dict[str, Any], by_content: bool = False) -> Table | None:
    """The table of a sheet; None where no row looks like headings, or its owner left the sheet out.

    `by_content`: where no row has words that are known, one may be chosen by what stands below it.
    """
    chosen = answer(answers, "sheets", sheet.name)
    if chosen == SKIP:
        return None
    own_row = _own_row(sheet, answers)
    if not chosen and own_row is None and (known := find_known_table(sheet, answers)):
        return known
    found = _find_headings(sheet, answers, own_row, by_content or chosen in SHEET_KINDS)
    if found is None:
        return None
    rows = sheet.rows[found.first :]
    kind, has_titles = _kind_of(sheet.name, found.texts)
    if chosen in SHEET_KINDS:
        kind = chosen
    above = " ".join(
        cell_text(cell) for row in sheet.rows[: found.at] for cell in row if isinstance(cell, str) and cell
    )
    headings = _settle_repeats(read_headings(found.texts, found.tags, kind, has_titles, answers, rows))
    table = Table(
        sheet.name, kind, found.at + 1, headings, rows, answers, above, found.first + 1, issues=list(sheet.issues)
    )  # fmt: skip
    table.merged_ids = _merged_down(sheet, table)
    return table


def _own_row(sheet: RawSheet, answers: dict[str, Any]) -> int | None:
    """The row (from 0) that the owner says the headings stand in."""
    own = str(answer(answers, "header_rows", sheet.name) or "")
    return int(own) - 1 if own.isdigit() and 0 < int(own) <= len(sheet.rows) else None


def _find_headings(sheet: RawSheet, answers: dict[str, Any], own_row: int | None, by_content: bool) -> _Found | None:
    tagged = find_tags(sheet.rows[:HEADING_DEPTH])
    if own_row is not None and tagged not in (own_row, own_row + 1):
        return _Found(own_row, own_row + 1, _best_texts(sheet, own_row, answers)[1], [])
    if tagged is not None:
        tags = _texts(sheet.rows[tagged])
        texts = _texts(sheet.rows[tagged - 1]) if tagged else []
        at = tagged - 1 if sum(map(bool, texts)) > 1 else tagged
        return _Found(at, tagged + 1, texts if at < tagged else [], tags)
    best = _best_row(sheet, answers)
    if best is None and by_content:
        best = _row_by_content(sheet)
    return best


def _best_row(sheet: RawSheet, answers: dict[str, Any]) -> _Found | None:
    """The row that names the most fields; the search ends soon after one that is mostly headings."""
    best, found = (1, 0), None
    last = HEADING_DEPTH
    for index, row in enumerate(sheet.rows[:HEADING_DEPTH]):
        if index > last:
            break
        if len(row) - row.count("") < 2:
            continue
        score, texts = _best_texts(sheet, index, answers)
        if score > best:
            best, found = score, _Found(index, index + 1, texts, [])
            if score[0] > 3 and score[0] * 2 > sum(map(bool, texts)):
                last = min(last, index + _AFTER)
    return found


def _best_texts(sheet: RawSheet, index: int, answers: dict[str, Any]) -> tuple[tuple[int, int], list[str]]:
    own, grouped = _texts(sheet.rows[index]), _grouped_texts(sheet, index)
    return max((_score(own, answers), own), (_score(grouped, answers), grouped), key=lambda pair: pair[0])


def _row_by_content(sheet: RawSheet) -> _Found | None:
    """The first row of short, different texts above columns of which several say themselves what they hold."""
    for index, row in enumerate(sheet.rows[:HEADING_DEPTH]):
        texts = _texts(row)
        filled = [text for text in texts if text]
        if (
            len(filled) < 3
            or len(set(filled)) < len(filled)
            or not all(isinstance(c, str) and len(c) <= 80 for c in row)
        ):
            continue
        below = [
            other for other in sheet.rows[index + 1 : index + 1 + _AFTER * 10] if any(not is_blank(c) for c in other)
        ]
        found = {
            field_by_content(other[column] for other in below if column < len(other))
            for column, text in enumerate(texts)
            if text
        }
        if len(found - {""}) > 2 and found & {"title", "identifier"}:
            return _Found(index, index + 1, texts, [])
    return None


def _texts(row: list[Cell]) -> list[str]:
    return ["" if cell == "" or isinstance(cell, bool) else heading_text(cell) for cell in row]


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
    found = set()
    for text in texts:
        if not text or len(text) > _LONGEST:
            continue
        meaning = recognise_heading(text, "activity", False)
        own = answer(answers, "headings", text)
        if meaning.field or own:
            found.add((own or meaning.field, meaning.number, meaning.period, meaning.flow))
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


def _settle_repeats(headings: list[Heading]) -> list[Heading]:
    """Of several columns for one field that a project has once, the fullest wording counts; the others are
    kept.
    """
    chosen: dict[tuple[Any, ...], Heading] = {}
    for heading in sorted(headings, key=lambda h: (h.because != "answer", fold(h.text) in _WEAK, h.column)):
        chosen.setdefault(_slot(heading), heading)
    return [
        h
        if (first := chosen[_slot(h)]) is h
        else Heading(h.text, h.column, Meaning("", repeats=first.column + 1), "unknown")
        for h in headings
    ]


def _slot(heading: Heading) -> tuple[Any, ...]:
    meaning = heading.meaning
    if not meaning.field or meaning.field in _REPEATABLE or (meaning.field == "title" and meaning.language):
        return (heading.column,)
    return (meaning.field, meaning.number, meaning.flow, meaning.period, meaning.quarter)


def _merged_down(sheet: RawSheet, table: Table) -> dict[int, int]:
    """For rows whose project id is a cell merged downwards: the row (from 0, in `rows`) that holds its
    text.
    """
    found = {}
    columns = {heading.column for heading in table.by_field.get("identifier", ())}
    for (first, column), (last, _) in sheet.merged:
        if column in columns and first >= table.first_row - 1:
            top = table.first_row - 1
            found.update(dict.fromkeys(range(first + 1 - top, last + 1 - top), first - top))
    return found
