"""Whether a funding line fits an action of a plan: ten conditions, each met, not met or unknown, in words.

All of it is our own rule. The score is the number of conditions that are met, 0 to 10: what is unknown never counts.
`no`: the country or the area is not met, the line is closed, or more than two conditions are not met. `fits`: none is
not met, and the five that decide (country, area, applicant, amount, deadline) are met. `almost`: everything between;
`missing` then says what stands in the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal, NamedTuple

from app.models.line_document import ANY, LineDocument
from app.rules.conditions import (
    MET,
    NOT_MET,
    UNKNOWN,
    Condition,
    State,
    judge_applicant,
    judge_country,
    judge_currency,
    judge_deadline,
    judge_duration,
    judge_language,
    judge_nationality,
    judge_own_share,
    money_words,
)
from app.rules.crosswalk import CONFIDENCE, INVERSE
from app.rules.opportunity_status import LineStatus

Verdict = Literal["fits", "almost", "no"]
DECISIVE = ("country", "area", "applicant", "amount", "deadline")
MOST_NOT_MET = 2
# How an area of an action answers to another area: as the links that `fit` is given say it.
COUNTS_AS_MET = {
    "exact": "is the same as", "close": "is close to", "broad": "is part of", "narrow": "holds",
}  # fmt: skip
AreaLinks = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Offer:
    """A line with its status and its amounts in hundredths of the base currency (None: not said, or no rate)."""

    line: LineDocument
    status: LineStatus
    minimum: int | None = None
    maximum: int | None = None
    total: int | None = None

    @cached_property
    def lacks_rate(self) -> bool:
        """Whether the line names an amount that no rate turns into the base currency."""
        said = (self.line.minimum, self.line.maximum, self.line.total)
        known = (self.minimum, self.maximum, self.total)
        return any(one is not None and base is None for one, base in zip(said, known, strict=True))

    @cached_property
    def most(self) -> int | None:
        """What one award can be at most."""
        return min((one for one in (self.maximum, self.total) if one is not None), default=None)


@dataclass(frozen=True)
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

    @cached_property
    def open_need(self) -> int | None:
        return None if self.open_years is None else sum(self.open_years)


class Fit(NamedTuple):
    """The verdict on a line and an action, with every condition; the score is how many of them are met."""

    verdict: Verdict
    score: int
    conditions: tuple[Condition, ...]

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
    sums: "Sums"


class Sums(NamedTuple):
    """What conditions come to: how many are met and not met; whether one rules out, and whether all decisive ones are met."""

    met: int
    failed: int
    is_out: bool
    is_decided: bool


def sum_up(conditions: Sequence[Condition], before: Sums = Sums(0, 0, False, True)) -> Sums:  # noqa: B008 (a tuple)
    """These conditions, added to others."""
    met, failed, is_out, is_decided = before
    for name, state, _, rules_out in conditions:
        if state is MET:
            met += 1
            continue
        is_decided = is_decided and name not in DECISIVE
        if state is NOT_MET:
            failed += 1
            is_out = is_out or rules_out
    return Sums(met, failed, is_out, is_decided)


def fit(offer: Offer, need: Need, links: AreaLinks) -> Fit:
    """Judge one pair; `links`: area of an action -> other area -> SKOS match (exact, close, broad, narrow, related)."""
    judge = Judge(links)
    return judge.fit(judge.offer(offer), judge.need(need))


class Judge:
    """Judges pairs under the same links between areas, and remembers them.

    Everything is kept by value: an offer or need that changed in anything is another one, so only its own pairs are
    judged anew. `pairs` counts what was judged.
    """

    def __init__(self, links: AreaLinks) -> None:
        self.links = links
        self.pairs = 0
        self._offers: dict[Offer, JudgedOffer] = {}
        self._needs: dict[Need, JudgedNeed] = {}

    def offer(self, offer: Offer) -> "JudgedOffer":
        known = self._offers.get(offer)
        return known or self._offers.setdefault(offer, JudgedOffer(offer))

    def need(self, need: Need) -> "JudgedNeed":
        known = self._needs.get(need)
        return known or self._needs.setdefault(need, JudgedNeed(need, self.links, len(self._needs)))

    def fit(self, offer: "JudgedOffer", asked: "JudgedNeed") -> Fit:
        """The verdict on two of this judge's own."""
        found = offer.fits.get(asked.number)
        if found is None:
            self.pairs += 1
            found = offer.fits[asked.number] = _judge(offer, asked)
        return found


class JudgedOffer:
    """An offer with what was said of it: eligibility by kind of applicant, fits by the number of the need."""

    __slots__ = ("_eligibility", "fits", "offer")

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.fits: dict[int, Fit] = {}
        self._eligibility: dict[tuple[Any, ...], Eligibility] = {}

    def eligibility(self, asked: "JudgedNeed") -> Eligibility:
        found = self._eligibility.get(asked.applicant)
        if found is None:
            line, need = self.offer.line, asked.need
            parts = (
                judge_country(line.countries, line.excluded, need.country), judge_applicant(line.applicant_types, need.applicant_type),
                judge_nationality(line.nationalities, need.applicant_country), judge_deadline(self.offer.status),
                judge_language(line.languages, need.languages),
            )  # fmt: skip
            found = self._eligibility[asked.applicant] = Eligibility(*parts, sum_up(parts))
        return found


class JudgedNeed:
    """A need with the areas that it reaches: other area -> (its own area, match), those that count in front; with its
    open need in words (`money`), and what its smallest years need together (`parts`)."""

    __slots__ = ("applicant", "areas", "money", "need", "number", "parts", "reach")

    def __init__(self, need: Need, links: AreaLinks, number: int) -> None:
        self.need, self.number = need, number
        self.money = money_words(need.open_need or 0, need.currency)
        self.parts = list(accumulate(sorted(year for year in need.open_years or () if year > 0)))
        self.areas: dict[tuple[str, ...], Condition] = {}  # what was said, by the areas of a line
        self.applicant = (need.country, need.applicant_type, need.applicant_country, need.languages)
        pairs = [(area, other, match) for area in need.areas for other, match in links.get(area, {}).items()]
        self.reach: dict[str, tuple[str, str]] = {}
        for area, other, match in sorted(pairs, key=lambda pair: pair[2] not in COUNTS_AS_MET):
            self.reach.setdefault(other, (area, match))


def _judge(judged: JudgedOffer, asked: JudgedNeed) -> Fit:
    offer, need, same = judged.offer, asked.need, judged.eligibility(asked)
    line = offer.line
    area, amount = _area(line.areas, asked), _amount(offer, asked)
    own = judge_own_share(line.own_share, need.cost, need.budget, need.currency)
    currency = judge_currency(line.currency, offer.lacks_rate, need.cost is not None)
    duration = judge_duration(line.months_min, line.months_max, need.months)
    conditions = (
        same.country, area, same.applicant, same.nationality, amount, own, currency, same.deadline, duration, same.language,
    )  # fmt: skip
    met, failed, is_out, is_decided = sum_up((area, amount, own, currency, duration), same.sums)
    if is_out or failed > MOST_NOT_MET:
        return Fit("no", met, conditions)
    return Fit("fits" if is_decided and not failed else "almost", met, conditions)


# --- the conditions that are each pair's own ----------------------------------------------------


def _area(offered: tuple[str, ...], asked: JudgedNeed) -> Condition:
    found = asked.areas.get(offered)
    if found is None:
        found = asked.areas[offered] = Condition("area", *_compare_areas(offered, asked))
    return found


def _compare_areas(offered: tuple[str, ...], asked: JudgedNeed) -> tuple[State, str] | tuple[State, str, bool]:
    """The state, the words, and whether it rules the line out."""
    wanted = asked.need.areas
    if not wanted:
        return UNKNOWN, "The action names no areas."
    if not offered:
        return UNKNOWN, "The line does not say which areas it is for."
    if ANY in offered:
        return MET, "The line is for any area."
    if same := [area for area in wanted if area in offered]:
        return MET, f"Both are about {', '.join(same)}."
    return _compare_linked(offered, asked)


def _compare_linked(offered: tuple[str, ...], asked: JudgedNeed) -> tuple[State, str] | tuple[State, str, bool]:
    """No area is the same: what the matches between areas say."""
    related = ""
    for other in offered:
        area, match = asked.reach.get(other, ("", ""))
        if match in COUNTS_AS_MET:
            return MET, f"{area} of the action {COUNTS_AS_MET[match]} {other} of the line."
        if match and not related:
            related = f"{area} of the action is related to {other} of the line, no more."
    if related:
        return UNKNOWN, related
    wanted = asked.need.areas
    if not {area.partition("/")[0] for area in wanted} & {area.partition("/")[0] for area in offered}:
        return UNKNOWN, "The areas are of different frameworks, and no match between them is known."
    return NOT_MET, f"The line is for {', '.join(offered)}, the action about {', '.join(wanted)}.", True


def _amount(offer: Offer, asked: JudgedNeed) -> Condition:
    wanted = asked.need.open_need
    if wanted is None:
        return Condition("amount", UNKNOWN, "The open need of the action is not known.")
    if wanted <= 0:
        return Condition("amount", NOT_MET, "The action has no open need.")
    if offer.lacks_rate:
        return Condition("amount", UNKNOWN, "There is no exchange rate for the line's amounts.")
    return _within(offer, asked, wanted)


def _within(offer: Offer, asked: JudgedNeed, wanted: int) -> Condition:
    least, most, currency = offer.minimum, offer.most, asked.need.currency
    if least is None and most is None:
        return Condition("amount", UNKNOWN, "The line names no amounts.")
    if least is not None and wanted < least:
        words = f"The line gives at least {money_words(least, currency)}; the open need is {asked.money}."
        return Condition("amount", NOT_MET, words)
    if most is None or wanted <= most:
        return Condition("amount", MET, f"The open need of {asked.money} is within what the line gives.")
    return _part(asked, least or 0, most)


def _part(asked: JudgedNeed, least: int, most: int) -> Condition:
    """Whether years of the action, taken from the smallest up, make a part that one award can pay."""
    part = max((some for some in asked.parts if some <= most), default=0)
    limit = f"The line gives at most {money_words(most, asked.need.currency)} of the open need of {asked.money}"
    if part and part >= least:
        years = money_words(part, asked.need.currency)
        return Condition("amount", MET, f"{limit}; years of the action that need {years} fit in.")
    return Condition("amount", NOT_MET, f"{limit}, and no years of the action make a part that fits.")
