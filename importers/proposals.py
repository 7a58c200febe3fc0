"""How the columns of a file would be read, with samples: what its owner looks at, and corrects by choosing."""

from dataclasses import dataclass
from typing import Any

from importers.base import Source
from importers.headings import PERIOD_AMOUNT, Heading
from importers.layout_making import MadeHeading
from importers.questions import KEEP
from importers.read_columns import FLOW_FIELDS, suggest_field
from importers.sheet import Sheet, find_tables
from importers.sniff import sniff
from importers.tables import Table, cell_text
from importers.unpack import unpacked

_SAMPLES = 5
_MOST_COLUMNS = 400  # of a sheet; the rest is empty formatting or a mistake
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
    """One sheet: `header_row` counts from 1 and is 0 where it was not read; then `kind` is "skip"."""

    sheet: str
    kind: str
    header_row: int
    layout: str
    rows: int
    columns: list[ColumnProposal]


def propose(sources: list[Source]) -> list[SheetProposal]:
    """How each sheet of spreadsheets would be read, in archives too; raises FileRefused for files that can't be opened."""
    answers: dict[str, Any] = {name: value for source in sources for name, value in source.answers.items()}
    with unpacked(sources) as files:
        tables, left = find_tables([file for file in files if sniff(file) == Sheet.key], answers)
    found = [_propose_table(table) for table in tables]
    return found + [SheetProposal(sheet.name, "skip", 0, "", len(sheet.rows), []) for sheet in left]


def _propose_table(table: Table) -> SheetProposal:
    filled = sum(any(cell != "" for cell in row) for row in table.rows)
    own = [heading for heading in table.headings[:_MOST_COLUMNS] if not isinstance(heading, MadeHeading)]
    columns = [_propose_column(table, heading) for heading in own]
    columns = [column for column in columns if column.heading[:6] != "Column" or column.samples]
    return SheetProposal(table.name, table.kind, table.header_row, table.layout, filled, columns)


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
