"""Funding lines and plans as tables that the import reads back identically."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.models.line_document import LineDocument
from app.models.plan_document import ActionDocument, PlanDocument
from exports.table import Cell, Table

LINES = (
    "Donor", "Line reference", "Title", "Type", "Description", "Eligible countries", "Excluded countries", "Areas",
    "Applicant types", "Applicants from", "Currency", "Total", "Minimum", "Maximum", "Own contribution %", "Forecast", "Opens",
    "Closes", "Time zone", "Rolling", "Shortest duration (months)", "Longest duration (months)", "Languages", "Link", "Contact",
    "Documents", "Visibility",
)  # fmt: skip
DERIVED = ("Donor name", "Status", "Status reason")  # for the reader; the import passes over them
PLAN = (
    "Plan reference", "Plan title", "Country", "First year", "Last year", "Plan document", "Plan version", "Currency",
    "Fiscal year starts", "Plan applicant type", "Languages", "Visibility",
)  # fmt: skip
ACTION = (
    "Action code", "Action title", "Description", "Responsible body", "Priority", "Applicant type", "Areas",
    "Indicator", "Baseline", "Target",
)  # fmt: skip


def lines_table(lines: Iterable[tuple[str, LineDocument, Sequence[Cell]]]) -> Table:
    """(donor's reference, line, cells of DERIVED) as one row each."""
    return Table(
        "Funding lines", (*LINES, *DERIVED), ([*_line(donor, line), *derived] for donor, line, derived in lines)
    )


def _line(donor: str, line: LineDocument) -> list[Cell]:
    share = None if line.own_share is None else Decimal(line.own_share).scaleb(-4).normalize()
    documents = "\n".join(f"{title} | {address}" for title, address in line.documents)
    return [
        donor, line.reference, line.title, line.type, line.description, _list(line.countries), _list(line.excluded), _list(line.areas),
        _list(line.applicant_types), _list(line.nationalities), line.currency, _money(line.total), _money(line.minimum),
        _money(line.maximum), share, line.forecast, line.opens, line.closes, line.time_zone, "yes" if line.rolling else "no",
        line.months_min, line.months_max, _list(line.languages), line.link, line.contact, documents, line.visibility,
    ]  # fmt: skip


def plan_table(plan: PlanDocument) -> Table:
    """One row an action, further rows for its further indicators and costs; costs by year and currency in columns."""
    used = {(cost.kind, cost.fiscal_year, cost.currency) for action in plan.actions for cost in action.costs}
    columns = sorted(used, key=lambda one: (one[0] != "cost", one[1], one[2]))
    headings = [_cost_heading(plan, *column) for column in columns]
    return Table("Plan", (*PLAN, *ACTION, *headings), _plan_rows(plan, columns))


def _cost_heading(plan: PlanDocument, kind: str, year: int, currency: str) -> str:
    named = f"{year}" if plan.fiscal_year_start == 1 else f"{year}/{(year + 1) % 100:02d}"
    return f"{kind.capitalize()} {named} ({currency})"


def _plan_rows(plan: PlanDocument, columns: list[tuple[str, int, str]]) -> Iterator[list[Cell]]:
    head: list[Cell] = [
        plan.reference, plan.title, plan.country, plan.first_year, plan.last_year, plan.document, plan.edition, plan.currency,
        plan.fiscal_year_start, plan.applicant_type, _list(plan.languages), plan.visibility,
    ]  # fmt: skip
    for action in plan.actions:
        yield from (head + row for row in _action_rows(action, columns))


def _action_rows(action: ActionDocument, columns: list[tuple[str, int, str]]) -> Iterator[list[Cell]]:
    areas = "; ".join(
        area if share is None else f"{area} {Decimal(share).scaleb(-4).normalize():f}%" for area, share in action.areas
    )
    money: dict[tuple[str, int, str], list[int]] = {}
    for cost in action.costs:
        money.setdefault((cost.kind, cost.fiscal_year, cost.currency), []).append(cost.amount)
    rows = max(1, len(action.indicators), *(len(amounts) for amounts in money.values()))
    for n in range(rows):
        own = [action.title, action.description, action.responsible, action.priority, action.applicant_type, areas]
        indicator = action.indicators[n] if n < len(action.indicators) else ("", "", "")
        costs = [_money(money[column][n]) if n < len(money.get(column, ())) else None for column in columns]
        yield [action.code, *(own if n == 0 else [""] * len(own)), *indicator, *costs]


def _list(values: Iterable[str]) -> str:
    return "; ".join(values)


def _money(cents: int | None) -> Cell:
    return None if cents is None else Decimal(cents).scaleb(-2)
