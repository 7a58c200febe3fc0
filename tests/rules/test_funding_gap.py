"""Funding gaps by hand: need, ratio, orphan, over-funded, by area and year; and fit to a plan (METRICS 3)."""

from decimal import Decimal

import pytest

from app.rules.funding_gap import CostLine, Gap, Paid, calendar_years, funding_gap, plan_fit, split_links

DONORS = {
    "D1": {"A": 40, "B": 10}, "D2": {"A": 10, "B": 20}, "D3": {"B": 10, "C": 5}, "D4": {"D": 5},
}  # fmt: skip
PLAN = {"A": 35, "B": 25, "C": 25, "D": 15}


@pytest.mark.parametrize(("donor", "fit"), [("D1", 0.55), ("D2", 7 / 12), ("D3", 0.5), ("D4", 0.15)])
def test_fit_of_a_donor_to_a_plan_as_in_the_worked_example(donor: str, fit: float) -> None:
    assert plan_fit(DONORS[donor], PLAN).value == pytest.approx(fit, abs=1e-6)


def test_fit_of_all_donors_to_a_plan_as_in_the_worked_example() -> None:
    every = {area: sum(money.get(area, 0) for money in DONORS.values()) for area in PLAN}
    assert plan_fit(every, PLAN).value == pytest.approx(0.7, abs=1e-6)
    assert plan_fit({}, PLAN) == (None, "no money")
    assert plan_fit({"A": -5}, PLAN) == (None, "no money")
    assert plan_fit(every, {}) == (None, "no costed plan")


@pytest.mark.parametrize(
    ("cost", "budget", "linked", "donors", "status", "ratio"),
    [
        (0, 0, 0, set(), "no costs", None),
        (100, 0, 0, set(), "orphan", 0.0),
        (100, 0, 49, {1}, "orphan", 0.49),
        (100, 0, 50, {1}, "partly funded", 0.5),
        (100, 0, 100, {1}, "funded", 1.0),
        (100, 60, 20, {1}, "partly funded", 0.5),
        (100, 100, 0, set(), "funded", None),
        (100, 60, 41, {1, 2}, "over-funded", 1.025),
        (100, 101, 0, set(), "over-funded", None),
    ],
)
def test_what_a_gap_says(
    cost: int, budget: int, linked: int, donors: set[int], status: str, ratio: float | None
) -> None:
    gap = Gap(cost, budget, linked, donors)
    assert (gap.status, gap.funding_ratio.value) == (status, ratio)
    assert gap.open_need == max(cost - budget - linked, 0)
    assert (gap.funding_ratio.why is None) == (ratio is not None)


def test_a_fiscal_year_is_spread_over_calendar_years_by_days() -> None:
    assert calendar_years(36500, 2025, 7) == {2025: 18400, 2026: 18100}
    assert calendar_years(100, 2025, 1) == {2025: 100}
    assert sum(calendar_years(99_999, 2023, 4).values()) == 99_999


def test_a_plan_by_action_area_and_year() -> None:
    costs = [
        CostLine(1, "cost", 2025, 10_000), CostLine(1, "budget", 2025, 2_000), CostLine(2, "cost", 2026, 5_000),
        CostLine(3, "cost", 2026, None),
    ]  # fmt: skip
    paid = [Paid(1, 7, 2025, 4_000), Paid(1, 8, 2026, 1_000), Paid(1, 9, 2026, -500)]
    areas: dict[int, dict[str, int | None]] = {1: {"f/A": 750_000, "f/B": None, "g/X": None}, 2: {"f/B": None}}
    gap = funding_gap(costs, paid, areas, [1, 2, 3])
    assert (gap.whole.cost, gap.whole.budget, gap.whole.linked, gap.whole.unknown) == (15_000, 2_000, 4_500, 1)
    assert (gap.actions[1].need, gap.actions[1].open_need, gap.actions[1].donors) == (8_000, 3_500, {7, 8})
    assert {area: (one.cost, one.linked) for area, one in gap.areas.items()} == {
        "f/A": (7_500, 3_375), "f/B": (7_500, 1_125), "g/X": (10_000, 4_500),
    }  # fmt: skip
    assert {year: (one.cost, one.linked) for year, one in gap.years.items()} == {
        2025: (10_000, 4_000),
        2026: (5_000, 500),
    }
    assert [gap.actions[number].status for number in (1, 2, 3)] == ["partly funded", "orphan", "no costs"]


def test_a_project_of_several_actions_is_split_never_multiplied() -> None:
    assert split_links([(1, 9, None)]) == {(1, 9): Decimal(100)}
    assert split_links([(1, 9, None), (2, 9, None)]) == {(1, 9): Decimal(50), (2, 9): Decimal(50)}
    assert split_links([(1, 9, 600_000), (2, 9, None)]) == {(1, 9): Decimal(60), (2, 9): Decimal(40)}
    assert split_links([(1, 9, 300_000), (2, 9, 200_000)]) == {(1, 9): Decimal(30), (2, 9): Decimal(20)}
    assert sum(split_links([(1, 9, 900_000), (2, 9, 900_000)]).values()) == 100
