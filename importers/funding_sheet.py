"""Sheets of funding lines: one row a line, under the headings that the export writes."""

from dataclasses import dataclass
from typing import Any

from app.models.issue import Issue
from app.models.line_document import LINE_TYPES, PRIVATE, SHARED, LineDocument
from importers.base import Source
from importers.funding_cells import (
    LINE_MARKS,
    FundingRow,
    choose,
    find_rows,
    is_total,
    parse_area,
    parse_currency,
    parse_language,
    parse_place,
    parse_share,
    parse_type,
)
from importers.words import fold

TYPES = {fold(one): one for one in LINE_TYPES} | {"call for proposals": "call", "fund": "pooled-fund"}
YES_NO = {"yes": True, "no": False, "oui": True, "non": False, "si": True, "sim": True, "true": True, "false": False}
VISIBILITIES = {PRIVATE: PRIVATE, SHARED: SHARED}
TYPE_HINT = "Use IATI organisation types, such as 10 or 22."
PLACES = "Write countries by name or ISO code, regions by name or DAC code, with semicolons between."


@dataclass(slots=True)
class ReadLine:
    """One line of a sheet; None where it can't be read at all. `donor`: whom the row itself names."""

    line: LineDocument | None
    place: str
    issues: list[Issue]
    key: str = ""
    donor: str = ""
    row: FundingRow | None = None


def read_funding_lines(sources: list[Source]) -> list[ReadLine]:
    """Every row, in the order of the file; totals and rows without a reference come with their issue."""
    return [_read_row(row) for row in find_rows(sources, LINE_MARKS)]


def _read_row(row: FundingRow) -> ReadLine:
    if is_total(row):
        row.note(
            "info", "totals-row", None, "This row sums up others: it was not read as a funding line.", "Nothing to do."
        )
        return ReadLine(None, row.place(), row.issues)
    row.key = row.text(*LINE_MARKS)
    donor = row.text("donor", "donor reference", "bailleur", "donante")
    values = _texts(row) | _lists(row) | _money(row) | _dates(row)
    row.left()
    has_errors = any(issue.level == "error" for issue in row.issues)
    line = None if has_errors else LineDocument(row.key, **values)
    return ReadLine(line, row.place(), row.issues, row.key, donor, row)


def _texts(row: FundingRow) -> dict[str, Any]:
    kind = row.read(
        lambda text: choose(TYPES, text),
        "line-type-unknown",
        f"Choose one of: {', '.join(LINE_TYPES)}.",
        "type",
        "line type",
    )
    seen = row.read(
        lambda text: choose(VISIBILITIES, text), "visibility-unknown", "Choose private or shared.", "visibility"
    )
    return {
        "title": row.text("title", "call title", "line title", "titre", "titulo"), "type": kind or "call",
        "description": row.text("description", "text"), "link": row.text("link", "website", "url"),
        "contact": row.text("contact"), "visibility": seen or SHARED, "documents": _documents(row.text("documents")),
    }  # fmt: skip


def _documents(text: str) -> tuple[tuple[str, str], ...]:
    """`Title | https://...`, one a line."""
    parts = (line.rpartition("|") for line in text.splitlines() if line.strip())
    return tuple((title.strip(), address.strip()) for title, _, address in parts)


def _lists(row: FundingRow) -> dict[str, Any]:
    return {
        "countries": row.many(parse_place, "country-unknown", PLACES, "eligible countries", "countries"),
        "excluded": row.many(parse_place, "country-unknown", PLACES, "excluded countries"),
        "nationalities": row.many(parse_place, "country-unknown", PLACES, "applicants from", "nationalities"),
        "areas": row.many(parse_area, "area-unknown", "Write FRAMEWORK/CODE, such as florence-2008/N3.", "areas"),
        "applicant_types": row.many(parse_type, "applicant-unknown", TYPE_HINT, "applicant types", "applicants"),
        "languages": row.many(parse_language, "language-unknown", "Use codes of two letters, such as fr.", "languages"),
    }  # fmt: skip


def _money(row: FundingRow) -> dict[str, Any]:
    hint = "Use its code of three letters, such as EUR."
    currency = row.read(parse_currency, "currency-unknown", hint, "currency", "devise", "moneda") or ""
    found: dict[str, Any] = {}
    for name, headings in (
        ("total", ("total", "total amount", "budget")),
        ("minimum", ("minimum", "minimum award")),
        ("maximum", ("maximum", "maximum award")),
    ):
        found[name], named = row.cents(*headings)
        currency = currency or named
        if named and named != currency:
            row.note(
                "error",
                "currencies-differ",
                headings[0].capitalize(),
                f"This amount is in {named}, the line in {currency}.",
                "Give all amounts of a line in one currency.",
            )
    share = row.read(
        parse_share,
        "percentage-unreadable",
        "Give a percentage such as 20.",
        "own contribution percent",
        "own contribution",
    )
    return found | {"currency": currency, "own_share": share}


def _dates(row: FundingRow) -> dict[str, Any]:
    months = "Give whole months."
    rolling = row.read(lambda text: choose(YES_NO, text), "answer-unreadable", "Write yes or no.", "rolling")
    return {
        "forecast": row.moment("forecast", "announced for"), "opens": row.moment("opens", "opening date"),
        "closes": row.moment("closes", "deadline", "closing date"), "time_zone": row.text("time zone") or "UTC",
        "rolling": bool(rolling),
        "months_min": row.read(int, "duration-unreadable", months, "shortest duration months", "minimum months"),
        "months_max": row.read(int, "duration-unreadable", months, "longest duration months", "maximum months"),
    }  # fmt: skip
