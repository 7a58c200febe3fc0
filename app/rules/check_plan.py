"""What is wrong in a plan before it is stored: each with the field, why, and what to do."""

from collections import Counter
from collections.abc import Collection, Iterator

from app.codelists import is_code
from app.models.line_document import PRIVATE, PUBLIC
from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.models.worded import phrase, worded
from app.rules.check_funding import (
    CURRENCY_HINT,
    Fault,
    check_address,
    check_amount,
    check_areas,
    check_currency,
    check_languages,
    check_names,
    check_types,
    check_visibility,
    error,
)

MILLION = 1_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2100


def check_plan(plan: PlanDocument, known_areas: Collection[str]) -> list[Fault]:
    """Everything at once. `known_areas`: FRAMEWORK/CODE of every area that there is."""
    actions = (fault for action in plan.actions for fault in _action(plan, action, known_areas))
    return [*_texts(plan), *_years(plan), *_codes(plan), *actions]


def _texts(plan: PlanDocument) -> Iterator[Fault]:
    yield from check_names("plan", plan.reference, plan.title)
    if not is_code("Country", plan.country):
        words = worded("“%(value)s” is no country that is known here.", value=plan.country)
        yield error("country-unknown", "country", words, "Use its ISO code of two letters.")
    yield from check_currency("currency", plan.currency)
    yield from check_visibility(plan.visibility, (PRIVATE, PUBLIC))
    yield from check_address("document", plan.document)
    yield from check_types("applicant_type", [plan.applicant_type] if plan.applicant_type else [])
    yield from check_languages(plan.languages)


def _years(plan: PlanDocument) -> Iterator[Fault]:
    if not 1 <= plan.fiscal_year_start <= 12:
        words = phrase("A fiscal year starts in a month from 1 to 12.")
        yield error("month-unknown", "fiscal_year_start", words, "Give the number of the month.")
    if plan.first_year and plan.last_year and plan.first_year > plan.last_year:
        yield error("years-backwards", "last_year", "The plan ends before it starts.", "Correct one of the two years.")


def _codes(plan: PlanDocument) -> Iterator[Fault]:
    for code, count in Counter(action.code for action in plan.actions).items():
        if count > 1:
            words = worded("There are %(count)s actions with the code “%(code)s”.", count=count, code=code)
            yield error("action-twice", f"actions.{code}", words, "Give each action a code of its own.")


def _action(plan: PlanDocument, action: ActionDocument, known_areas: Collection[str]) -> Iterator[Fault]:
    at = f"actions.{action.code}"
    if not action.code.strip() or not action.title.strip():
        yield error("action-unnamed", at, "An action has no code or no title.", "Give it both.")
    yield from check_areas(f"{at}.areas", [area for area, _ in action.areas], known_areas.__contains__)
    yield from check_types(f"{at}.applicant_type", [action.applicant_type] if action.applicant_type else [])
    totals: Counter[str] = Counter()
    for area, share in action.areas:
        totals[area.partition("/")[0]] += share or 0
    if any(not 0 <= total <= MILLION for total in totals.values()):
        words = phrase("The shares of the areas come to more than 100 percent.")
        hint = phrase("Correct them; areas without a share take what is left.")
        yield error("shares-above-whole", f"{at}.areas", words, hint)
    for cost in action.costs:
        yield from _cost(plan, cost, f"{at}.costs")


def _cost(plan: PlanDocument, cost: Cost, at: str) -> Iterator[Fault]:
    year = cost.fiscal_year
    yield from check_currency(at, cost.currency)
    if not cost.currency:
        yield error("currency-missing", at, "A cost has no currency.", CURRENCY_HINT)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        yield error("cost-without-year", at, "A cost has no year in which it is needed.", "Give its fiscal year.")
    elif (plan.first_year and year < plan.first_year - 1) or (plan.last_year and year > plan.last_year):
        words = worded("A cost is in %(year)s, outside the years of the plan.", year=year)
        yield Fault("warning", "cost-outside-plan", at, words, "Correct its year, if it is wrong.")
    yield from check_amount(at, cost.amount)
