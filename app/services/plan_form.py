"""The forms of a plan and of one action: texts as a browser sends them, and what they mean."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.models.worded import as_worded, phrase, worded
from app.rules.check_funding import Fault
from app.services.alert_words import plain_amount
from app.services.line_form import Form, fields_of, first_of, read_amount, read_whole

PLAN_TEXTS = ("reference", "country", "title", "document", "edition", "currency", "applicant_type", "visibility")
PLAN_NUMBERS = ("first_year", "last_year", "fiscal_year_start")
ACTION_TEXTS = ("code", "title", "description", "responsible", "applicant_type", "priority")
BLANK_ROWS = 3
COST_FIELDS = ("kind", "year", "amount", "currency")


def plan_form_of(plan: PlanDocument) -> Form:
    """The fields of the plan itself; its actions have forms of their own."""
    form: Form = {name: [getattr(plan, name)] for name in PLAN_TEXTS}
    return (
        form | {name: [str(getattr(plan, name) or "")] for name in PLAN_NUMBERS} | {"languages": list(plan.languages)}
    )


def read_plan_form(sent: Sequence[tuple[str, str]], stored: PlanDocument) -> tuple[PlanDocument, list[Fault], Form]:
    """The plan with the actions of `stored`, what could not be read, and the form to show again."""
    form, faults = fields_of(sent, plan_form_of(stored)), list[Fault]()
    numbers = {name: read_whole(form, name, faults) for name in PLAN_NUMBERS}
    values: dict[str, Any] = {name: first_of(form, name) for name in PLAN_TEXTS} | numbers
    values |= {
        "fiscal_year_start": numbers["fiscal_year_start"] or 1,
        "languages": tuple(filter(None, form["languages"])),
    }
    plan = replace(stored, **values)
    return plan, faults, form


def action_form_of(action: ActionDocument, currency: str) -> Form:
    """The fields of an action; costs are rows, of which there are always some empty ones."""
    form: Form = {name: [getattr(action, name)] for name in ACTION_TEXTS}
    form["areas"] = ["\n".join(f"{area} {_percent(share)}".strip() for area, share in action.areas)]
    form["indicators"] = ["\n".join(" | ".join(one) for one in action.indicators)]
    form |= {f"cost_{name}": [] for name in COST_FIELDS}
    for cost in action.costs:
        _add_row(form, cost.kind, str(cost.fiscal_year), plain_amount(cost.amount), cost.currency)
    return with_blank_rows(form, currency)


def with_blank_rows(form: Form, currency: str) -> Form:
    for _ in range(BLANK_ROWS):
        _add_row(form, "cost", "", "", currency)
    return form


def _add_row(form: Form, *values: str) -> None:
    for name, value in zip(COST_FIELDS, values, strict=True):
        form[f"cost_{name}"].append(value)


def read_action_form(sent: Sequence[tuple[str, str]]) -> tuple[ActionDocument, list[Fault], Form]:
    """The action, what could not be read, and the form to show again."""
    form, faults = (
        fields_of(sent, action_form_of(ActionDocument("", ""), "") | {f"cost_{n}": [] for n in COST_FIELDS}),
        list[Fault](),
    )
    action = ActionDocument(
        **{name: first_of(form, name) for name in ACTION_TEXTS}, areas=_areas(first_of(form, "areas"), faults),
        indicators=_indicators(first_of(form, "indicators")), costs=_costs(form, faults),
    )  # fmt: skip
    return action, faults, form


def _percent(share: int | None) -> str:
    return "" if share is None else f"{share / 10_000:g}%"


def _areas(text: str, faults: list[Fault]) -> tuple[tuple[str, int | None], ...]:
    """One a line: FRAMEWORK/CODE, then its share if there is one."""
    found: list[tuple[str, int | None]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        area, _, share = line.partition(" ")
        held: list[Fault] = []
        whole = read_amount({"areas": [share.strip().removesuffix("%")]}, "areas", held)
        faults += [fault._replace(code="number-unreadable", hint=phrase("Write a share as 40%.")) for fault in held]
        found.append((area, None if whole is None else whole * 100))
    return tuple(found)


def _indicators(text: str) -> tuple[tuple[str, str, str], ...]:
    """One a line: title | baseline | target."""
    rows = [[part.strip() for part in line.split("|", 2)] for line in text.splitlines() if line.strip()]
    return tuple((row[0], row[1] if len(row) > 1 else "", row[2] if len(row) > 2 else "") for row in rows)


def _costs(form: Form, faults: list[Fault]) -> tuple[Cost, ...]:
    """The rows with an amount; one without a year is kept, for the check to say so."""
    found = []
    for kind, year, amount, currency in zip(*(form[f"cost_{name}"] for name in COST_FIELDS), strict=False):
        held: list[Fault] = []
        cents = read_amount({"amount": [amount]}, "amount", held)
        number = read_whole({"year": [year]}, "year", held)
        faults += [
            fault._replace(
                field="costs",
                message=worded(
                    "%(year)s %(amount)s: %(message)s", year=year, amount=amount, message=as_worded(fault.message)
                ),
            )
            for fault in held
        ]
        if cents is None:
            if year and not amount and not held:
                hint = phrase("Give the amount, or clear the year.")
                faults.append(
                    Fault(
                        "error",
                        "cost-without-amount",
                        "costs",
                        worded("The cost of %(year)s has no amount.", year=year),
                        hint,
                    )
                )
            continue
        found.append(Cost("budget" if kind == "budget" else "cost", number or 0, cents, currency.upper()))
    return tuple(found)
