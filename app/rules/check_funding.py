"""What is wrong in a funding line or a plan before it is stored: each with the field, why, and what to do."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from app.codelists import is_code
from app.codelists.babel_names import languages
from app.codelists.currencies import is_currency
from app.models.line_document import ANY, LINE_TYPES, PRIVATE, PUBLIC, SHARED, LineDocument
from app.models.plan_document import ActionDocument, PlanDocument
from app.rules.opportunity_status import instant_of, zone_of

MILLION = 1_000_000
MOST = 10**15  # hundredths: more than any plan costs, and it still fits a database's number
FIRST_YEAR, LAST_YEAR = 1990, 2100
AREA_HINT = "Write FRAMEWORK/CODE, such as florence-2008/N3."
TYPE_HINT = "Use IATI organisation types, such as 10 or 22."
LANGUAGE_HINT = "Use codes of two letters, such as fr."


class Fault(NamedTuple):
    """One thing that is wrong. An `error` keeps the line or plan out, a `warning` never does.

    `field` is the document's own name of it; for actions "actions.CODE.field".
    """

    level: Literal["error", "warning"]
    code: str
    field: str
    message: str
    hint: str


def _error(code: str, field: str, message: str, hint: str) -> Fault:
    return Fault("error", code, field, message, hint)


def check_line(line: LineDocument, now: datetime, known_areas: Collection[str]) -> list[Fault]:
    """Everything at once. `known_areas`: FRAMEWORK/CODE of every area that there is."""
    return [*_texts(line), *_dates(line, now), *_money(line), *_places(line), *_lists(line, known_areas)]


def has_errors(faults: Collection[Fault]) -> bool:
    return any(fault.level == "error" for fault in faults)


def _texts(line: LineDocument) -> Iterator[Fault]:
    if not line.reference.strip():
        yield _error(
            "reference-missing",
            "reference",
            "The line has no reference.",
            "Give it the donor's own number, or any that stays the same.",
        )
    if not line.title.strip():
        yield _error("title-missing", "title", "The line has no title.", "Give it the title of the call.")
    if line.type not in LINE_TYPES:
        yield _error(
            "line-type-unknown",
            "type",
            f"“{line.type}” is no type of funding line.",
            f"Choose one of: {', '.join(LINE_TYPES)}.",
        )
    if line.visibility not in (PRIVATE, SHARED):
        yield _error(
            "visibility-unknown", "visibility", f"“{line.visibility}” is no visibility.", "Choose private or shared."
        )
    for name, address in (("link", line.link), *(("documents", address) for _, address in line.documents)):
        if address and not _is_address(address):
            yield _error(
                "address-unreadable", name, f"“{address}” is no web address.", "Write it with https:// in front."
            )


def _is_address(address: str) -> bool:
    return address.startswith(("https://", "http://")) and " " not in address


def _dates(line: LineDocument, now: datetime) -> Iterator[Fault]:
    try:
        zone_of(line.time_zone)
    except ValueError as error:
        yield _error(
            "time-zone-unknown",
            "time_zone",
            str(error),
            "Use a name of the tz database, such as Europe/Brussels or UTC.",
        )
        return
    found: dict[str, datetime | None] = {}
    for name in ("forecast", "opens", "closes"):
        try:
            found[name] = instant_of(getattr(line, name), line.time_zone, ends=name == "closes")
        except ValueError:
            yield _error(
                "date-unreadable",
                name,
                f"“{getattr(line, name)}” is no date.",
                "Write it as 2026-03-31, or 2026-03-31T17:00 with a time.",
            )
    opens, closes = found.get("opens"), found.get("closes")
    if opens and closes and closes <= opens:
        yield _error(
            "close-before-open",
            "closes",
            f"The line closes ({line.closes}) before it opens ({line.opens}).",
            "Correct one of the two dates.",
        )
    elif closes and closes <= now:
        yield Fault(
            "warning",
            "deadline-past",
            "closes",
            f"The deadline {line.closes} is past: the line counts as closed.",
            "Give the new deadline, if there is one.",
        )


def _money(line: LineDocument) -> Iterator[Fault]:
    amounts = {name: getattr(line, name) for name in ("total", "minimum", "maximum")}
    given = {name: amount for name, amount in amounts.items() if amount is not None}
    if line.currency and not is_currency(line.currency):
        yield _error(
            "currency-unknown",
            "currency",
            f"“{line.currency}” is no currency.",
            "Use its code of three letters, such as EUR.",
        )
    elif given and not line.currency:
        yield _error(
            "currency-missing",
            "currency",
            "The amounts have no currency.",
            "Name it by its code of three letters, such as EUR.",
        )
    for name, amount in given.items():
        if not 0 <= amount <= MOST:
            yield _error("amount-impossible", name, "This amount can't be right.", "Give an amount of 0 or more.")
    for low, high, code in (
        ("minimum", "maximum", "minimum-above-maximum"),
        ("minimum", "total", "minimum-above-total"),
        ("maximum", "total", "maximum-above-total"),
    ):
        if low in given and high in given and given[low] > given[high]:
            yield _error(code, low, f"The {low} is above the {high}.", "Correct one of the two amounts.")
    if line.own_share is not None and not 0 <= line.own_share < MILLION:
        yield _error(
            "own-share-impossible",
            "own_share",
            "The own contribution must be from 0 to below 100 percent.",
            "Give it in percent of the project's cost.",
        )
    if line.months_min is not None and line.months_max is not None and line.months_min > line.months_max:
        yield _error(
            "duration-backwards", "months_min", "The shortest duration is above the longest.", "Correct one of the two."
        )
    if any(months is not None and not 0 < months <= 1200 for months in (line.months_min, line.months_max)):
        yield _error(
            "duration-impossible",
            "months_max",
            "A project lasts from 1 to 1200 months.",
            "Give the duration in months.",
        )


def _places(line: LineDocument) -> Iterator[Fault]:
    both = [code for code in line.countries if code in line.excluded]
    if both:
        yield _error(
            "country-eligible-and-excluded",
            "excluded",
            f"{', '.join(both)} is both eligible and excluded.",
            "Take it out of one of the two lists.",
        )
    hint = "Use ISO codes of two letters, or DAC region codes."
    for name in ("countries", "excluded", "nationalities"):
        yield from _unknown(name, getattr(line, name), _is_place, "country-unknown", "country or region", hint)


def _is_place(code: str) -> bool:
    return is_code("Country", code) or is_code("Region", code)


def _lists(line: LineDocument, known_areas: Collection[str]) -> Iterator[Fault]:
    yield from _unknown("areas", line.areas, known_areas.__contains__, "area-unknown", "area", AREA_HINT)
    types = line.applicant_types
    yield from _unknown("applicant_types", types, _is_type, "applicant-unknown", "organisation type", TYPE_HINT)
    yield from _unknown("languages", line.languages, _is_language, "language-unknown", "language", LANGUAGE_HINT)


def _is_type(code: str) -> bool:
    return is_code("OrganisationType", code)


def _is_language(code: str) -> bool:
    return code in languages("en")


def _unknown(
    field: str, values: tuple[str, ...], is_known: Callable[[str], bool], code: str, what: str, hint: str
) -> Iterator[Fault]:
    for value in values:
        if value != ANY and not is_known(value):
            yield _error(code, field, f"“{value}” is no {what} that is known here.", hint)


# --- plans ---------------------------------------------------------------------------------


def check_plan(plan: PlanDocument, known_areas: Collection[str]) -> list[Fault]:
    """Everything at once."""
    return [
        *_plan_itself(plan),
        *_codes(plan),
        *(fault for action in plan.actions for fault in _action(plan, action, known_areas)),
    ]


def _plan_itself(plan: PlanDocument) -> Iterator[Fault]:
    if not plan.reference.strip():
        yield _error(
            "reference-missing",
            "reference",
            "The plan has no reference.",
            "Give it any that stays the same, such as KH-NPA.",
        )
    if not plan.title.strip():
        yield _error("title-missing", "title", "The plan has no title.", "Give it its title.")
    if not is_code("Country", plan.country):
        yield _error(
            "country-unknown",
            "country",
            f"“{plan.country}” is no country that is known here.",
            "Use its ISO code of two letters.",
        )
    if plan.currency and not is_currency(plan.currency):
        yield _error(
            "currency-unknown",
            "currency",
            f"“{plan.currency}” is no currency.",
            "Use its code of three letters, such as KHR.",
        )
    if plan.visibility not in (PRIVATE, PUBLIC):
        yield _error(
            "visibility-unknown", "visibility", f"“{plan.visibility}” is no visibility.", "Choose private or public."
        )
    if not 1 <= plan.fiscal_year_start <= 12:
        yield _error(
            "month-unknown",
            "fiscal_year_start",
            "A fiscal year starts in a month from 1 to 12.",
            "Give the number of the month.",
        )
    if plan.first_year and plan.last_year and plan.first_year > plan.last_year:
        yield _error("years-backwards", "last_year", "The plan ends before it starts.", "Correct one of the two years.")
    if plan.document and not _is_address(plan.document):
        yield _error(
            "address-unreadable",
            "document",
            f"“{plan.document}” is no web address.",
            "Write it with https:// in front.",
        )
    if plan.applicant_type and not is_code("OrganisationType", plan.applicant_type):
        yield _error(
            "applicant-unknown",
            "applicant_type",
            f"“{plan.applicant_type}” is no organisation type.",
            "Use an IATI organisation type, such as 10.",
        )
    yield from _unknown(
        "languages",
        plan.languages,
        _is_language,
        "language-unknown",
        "language",
        "Use codes of two letters, such as fr.",
    )


def _codes(plan: PlanDocument) -> Iterator[Fault]:
    for code, count in Counter(action.code for action in plan.actions).items():
        if count > 1:
            yield _error(
                "action-twice",
                f"actions.{code}",
                f"There are {count} actions with the code “{code}”.",
                "Give each action a code of its own.",
            )


def _action(plan: PlanDocument, action: ActionDocument, known_areas: Collection[str]) -> Iterator[Fault]:
    at = f"actions.{action.code}"
    if not action.code.strip() or not action.title.strip():
        yield _error("action-unnamed", at, "An action has no code or no title.", "Give it both.")
    for area, _ in action.areas:
        if area not in known_areas:
            yield _error(
                "area-unknown",
                f"{at}.areas",
                f"“{area}” is no area that is known here.",
                "Write FRAMEWORK/CODE, such as florence-2008/N3.",
            )
    totals: Counter[str] = Counter()
    for area, share in action.areas:
        totals[area.partition("/")[0]] += share or 0
    if any(not 0 <= total <= MILLION for total in totals.values()):
        yield _error(
            "shares-above-whole",
            f"{at}.areas",
            "The shares of the areas come to more than 100 percent.",
            "Correct them; areas without a share take what is left.",
        )
    for cost in action.costs:
        yield from _cost(plan, cost.fiscal_year, cost.amount, cost.currency, f"{at}.costs")


def _cost(plan: PlanDocument, year: int, amount: int, currency: str, at: str) -> Iterator[Fault]:
    if not is_currency(currency):
        yield _error(
            "currency-unknown" if currency else "currency-missing",
            at,
            f"“{currency}” is no currency.",
            "Use its code of three letters.",
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        yield _error("cost-without-year", at, "A cost has no year in which it is needed.", "Give its fiscal year.")
    elif (plan.first_year and year < plan.first_year - 1) or (plan.last_year and year > plan.last_year):
        yield Fault(
            "warning",
            "cost-outside-plan",
            at,
            f"A cost is in {year}, outside the years of the plan.",
            "Correct its year, if it is wrong.",
        )
    if not 0 <= amount <= MOST:
        yield _error("amount-impossible", at, "A cost can't be below 0.", "Give an amount of 0 or more.")
