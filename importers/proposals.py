"""How the columns of a file would be read, with samples: what its owner looks at, and corrects by choosing."""

from dataclasses import dataclass
from typing import Any

from importers.base import Source
from importers.find_table import HEADING_DEPTH, SKIP
from importers.headings import PERIOD_AMOUNT, Heading
from importers.layout_making import MadeHeading
from importers.questions import KEEP, answer, carry_over
from importers.read_columns import FLOW_FIELDS, suggest_field
from importers.read_sheets import RawSheet, read_together
from importers.sheet import FoundSheet, Sheet, find_tables
from importers.sniff import sniff
from importers.tables import Table, cell_text
from importers.unpack import unpacked

_SAMPLES = 5
_HEAD = 2000  # rows of a sheet that are looked at
_ROWS_OFFERED = 30
_MOST_COLUMNS = 400  # of a sheet; the rest is empty formatting or a mistake
# What a sheet can be chosen to be, in the order of the list.
KINDS: dict[str, str] = {
    "activity": "Projects, one or several rows each",
    "transaction": "Payments, one a row",
    "budget": "Budgets by period",
    "planned-disbursement": "Planned payments by period",
    "location": "Places of projects",
    SKIP: "Nothing to import: leave the sheet out",
}
# What a column can be chosen to be, in the order of the list.
FIELDS: dict[str, str] = {
    KEEP: "Keep it as it is",
    "identifier": "Project ID",
    "title": "Title",
    "description": "Description",
    "objectives": "Objectives",
    "target-groups": "Target groups",
    "notes": "Notes",
    "status": "Status",
    "start": "Start date",
    "start-planned": "Planned start",
    "start-actual": "Actual start",
    "end": "End date",
    "end-planned": "Planned end",
    "end-actual": "Actual end",
    "date-type": "Kind of date",
    "date-value": "Date of that kind",
    "signed": "Date of signature",
    "country": "Country",
    "country-code": "Country code",
    "country-percentage": "Country percentage",
    "region": "Region",
    "region-code": "Region code",
    "region-percentage": "Region percentage",
    "location": "Place",
    "location-code": "Place code (GeoNames)",
    "exactness": "Exactness of the place",
    "location-class": "Class of the place",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "sector": "Sector",
    "sector-name": "Sector name",
    "sector-percentage": "Sector percentage",
    "sector-vocabulary": "Sector vocabulary",
    "areas": "Recommendation areas",
    "areas-percentage": "Percentage of areas",
    "currency": "Currency",
    "commitment": "Commitments",
    "disbursement": "Disbursements",
    "expenditure": "Expenditure",
    "budget": "Budget",
    "budget-revised": "Revised budget",
    "planned-disbursement": "Planned disbursements",
    "incoming-funds": "Incoming funds",
    "incoming-commitment": "Incoming commitments",
    "reimbursement": "Reimbursements",
    "loan-repayment": "Loan repayments",
    "interest-payment": "Interest payments",
    "amount": "Amount (asked which)",
    "value": "Amount of the transaction or period",
    "transaction-type": "Type of transaction",
    "transaction-date": "Date of transaction",
    "transaction-description": "Description of transaction",
    "transaction-ref": "Reference of transaction",
    "transaction-country": "Country of transaction",
    "transaction-sector": "Sector of transaction",
    "transaction-sector-vocabulary": "Sector vocabulary of transaction",
    "period-start": "Start of period",
    "period-end": "End of period",
    "year": "Year",
    "value-date": "Value date",
    "donor": "Donor",
    "donor-ref": "Donor reference",
    "donor-type": "Donor type",
    "implementer": "Implementing partner",
    "implementer-ref": "Implementing partner reference",
    "implementer-type": "Implementing partner type",
    "accountable": "Accountable organisation",
    "accountable-ref": "Accountable organisation reference",
    "accountable-type": "Accountable organisation type",
    "extending": "Extending organisation",
    "extending-ref": "Extending organisation reference",
    "extending-type": "Extending organisation type",
    "provider": "Provider of the money",
    "provider-ref": "Provider reference",
    "provider-type": "Provider type",
    "provider-activity": "Provider's project ID",
    "receiver": "Receiver of the money",
    "receiver-ref": "Receiver reference",
    "receiver-type": "Receiver type",
    "receiver-activity": "Receiver's project ID",
    "reporter": "Reporting organisation",
    "reporter-ref": "Reporting organisation reference",
    "reporter-type": "Reporting organisation type",
    "contact-organisation": "Contact organisation",
    "contact-name": "Contact person",
    "contact-email": "Contact e-mail",
    "contact-telephone": "Contact telephone",
    "website": "Website",
    "last-updated": "Last updated",
    "language": "Language",
    "related": "Related project",
    "related-type": "Kind of related project",
    "hierarchy": "Hierarchy",
    "secondary-reporter": "Secondary reporter",
    "participant": "Participating organisation",
    "participant-ref": "Participating organisation reference",
    "participant-role": "Participating organisation role",
    "participant-type": "Participating organisation type",
    "marker:1": "Gender marker",
    "marker:2": "Environment marker",
    "marker:3": "Governance marker",
    "marker:4": "Trade marker",
    "marker:5": "Biodiversity marker",
    "marker:6": "Climate mitigation marker",
    "marker:7": "Climate adaptation marker",
    "marker:8": "Desertification marker",
    "marker:9": "Child and maternal health marker",
    "marker:10": "Disaster risk marker",
    "marker:11": "Disability marker",
    "marker:12": "Nutrition marker",
}


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """One column: `field` is a key of FIELDS, or one that only a layout gives; KEEP where nobody knows it.

    `suggested` is the field that its values speak of where that is no proof ('' for none).
    """

    heading: str
    letters: str
    field: str
    because: str
    samples: tuple[str, ...]
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class SheetProposal:
    """One sheet: `header_row` counts from 1 and is 0 where no headings were found. `kind` is "skip" where it is not
    read: by its owner's answer (`is_answer`), or since no column of it names projects. `rows` below the headings;
    `more`: there are at least that many. `first_rows`: number and beginning of each that could hold the headings.
    """

    sheet: str
    kind: str
    header_row: int
    layout: str
    rows: int
    columns: list[ColumnProposal]
    first_rows: tuple[tuple[int, str], ...] = ()
    more: bool = False
    is_answer: bool = False


def propose(sources: list[Source]) -> list[SheetProposal]:
    """How each sheet of spreadsheets would be read, in archives too, as its first rows say; raises FileRefused for
    files that can't be opened."""
    given: dict[str, Any] = {name: value for source in sources for name, value in source.answers.items()}
    with unpacked(sources) as files:
        tabular = [file for file in files if sniff(file) == Sheet.key]
        sheets = [sheet for _, _, sheet in read_together(tabular, _HEAD)]
        answers = carry_over(given, [sheet.name for sheet in sheets])
        found = find_tables(sheets, answers)
    return sorted((_propose_sheet(one, answers) for one in found), key=lambda one: one.kind == SKIP)


def _propose_sheet(found: FoundSheet, answers: dict[str, Any]) -> SheetProposal:
    sheet, table = found
    chosen = answer(answers, "sheets", sheet.name)
    below, more = _rows_below(sheet, table)
    return SheetProposal(
        sheet.name, table.kind if table and found.is_read else SKIP, table.header_row if table else 0,
        table.layout if table else "", below, _propose_columns(table) if table else [], _list_first_rows(sheet), more,
        chosen is not None,
    )  # fmt: skip


def _rows_below(sheet: RawSheet, table: Table | None) -> tuple[int, bool]:
    """How many rows hold something; where only the first ones were read, how many there are, or that there are more."""
    rows = table.rows if table else sheet.rows
    filled = sum(any(cell != "" for cell in row) for row in rows)
    if len(sheet.rows) < _HEAD:
        return filled, False
    unread = max(sheet.height - len(sheet.rows), 0)
    return filled + unread, not sheet.height


def _list_first_rows(sheet: RawSheet) -> tuple[tuple[int, str], ...]:
    """The rows that could hold headings, each with its first texts."""
    found: list[tuple[int, str]] = []
    for number, row in enumerate(sheet.rows[:HEADING_DEPTH], 1):
        texts = [text for cell in row if (text := cell_text(cell).strip())]
        if texts and len(found) < _ROWS_OFFERED:
            found.append((number, " · ".join(text[:24] for text in texts[:5])))
    return tuple(found)


def _propose_columns(table: Table) -> list[ColumnProposal]:
    own = [heading for heading in table.headings[:_MOST_COLUMNS] if not isinstance(heading, MadeHeading)]
    columns = [_propose_column(table, heading) for heading in own]
    return [column for column in columns if column.heading[:6] != "Column" or column.samples]


def _propose_column(table: Table, heading: Heading) -> ColumnProposal:
    samples = _samples(table, heading)
    field = field_of(heading)
    suggested = suggest_field(table, heading) if heading.because == "unknown" and samples else ""
    return ColumnProposal(
        heading.name, heading.letters, field, heading.because, samples, suggested if suggested in FIELDS else ""
    )


def field_of(heading: Heading) -> str:
    """The choice of FIELDS that a column stands at."""
    meaning = heading.meaning
    if meaning.flow:
        return next((field for field, flow in FLOW_FIELDS.items() if flow == meaning.flow), "amount")
    return "amount" if meaning.field == PERIOD_AMOUNT else meaning.field or KEEP


def _samples(table: Table, heading: Heading) -> tuple[str, ...]:
    """The first different values of a column."""
    found: dict[str, None] = {}
    for row in table.rows:
        if len(row) > heading.column and (text := cell_text(row[heading.column])):
            found[text] = None
            if len(found) == _SAMPLES:
                break
    return tuple(found)
