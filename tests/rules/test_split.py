"""Splitting by percentage and by day: the worked examples, the edges, and what must always hold."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.split import (
    Weight,
    apportion,
    choose_vocabulary,
    days_by_quarter,
    days_by_year,
    shares,
    spread,
    spread_by_quarter,
    superseded_budgets,
)

PERIOD = (date(2020, 7, 1), date(2021, 6, 30))


def percent(*texts: str | None) -> list[Decimal | None]:
    return [None if text is None else Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("reported", "rule", "expected"),
    [
        (percent("70", "30"), "given", ("70", "30")),
        (percent("100", "0"), "given", ("100", "0")),
        (percent("33.33", "66.67"), "given", ("33.33", "66.67")),
        (percent("50", None), "remainder", ("50", "50")),
        (percent(None, "40", None), "remainder", ("30", "40", "30")),
        (percent("0", None, None), "remainder", ("0", "50", "50")),
        (percent("100", None), "remainder", ("100", "0")),
        (percent("60", "30"), "rebased", ("66.666667", "33.333333")),
        (percent("80", "50"), "rebased", ("61.538462", "38.461538")),
        (percent("60", "0"), "rebased", ("100", "0")),
        (percent("90", "60", None), "rebased", ("60", "40", "0")),
        (percent(None, None, None), "equal", ("33.333333", "33.333333", "33.333333")),
        (percent("0", "0"), "equal", ("50", "50")),
        (percent(None), "equal", ("100",)),
        (percent("7"), "rebased", ("100",)),
        ([], "equal", ()),
    ],
)
def test_shares_follow_the_first_rule_that_fits(
    reported: list[Decimal | None], rule: str, expected: tuple[str, ...]
) -> None:
    found = shares(reported)
    assert found.rule == rule
    assert tuple(round(weight, 6) for weight in found.weights) == tuple(Decimal(text) for text in expected)


@pytest.mark.parametrize("wrong", ["-1", "NaN", "Infinity"])
def test_a_percentage_below_zero_or_without_end_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        shares(percent("50", wrong))


@given(st.lists(st.none() | st.decimals(0, 1000, places=4), min_size=1))
def test_shares_always_make_100_and_zero_gets_nothing(reported: list[Decimal | None]) -> None:
    weights, rule = shares(reported)
    assert abs(sum(weights, Decimal(-100))) < Decimal("1e-20")
    assert all(weight >= 0 for weight in weights)
    if rule != "equal":
        assert all(weight == 0 for weight, said in zip(weights, reported, strict=True) if said == 0)


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1, [1, 1], [1, 0]),
        (1, [Decimal("49.9"), Decimal("50.1")], [0, 1]),
        (10, [Fraction(1, 3), Fraction(2, 3)], [3, 7]),
        (10_000, shares(percent("60", "30")).weights, [6667, 3333]),
        (10_000, shares(percent("50", None)).weights, [5000, 5000]),
        (7, [0, 5, 0], [0, 7, 0]),
        (0, [3, 4], [0, 0]),
        (-9, [Decimal("0.001")], [-9]),
    ],
)
def test_apportion_gives_the_odd_cents_to_the_largest_remainders(
    total: int, weights: list[Weight], expected: list[int]
) -> None:
    assert apportion(total, weights) == expected


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1, 2], [-1]])
def test_apportion_refuses_weights_that_cannot_carry_the_amount(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"Weights must not|nothing to share"):
        apportion(5, weights)


weight_lists = st.lists(
    st.integers(0, 10**6) | st.decimals(0, 100, places=6) | st.fractions(0, 1, max_denominator=999),
    min_size=1,
).filter(any)


@given(st.integers(-(10**15), 10**15), weight_lists)
def test_apportioned_parts_sum_to_the_whole_and_stay_within_a_cent(total: int, weights: list[Weight]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert apportion(-total, weights) == [-part for part in parts]
    whole = sum(Fraction(weight) for weight in weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * Fraction(weight) / whole) < 1
        assert weight or not part


def test_a_period_counts_both_its_ends() -> None:
    assert days_by_year(*PERIOD) == {2020: 184, 2021: 181}
    assert days_by_quarter(*PERIOD) == {(2020, 3): 92, (2020, 4): 92, (2021, 1): 90, (2021, 2): 91}
    assert days_by_year(date(2020, 2, 29), date(2020, 2, 29)) == {2020: 1}
    assert days_by_quarter(date(9999, 12, 31), date(9999, 12, 31)) == {(9999, 4): 1}


def test_a_budget_is_spread_over_years_and_quarters_by_days() -> None:
    assert spread(Decimal(1000), *PERIOD) == {2020: Decimal("504.109589"), 2021: Decimal("495.890411")}
    assert list(spread_by_quarter(Decimal(1000), *PERIOD).values()) == [
        Decimal("252.054795"),
        Decimal("252.054795"),
        Decimal("246.575342"),
        Decimal("249.315068"),
    ]


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    for split in (days_by_year, days_by_quarter):
        with pytest.raises(ValueError, match="before it starts"):
            split(date(2021, 1, 1), date(2020, 12, 31))


def test_an_amount_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="amount"):
        spread(Decimal("NaN"), *PERIOD)


@given(
    st.decimals(-(10**12), 10**12, places=8) | st.decimals(-(10**12), 10**12, places=2),
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
)
def test_spread_parts_sum_exactly_and_days_are_complete(amount: Decimal, one: date, other: date) -> None:
    start, end = sorted((one, other))
    days = (end - start).days + 1
    assert sum(days_by_year(start, end).values()) == sum(days_by_quarter(start, end).values()) == days
    assert sum(spread(amount, start, end).values()) == amount
    assert sum(spread_by_quarter(amount, start, end).values()) == amount


def test_a_revised_budget_replaces_the_originals_it_overlaps() -> None:
    def year(number: int) -> tuple[date, date]:
        return date(number, 1, 1), date(number, 12, 31)

    assert superseded_budgets([("1", *year(2019)), ("1", *year(2020)), ("2", *year(2020))]) == [
        False,
        True,
        False,
    ]
    touching = ("2", date(2020, 12, 31), date(2021, 12, 30))
    assert superseded_budgets([("1", *year(2020)), touching, ("", *year(2021))]) == [True, False, True]
    assert superseded_budgets([("2", *year(2020)), ("2", *year(2020))]) == [False, False]
    assert superseded_budgets([]) == []


@pytest.mark.parametrize(
    ("vocabularies", "chosen"),
    [
        (["99", "2", "1"], "1"),
        (["7", "99", "2"], "2"),
        (["10", "98", "99"], "99"),
        (["10", "98"], "98"),
        (["10", "7"], "10"),
        ([], None),
    ],
)
def test_only_one_vocabulary_is_counted(vocabularies: list[str], chosen: str | None) -> None:
    assert choose_vocabulary({vocabulary: ["x"] for vocabulary in vocabularies}) == chosen


def test_a_vocabulary_without_codes_is_passed_over() -> None:
    assert choose_vocabulary({"1": [], "99": ["A"]}) == "99"
