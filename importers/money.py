"""One amount on its way from a cell to its element."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxml import etree

from app.codelists import match_code
from app.codelists.currencies import match_currency
from app.models.record import AMOUNT_KEY
from app.models.worded import as_worded, phrase, worded
from importers.build_parties import add_columns, add_party, answered_ref
from importers.build_sectors import add_flow_split
from importers.clean import Amount, Period
from importers.headings import PERIOD_AMOUNT, Heading
from importers.project_rows import UNREADABLE, Project
from importers.questions import answer
from importers.tables import Row, Table, cell_text
from importers.words import shared_signs

TOTALS = {"commitment": "2", "disbursement": "3", "expenditure": "4", "budget": "budget"}
FLOW_NAMES = {
    "2": phrase("commitments"), "3": phrase("disbursements"), "4": phrase("expenditure"), "budget": phrase("budgets"),
    "budget-revised": phrase("revised budgets"),
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
    """The amount in a cell with the currency of cell, heading or row, else `currency`; None where an issue or a
    question says why not.
    """
    amount = row.amount(heading)
    if amount is None:
        return None
    of_row = project.currency_of(row)
    if of_row == UNREADABLE:
        return None
    own = amount.currency
    if own in shared_signs():
        own = _meant_by(own, row, heading, of_row or currency)
        if not own:
            return None
    if own and of_row and own != of_row:
        row.note(
            "warning",
            "currency-differs",
            worded(
                "The amount is in %(own)s, the row's currency is %(row_currency)s; it was read as %(own)s.",
                own=own,
                row_currency=of_row,
            ),
            "Correct the one that is wrong.",
            heading,
        )
    chosen = own or of_row or currency
    if not chosen:
        row.table.ask("currency", ("currency",), heading, cell_text(row.cell(heading)))
        return None
    note_currency(row, heading, chosen)
    return Amount(amount.value, chosen)


def _meant_by(sign: str, row: Row, heading: Heading, beside: str) -> str:
    """The currency that a sign such as $ stands for: that of the row or file if it has the sign, else as answered."""
    if beside in shared_signs()[sign]:
        return beside
    given = match_currency(str(answer(row.table.answers, "currencies", sign) or ""))
    if not given:
        row.table.ask("currency-sign", ("currencies", sign), heading, cell_text(row.cell(heading)))
    return given or ""


def name_flow(kind: str) -> str:
    """What a flow is called in an issue; its key, where it has no name."""
    return as_worded(FLOW_NAMES[kind]) if kind in FLOW_NAMES else kind


def note_currency(row: Row, heading: Heading, currency: str) -> None:
    """Remember the currencies of a file; say once a column that it holds several without a column that names them."""
    table = row.table
    first = table.evidence.get(("currency", heading.column))
    if first == currency:
        return
    table.together.questions.currencies[currency] = None
    if first is None:
        table.evidence["currency", heading.column] = currency
    elif not table.has("currency"):
        table.say_once(
            "warning",
            "currencies-mixed",
            heading,
            worded(
                "“%(heading)s” holds amounts in %(first)s and %(currency)s; each was read in its own currency.",
                heading=heading.name,
                first=first,
                currency=currency,
            ),
            "Nothing to do if that is right; a column Currency would say it more clearly.",
        )


def note_negative(row: Row, heading: Heading, amount: Amount, kind: str) -> None:
    """Money paid back is negative; a plan that is negative is hardly meant."""
    if amount.value < 0 and kind in PERIOD_FLOWS:
        row.note(
            "warning",
            "budget-negative",
            worded(
                "%(amount)s %(currency)s is a negative budget; it was read as it stands and lowers the totals.",
                amount=f"{amount.value:f}",
                currency=amount.currency,
            ),
            "Write it without the minus, unless it corrects another budget.",
            heading,
        )


def add_flows(project: Project, activity: Element, found: list[Money]) -> None:
    """Add amounts as elements. They are written as text and parsed together: that takes a fifth of the time."""
    default = activity.get("default-currency")
    root = etree.fromstring(f"<flows>{''.join(write_money(money, default) for money in found)}</flows>")
    for element, money in zip(list(root), found, strict=True):
        activity.append(element)
        table = money.row.table
        if money.details:
            _add_details(element, money.row, dict(money.details))
        if element.tag == "transaction" and table.has("transaction-sector", "transaction-country"):
            add_flow_split(project, element, money.row, money.heading.meaning.number)
        if table.kind != "activity":
            add_columns(element, money.row)


def write_money(money: Money, default_currency: str | None) -> str:
    """The element of an amount: codes, days and digits only, of which none needs escaping."""
    tag, period, table = money.tag, money.period, money.row.table
    day, kind, dates = None, "", ""
    if tag == "transaction":
        kind = f'<transaction-type code="{money.kind}"/>' if money.kind else ""
        if period:
            is_year_only = table.kind == "transaction" and money.heading.meaning.field != PERIOD_AMOUNT
            day = period.start if is_year_only else period.end
            dates = f'<transaction-date iso-date="{day}"/>'
    elif period:
        day = period.start
        dates = f'<period-start iso-date="{day}"/><period-end iso-date="{period.end}"/>'
    currency = f' currency="{money.currency}"' if money.currency != default_currency else ""
    chosen = _value_date(money) or day
    value_date = f' value-date="{chosen}"' if chosen else ""
    revised = ' type="2"' if money.kind == "budget-revised" else ""
    return f"<{tag}{revised}>{kind}{dates}<value{currency}{value_date}>{money.value:f}</value></{tag}>"


def _value_date(money: Money) -> date | None:
    if "value-date" not in money.row.table.by_field:
        return None
    cell = money.row.first("value-date", money.heading.meaning.number)
    period = money.row.period(cell[0]) if cell else None
    return period.start if period else None


def _add_details(element: Element, row: Row, details: dict[str, str]) -> None:
    if details.get("transaction-ref") and element.tag == "transaction":
        element.set("ref", details["transaction-ref"])
    if details.get("amount-key"):
        element.set(AMOUNT_KEY, details["amount-key"])
    if text := details.get("transaction-description"):
        etree.SubElement(etree.SubElement(element, "description"), "narrative").text = text
    for role in ("provider", "receiver"):
        ref, name, kind, own_activity = (
            details.get(f"{role}{part}", "") for part in ("-ref", "", "-type", "-activity")
        )
        ref = ref or answered_ref(row, name)
        if ref or name or own_activity:
            attributes = {"type": match_code("OrganisationType", kind) or kind, f"{role}-activity-id": own_activity}
            add_party(element, f"{role}-org", ref, name, **attributes)
