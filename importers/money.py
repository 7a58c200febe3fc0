"""One amount on its way from a cell to its element."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxml import etree

from app.codelists import match_code
from importers.build_parties import add_columns, add_party
from importers.build_sectors import add_flow_split
from importers.clean import Amount, Period
from importers.headings import PERIOD_AMOUNT, Heading
from importers.project_rows import UNREADABLE, Project
from importers.tables import Row, Table

TOTALS = {"commitment": "2", "disbursement": "3", "expenditure": "4", "budget": "budget"}
FLOW_NAMES = {
    "2": "commitments", "3": "disbursements", "4": "expenditure", "budget": "budgets", "budget-revised": "revised budgets",
}  # fmt: skip
# The flows of a period, with their elements; all others are transactions.
PERIOD_FLOWS = {"budget": "budget", "budget-revised": "budget", "planned-disbursement": "planned-disbursement"}
Element = etree._Element


@dataclass(slots=True)
class Money:
    """One amount on its way: `kind` is a TransactionType code, a key of PERIOD_FLOWS, or '' (not said)."""

    kind: str
    value: Decimal
    currency: str
    row: Row
    period: Period | None
    heading: Heading
    details: list[tuple[str, str]] = field(default_factory=list)

    @property
    def tag(self) -> str:
        return PERIOD_FLOWS.get(self.kind, "transaction")


def dated_fields(table: Table) -> tuple[str, ...]:
    """The fields whose amounts belong to the date of their row; any others are totals of the project."""
    if table.kind == "activity":
        return ()
    return ("value", "amount") if table.has("value", "amount") else tuple(TOTALS)


def take_amount(project: Project, row: Row, heading: Heading, currency: str) -> Amount | None:
    """The amount in a cell with the currency of cell, heading or row, else `currency`; None where issues
    say why.
    """
    amount = row.amount(heading)
    of_row = project.currency_of(row) if amount else ""
    if amount is None or of_row == UNREADABLE:
        return None
    if amount.currency and of_row and amount.currency != of_row:
        row.note(
            "warning",
            "currency-differs",
            f"The amount is in {amount.currency}, the row's currency is {of_row}; it was read as {amount.currency}.",
            "Correct the one that is wrong.",
            heading,
        )
    return Amount(amount.value, amount.currency or of_row or currency)


def add_money(activity: Element, money: Money) -> None:
    tag = money.tag
    element = etree.SubElement(activity, tag)
    details = dict(money.details)
    if money.kind == "budget-revised":
        element.set("type", "2")
    is_year_only = money.row.table.kind == "transaction" and money.heading.meaning.field != PERIOD_AMOUNT
    day = (
        None
        if money.period is None
        else money.period.start
        if is_year_only or tag != "transaction"
        else money.period.end
    )
    if tag == "transaction":
        if details.get("transaction-ref"):
            element.set("ref", details["transaction-ref"])
        if money.kind:
            etree.SubElement(element, "transaction-type", code=money.kind)
        if day:
            etree.SubElement(element, "transaction-date", {"iso-date": str(day)})
    elif money.period:
        etree.SubElement(element, "period-start", {"iso-date": str(money.period.start)})
        etree.SubElement(element, "period-end", {"iso-date": str(money.period.end)})
    _add_value(activity, element, money, day)
    if text := details.get("transaction-description"):
        etree.SubElement(etree.SubElement(element, "description"), "narrative").text = text
    for role in ("provider", "receiver"):
        ref, name, kind, own_activity = (
            details.get(f"{role}{part}", "") for part in ("-ref", "", "-type", "-activity")
        )
        if ref or name or own_activity:
            attributes = {"type": match_code("OrganisationType", kind) or kind, f"{role}-activity-id": own_activity}
            add_party(element, f"{role}-org", ref, name, **attributes)
    if tag == "transaction":
        add_flow_split(element, money.row, money.heading.meaning.number)
    if money.row.table.kind != "activity":
        add_columns(element, money.row)


def _add_value(activity: Element, element: Element, money: Money, day: date | None) -> None:
    value = etree.SubElement(element, "value")
    value.text = f"{money.value:f}"
    if money.currency and money.currency != activity.get("default-currency"):
        value.set("currency", money.currency)
    value_date = (
        money.row.first("value-date", money.heading.meaning.number) if money.row.table.has("value-date") else None
    )
    period = money.row.period(value_date[0]) if value_date else None
    chosen = period.start if period else day
    if chosen:
        value.set("value-date", str(chosen))
