"""Funding lines as a table and as JSON: the list that a page shows, whole."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.services.search_lines import LineShown
from exports.table import Table

HEADINGS = (
    "Donor", "Donor name", "Reference", "Title", "Description", "Type", "Status", "Why", "Countries", "Excluded", "Areas",
    "Applicant types", "Nationalities", "Currency", "Minimum", "Maximum", "Total", "Own contribution (%)", "Forecast",
    "Opens", "Closes", "Time zone", "Rolling", "Months from", "Months to", "Languages", "Link", "Contact", "Documents",
    "Visibility",
)  # fmt: skip


def line_table(lines: Sequence[LineShown]) -> Table:
    """One row a line; under the headings that the import of lines reads."""
    return Table("Funding lines", HEADINGS, [_row(one) for one in lines])


def _row(shown: LineShown) -> list[Any]:
    line = shown.line
    return [
        shown.donor, shown.donor_name, line.reference, line.title, line.description, line.type, shown.status.status,
        shown.status.reason, *(" ".join(codes) for codes in (
            line.countries, line.excluded, line.areas, line.applicant_types, line.nationalities,
        )),
        line.currency, *(_units(cents) for cents in (line.minimum, line.maximum, line.total)),
        None if line.own_share is None else Decimal(line.own_share).scaleb(-4), line.forecast, line.opens, line.closes,
        line.time_zone, "yes" if line.rolling else "no", line.months_min, line.months_max, " ".join(line.languages),
        line.link, line.contact, "\n".join(f"{title} {address}" for title, address in line.documents), line.visibility,
    ]  # fmt: skip


def _units(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


def line_as_json(shown: LineShown) -> dict[str, Any]:
    """The line; amounts are decimal strings, a list that was not said is empty."""
    line = shown.line.as_json()
    for name in ("minimum", "maximum", "total"):
        line[name] = None if line[name] is None else f"{_units(line[name]):.2f}"
    line["own_share"] = None if shown.line.own_share is None else shown.line.own_share / 10_000
    line["documents"] = [{"title": title, "address": address} for title, address in shown.line.documents]
    return {
        "id": shown.id, "donor": shown.donor, "donor_name": shown.donor_name, **line, "status": shown.status.status,
        "status_reason": shown.status.reason,
    }  # fmt: skip
