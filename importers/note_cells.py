"""Cells that are not what they seem: errors of formulas, texts that would run as formulas, hidden characters."""

from itertools import zip_longest
from operator import itemgetter

from app.models.worded import worded
from importers.clean import HIDDEN, Cell
from importers.headings import AMOUNT_FIELDS, DATE_FIELDS, Heading
from importers.tables import Row, Table

_ERRORS = {
    "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
    "#CONNECT!", "#GETTING_DATA", "#UNKNOWN!",
}  # fmt: skip
# Signs with which spreadsheet programs take a text for a formula, where no number follows.
_FORMULA = ("=", "@", "+", "-")
_FIRST = {"#", *_FORMULA}
_first = itemgetter(0)
_READ = AMOUNT_FIELDS | DATE_FIELDS  # their own readers say what is wrong with them
_AT_ONCE = 256
_MOST = 50  # cells of a column that are said


def note_cells(table: Table) -> None:
    """Say each such cell of a table; what only shows an error of a formula counts as blank, where it is no amount or date.

    In a known layout, written by a program, a text is what it is.
    """
    suspect = _find_suspect(table.rows)
    for heading in table.headings:
        if heading.column not in suspect:
            continue  # as nearly all columns
        passed = {"", "formula" if table.layout else "", "error" if heading.meaning.field in _READ else ""}
        flaws = {text: flaw for text in table.texts_of(heading) if (flaw := _find_flaw(text)) not in passed}
        if flaws:
            _note_column(table, heading, flaws)


def _find_suspect(rows: list[list[Cell]]) -> set[int]:
    """The columns that may have such cells: some rows at a time, since memory is read in that order many times as fast."""
    suspect: set[int] = set()
    for at in range(0, len(rows), _AT_ONCE):
        for column, cells in enumerate(zip_longest(*rows[at : at + _AT_ONCE], fillvalue="")):
            texts = [cell for cell in cells if cell and type(cell) is str]
            if not ("".join(texts).isprintable() and _FIRST.isdisjoint(map(_first, texts))):
                suspect.add(column)
    return suspect


def _find_flaw(text: str) -> str:
    if text[0] == "#" and text in _ERRORS:
        return "error"
    if text[0] in _FORMULA and _runs(text):
        return "formula"
    return "hidden" if not text.isprintable() and HIDDEN.search(text) else ""


def _runs(text: str) -> bool:
    """Whether a spreadsheet program would run the text: `=1+1`, `@SUM(A1)`, `-cmd|' /C calc'!A0`."""
    return text[0] == "=" or (text[1:2].isalpha() and any(sign in text for sign in "(|!"))


def _note_column(table: Table, heading: Heading, flaws: dict[str, str]) -> None:
    said = 0
    for index, cells in enumerate(table.rows):
        flaw = (
            flaws.get(text) if len(cells) > heading.column and isinstance(text := cells[heading.column], str) else None
        )
        if flaw is None:
            continue
        said += 1
        if said <= _MOST:
            _note(Row(table, table.first_row + index, cells, table.issues), heading, flaw)
        if flaw == "error":
            cells[heading.column] = ""


def _note(row: Row, heading: Heading, flaw: str) -> None:
    if flaw == "error":
        row.note(
            "warning",
            "cell-error",
            worded("The cell shows an error of its formula (%(error)s); it counts as empty.", error=row.cell(heading)),
            "Correct the formula, or write the value itself.",
            heading,
        )
    elif flaw == "formula":
        row.note(
            "warning", "cell-formula", "The cell holds a text that spreadsheet programs run as a formula; it was kept as text.",
            "If a value is meant, write the value itself.", heading,
        )  # fmt: skip
    else:
        row.note(
            "warning", "characters-hidden", "The cell holds control characters, which no program shows; they were taken out.",
            "Type the text of the cell anew.", heading,
        )  # fmt: skip
