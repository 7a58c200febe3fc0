"""From one record to comparable money: METRICS section 1, without areas and before netting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

from app.models.record import ActivityRecord, Flow, Part, Party
from app.rates import Rate
from app.rules.donors import donors_of_activity, donors_of_flow
from app.rules.split import apportion, days_by_year, shares, superseded_budgets

# Which kinds of flow are counted, and as what (METRICS 1: disbursement includes expenditure).
FLOW_TYPES = {
    "2": "commitment",
    "3": "disbursement",
    "4": "disbursement",
    "budget": "budget",
    "budget-revised": "budget",
}
UNSPECIFIED = "998"  # DAC region code: developing countries, unspecified
CENT = Decimal("0.01")
MILLION = 1_000_000
_NO_MONEY = (0, 0)
NOBODY = (0,)  # the donors of money whose donor no report names
RateOf = Callable[[str, date], Rate | None]
IdOf = Callable[[Party], int]


class CountrySplit(NamedTuple):
    """Countries and regions of an activity or flow with their percent and the rule that gave it."""

    codes: tuple[str, ...]
    weights: tuple[Decimal, ...]
    rule: str


class Converted(NamedTuple):
    """A flow in hundredths of the base currency; `cents` None where it could not be converted."""

    cents: int | None
    rate: Rate | None
    note: str


class AllocatedMoney(NamedTuple):
    """One allocation before areas: `equal` of `gross` was split equally for want of percentages."""

    donor: int
    country: str
    flow_type: str
    year: int
    gross: int
    equal: int


class LeftOut(NamedTuple):
    """A counted flow that no total can hold, and why: no-rate, no-date, no-currency."""

    donor: int
    country: str
    flow_type: str
    year: int | None
    currency: str
    value: Decimal
    why: str


@dataclass(slots=True)
class Allocated:
    """All of a record's money: allocations, what is left out, and each flow's conversion in order."""

    money: list[AllocatedMoney] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    converted: list[Converted] = field(default_factory=list)


@lru_cache(maxsize=8192)
def split_countries(parts: tuple[Part, ...]) -> CountrySplit:
    """Countries and regions of one activity share 100 together; none: region 998, unspecified."""
    if not parts:
        return CountrySplit((UNSPECIFIED,), (Decimal(100),), "none")
    merged: dict[str, Decimal | None] = {}
    for part in _one_region_vocabulary(parts):
        known = merged.get(part.code)
        merged[part.code] = part.percentage if known is None else known + (part.percentage or 0)
    split = shares(tuple(merged.values()))
    kept = [(code, weight) for code, weight in zip(merged, split.weights, strict=True) if weight]
    return CountrySplit(tuple(code for code, _ in kept), tuple(weight for _, weight in kept), split.rule)


def _one_region_vocabulary(parts: Sequence[Part]) -> list[Part]:
    """Without regions of other vocabularies where countries or DAC regions say the same."""
    plain = [part for part in parts if not part.vocabulary]
    return plain or list(parts)


def allocate(record: ActivityRecord, rate_of: RateOf, id_of: IdOf) -> Allocated:
    """Every counted flow of `record` by donor (as `id_of` knows it), country, year and flow type.

    Amounts are summed per donor, flow type, year and country split before they are apportioned,
    so that the parts of a year sum to the year to the cent.
    """
    result = Allocated()
    usual = donors_of_activity(record)
    # Few providers pay many flows: whose money each pays is looked up once.
    donors_by_provider: dict[Party | None, tuple[int, ...]] = {None: _ids(usual, id_of)}
    countries = tuple(record.countries)
    replaced = _replaced_budgets(record.flows)
    sums: dict[_Sum, int] = {}
    for position, flow in enumerate(record.flows):
        converted = convert(flow, rate_of, position in replaced)
        result.converted.append(converted)
        flow_type = FLOW_TYPES.get(flow.kind)
        if flow_type is None or converted.note == "replaced":
            continue
        donors = donors_by_provider.get(flow.provider)
        if donors is None:
            donors = _ids(donors_of_flow(record, flow, usual), id_of)
            donors_by_provider[flow.provider] = donors
        if converted.cents is None:
            split = split_countries(flow.countries or countries)
            result.left_out += _left_out(flow, donors, split, flow_type, converted.note)
            continue
        for year, cents in _by_year(flow, converted.cents):
            key = (donors, flow.countries, flow_type, year)
            sums[key] = sums.get(key, 0) + cents
    result.money = _apportioned(sums, countries)
    return result


_Sum = tuple[tuple[int, ...], tuple[Part, ...], str, int]


def _ids(parties: tuple[Party, ...], id_of: IdOf) -> tuple[int, ...]:
    if len(parties) == 1:
        return (id_of(parties[0]),)
    return tuple(dict.fromkeys(id_of(party) for party in parties)) or NOBODY


def convert(flow: Flow, rate_of: RateOf, is_replaced: bool = False) -> Converted:
    """A flow at the rate of its value date (METRICS 1.3); the note says why there is none."""
    if flow.value is None or (flow.start is None and flow.value_date is None):
        return Converted(None, None, "no-amount" if flow.value is None else "no-date")
    if not flow.currency:
        return Converted(None, None, "no-currency")
    rate = rate_of(flow.currency, flow.value_date or flow.start)  # type: ignore[arg-type]
    if rate is None:
        return Converted(None, None, "no-rate")
    value = flow.value if rate.value == 1 else flow.value * rate.value
    cents = int((value * 100).to_integral_value(ROUND_HALF_EVEN))
    return Converted(cents, rate, "replaced" if is_replaced else "")


def _replaced_budgets(flows: Sequence[Flow]) -> set[int]:
    """Positions of original budgets that a revised one replaces."""
    if not any(flow.kind == "budget-revised" for flow in flows):
        return set()
    periods = [
        (position, ("2" if flow.kind == "budget-revised" else "1", flow.start, flow.end or flow.start))
        for position, flow in enumerate(flows)
        if flow.kind.startswith("budget") and flow.start
    ]
    gone = superseded_budgets([period for _, period in periods])
    return {position for (position, _), is_gone in zip(periods, gone, strict=True) if is_gone}


def _by_year(flow: Flow, cents: int) -> list[tuple[int, int]]:
    """The year of a transaction; a budget over the years of its period by days (METRICS 1.2)."""
    start = flow.start or flow.value_date
    if start is None:
        return []
    if flow.end is None or flow.end.year == start.year or flow.end < start:
        return [(start.year, cents)]
    days = days_by_year(start, flow.end)
    return list(zip(days, apportion(cents, tuple(days.values())), strict=True))


def _apportioned(sums: dict[_Sum, int], countries: tuple[Part, ...]) -> list[AllocatedMoney]:
    """The sums over donors and countries; a flow that names no country of its own takes the activity's `countries`."""
    money: dict[tuple[int, str, str, int], tuple[int, int]] = {}
    usual = split_countries(countries)
    for (donors, where, flow_type, year), total in sums.items():
        split = split_countries(where) if where else usual
        if len(donors) == len(split.codes) == 1:  # most money, and nothing to apportion
            parts = [(donors[0], split.codes[0], total)]
            is_equal = False
        else:
            parts = _share(total, donors, split)
            is_equal = len(donors) > 1 or split.rule in ("equal", "remainder")
        for donor, country, part in parts:
            key = (donor, country, flow_type, year)
            gross, equal = money.get(key, _NO_MONEY)
            money[key] = (gross + part, equal + part if is_equal else equal)
    return [AllocatedMoney(*key, gross, equal) for key, (gross, equal) in money.items()]


def _share(total: int, donors: tuple[int, ...], split: CountrySplit) -> list[tuple[int, str, int]]:
    """(donor, country, part of `total`): equal parts of several donors, each by country."""
    by_donor = [total] if len(donors) == 1 else apportion(total, (1,) * len(donors))
    return [
        (donor, country, part)
        for donor, cents in zip(donors, by_donor, strict=True)
        for country, part in zip(split.codes, apportion(cents, split.weights), strict=True)
    ]


def _left_out(flow: Flow, donors: tuple[int, ...], split: CountrySplit, flow_type: str, why: str) -> list[LeftOut]:
    """What can't be totalled, in its own currency, by donor and country (exact to 12 decimals)."""
    if flow.value is None:
        return []
    day = flow.start or flow.value_date
    pico = int(flow.value.scaleb(12).to_integral_value(ROUND_HALF_EVEN))
    found = []
    for donor, part in zip(donors, apportion(pico, (1,) * len(donors)), strict=True):
        for country, amount in zip(split.codes, apportion(part, split.weights), strict=True):
            value = Decimal(amount).scaleb(-12)
            found.append(LeftOut(donor, country, flow_type, day.year if day else None, flow.currency, value, why))
    return found


def millionths(weights: Sequence[Decimal]) -> list[int]:
    """Percent weights as whole millionths that sum to one million."""
    return apportion(MILLION, tuple(weights)) if weights else []
