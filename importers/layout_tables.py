"""A sheet in a known layout -> its table.

The cells that the layout makes of others stand in columns behind the sheet's own; an issue about one
names the column that it was made of. What the rows of one project say differently is settled here, and
what was not taken is kept under its own heading.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.codelists import codes, name_of
from app.codelists.countries import match_country
from app.models.question import Question
from app.models.worded import worded
from importers.clean import Cell, is_blank
from importers.headings import Heading, Meaning, heading_text, recognise_heading
from importers.layout_amounts import find_scale, leave_out
from importers.layout_cells import heading_key, heading_number
from importers.layout_making import Making, column_of
from importers.layout_repeats import settle_rows
from importers.layouts import CountryQuestion, Layout, list_layouts
from importers.questions import KEEP, answer
from importers.read_columns import answer_heading
from importers.read_sheets import RawSheet
from importers.tables import Table, cell_text

DEPTH = 120  # rows in which the headings are looked for
MOST_COLUMNS = 500  # more than any layout has


def find_known_table(sheet: RawSheet, answers: dict[str, Any]) -> Table | None:
    """The table of a sheet in a known layout; None for every other sheet."""
    found = _recognise(sheet)
    if found is None:
        return None
    layout, at = found
    texts = [heading_text(cell) for cell in sheet.rows[at]]
    width = max(len(texts), max(map(len, sheet.rows[at + 1 :]), default=0))
    rows = [
        row + [""] * (width - len(row)) if any(not is_blank(c) for c in row) else [] for row in sheet.rows[at + 1 :]
    ]
    making = Making(layout, sheet.name, at + 1, _join_answers(layout.answers, answers), rows, width)
    _read_headings(making, texts)
    _fill_down(making)
    _rename_values(making)
    leave_out(making)
    find_scale(making)
    for name in layout.made:
        _add_made(making, name)
    _ask_country(making)
    settle_rows(making)
    return _build_table(making, sheet)


def _join_answers(known: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What the owner answered goes before what the layout says, value by value."""
    both = {name: {**value, **given.get(name, {})} for name, value in known.items() if isinstance(value, dict)}
    return {**known, **given, **both}


def _recognise(sheet: RawSheet) -> tuple[Layout, int] | None:
    rows = [
        {heading_key(cell) for cell in row[:MOST_COLUMNS] if isinstance(cell, str) and cell}
        for row in sheet.rows[:DEPTH]
    ]
    for layout in list_layouts():
        if not layout.sheets or heading_key(sheet.name) in layout.sheets:
            for index, keys in enumerate(rows):
                if layout.is_headed_by(keys):
                    return layout, index
    return None


def _build_table(making: Making, sheet: RawSheet) -> Table:
    layout = making.layout
    table = Table(
        sheet.name, layout.kind, making.header_row, making.headings, making.rows, making.answers,
        issues=[*sheet.issues, *making.issues], questions=making.questions,
        layout=layout.key,
    )  # fmt: skip
    for heading in making.headings:
        column = column_of(layout, heading)
        if column is not None:
            table.evidence |= {
                (what, heading.column): proof
                for what, proof in (("date_order", column.date_order), ("decimal", column.decimal))
                if proof
            }
        if not heading.meaning.field and (heading.because == "layout" or layout.others == "kept"):
            table.expected.add(heading.column)
    return table


# --- headings ------------------------------------------------------------------------------


def _read_headings(making: Making, texts: Sequence[str]) -> None:
    """The meaning of each heading: as its owner answered, as the layout says, or in its own words."""
    own = making.answers.get("headings", {})
    for column, text in enumerate(texts):
        if text:
            making.columns.setdefault(heading_key(text), column)
            making.headings.append(_read_heading(making.layout, column, text, own.get(text, "")))
    named = {heading.column for heading in making.headings}
    used = {
        column for row in making.rows for column, cell in enumerate(row) if column not in named and not is_blank(cell)
    }
    making.headings += [Heading("", column, Meaning(), "unknown") for column in sorted(used)]


def _read_heading(layout: Layout, column: int, text: str, chosen: str) -> Heading:
    if chosen:
        return Heading(text, column, answer_heading(text, Meaning(), chosen), "answer")
    known = layout.columns.get(heading_key(text))
    if known is not None:
        return Heading(
            text, column, replace(known.meaning, number=known.meaning.number or heading_number(text)), "layout"
        )
    meaning = recognise_heading(text, layout.kind, layout.kind == "activity") if layout.others == "words" else Meaning()
    return Heading(text, column, meaning, "words" if meaning.field else "unknown")


# --- cells ---------------------------------------------------------------------------------


def _fill_down(making: Making) -> None:
    """An empty cell of a column that is filled down says the same as the one above it."""
    for column in [making.columns[key] for key in making.layout.filled_down if key in making.columns]:
        above: Cell = ""
        for row in filter(None, making.rows):
            above = row[column] = above if is_blank(row[column]) else row[column]


def _rename_values(making: Making) -> None:
    for key, names in making.layout.values.items():
        column = making.columns.get(key, making.width)
        for row in making.rows:
            if len(row) > column and isinstance(cell := row[column], str) and cell:
                row[column] = "; ".join(names.get(part, part) for part in cell.split("; "))


def _add_made(making: Making, name: str) -> None:
    """A column made by the first recipe that makes anything of a row."""
    recipes = making.layout.made[name]
    used = [key for recipe in recipes for key in recipe.headings if key in making.columns]
    text = next((h.text for h in making.headings if used and h.column == making.columns[used[0]]), making.layout.title)
    made = {}
    for index, row in enumerate(making.rows):
        made[index] = next(filter(None, (recipe.make(row, making.columns) for recipe in recipes)), "") if row else ""
    source = making.columns[used[0]] if used else 0
    making.add(text, source, Meaning(name), lambda index, _: made[index])


# --- the country of a file -----------------------------------------------------------------


def _ask_country(making: Making) -> None:
    """Where nothing in the file names a country, ask once for all of it; an answer is for these values only."""
    asked = making.layout.country_question
    fields = {heading.meaning.field for heading in making.headings}
    if asked is None or fields & {"country", "country-code", "region-code"}:
        return
    about = _asked_about(making, asked)
    if code := answer(making.answers, "countries", about):
        if code != KEEP:
            making.add("Country", 0, Meaning("country-code"), lambda _, __: code)
        return
    options = tuple((code, f"{name_of('Country', code)} ({code})") for code in codes("Country"))
    suggested = (match_country(about) or "") if len(about) < 4 else ""
    making.questions.append(Question(
        ("countries", about), "country", worded(asked.text, about=about), options, tuple(about.split("; ")[:5]),
        sum(map(bool, making.rows)), making.sheet, suggested=suggested,
    ))  # fmt: skip


def _asked_about(making: Making, asked: CountryQuestion) -> str:
    column = making.columns.get(asked.about)
    texts = [cell_text(row[column]) for row in making.rows if row] if column is not None else []
    return "; ".join(sorted({text[: asked.letters or None].strip() for text in texts if not is_blank(text)}))
