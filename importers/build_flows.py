"""The amounts of one project -> budgets, planned disbursements and transactions, with the rows they came
from.

Each amount counts once. Rows of a Transactions sheet and amounts by period are the project's
money; a total beside them is only compared with their sum. What a day was put in for is said once a column.
"""

from app.codelists import match_code
from app.models.worded import worded
from importers.build_totals import read_totals
from importers.clean import Amount, Period
from importers.headings import PERIOD_AMOUNT, Heading, read_fiscal_year
from importers.money import (
    PERIOD_FLOWS,
    TOTALS,
    Element,
    Money,
    add_flows,
    dated_fields,
    note_negative,
    take_amount,
)
from importers.project_rows import Project
from importers.questions import KEEP, answer, flow_of_answer
from importers.read_columns import ask_fiscal, flow_path, settle
from importers.tables import Row, cell_text, column_name
from importers.words import fold, words

TAGS = ("budget", "planned-disbursement", "transaction")


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
    found.sort(key=_order)
    add_flows(project, activity, found)
    return [money.row.place for money in found]


def _order(money: Money) -> int:
    return TAGS.index(money.tag)


# --- rows that are one amount each ---------------------------------------------------------


def _read_dated(project: Project, row: Row, currency: str) -> list[Money]:
    """The amounts of a row of a table of transactions, budgets or planned disbursements."""
    found = []
    for name in dated_fields(row.table):
        for heading in row.table.by_field.get(name, ()):
            amount = take_amount(project, row, heading, currency)
            if amount is not None:
                money = _dated_money(project, row, heading, amount, name)
                if money is not None:
                    found.append(money)
    return found + _read_periods(project, row, found, currency)


def _dated_money(project: Project, row: Row, heading: Heading, amount: Amount, name: str) -> Money | None:
    number = heading.meaning.number
    kind = TOTALS.get(name) or _kind_of(project, row, heading)
    if kind is None:
        return None
    has_date, period = _read_period(row, number, kind)
    if has_date and period is None:
        return None
    note_negative(row, heading, amount, kind)
    details = [(part, text) for part in _DETAILS if part in row.table.by_field and (text := row.text(part, number))]
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
    "amount-key",
)


def _kind_of(project: Project, row: Row, heading: Heading) -> str | None:
    """What kind of amount a row is; '' where its cell is blank, None where that is asked or the amount is kept."""
    if row.table.kind in PERIOD_FLOWS:
        return row.table.kind
    cell = row.first("transaction-type", heading.meaning.number)
    if cell is None:
        return (
            heading.meaning.flow
            or row.table.usual_flow
            or ("" if row.table.has("transaction-type") else _ask_flow(row, heading))
        )
    text = cell[1]
    code = (
        match_code("TransactionType", text)
        or words("flows").get(fold(text))
        or match_code("TransactionType", text.split(" ")[0])
    )
    if code is None or code == "unsaid":
        code = flow_of_answer(answer(row.table.answers, "flows", text))
        if code == KEEP:
            project.keep(heading, cell_text(row.cell(heading)))
        elif not code:
            row.table.ask("type", ("flows", text), cell[0], text)
    return code if code not in ("", KEEP) else None


def _ask_flow(row: Row, heading: Heading) -> str | None:
    """Ask what the amounts of a column are; until then they are not read."""
    row.table.ask("flow", flow_path(heading.name), heading, cell_text(row.cell(heading)))
    return None


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
            period = _fiscal_period(row, cell[0], cell[1]) if name == "year" else row.period(cell[0])
            if period and not (period.is_day and name != "period-start") and kind not in PERIOD_FLOWS:
                row.table.say_once(
                    "info",
                    "date-year-only",
                    cell[0],
                    worded(
                        "“%(heading)s” gives no days: each transaction was dated the first day of its "
                        "year, month or period.",
                        heading=column_name(cell[0]),
                    ),
                    "Give the day of each transaction if you have it.",
                )
            return True, period
    return False, None


def _fiscal_period(row: Row, heading: Heading, text: str) -> Period | None:
    """The days of a cell with a year; a fiscal year such as `2019/20` is asked until its first month is known."""
    fiscal = read_fiscal_year(text)
    if fiscal is None:
        return row.period(heading)
    settled = settle(fiscal, row.table.answers)
    if not settled.is_fiscal:
        return settled.period
    ask_fiscal(row.table, heading, settled, text)
    return None


# --- columns by period ---------------------------------------------------------------------


def _read_periods(project: Project, row: Row, before: list[Money], currency: str) -> list[Money]:
    """Amounts in columns such as `Disbursed 2019`; the same cell in two rows of a project counts once."""
    found = []
    for heading in row.table.by_field.get(PERIOD_AMOUNT, ()):
        amount = take_amount(project, row, heading, currency)
        if amount is None:
            continue
        kind = heading.meaning.flow
        if not kind:
            _ask_flow(row, heading)
            continue
        if heading.meaning.is_fiscal:
            ask_fiscal(row.table, heading, heading.meaning, cell_text(row.cell(heading)))
            continue
        money = Money(kind, amount.value, amount.currency, row, heading.meaning.period, heading)
        if not _is_repeated(project, money, before):
            note_negative(row, heading, amount, kind)
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
                    worded("The same amount stands in row %(row)s; it was counted once.", row=other.row.number),
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


def _say_period(row: Row, heading: Heading, kind: str) -> None:
    period = heading.meaning.period
    if kind not in PERIOD_FLOWS and period and ("amount-dated", heading.column) not in row.table.said:
        row.table.say_once(
            "info",
            "amount-dated",
            heading,
            worded(
                "“%(heading)s” gives no days: its transactions were dated %(day)s.",
                heading=heading.text,
                day=period.end,
            ),
            "Use a Transactions sheet with a date a row if you have the days.",
        )
