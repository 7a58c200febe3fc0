"""Sheets of national plans: one row an action, its costs in columns by year; more rows of an action add to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from app.codelists.countries import match_country
from app.models.issue import Issue
from app.models.line_document import PRIVATE, PUBLIC
from app.models.plan_document import BUDGET, COST, ActionDocument, Cost, PlanDocument
from app.models.worded import phrase, worded
from importers.base import Source
from importers.clean import Cell, is_blank
from importers.funding_cells import (
    PLAN_MARKS,
    FundingRow,
    choose,
    find_rows,
    is_total,
    parse_area,
    parse_currency,
    parse_language,
    parse_share,
    parse_type,
)
from importers.tables import cell_text
from importers.words import fold, words

COSTS = re.compile(r"(cost|costs|budget|cout|couts|costo|presupuesto)\b(.*)")
YEARS = re.compile(r"(?:fy )?((?:19|20)\d\d)(?: (\d{2}|\d{4}))?")
ACTION_TEXTS = ("title", "description", "responsible", "priority", "applicant_type")
T = TypeVar("T")
VISIBILITIES = {PRIVATE: PRIVATE, PUBLIC: PUBLIC}
# Headings of the plan itself -> its fields; the first row that fills one counts.
PLAN_TEXTS = {
    "reference": ("plan reference", "plan"),
    "title": ("plan title",),
    "document": ("plan document",),
    "edition": ("plan version",),
}
YEAR_HINT = phrase("Name the year in the heading: “Cost 2026”, or “Cost 2025/26” for a fiscal year.")


@dataclass(slots=True)
class ReadPlan:
    """One plan of the file: what its filled cells say; None where it can't be read at all."""

    said: dict[str, Any] | None
    place: str
    issues: list[Issue] = field(default_factory=list)
    key: str = ""
    row: FundingRow | None = None
    actions: tuple[ActionDocument, ...] = ()
    rows: dict[str, FundingRow] = field(default_factory=dict)

    def at(self, name: str) -> tuple[FundingRow | None, str | None, str | None]:
        """The first row of the action that a field belongs to, or of the plan, with heading and cell if it has one."""
        code, _, own = name.removeprefix("actions.").rpartition(".") if name.startswith("actions.") else ("", "", name)
        row = self.rows.get(code) or self.rows.get(own) or self.row
        heading = "plan applicant type" if name == "applicant_type" else own.replace("_", " ")
        return row, *(row.find(heading) if row else (None, None))

    def lay(self, stored: PlanDocument | None, mode: str) -> PlanDocument:
        """The plan as it is after this sheet: a blank cell leaves what is there; `add` adds actions and changes none,
        `replace` takes those out that the sheet does not have."""
        before = {action.code: action for action in stored.actions} if stored else {}
        read = {one.code: one if one.code not in before else _lay_action(before[one.code], one) for one in self.actions}
        if stored is not None and mode == "add":
            return replace(
                stored, actions=(*stored.actions, *(one for code, one in read.items() if code not in before))
            )
        actions = read if mode == "replace" else before | read
        head = replace(stored or PlanDocument(self.key, "", ""), **(self.said or {}))
        return replace(head, actions=tuple(actions.values()))


def _lay_action(stored: ActionDocument, read: ActionDocument) -> ActionDocument:
    filled = {name: getattr(read, name) or getattr(stored, name) for name in ACTION_TEXTS}
    return replace(
        stored, **filled, areas=read.areas or stored.areas, indicators=_lay(stored.indicators, read.indicators, itemgetter(0)),
        costs=_lay(stored.costs, read.costs, attrgetter("kind", "fiscal_year")),
    )  # fmt: skip


def _lay(stored: tuple[T, ...], read: tuple[T, ...], key: Callable[[T], Any]) -> tuple[T, ...]:
    """What is read in the place of what is stored under the same key; the rest stays, the new comes last."""
    by_key: dict[Any, list[T]] = {}
    for one in read:
        by_key.setdefault(key(one), []).append(one)
    kept: dict[Any, list[T]] = {}
    for one in stored:
        kept.setdefault(key(one), []).append(one)
    return tuple(one for some in (kept | by_key).values() for one in some)


@dataclass(slots=True)
class _Sheet:
    """What the rows so far say: the plan, its actions by code, and the sums to hold against rows of totals."""

    head: dict[str, Any]
    first: FundingRow
    actions: dict[str, ActionDocument] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)
    rows: dict[str, FundingRow] = field(default_factory=dict)


def read_plans(sources: list[Source]) -> list[ReadPlan]:
    """The plans of the file, told apart by their reference, in order."""
    sheets: dict[str, _Sheet] = {}
    last: _Sheet | None = None
    for row in find_rows(sources, PLAN_MARKS):
        if is_total(row) and last is not None:
            _check_total(row, last)
            continue
        head = _head(row)
        key = head.get("reference") or (last.head.get("reference", "") if last else "")
        last = sheets.setdefault(key, _Sheet({}, row))
        last.head = head | last.head
        _add_row(row, last)
    return [_build(one) for one in sheets.values()]


def _build(sheet: _Sheet) -> ReadPlan:
    head, first = sheet.head, sheet.first
    reference = head.pop("reference", "")
    has_errors = any(issue.level == "error" for issue in sheet.issues)
    actions = tuple(sheet.actions.values())
    return ReadPlan(None if has_errors else head, first.place(), sheet.issues, reference, first, actions, sheet.rows)


def _head(row: FundingRow) -> dict[str, Any]:
    found: dict[str, Any] = {name: row.text(*headings) for name, headings in PLAN_TEXTS.items()}
    found["country"] = row.read(
        lambda text: match_country(text) or _fail(text), "country-unknown", "Use its name or ISO code.", "country"
    )
    for name, headings in (("first_year", ("first year",)), ("last_year", ("last year",))):
        found[name] = row.read(int, "year-unreadable", "Give a year such as 2026.", *headings)
    found["currency"] = row.read(parse_currency, "currency-unknown", "Use its code of three letters.", "currency")
    found["fiscal_year_start"] = row.read(
        _month, "month-unknown", "Give a month by number or name.", "fiscal year starts", "fiscal year start"
    )
    found["applicant_type"] = row.read(
        lambda text: parse_type(text) or _fail(text),
        "applicant-unknown",
        "Use an IATI organisation type.",
        "plan applicant type",
    )
    found["languages"] = row.many(parse_language, "language-unknown", "Use codes of two letters.", "languages")
    found["visibility"] = row.read(
        lambda text: choose(VISIBILITIES, text), "visibility-unknown", "Choose private or public.", "visibility"
    )
    return {name: value for name, value in found.items() if value}


def _fail(text: str) -> Any:
    raise ValueError(text)


def _type(text: str) -> str:
    return parse_type(text) or str(_fail(text))


def _month(text: str) -> int:
    found = words("months").get(fold(text)) or text
    month = int(found)
    return month if 1 <= month <= 12 else _fail(text)


def _add_row(row: FundingRow, sheet: _Sheet) -> None:
    row.key = row.text(*PLAN_MARKS)
    title = row.text("action title", "action")
    own = {
        "description": row.text("description"), "responsible": row.text("responsible body", "responsible"),
        "priority": row.text("priority"),
        "applicant_type": row.read(_type, "applicant-unknown", "Use an IATI organisation type.", "applicant type") or "",
    }  # fmt: skip
    indicator = (row.text("indicator"), row.text("baseline"), row.text("target"))
    areas = _areas(row)
    costs = _costs(row, sheet)
    row.left()
    sheet.issues += row.issues
    if not row.key:
        sheet.issues.append(
            Issue(
                "error",
                "action-unnamed",
                "This row has no action code.",
                "Give each action a code.",
                row.sheet,
                row.number,
            )
        )
        return
    sheet.rows.setdefault(row.key, row)
    before = sheet.actions.get(row.key) or ActionDocument(row.key, title)
    sheet.actions[row.key] = replace(
        before, title=before.title or title, **{name: getattr(before, name) or value for name, value in own.items()},
        areas=(*before.areas, *(one for one in areas if one not in before.areas)),
        indicators=(*before.indicators, indicator) if any(indicator) else before.indicators, costs=(*before.costs, *costs),
    )  # fmt: skip


def _areas(row: FundingRow) -> tuple[tuple[str, int | None], ...]:
    """`florence-2008/N3 60%; florence-2008/N4`"""
    written, value = row.pop("areas")
    found: list[tuple[str, int | None]] = []
    for part in filter(None, (one.strip() for one in cell_text(value).split(";"))):
        code, _, share = part.partition(" ")
        try:
            found.append((parse_area(code) or _fail(part), parse_share(share) if share else None))
        except ValueError:
            row.note(
                "error",
                "area-unknown",
                worded("“%(value)s” is no area.", value=part),
                "Write FRAMEWORK/CODE, with a share if known: florence-2008/N3 60%.",
                written,
                part,
            )
    return tuple(found)


def _costs(row: FundingRow, sheet: _Sheet) -> tuple[Cost, ...]:
    found: list[Cost] = []
    for written in [heading for heading in row.cells if COSTS.match(fold(heading))]:
        value: Cell = row.cells.pop(written)
        if is_blank(value):
            continue
        cents, named = row.cents_of(written, value)
        year, currency = (
            _year(row, written, sheet.head),
            named or _currency_in(written) or sheet.head.get("currency", ""),
        )
        if cents is not None:
            sheet.sums[written] = sheet.sums.get(written, 0) + cents
            if year is not None:
                kind = BUDGET if fold(written).startswith(("budget", "presupuesto")) else COST
                found.append(Cost(kind, year, cents, currency))
    return tuple(found)


def _year(row: FundingRow, written: str, head: dict[str, Any]) -> int | None:
    """The calendar year in which the fiscal year of a heading begins."""
    found = YEARS.search(fold(written))
    if found is None:
        row.note(
            "error",
            "cost-without-year",
            worded("“%(heading)s” does not say for which year.", heading=written),
            YEAR_HINT,
            written,
            cell_text(written),
        )
        return None
    if found[2] is None and head.get("fiscal_year_start", 1) != 1:
        row.note(
            "error",
            "fiscal-year-unclear",
            worded(
                "“%(heading)s” may be the fiscal year that begins or ends in %(year)s.", heading=written, year=found[1]
            ),
            YEAR_HINT,
            written,
        )
        return None
    return int(found[1])


def _currency_in(written: str) -> str:
    inside = written.rpartition("(")[2].rstrip(") ")
    try:
        return parse_currency(inside) if "(" in written else ""
    except ValueError:
        return ""


def _check_total(row: FundingRow, sheet: _Sheet) -> None:
    row.note("info", "totals-row", "This row sums up others: it was not read as an action.", "Nothing to do.")
    for written in [heading for heading in row.cells if COSTS.match(fold(heading))]:
        value = row.cells[written]
        cents = None if is_blank(value) else row.cents_of(written, value)[0]
        if cents is not None and cents != sheet.sums.get(written, 0):
            row.note(
                "warning",
                "total-differs",
                worded(
                    "The rows above come to %(sum)s, not to %(value)s.",
                    sum=f"{sheet.sums.get(written, 0) / 100:,.2f}",
                    value=cell_text(value),
                ),
                "Look for a row that is missing or counted twice.",
                written,
                cell_text(value),
            )
    sheet.issues += row.issues
