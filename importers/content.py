"""What the cells of a column say it holds, where its heading says nothing.

Only what leaves no doubt is used: country names, currency codes, purpose codes of the DAC, statuses, and
codes that no two rows share. The rest is a suggestion, or a question.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from app.codelists import is_code
from app.codelists.countries import match_country
from app.codelists.currencies import is_currency
from importers.clean import Ambiguous, Cell, Unclear, clean_text, is_blank, parse_amount, parse_date
from importers.words import fold, section_words, words

SAMPLE = 400  # rows that are looked at
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w./-]{3,40}")
_PURPOSE = re.compile(r"\d{5}(?:\s*[-–—:. ]\s*\D.*)?", re.DOTALL)
_TITLE = (8, 120)  # characters, on average
_LONG = 120
_LARGE = 3000  # what no count of schools, no year and no mark comes to
_ORGANISATIONS = ("donor", "implementer", "accountable", "extending", "participant", "provider", "receiver", "reporter")


def field_by_content(cells: Iterable[Cell]) -> str:
    """The field that the values of a column speak of; '' where they could be anything."""
    values = [cell for cell in cells if not is_blank(cell)][:SAMPLE]
    texts = [clean_text(cell) for cell in values if isinstance(cell, str)]
    if len(values) < 2 or (texts and len(texts) < len(values)):
        return "amount" if len(values) > 1 and _are_amounts(values) else ""
    if not texts:
        return _field_of_numbers(values)
    distinct = dict.fromkeys(texts)
    for field, is_one in _KINDS.items():
        if all(map(is_one, distinct)):
            return field
    if len(distinct) == len(texts) and all(map(_CODE.fullmatch, distinct)):
        return "identifier"
    return _field_of_texts(values, texts, len(distinct))


def _field_of_numbers(values: Sequence[Cell]) -> str:
    if all(isinstance(value, date) for value in values):
        return "start"
    if len(set(values)) > 1 and all(_is_purpose(_whole(value)) for value in values):
        return "sector"
    return "amount" if _are_amounts(values) else ""


def _field_of_texts(values: Sequence[Cell], texts: list[str], distinct: int) -> str:
    if _are_dates(texts):
        return "start"
    if _are_amounts(values):
        return "amount"
    length = sum(map(len, texts)) / len(texts)
    if length > _LONG:
        return "description"
    has_words = sum(" " in text for text in texts) > len(texts) / 2
    is_title = has_words and _TITLE[0] <= length <= _TITLE[1] and distinct > 0.8 * len(texts)
    return "title" if is_title else ""


def _is_country(text: str) -> bool:
    return (len(text) > 3 or text.isupper()) and match_country(text) is not None


def _is_currency(text: str) -> bool:
    return len(text) == 3 and text.isupper() and is_currency(text)


def _is_purpose(text: str) -> bool:
    return _PURPOSE.fullmatch(text) is not None and is_code("Sector", text[:5])


def _is_status(text: str) -> bool:
    return not text.isdigit() and fold(text) in words("statuses")


_KINDS = {"currency": _is_currency, "country": _is_country, "sector": _is_purpose, "status": _is_status}


def _whole(value: Cell) -> str:
    return str(int(value)) if isinstance(value, int | float) and value == int(value) else ""


def _are_dates(texts: list[str]) -> bool:
    def is_day(text: str) -> bool:
        try:
            found = parse_date(text)
        except Ambiguous:
            return True
        except Unclear:
            return False
        return found is not None and found.is_day and not text.isdigit()

    return is_day(texts[0]) and all(map(is_day, texts))


def _are_amounts(values: Sequence[Cell]) -> bool:
    """Whether all values are amounts, and too large or too exact to be counts, years or marks."""

    largest = 0.0
    for value in values:
        try:
            found = parse_amount(value, ".")
        except (Ambiguous, Unclear):
            return False
        if found is not None:
            largest = max(largest, 1e9 if found.currency or found.value % 1 else abs(float(found.value)))
    return largest >= _LARGE


def names_organisation(heading: str) -> bool:
    """Whether a heading speaks of an organisation, so that countries below it are not those of the projects."""
    return bool(set(fold(heading).split()) & _organisation_words())


@cache
def _organisation_words() -> frozenset[str]:
    found = {
        token
        for field, wordings in section_words("headings.activity").items()
        if field.split("-")[0] in _ORGANISATIONS
        for wording in wordings
        for token in wording.split()
    }
    known = {
        token
        for field in ("country", "country-code", "identifier")
        for wording in section_words("headings.activity")[field]
        for token in wording.split()
    }
    return frozenset(found - known) | {"headquarters", "hq", "nationality", "origin", "registered"}
