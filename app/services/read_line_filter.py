"""What the address of a search says, as a filter: the same for the page, its downloads, saved searches and alerts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from urllib.parse import parse_qs

from app.errors import InvalidInput
from app.models.worded import worded
from app.queries.funding_lines import LineFilter
from app.rules.opportunity_status import STATUSES, instant_of

NAMES = (
    "q", "country", "area", "applicant", "amount", "closes_after", "closes_by", "donor", "type", "status", "reference",
    "currency", "language", "visibility",
)  # fmt: skip
NOT_CLOSED = ("open", "closing soon", "rolling", "forecast", "unknown")
Said = Mapping[str, Sequence[str]]


def read_query(query: str) -> Said:
    """The part of an address after the question mark, by name."""
    return parse_qs(query)


def first_said(said: Said, name: str) -> str:
    """The first text under a name; '' where there is none."""
    return next((text.strip() for text in said.get(name, ()) if text.strip()), "")


def check_said(said: Said) -> None:
    """Raises InvalidInput for a text that no database takes."""
    if any("\x00" in text or len(text) > 400 for texts in said.values() for text in texts):
        raise InvalidInput("This address holds a text that no search has.")


def read_line_filter(said: Said) -> LineFilter:
    """Names that a search does not have say nothing. Raises InvalidInput, with the field's name."""

    check_said(said)
    one = partial(first_said, said)
    statuses = tuple(text for text in said.get("status", ()) if text)
    if unknown := [text for text in statuses if text not in STATUSES]:
        raise InvalidInput(
            worded("“%(unknown)s” is no status: choose %(choices)s.", unknown=unknown[0], choices=", ".join(STATUSES))
        )
    closes_after, closes_by = _day(one("closes_after")), _day(one("closes_by"))
    return LineFilter(
        words=one("q"), country=one("country").upper(), areas=tuple(text for text in said.get("area", ()) if text),
        applicant=one("applicant"), amount=_amount(one("amount")),
        closes_after=instant_of(closes_after, "UTC"), closes_by=instant_of(closes_by, "UTC", ends=True),
        donor=one("donor"), type=one("type"), statuses=statuses, reference=one("reference"),
        currency=one("currency").upper(), language=one("language").lower(), visibility=one("visibility"),
    )  # fmt: skip


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise InvalidInput(worded("“%(text)s” is no date: write it as 2026-03-31.", text=text)) from error


def _amount(text: str) -> int | None:
    """Whole or decimal units of the base currency, in hundredths."""
    if not text:
        return None
    try:
        amount = Decimal(text.replace(" ", ""))
    except InvalidOperation as error:
        raise InvalidInput(worded("“%(text)s” is no amount: write it as 250000 or 250000.50.", text=text)) from error
    if not 0 <= amount < 10**13:
        raise InvalidInput(worded("“%(text)s” is no amount that a line could give.", text=text))
    return int(amount * 100)
