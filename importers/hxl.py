"""HXL: a row of tags such as `#country+code` or `#value+usd` below the headings says what the columns hold.

The standard: https://hxlstandard.org. Its tags speak where the headings above them say nothing known.
"""

import re
from collections.abc import Sequence
from datetime import date

from app.codelists.currencies import is_currency
from importers.clean import Cell, Period
from importers.headings import PERIOD_AMOUNT, Meaning
from importers.words import words

_TAG = re.compile(r"#[a-z][a-z0-9_]*(?:\s*\+[a-z][a-z0-9_]*)*", re.IGNORECASE)
_YEAR = re.compile(r"(?:y|yr|year)?_?((?:19|20)\d\d)")
_TOTALS = {"2": "commitment", "3": "disbursement", "4": "expenditure", "budget": "budget"}


def find_tags(rows: Sequence[Sequence[Cell]]) -> int | None:
    """The index of the row of tags among `rows`, None where there is none."""
    for index, row in enumerate(rows):
        filled = [cell for cell in row if cell != ""]
        tags = sum(isinstance(cell, str) and is_tag(cell) for cell in filled)
        if tags > 1 and tags * 2 > len(filled):
            return index
    return None


def is_tag(text: str) -> bool:
    return text.lstrip().startswith("#") and _TAG.fullmatch(text.strip()) is not None


def read_tag(text: str) -> Meaning:
    """What the column below a tag holds; Meaning() for tags that say nothing about projects."""
    name, *attributes = text.strip().lstrip("#").casefold().replace(" ", "").split("+")
    if name == "value":
        return _read_value(attributes)
    known = words("hxl")
    for wanted in (*(f"{name} {attribute}" for attribute in attributes), name):
        field = known.get(wanted)
        if field is not None:
            is_code = field in ("country", "donor", "implementer", "extending", "accountable", "reporter")
            suffix = "-code" if field == "country" else "-ref"
            return Meaning(field + suffix if is_code and {"code", "id", "iso2", "iso3"} & set(attributes) else field)
    return Meaning()


def _read_value(attributes: list[str]) -> Meaning:
    """`#value+usd+disbursed`, `#value+committed+y2019`: an amount with what its attributes say of it."""
    if "currency" in attributes or "code" in attributes:
        return Meaning("currency")
    currency = next((one.upper() for one in attributes if len(one) == 3 and is_currency(one.upper())), "")
    flow = next((words("flows")[one] for one in attributes if words("flows").get(one, "unsaid") != "unsaid"), "")
    year = next((int(match[1]) for one in attributes if (match := _YEAR.fullmatch(one))), None)
    if year:
        return Meaning(PERIOD_AMOUNT, 0, flow, Period(date(year, 1, 1), date(year, 12, 31)), currency=currency)
    return Meaning(_TOTALS.get(flow, "amount"), currency=currency)
