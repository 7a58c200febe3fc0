"""Totals a project: compared with its amounts by date where it has any of that flow, else one amount each.

A commitment counts on the day of signature or else the start, spending on the actual end or else
the start or the signature, a budget from the start to the end. What day was put in is said once a column.
"""

from datetime import date
from decimal import Decimal

from app.models.worded import as_worded, phrase, worded
from importers.clean import Amount, Period
from importers.headings import PERIOD_AMOUNT, Heading
from importers.money import (
    FLOW_NAMES,
    PERIOD_FLOWS,
    TOTALS,
    Element,
    Money,
    dated_fields,
    name_flow,
    note_negative,
    take_amount,
)
from importers.project_rows import Project
from importers.read_columns import flow_path
from importers.tables import Row, cell_text, column_name
from importers.words import fold, word_set

_AT_SIGNATURE = phrase(
    "“%(heading)s” gives no dates: each amount was dated the project's signature, or else its start."
)
_AT_END = phrase("“%(heading)s” gives no dates: each amount was dated the project's actual end, or else its start.")


def read_totals(project: Project, activity: Element, dated: list[Money], currency: str) -> list[Money]:
    """The totals of a project: compared with `dated` where that holds any of the flow, else one amount
    each.
    """
    found: list[Money] = []
    for name in (*TOTALS, "amount", "value"):
        # Columns whose owner said that they are different flows are different totals.
        chosen: dict[str, tuple[Row, Heading, Amount]] = {}
        for row in project.rows:
            for heading in row.table.by_field.get(name, ()) if name not in dated_fields(row.table) else ():
                amount = take_amount(project, row, heading, currency)
                if amount is None:
                    continue
                first = chosen.setdefault(heading.meaning.flow, (row, heading, amount))
                if amount != first[2]:
                    project.note_contradiction(
                        (first[0], heading, f"{first[2].value:f}"), (row, heading, f"{amount.value:f}")
                    )
        for total in chosen.values():
            found += _read_total(project, activity, dated + found, name, *total)
    return found


def _read_total(
    project: Project,
    activity: Element,
    dated: list[Money],
    name: str,
    row: Row,
    heading: Heading,
    total: Amount,
) -> list[Money]:
    kind = TOTALS.get(name) or heading.meaning.flow or _flow_of_amount(row, heading)
    if not kind:
        return []
    note_negative(row, heading, total, kind)
    parts = [money for money in dated if money.kind.removesuffix("-revised") == kind]
    if not parts and kind == "3":
        parts = [money for money in dated if money.kind == "4"]
    if parts:
        _compare(row, heading, total, parts)
        project.keep(heading, cell_text(row.cell(heading)))
        return []
    if kind in PERIOD_FLOWS:
        return [Money(kind, total.value, total.currency, row, _whole_period(row, heading, activity), heading)]
    day = _day_of_total(row, activity, kind)
    if day is not None:
        template = _AT_SIGNATURE if kind == "2" else _AT_END
        row.table.say_once(
            "info",
            "amount-dated",
            heading,
            worded(template, heading=column_name(heading)),
            "Give amounts by year, or a Transactions sheet with a date a row, if you have them.",
        )
    return [Money(kind, total.value, total.currency, row, Period(day, day) if day else None, heading)]


def _flow_of_amount(row: Row, heading: Heading) -> str:
    """What a column `Total` or `Amount` is: the sum of the columns by period beside it, if it says so, or what the sheet
    speaks of; '' where that is asked.
    """
    parts = {h.meaning.flow for h in row.table.by_field.get(PERIOD_AMOUNT, ())}
    is_sum = len(parts) == 1 and not word_set("totals").isdisjoint(fold(heading.text).split())
    kind = parts.pop() if is_sum else row.table.usual_flow
    if not kind:
        row.table.ask("flow", flow_path(heading.name), heading, cell_text(row.cell(heading)))
        return ""
    row.table.say_once(
        "info",
        "flow-assumed",
        heading,
        worded(
            "“%(heading)s” does not say what its amounts are; they were read as total %(kind)s, "
            "like the other amounts of the sheet or as its name says.",
            heading=heading.text,
            kind=name_flow(kind),
        ),
        "Write it in the heading, such as “Total commitment” or “Budget”.",
    )
    return kind


def _compare(row: Row, heading: Heading, total: Amount, parts: list[Money]) -> None:
    """Warn where a total is not the sum of its parts; with several currencies, or budgets beside revised ones,
    there is nothing to compare.
    """
    if {money.currency for money in parts} != {total.currency} or len({money.kind for money in parts}) > 1:
        return
    found = sum((money.value for money in parts), Decimal(0))
    if abs(found - total.value) >= max(1, heading.meaning.scale // 2):
        flow = as_worded(FLOW_NAMES.get(parts[0].kind, phrase("amounts")))
        row.note(
            "warning",
            "total-differs",
            worded(
                "“%(heading)s” is %(total)s, but the %(flow)s by date sum to %(sum)s; the dated amounts count.",
                heading=column_name(heading),
                total=f"{total.value:f}",
                flow=flow,
                sum=f"{found:f}",
            ),
            "Correct the total or the amounts behind it.",
            heading,
        )


def _dates(activity: Element) -> dict[str, date]:
    return {
        element.get("type") or "": date.fromisoformat(element.get("iso-date") or "")
        for element in activity.iter("activity-date")
    }


def _day_of_total(row: Row, activity: Element, kind: str) -> date | None:
    dates = _dates(activity)
    start = dates.get("2") or dates.get("1")
    signed = row.first("signed")
    period = row.period(signed[0]) if signed else None
    signature = period.start if period else None
    return signature or start if kind == "2" else dates.get("4") or start or signature


def _whole_period(row: Row, heading: Heading, activity: Element) -> Period | None:
    """The project's own period, for a budget without one; without an end, the year in which it starts."""
    dates = _dates(activity)
    start, end = dates.get("2") or dates.get("1"), dates.get("4") or dates.get("3")
    if start is None:
        return None
    if end is None or end < start:
        end = date(start.year, 12, 31)
        row.note(
            "warning",
            "period-open",
            worded("The project has no end: its budget was put in %(year)s.", year=start.year),
            "Give the end date, or the budget by year.",
            heading,
        )
    else:
        row.table.say_once(
            "info",
            "amount-dated",
            heading,
            worded(
                "“%(heading)s” gives no years: each budget runs from the project's start to its end.",
                heading=column_name(heading),
            ),
            "Give the budget by year if you have it.",
        )
    return Period(start, end)
