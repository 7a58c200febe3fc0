"""Whether a funding line fits an action of a plan: ten conditions, each met, not met or unknown, in words.

All of it is our own rule. The score is the number of conditions that are met, 0 to 10: what is unknown never counts.
`no`: the country or the area is not met, the line is closed, or more than two conditions are not met. `fits`: none is
not met, and the five that decide (country, area, applicant, amount, deadline) are met. `almost`: everything between;
`missing` then says what stands in the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from app.codelists import name_of
from app.codelists.countries import regions_of
from app.models.line_document import ANY, LineDocument
from app.rules.crosswalk import CONFIDENCE, INVERSE
from app.rules.opportunity_status import LineStatus

State = Literal["met", "not met", "unknown"]
Verdict = Literal["fits", "almost", "no"]
MET: State = "met"
NOT_MET: State = "not met"
UNKNOWN: State = "unknown"
DECISIVE = ("country", "area", "applicant", "amount", "deadline")
MOST_NOT_MET = 2
YEAR = 12  # months
DEVELOPING = "998"  # DAC: developing countries, unspecified
# How an area of an action answers to another area: as the links that `fit` is given say it.
COUNTS_AS_MET = {
    "exact": "is the same as", "close": "is close to", "broad": "is part of", "narrow": "holds",
}  # fmt: skip
AreaLinks = Mapping[str, Mapping[str, str]]


class Condition(NamedTuple):
    """One condition: its state, why in words, and whether it rules the line out when it is not met."""

    name: str
    state: State
    words: str
    rules_out: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A line with its status and its amounts in hundredths of the base currency (None: not said, or no rate)."""

    line: LineDocument
    status: LineStatus
    minimum: int | None = None
    maximum: int | None = None
    total: int | None = None

    @property
    def lacks_rate(self) -> bool:
        """Whether the line names an amount that no rate turns into the base currency."""
        said = (self.line.minimum, self.line.maximum, self.line.total)
        known = (self.minimum, self.maximum, self.total)
        return any(one is not None and base is None for one, base in zip(said, known, strict=True))


@dataclass(frozen=True, slots=True)
class Need:
    """What an action needs, and who would apply. Money in hundredths of the base currency, None: not known.

    `open_years`: the open need of each year in which there is one; `cost` and `budget`: of the whole action;
    `languages`: those that the team can apply in.
    """

    country: str
    areas: tuple[str, ...] = ()
    applicant_type: str = ""
    applicant_country: str = ""
    languages: tuple[str, ...] = ()
    open_years: tuple[int, ...] | None = None
    cost: int | None = None
    budget: int | None = None
    months: int | None = None
    currency: str = "USD"

    @property
    def open_need(self) -> int | None:
        return None if self.open_years is None else sum(self.open_years)


@dataclass(frozen=True, slots=True)
class Fit:
    """The verdict on a line and an action, with every condition."""

    verdict: Verdict
    conditions: tuple[Condition, ...]

    @property
    def score(self) -> int:
        return sum(one.state == MET for one in self.conditions)

    @property
    def missing(self) -> tuple[str, ...]:
        """What stands in the way of `fits`, in words."""
        return tuple(
            one.words for one in self.conditions
            if one.state == NOT_MET or (one.state == UNKNOWN and one.name in DECISIVE)
        )  # fmt: skip


def link_areas(pairs: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Matches (area, other area, SKOS property) in both directions; the surest where there are several."""
    links: dict[str, dict[str, str]] = {}
    for one, other, match in pairs:
        for left, right, kind in ((one, other, match), (other, one, INVERSE.get(match, ""))):
            there = links.setdefault(left, {})
            if kind and CONFIDENCE.get(kind, 0) >= CONFIDENCE.get(there.get(right, ""), 0):
                there[right] = kind
    return links


def list_wider(framework: str, parents: Mapping[str, str | None]) -> Iterator[tuple[str, str, str]]:
    """Every area of a framework with each area that it is a part of, as pairs for `link_areas`."""
    for code, parent in parents.items():
        wider = parent
        while wider:
            yield f"{framework}/{code}", f"{framework}/{wider}", "broad"
            wider = parents.get(wider)


class Eligibility(NamedTuple):
    """The conditions that are the same for every action of a plan with the same kind of applicant."""

    country: Condition
    applicant: Condition
    nationality: Condition
    deadline: Condition
    language: Condition


def judge_eligibility(offer: Offer, need: Need) -> Eligibility:
    """What can be said before the action's areas and money are looked at."""
    return Eligibility(
        _country(offer.line, need), _applicant(offer.line, need), _nationality(offer.line, need), _deadline(offer),
        _language(offer.line, need),
    )  # fmt: skip


def fit(offer: Offer, need: Need, links: AreaLinks, eligibility: Eligibility | None = None) -> Fit:
    """Judge the pair; `links`: area of an action -> other area -> SKOS match (exact, close, broad, narrow, related).

    `eligibility`: of the same line and plan, where it is known already.
    """
    same = eligibility or judge_eligibility(offer, need)
    conditions = (
        same.country, _area(offer.line, need, links), same.applicant, same.nationality, _amount(offer, need),
        _own_share(offer.line, need), _currency(offer, need), same.deadline, _duration(offer.line, need), same.language,
    )  # fmt: skip
    return Fit(_verdict(conditions), conditions)


def _verdict(conditions: Sequence[Condition]) -> Verdict:
    failed = [one for one in conditions if one.state == NOT_MET]
    if len(failed) > MOST_NOT_MET or any(one.rules_out for one in failed):
        return "no"
    decided = all(one.state == MET for one in conditions if one.name in DECISIVE)
    return "fits" if decided and not failed else "almost"


# --- who and where -----------------------------------------------------------------------------


def _country(line: LineDocument, need: Need) -> Condition:
    name = name_of("Country", need.country)
    if through := _place_in(need.country, line.excluded):
        return Condition("country", NOT_MET, f"{name} is excluded{_by(need.country, through)}.", rules_out=True)
    if not line.countries:
        return Condition("country", UNKNOWN, "The line does not say which countries are eligible.")
    if through := _place_in(need.country, line.countries):
        return Condition("country", MET, f"{name} is eligible{_by(need.country, through)}.")
    if DEVELOPING in line.countries:
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


def _area(line: LineDocument, need: Need, links: AreaLinks) -> Condition:
    if not need.areas:
        return Condition("area", UNKNOWN, "The action names no areas.")
    if not line.areas:
        return Condition("area", UNKNOWN, "The line does not say which areas it is for.")
    if ANY in line.areas:
        return Condition("area", MET, "The line is for any area.")
    if same := [area for area in need.areas if area in line.areas]:
        return Condition("area", MET, f"Both are about {', '.join(same)}.")
    return _linked_area(line, need, links)


def _linked_area(line: LineDocument, need: Need, links: AreaLinks) -> Condition:
    """No area is the same: what the matches between areas say."""
    met = [(a, b, m) for a in need.areas for b, m in links.get(a, {}).items() if b in line.areas]
    for area, other, match in met:
        if match in COUNTS_AS_MET:
            return Condition("area", MET, f"{area} of the action {COUNTS_AS_MET[match]} {other} of the line.")
    if met:
        return Condition("area", UNKNOWN, f"{met[0][0]} of the action is related to {met[0][1]} of the line, no more.")
    asked, offered = ({area.partition("/")[0] for area in areas} for areas in (need.areas, line.areas))
    if not asked & offered:
        return Condition("area", UNKNOWN, "The areas are of different frameworks, and no match between them is known.")
    words = f"The line is for {', '.join(line.areas)}, the action about {', '.join(need.areas)}."
    return Condition("area", NOT_MET, words, rules_out=True)


def _applicant(line: LineDocument, need: Need) -> Condition:
    if not line.applicant_types:
        return Condition("applicant", UNKNOWN, "The line does not say who may apply.")
    if ANY in line.applicant_types:
        return Condition("applicant", MET, "Any kind of organisation may apply.")
    if not need.applicant_type:
        return Condition("applicant", UNKNOWN, "The plan does not say what kind of organisation would apply.")
    name = name_of("OrganisationType", need.applicant_type)
    if need.applicant_type in line.applicant_types:
        return Condition("applicant", MET, f"{name} may apply.")
    who = ", ".join(name_of("OrganisationType", one) for one in line.applicant_types)
    return Condition("applicant", NOT_MET, f"Only {who} may apply; the action's applicant is {name}.")


def _nationality(line: LineDocument, need: Need) -> Condition:
    if not line.nationalities:
        return Condition("nationality", UNKNOWN, "The line does not say where applicants must be established.")
    if not need.applicant_country:
        return Condition("nationality", UNKNOWN, "The country of the applicant is not known.")
    name = name_of("Country", need.applicant_country)
    if through := _place_in(need.applicant_country, line.nationalities):
        by = ", as those of any country" if through == ANY else _by(need.applicant_country, through)
        return Condition("nationality", MET, f"Applicants of {name} may apply{by}.")
    return Condition("nationality", NOT_MET, f"Applicants of {name} may not apply.")


def _language(line: LineDocument, need: Need) -> Condition:
    if not line.languages:
        return Condition("language", UNKNOWN, "The line does not say in which languages to apply.")
    if ANY in line.languages:
        return Condition("language", MET, "Applications are taken in any language.")
    if not need.languages:
        return Condition("language", UNKNOWN, "The plan does not say in which languages its team can apply.")
    if shared := [language for language in line.languages if language in need.languages]:
        return Condition("language", MET, f"The team can apply in {', '.join(shared)}.")
    return Condition("language", NOT_MET, f"Applications are taken only in {', '.join(line.languages)}.")


# --- money and time ----------------------------------------------------------------------------


def _amount(offer: Offer, need: Need) -> Condition:
    if need.open_years is None:
        return Condition("amount", UNKNOWN, "The open need of the action is not known.")
    wanted = sum(need.open_years)
    if wanted <= 0:
        return Condition("amount", NOT_MET, "The action has no open need.")
    if offer.lacks_rate:
        return Condition("amount", UNKNOWN, "There is no exchange rate for the line's amounts.")
    return _within(offer, need, wanted)


def _within(offer: Offer, need: Need, wanted: int) -> Condition:
    least, most = offer.minimum, min((one for one in (offer.maximum, offer.total) if one is not None), default=None)
    money = money_words(wanted, need.currency)
    if least is None and most is None:
        return Condition("amount", UNKNOWN, "The line names no amounts.")
    if least is not None and wanted < least:
        words = f"The line gives at least {money_words(least, need.currency)}; the open need is {money}."
        return Condition("amount", NOT_MET, words)
    if most is None or wanted <= most:
        return Condition("amount", MET, f"The open need of {money} is within what the line gives.")
    return _part(need, wanted, least, most)


def _part(need: Need, wanted: int, least: int | None, most: int) -> Condition:
    """Whether years of the action, taken from the smallest up, make a part that one award can pay."""
    part = 0
    for year in sorted(one for one in need.open_years or () if one > 0):
        if part + year > most:
            break
        part += year
    limit = f"The line gives at most {money_words(most, need.currency)} of the open need of {money_words(wanted, need.currency)}"
    if part and part >= (least or 0):
        return Condition(
            "amount", MET, f"{limit}; years of the action that need {money_words(part, need.currency)} fit in."
        )
    return Condition("amount", NOT_MET, f"{limit}, and no years of the action make a part that fits.")


@lru_cache(maxsize=4096)
def money_words(cents: int, currency: str) -> str:
    """`USD 1,200.50`; whole amounts without decimals."""
    amount = Decimal(cents).scaleb(-2)
    return f"{currency} {amount:,.0f}" if cents % 100 == 0 else f"{currency} {amount:,.2f}"


@lru_cache(maxsize=1024)
def _percent_words(share: int) -> str:
    """Millionths as percent: 250,000 -> `25`."""
    return f"{Decimal(share).scaleb(-4):f}".rstrip("0").rstrip(".")


def _own_share(line: LineDocument, need: Need) -> Condition:
    name = "own contribution"
    if line.own_share is None:
        return Condition(name, UNKNOWN, "The line does not say what applicants must pay themselves.")
    if line.own_share == 0:
        return Condition(name, MET, "No own contribution is asked for.")
    asked = _percent_words(line.own_share)
    if not need.cost or need.budget is None:
        return Condition(name, UNKNOWN, f"{asked} % must be paid by the applicant; what the budget pays is not known.")
    if need.budget * 1_000_000 >= need.cost * line.own_share:
        return Condition(name, MET, f"The budget pays the {asked} % that the applicant must pay.")
    lacking = -(-need.cost * line.own_share // 1_000_000) - need.budget
    return Condition(
        name,
        NOT_MET,
        f"{asked} % must be paid by the applicant; the budget lacks {money_words(lacking, need.currency)} of it.",
    )


def _currency(offer: Offer, need: Need) -> Condition:
    if not offer.line.currency:
        return Condition("currency", UNKNOWN, "The line does not say its currency.")
    if offer.lacks_rate:
        return Condition("currency", UNKNOWN, f"There is no exchange rate for {offer.line.currency}.")
    if need.cost is None:
        return Condition("currency", UNKNOWN, "The cost of the action is not known in a currency with a rate.")
    return Condition("currency", MET, f"{offer.line.currency} can be compared with the cost of the action.")


def _deadline(offer: Offer) -> Condition:
    status, reason = offer.status
    if status == "closed":
        return Condition("deadline", NOT_MET, reason, rules_out=True)
    if status == "forecast":
        return Condition("deadline", NOT_MET, reason)
    if status == "unknown":
        return Condition("deadline", UNKNOWN, reason)
    return Condition("deadline", MET, reason)


def _duration(line: LineDocument, need: Need) -> Condition:
    if line.months_min is None and line.months_max is None:
        return Condition("duration", UNKNOWN, "The line does not say how long projects may last.")
    if need.months is None:
        return Condition("duration", UNKNOWN, "How long the action lasts is not known.")
    least, most, lasts = line.months_min or 0, line.months_max or need.months, f"the action lasts {need.months}"
    if need.months < least:
        return Condition("duration", NOT_MET, f"Projects must last at least {least} months; {lasts}.")
    if need.months <= most:
        return Condition("duration", MET, f"The action lasts {need.months} months, as projects may.")
    if most < YEAR:
        return Condition("duration", NOT_MET, f"Projects may last at most {most} months; {lasts}.")
    return Condition("duration", MET, f"Projects may last up to {most} months; {lasts}, and years of it fit in.")
