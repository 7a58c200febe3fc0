"""What a funding line asks, one condition each: met, not met or unknown, in words. Pure, and remembered by value."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from app.codelists import name_of
from app.codelists.countries import regions_of
from app.models.line_document import ANY
from app.rules.opportunity_status import LineStatus

State = Literal["met", "not met", "unknown"]
MET: State = "met"
NOT_MET: State = "not met"
UNKNOWN: State = "unknown"
YEAR = 12  # months
DEVELOPING = "998"  # DAC: developing countries, unspecified


class Condition(NamedTuple):
    """One condition: its state, why in words, and whether it rules the line out when it is not met."""

    name: str
    state: State
    words: str
    rules_out: bool = False


@lru_cache(maxsize=4096)
def judge_country(eligible: tuple[str, ...], excluded: tuple[str, ...], country: str) -> Condition:
    name = name_of("Country", country)
    if through := _place_in(country, excluded):
        return Condition("country", NOT_MET, f"{name} is excluded{_by(country, through)}.", rules_out=True)
    if not eligible:
        return Condition("country", UNKNOWN, "The line does not say which countries are eligible.")
    if through := _place_in(country, eligible):
        return Condition("country", MET, f"{name} is eligible{_by(country, through)}.")
    if DEVELOPING in eligible:
        return Condition("country", UNKNOWN, f"The line is for developing countries and does not name {name}.")
    return Condition("country", NOT_MET, f"{name} is not among the eligible countries.", rules_out=True)


def _place_in(country: str, codes: Sequence[str]) -> str:
    """The first of `codes` that holds the country: its own, a region, or any; "" if none does."""
    if country in codes:
        return country
    if ANY in codes:
        return ANY
    return next((region for region in regions_of(country) if region in codes), "") if country else ""


def _by(country: str, through: str) -> str:
    if through == country:
        return ""
    return ": all countries are" if through == ANY else f" as part of {name_of('Region', through)}"


@lru_cache(maxsize=4096)
def judge_applicant(types: tuple[str, ...], applicant_type: str) -> Condition:
    if not types:
        return Condition("applicant", UNKNOWN, "The line does not say who may apply.")
    if ANY in types:
        return Condition("applicant", MET, "Any kind of organisation may apply.")
    if not applicant_type:
        return Condition("applicant", UNKNOWN, "The plan does not say what kind of organisation would apply.")
    name = name_of("OrganisationType", applicant_type)
    if applicant_type in types:
        return Condition("applicant", MET, f"{name} may apply.")
    who = ", ".join(name_of("OrganisationType", one) for one in types)
    return Condition("applicant", NOT_MET, f"Only {who} may apply; the action's applicant is {name}.")


@lru_cache(maxsize=4096)
def judge_nationality(places: tuple[str, ...], country: str) -> Condition:
    if not places:
        return Condition("nationality", UNKNOWN, "The line does not say where applicants must be established.")
    if not country:
        return Condition("nationality", UNKNOWN, "The country of the applicant is not known.")
    name = name_of("Country", country)
    if through := _place_in(country, places):
        by = ", as those of any country" if through == ANY else _by(country, through)
        return Condition("nationality", MET, f"Applicants of {name} may apply{by}.")
    return Condition("nationality", NOT_MET, f"Applicants of {name} may not apply.")


@lru_cache(maxsize=4096)
def judge_language(taken: tuple[str, ...], written: tuple[str, ...]) -> Condition:
    if not taken:
        return Condition("language", UNKNOWN, "The line does not say in which languages to apply.")
    if ANY in taken:
        return Condition("language", MET, "Applications are taken in any language.")
    if not written:
        return Condition("language", UNKNOWN, "The plan does not say in which languages its team can apply.")
    if shared := [language for language in taken if language in written]:
        return Condition("language", MET, f"The team can apply in {', '.join(shared)}.")
    return Condition("language", NOT_MET, f"Applications are taken only in {', '.join(taken)}.")


@lru_cache(maxsize=4096)
def money_words(cents: int, currency: str) -> str:
    """`USD 1,200.50`; whole amounts without decimals."""
    amount = Decimal(cents).scaleb(-2)
    return f"{currency} {amount:,.0f}" if cents % 100 == 0 else f"{currency} {amount:,.2f}"


@lru_cache(maxsize=1024)
def _percent_words(share: int) -> str:
    """Millionths as percent: 250,000 -> `25`."""
    return f"{Decimal(share).scaleb(-4):f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=4096)
def judge_own_share(asked_share: int | None, cost: int | None, budget: int | None, currency: str) -> Condition:
    name = "own contribution"
    if asked_share is None:
        return Condition(name, UNKNOWN, "The line does not say what applicants must pay themselves.")
    if asked_share == 0:
        return Condition(name, MET, "No own contribution is asked for.")
    asked = _percent_words(asked_share)
    if not cost or budget is None:
        return Condition(name, UNKNOWN, f"{asked} % must be paid by the applicant; what the budget pays is not known.")
    if budget * 1_000_000 >= cost * asked_share:
        return Condition(name, MET, f"The budget pays the {asked} % that the applicant must pay.")
    lacking = money_words(-(-cost * asked_share // 1_000_000) - budget, currency)
    return Condition(name, NOT_MET, f"{asked} % must be paid by the applicant; the budget lacks {lacking} of it.")


@lru_cache(maxsize=4096)
def judge_currency(currency: str, lacks_rate: bool, is_costed: bool) -> Condition:
    if not currency:
        return Condition("currency", UNKNOWN, "The line does not say its currency.")
    if lacks_rate:
        return Condition("currency", UNKNOWN, f"There is no exchange rate for {currency}.")
    if not is_costed:
        return Condition("currency", UNKNOWN, "The cost of the action is not known in a currency with a rate.")
    return Condition("currency", MET, f"{currency} can be compared with the cost of the action.")


def judge_deadline(found: LineStatus) -> Condition:
    status, reason = found
    if status == "closed":
        return Condition("deadline", NOT_MET, reason, rules_out=True)
    if status == "forecast":
        return Condition("deadline", NOT_MET, reason)
    if status == "unknown":
        return Condition("deadline", UNKNOWN, reason)
    return Condition("deadline", MET, reason)


@lru_cache(maxsize=4096)
def judge_duration(months_min: int | None, months_max: int | None, months: int | None) -> Condition:
    if months_min is None and months_max is None:
        return Condition("duration", UNKNOWN, "The line does not say how long projects may last.")
    if months is None:
        return Condition("duration", UNKNOWN, "How long the action lasts is not known.")
    least, most, lasts = months_min or 0, months_max or months, f"the action lasts {months}"
    if months < least:
        return Condition("duration", NOT_MET, f"Projects must last at least {least} months; {lasts}.")
    if months <= most:
        return Condition("duration", MET, f"The action lasts {months} months, as projects may.")
    if most < YEAR:
        return Condition("duration", NOT_MET, f"Projects may last at most {most} months; {lasts}.")
    return Condition("duration", MET, f"Projects may last up to {most} months; {lasts}, and years of it fit in.")
