"""Sheets of funding lines: one row a line, under the headings that the export writes."""

from dataclasses import dataclass, replace
from typing import Any

from app.models.issue import Issue
from app.models.line_document import LINE_TYPES, PRIVATE, SHARED, LineDocument
from app.models.worded import phrase, worded
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
# Each field of a line with the headings (folded) that it may stand under.
HEADINGS: dict[str, tuple[str, ...]] = {
    "reference": tuple(LINE_MARKS), "donor": ("donor", "donor reference", "bailleur", "donante"),
    "title": ("title", "call title", "line title", "titre", "titulo"), "type": ("type", "line type"),
    "description": ("description", "text"), "link": ("link", "website", "url"), "contact": ("contact",),
    "documents": ("documents",), "visibility": ("visibility",), "countries": ("eligible countries", "countries"),
    "excluded": ("excluded countries",), "nationalities": ("applicants from", "nationalities"), "areas": ("areas",),
    "applicant_types": ("applicant types", "applicants"), "languages": ("languages",),
    "currency": ("currency", "devise", "moneda"), "total": ("total", "total amount", "budget"),
    "minimum": ("minimum", "minimum award"), "maximum": ("maximum", "maximum award"),
    "own_share": ("own contribution percent", "own contribution"), "forecast": ("forecast", "announced for"),
    "opens": ("opens", "opening date"), "closes": ("closes", "deadline", "closing date"), "time_zone": ("time zone",),
    "rolling": ("rolling",), "months_min": ("shortest duration months", "minimum months"),
    "months_max": ("longest duration months", "maximum months"),
}  # fmt: skip
DERIVED = ("donor name", "status", "status reason")  # what an export says besides the line
YES_NO = {"yes": True, "no": False, "oui": True, "non": False, "si": True, "sim": True, "true": True, "false": False}
VISIBILITIES = {PRIVATE: PRIVATE, SHARED: SHARED}
TYPE_HINT = phrase("Use IATI organisation types, such as 10 or 22.")
PLACES = phrase("Write countries by name or ISO code, regions by name or DAC code, with semicolons between.")


@dataclass(slots=True)
class ReadLine:
    """One line of a sheet: what its filled cells say; None where it can't be read at all. `donor`: whom the row names."""

    said: dict[str, Any] | None
    place: str
    issues: list[Issue]
    key: str = ""
    donor: str = ""
    row: FundingRow | None = None

    def at(self, name: str) -> tuple[FundingRow | None, str | None, str | None]:
        """The row, the heading and the cell that a field stands in."""
        return self.row, *(self.row.find(*HEADINGS.get(name, ())) if self.row else (None, None))

    def lay(self, stored: LineDocument | None, mode: str) -> LineDocument:
        """The line as it is after this row: a blank cell leaves what is there."""
        if stored is not None and mode == "add":
            return stored
        return replace(stored or LineDocument(self.key, ""), **(self.said or {}))


def read_funding_lines(sources: list[Source]) -> list[ReadLine]:
    """Every row, in the order of the file; totals and rows without a reference come with their issue."""
    return [_read_row(row) for row in find_rows(sources, LINE_MARKS)]


def _read_row(row: FundingRow) -> ReadLine:
    if is_total(row):
        row.note("info", "totals-row", "This row sums up others: it was not read as a funding line.", "Nothing to do.")
        return ReadLine(None, row.place(), row.issues)
    row.key = row.text(*HEADINGS["reference"])
    donor = row.text(*HEADINGS["donor"])
    for derived in DERIVED:
        row.pop(derived)
    values = _texts(row) | _lists(row) | _money(row) | _dates(row)
    row.left()
    has_errors = any(issue.level == "error" for issue in row.issues)
    said = {name: value for name, value in values.items() if value not in ("", None, ())}
    return ReadLine(None if has_errors else said, row.place(), row.issues, row.key, donor, row)


def _texts(row: FundingRow) -> dict[str, Any]:
    hint = worded("Choose one of: %(types)s.", types=", ".join(LINE_TYPES))
    found: dict[str, Any] = {name: row.text(*HEADINGS[name]) for name in ("title", "description", "link", "contact")}
    found["type"] = row.read(lambda text: choose(TYPES, text), "line-type-unknown", hint, *HEADINGS["type"])
    found["visibility"] = row.read(
        lambda text: choose(VISIBILITIES, text),
        "visibility-unknown",
        "Choose private or shared.",
        *HEADINGS["visibility"],
    )
    return found | {"documents": _documents(row.text(*HEADINGS["documents"]))}


def _documents(text: str) -> tuple[tuple[str, str], ...]:
    """`Title | https://...`, one a line."""
    parts = (line.rpartition("|") for line in text.splitlines() if line.strip())
    return tuple((title.strip(), address.strip()) for title, _, address in parts)


def _lists(row: FundingRow) -> dict[str, Any]:
    area_hint = phrase("Write FRAMEWORK/CODE, such as florence-2008/N3.")
    language_hint = phrase("Use codes of two letters, such as fr.")
    found: dict[str, Any] = {
        name: row.many(parse_place, "country-unknown", PLACES, *HEADINGS[name])
        for name in ("countries", "excluded", "nationalities")
    }
    return found | {
        "areas": row.many(parse_area, "area-unknown", area_hint, *HEADINGS["areas"]),
        "applicant_types": row.many(parse_type, "applicant-unknown", TYPE_HINT, *HEADINGS["applicant_types"]),
        "languages": row.many(parse_language, "language-unknown", language_hint, *HEADINGS["languages"]),
    }


def _money(row: FundingRow) -> dict[str, Any]:
    hint = phrase("Use its code of three letters, such as EUR.")
    currency = row.read(parse_currency, "currency-unknown", hint, *HEADINGS["currency"]) or ""
    found: dict[str, Any] = {}
    for name in ("total", "minimum", "maximum"):
        found[name], named = row.cents(*HEADINGS[name])
        currency = currency or named
        if named and named != currency:
            message = worded("This amount is in %(own)s, the line in %(currency)s.", own=named, currency=currency)
            remedy = phrase("Give all amounts of a line in one currency.")
            row.note("error", "currencies-differ", message, remedy, row.find(*HEADINGS[name])[0])
    hint = phrase("Give a percentage such as 20.")
    share = row.read(parse_share, "percentage-unreadable", hint, *HEADINGS["own_share"])
    return found | {"currency": currency, "own_share": share}


def _dates(row: FundingRow) -> dict[str, Any]:
    found: dict[str, Any] = {name: row.moment(*HEADINGS[name]) for name in ("forecast", "opens", "closes")}
    found["time_zone"] = row.text(*HEADINGS["time_zone"])
    found["rolling"] = row.read(
        lambda text: choose(YES_NO, text), "answer-unreadable", "Write yes or no.", *HEADINGS["rolling"]
    )
    for name in ("months_min", "months_max"):
        found[name] = row.read(int, "duration-unreadable", "Give whole months.", *HEADINGS[name])
    return found
