"""Which amounts of a known layout count, and in what unit."""

from dataclasses import replace
from statistics import median

from app.models.question import Question
from app.models.worded import phrase, worded
from importers.clean import Ambiguous, Cell, Unclear, is_blank, parse_amount
from importers.headings import AMOUNT_FIELDS, Heading, Meaning
from importers.layout_making import Making, column_of
from importers.questions import answer
from importers.tables import cell_text

# A median amount above the one is never in millions, one below the other never in units of a currency.
_SURE_UNITS, _SURE_MILLIONS = 3_000, 300
MILLION = 1_000_000


def leave_out(making: Making) -> None:
    """Take out zeros that mean nothing, and the money of rows that does not count: that is kept as a column."""
    conditions = [(making.columns.get(key), values) for key, values in making.layout.counted_where.items()]
    out = {
        index
        for index, row in enumerate(making.rows)
        if row and any(column is not None and cell_text(row[column]) not in values for column, values in conditions)
    }
    uncounted = []
    for heading in list(making.headings):
        column = column_of(making.layout, heading)
        if column and (column.zero_is_blank or column.is_uncounted):
            _blank_zeros(making.rows, heading.column)
        if column and column.is_uncounted and any(row and not is_blank(row[heading.column]) for row in making.rows):
            uncounted.append(heading)
        if out and heading.meaning.field in AMOUNT_FIELDS:
            _put_aside(making, heading, out)
    if uncounted:
        names = ", ".join(heading.text for heading in uncounted)
        making.note(
            "info",
            "sum-not-counted",
            worded(
                "These columns repeat or part the amounts of their rows, or are no aid: %(names)s. They "
                "were kept as they are and are in no total.",
                names=names,
            ),
            uncounted[0],
        )


def _blank_zeros(rows: list[list[Cell]], column: int) -> None:
    for row in rows:
        if row and cell_text(row[column]) in ("0", "0.0", "0.00"):
            row[column] = ""


def _put_aside(making: Making, heading: Heading, out: set[int]) -> None:
    aside = {
        index: making.rows[index][heading.column] for index in out if not is_blank(making.rows[index][heading.column])
    }
    if not aside:
        return
    for index in aside:
        making.rows[index][heading.column] = ""
    making.add(heading.text, heading.column, Meaning(), lambda index, _: aside.get(index, ""))
    rule = " and ".join(f"“{key}” {' or '.join(sorted(values))}" for key, values in making.layout.counted_where.items())
    making.note(
        "info",
        "amount-not-counted",
        worded(
            "In %(count)s rows “%(heading)s” is money that other rows count already (only rows "
            "with %(rule)s bring new money); there it was kept as a column and is in no total.",
            count=len(aside),
            heading=heading.text,
            rule=rule,
        ),
        heading,
    )


def find_scale(making: Making) -> None:
    """Whether columns count in units or in millions, by half of their amounts; asked where these decide nothing."""
    for at, heading in enumerate(making.headings):
        column = column_of(making.layout, heading)
        if column is None or not column.finds_scale:
            continue
        amounts = [abs(amount) for row in making.rows if row and (amount := _amount(row[heading.column]))]
        half = median(amounts) if amounts else 0
        given = answer(making.answers, "scales", heading.text)
        if given or half <= _SURE_MILLIONS:
            scale = int(given or MILLION)
            making.headings[at] = replace(heading, meaning=replace(heading.meaning, scale=scale if half else 1))
        elif half < _SURE_UNITS:
            making.questions.append(
                Question(
                    ("scales", heading.text),
                    "scale",
                    worded("Are the amounts of “%(heading)s” in units or in millions?", heading=heading.text),
                    (("1", phrase("In units")), (str(MILLION), phrase("In millions"))),
                    tuple(f"{amount:g}" for amount in amounts[:5]),
                    len(amounts),
                    making.sheet,
                    heading.text,
                )
            )


def _amount(cell: Cell) -> float:
    try:
        found = parse_amount(cell, ".")
    except (Unclear, Ambiguous):
        return 0
    return float(found.value) if found else 0
