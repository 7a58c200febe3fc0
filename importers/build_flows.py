"""The amounts of one project -> budgets, planned disbursements and transactions, with the rows they came
from.

Each amount counts once. Rows of a Transactions sheet and amounts by period are the project's
money; a total beside them is only compared with their sum. What a day was put in for is said once a column.
"""

from app.codelists import match_code
from importers.build_totals import read_totals
from importers.clean import Amount, Period
from importers.headings import PERIOD_AMOUNT, Heading
from importers.money import (
    FLOW_NAMES,
    PERIOD_FLOWS,
    TOTALS,
    Element,
    Money,
    add_money,
    dated_fields,
    take_amount,
)
from importers.project_rows import Project
from importers.tables import Row, column_name, usual_flow
from importers.words import fold, words


def build_flows(project: Project, activity: Element, currency: str) -> list[str]:
    """Add every amount to `activity`; returns the place of each, in document order.

    `currency` is the one that counts where neither cell, heading nor row names any.
    """
    found: list[Money] = []
    for row in project.rows:
        if row.table.kind == "activity":
            found += _read_periods(project, row, found, currency)
        else:
            found += _read_dated(project, row, currency)
    found += read_totals(project, activity, found, currency)
    places = []
    for tag in ("budget", "planned-disbursement", "transaction"):
        for money in found:
            if money.tag == tag:
                add_money(activity, money)
                places.append(money.row.place)
    return places


# --- rows that are one amount each ---------------------------------------------------------


def _read_dated(project: Project, row: Row, currency: str) -> list[Money]:
    """The amounts of a row of a table of transactions, budgets or planned disbursements."""
    found = []
    for name in dated_fields(row.table):
        for heading in row.table.by_field.get(name, ()):
            amount = take_amount(project, row, heading, currency)
            if amount is not None:
                money = _dated_money(row, heading, amount, name)
                if money is not None:
                    found.append(money)
    return found + _read_periods(project, row, found, currency)


def _dated_money(row: Row, heading: Heading, amount: Amount, name: str) -> Money | None:
    number = heading.meaning.number
    kind = TOTALS.get(name) or _kind_of(row, number)
    if kind is None:
        return None
    has_date, period = _read_period(row, number, kind)
    if has_date and period is None:
        return None
    details = [(part, row.text(part, number)) for part in _DETAILS if row.table.has(part)]
    return Money(kind, amount.value, amount.currency, row, period, heading, details)


_DETAILS = (
    "transaction-ref",
    "value-date",
    "transaction-description",
    "provider",
    "provider-ref",
    "provider-type",
    "provider-activity",
    "receiver",
    "receiver-ref",
    "receiver-type",
    "receiver-activity",
)


def _kind_of(row: Row, number: int) -> str | None:
    """What kind of amount a row is; '' where nothing says it, None where its word is unknown (an error)."""
    if row.table.kind in PERIOD_FLOWS:
        return row.table.kind
    cell = row.first("transaction-type", number)
    if cell is None:
        return usual_flow(row.table)
    text = cell[1]
    code = (
        match_code("TransactionType", text)
        or words("flows").get(fold(text))
        or match_code("TransactionType", text.split(" ")[0])
    )
    if code is None or code == "unsaid":
        row.note(
            "error",
            "type-unknown",
            f"“{text}” is not a type of transaction.",
            "Write Commitment, Disbursement, Expenditure, or a code of IATI's TransactionType.",
            cell[0],
        )
        return None
    return code


def _read_period(row: Row, number: int, kind: str) -> tuple[bool, Period | None]:
    """Whether a row names a day or a period, and which (None: an issue says why it can't be read).

    A period is that of a budget or a forecast; a transaction has a day, or the first one of its period.
    """
    start = row.first("period-start", number)
    if start and kind in PERIOD_FLOWS:
        first, end = row.period(start[0]), row.first("period-end", number)
        last = row.period(end[0]) if end else first
        return True, Period(first.start, last.end) if first and last else None
    for name in ("transaction-date", "year", "period-start"):
        if cell := row.first(name, number):
            period = row.period(cell[0])
            if period and not (period.is_day and name != "period-start") and kind not in PERIOD_FLOWS:
                row.table.say_once(
                    "info",
                    "date-year-only",
                    cell[0],
                    f"“{column_name(cell[0])}” gives no days: each transaction was dated the first day of its "
                    "year, month or period.",
                    "Give the day of each transaction if you have it.",
                )
            return True, period
    return False, None


# --- columns by period ---------------------------------------------------------------------


def _read_periods(project: Project, row: Row, before: list[Money], currency: str) -> list[Money]:
    """Amounts in columns such as `Disbursed 2019`; the same cell in two rows of a project counts once."""
    found = []
    for heading in row.table.by_field.get(PERIOD_AMOUNT, ()):
        amount = take_amount(project, row, heading, currency)
        if amount is None:
            continue
        kind = heading.meaning.flow or _assumed_flow(row, heading)
        money = Money(kind, amount.value, amount.currency, row, heading.meaning.period, heading)
        if not _is_repeated(project, money, before):
            _say_period(row, heading, kind)
            found.append(money)
    return found


def _is_repeated(project: Project, money: Money, before: list[Money]) -> bool:
    for other in before:
        if other.row.table is money.row.table and other.heading is money.heading and other.row is not money.row:
            if (other.value, other.currency) == (money.value, money.currency):
                money.row.note(
                    "warning",
                    "amount-repeated",
                    f"The same amount stands in row {other.row.number}; it was counted once.",
                    "If both rows count, put the amounts into a Transactions sheet, a row each.",
                    money.heading,
                )
            else:
                project.note_contradiction(
                    (other.row, money.heading, f"{other.value:f}"),
                    (money.row, money.heading, f"{money.value:f}"),
                )
            return True
    return False


def _assumed_flow(row: Row, heading: Heading) -> str:
    """The flow of a bare year: what the sheet speaks of, else disbursements; said once a column."""
    flow = usual_flow(row.table)
    kind = flow or "3"
    row.table.say_once(
        "info",
        "flow-assumed",
        heading,
        f"“{heading.text}” does not say what its amounts are; they were read as {FLOW_NAMES.get(kind, kind)}"
        + (", after the name or title of the sheet." if flow else "."),
        "Write it in the heading, such as “Disbursed 2019” or “Budget 2019”.",
    )
    return kind


def _say_period(row: Row, heading: Heading, kind: str) -> None:
    period = heading.meaning.period
    assert period is not None  # noqa: S101 (a column by period has one)
    days = f"{period.start} to {period.end}"
    if heading.meaning.is_fiscal:
        row.table.say_once(
            "warning",
            "fiscal-year",
            heading,
            f"“{heading.text}” is a fiscal year; it was read as {days}.",
            "If your fiscal year starts in another month, say so once, or give calendar years.",
        )
    elif kind not in PERIOD_FLOWS:
        row.table.say_once(
            "info",
            "amount-dated",
            heading,
            f"“{heading.text}” gives no days: its transactions were dated {period.end}.",
            "Use a Transactions sheet with a date a row if you have the days.",
        )
