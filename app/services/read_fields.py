"""Read the texts of a form as an import reads cells: what has two readings is asked, and not guessed."""

import re
from datetime import date
from decimal import Decimal
from typing import Literal

from app.codelists import is_code, match_code
from app.codelists.countries import country_candidates, match_country, match_region
from app.codelists.currencies import match_currency
from app.models.parse_lines import LONGEST_CODE
from app.services.project_form import place_text
from importers.clean import Ambiguous, Period, Unclear, parse_amount, parse_date, parse_percentage

Edge = Literal["", "start", "end"]
HUNDRED = Decimal(100)
_WITH_CODE = re.compile(r".*\(([A-Za-z]{2}|\d{2,4})\)")


class FieldRefused(ValueError):
    """What stands in a field can't be taken; the message says why and what to write."""


def read_day(text: str, edge: Edge = "") -> date | None:
    """A day. A month or year stands for its first day at the start of a time, for its last one at the end."""
    period: Period | None = parse_date(text)
    if period is not None and not period.is_day and not edge:
        raise FieldRefused(f"“{text}” is more than one day. Write the day, as YYYY-MM-DD.")
    if period is None:
        return None
    return period.end if edge == "end" else period.start


def read_needed_day(text: str, edge: Edge = "") -> date:
    """A day where there has to be one."""
    day = read_day(text, edge)
    if day is None:
        raise FieldRefused("Give the day, as YYYY-MM-DD.")
    return day


def read_amount(text: str, currency: str) -> Decimal:
    """An amount; a currency that stands beside it in the field must be that of the row."""
    amount = parse_amount(text)
    if amount is None:
        raise FieldRefused("Give the amount, in digits only, such as 1250000.50.")
    if amount.currency and amount.currency != match_currency(currency):
        raise FieldRefused(f"Write the currency, {amount.currency}, into its own field.")
    return amount.value


def read_currency(text: str) -> str | None:
    """The code of a currency."""
    code = match_currency(text) if text else None
    if text and code is None:
        raise FieldRefused(f"“{text}” is no currency. Write a code of ISO 4217, such as EUR.")
    return code


def read_share(text: str) -> Decimal | None:
    """A percentage of 0 to 100."""
    share = parse_percentage(text)
    if share is not None and share > HUNDRED:
        raise FieldRefused(f"“{text}” is more than the whole. Write a number from 0 to 100.")
    return share


def read_place(text: str) -> str:
    """The code of a country or of a region of the DAC."""
    match = _WITH_CODE.fullmatch(text)
    if match and (is_code("Country", match[1].upper()) or is_code("Region", match[1])):
        return match[1].upper()
    if code := match_country(text) or match_region(text):
        return code
    offered = " or ".join(place_text(code, "en") for code in country_candidates(text)[:3])
    raise FieldRefused(
        f"“{text}” is no country or region that is known here. Did you mean {offered}?" if offered else
        "Write a country or region as the list offers it, or a code such as KH."
    )  # fmt: skip


def read_sector(vocabulary: str, text: str) -> str:
    """A code of the vocabulary; of vocabularies that are not known here, any code."""
    codelist = {"1": "Sector", "2": "SectorCategory"}.get(vocabulary)
    code = match_code(codelist, text) if codelist else text[:LONGEST_CODE]
    if not code:
        raise FieldRefused(
            f"“{text}” is no code of this vocabulary. DAC purpose codes have five digits, such as 15160."
        )
    return code


def day_or_none(text: str, edge: Edge) -> date | None:
    """The day, None where it is not clear."""
    try:
        return read_day(text, edge)
    except (Unclear, Ambiguous):
        return None


def share_or_none(text: str) -> Decimal | None:
    """The percentage, None where it is not clear."""
    try:
        return parse_percentage(text)
    except (Unclear, Ambiguous):
        return None
