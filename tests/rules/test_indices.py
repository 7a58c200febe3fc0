"""Every index against its worked example to 6 places, at its edges, and against its definition."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.indices import (
    INDEX_NAMES,
    DivisionOfLabour,
    Pairs,
    concentration,
    division_of_labour,
    funding_ratio,
    most_shared,
    pair_similarity,
    plan_fit,
    significance,
)

E1 = [50, 30, 15, 5]
E2 = {
    "D1": {"N1": 40, "N2": 10, "N3": 0, "N4": 0},
    "D2": {"N1": 10, "N2": 20, "N3": 0, "N4": 0},
    "D3": {"N1": 0, "N2": 10, "N3": 5, "N4": 0},
    "D4": {"N1": 0, "N2": 0, "N3": 0, "N4": 5},
}
E3 = {"D1": {"X": 50, "Y": 10, "Z": 0}, "D2": {"X": 30, "Y": 5, "Z": 5}, "D3": {"X": 15, "Y": 0, "Z": 25}}
E3["D4"] = {"X": 5, "Y": 2, "Z": 3}
PLAN = {"N1": 0.35, "N2": 0.25, "N3": 0.25, "N4": 0.15}


def six(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


@pytest.mark.parametrize("unit", [1, 100, 10**12])
def test_concentration_of_the_worked_example_in_any_unit(unit: int) -> None:
    found = concentration(amount * unit for amount in E1)
    assert {name: six(getattr(found, name)) for name in INDEX_NAMES} == {
        "hhi": 0.365,
        "fragmentation": 0.635,
        "effective_donors": 2.739726,
        "normalised_hhi": 0.153333,
        "shannon": 1.142120,
        "theil": 0.244174,
        "evenness": 0.823865,
        "cr1": 0.5,
        "cr2": 0.8,
        "cr3": 0.95,
        "gini": 0.375,
    }
    assert found.top_share == 0.5
    assert (found.donors, found.why) == (4, {})


@pytest.mark.parametrize("amounts", [[], [0], [0, 0], [-5]])
def test_without_money_no_index_has_a_value_and_each_says_why(amounts: list[int]) -> None:
    found = concentration(amounts)
    assert all(getattr(found, name) is None for name in INDEX_NAMES)
    assert found.why == dict.fromkeys(INDEX_NAMES, "no money")
    assert found.top_share is None


def test_one_donor_is_wholly_concentrated_and_cannot_be_compared() -> None:
    found = concentration([700, 0, -20])
    assert (found.hhi, found.fragmentation, found.effective_donors, found.theil) == (1, 0, 1, 0)
    assert (found.shannon, found.cr1, found.cr2, found.cr3, found.gini) == (0, 1, 1, 1, 0)
    assert (found.normalised_hhi, found.evenness) == (None, None)
    assert found.why == {"normalised_hhi": "only one donor", "evenness": "only one donor"}


@given(st.lists(st.integers(1, 10**15), min_size=2, max_size=40))
def test_concentration_keeps_to_its_bounds_and_ignores_the_order(amounts: list[int]) -> None:
    found = concentration(amounts)
    assert found == concentration(reversed(amounts))
    assert found.hhi is not None
    assert found.effective_donors is not None
    assert 1 / len(amounts) <= found.hhi * (1 + 1e-12)
    assert 1 <= found.effective_donors <= len(amounts) * (1 + 1e-12)
    for name in ("hhi", "fragmentation", "normalised_hhi", "evenness", "cr1", "cr2", "cr3", "gini"):
        assert 0 <= getattr(found, name) <= 1
    assert found.theil is not None
    assert 0 <= found.theil <= log(len(amounts))


def labour(matrix: dict[str, dict[str, int]]) -> DivisionOfLabour[str]:
    """From donor -> area -> cents."""
    cells: dict[str, list[int]] = {}
    for row in matrix.values():
        for area, cents in row.items():
            if cents > 0:
                cells.setdefault(area, []).append(cents)
    whole = concentration(sum(max(0, cents) for cents in row.values()) for row in matrix.values())
    return division_of_labour({area: (sum(some), concentration(some)) for area, some in cells.items()}, whole)


def test_division_of_labour_of_the_worked_example() -> None:
    found = labour(E2)
    assert {area: six(value) for area, value in found.areas.items()} == {
        "N1": 0.32,
        "N2": 0.625,
        "N3": 0,
        "N4": 0,
    }
    assert (six(found.within), six(found.overall), six(found.value)) == (0.41, 0.635, 0.354331)
    assert found.why is None


def test_division_of_labour_is_1_where_each_area_has_one_donor_and_0_where_all_areas_are_alike() -> None:
    assert labour({"A": {"N1": 5}, "B": {"N2": 9}}).value == 1
    assert labour({"A": {"N1": 10, "N2": 30}, "B": {"N1": 20, "N2": 60}}).value == 0


def test_division_of_labour_has_no_value_without_money_or_with_one_donor() -> None:
    nothing = labour({"A": {"N1": 0}, "B": {}})
    assert (nothing.value, nothing.overall, nothing.areas, nothing.why) == (None, None, {}, "no money")
    alone = labour({"A": {"N1": 5, "N2": 7}, "B": {"N1": -3}})
    assert (alone.value, alone.overall, alone.why) == (None, 0, "only one donor")


@pytest.mark.parametrize(
    ("pair", "finger_kreinin", "bray_curtis", "jaccard", "cosine", "shared", "areas"),
    [
        (("D1", "D2"), 0.533333, 0.5, 1, 0.650791, 20, ("N1", "N2")),
        (("D1", "D3"), 0.2, 0.307692, 0.333333, 0.216930, 10, ("N2",)),
        (("D2", "D3"), 0.666667, 0.444444, 0.333333, 0.8, 10, ("N2",)),
        (("D1", "D4"), 0, 0, 0, 0, 0, ()),
        (("D2", "D4"), 0, 0, 0, 0, 0, ()),
        (("D3", "D4"), 0, 0, 0, 0, 0, ()),
    ],
)
def test_pairs_of_the_worked_example(
    pair: tuple[str, str],
    finger_kreinin: float,
    bray_curtis: float,
    jaccard: float,
    cosine: float,
    shared: int,
    areas: tuple[str, ...],
) -> None:
    found = Pairs(lambda: E2)[pair]
    assert six(found.finger_kreinin) == finger_kreinin
    assert six(found.bray_curtis) == bray_curtis
    assert six(found.jaccard) == jaccard
    assert six(found.cosine) == cosine
    assert found.shared == shared
    assert isinstance(found.shared, int)
    assert found.areas == areas
    assert found == pair_similarity(E2[pair[0]], E2[pair[1]])


def test_a_donor_without_money_is_like_nobody() -> None:
    found = pair_similarity({"N1": 5}, {"N1": 0})
    values = (found.finger_kreinin, found.bray_curtis, found.jaccard, found.cosine)
    assert values == (None, None, None, None)
    assert (found.shared, found.why) == (0, "a donor without money")


rows = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 10**15), min_size=1)


@given(st.dictionaries(st.integers(1, 9), st.dictionaries(st.sampled_from("ABC"), st.integers(-5, 10**15)), max_size=6))
def test_pairs_with_most_shared_money_are_found_without_comparing_all(matrix: dict[int, dict[str, int]]) -> None:
    pairs = Pairs(lambda: dict(sorted(matrix.items())))
    compared = dict(pairs)
    assert len(compared) == len(pairs)
    assert most_shared(pairs) == most_shared(compared)
    assert most_shared(pairs, 2) == most_shared(compared)[:2]
    assert all(found.why is None for found in compared.values())


@given(rows, rows)
def test_similarity_is_symmetric_within_bounds_and_1_to_oneself(x: dict[str, int], y: dict[str, int]) -> None:
    there, back, same = pair_similarity(x, y), pair_similarity(y, x), pair_similarity(x, x)
    assert there.shared == back.shared == sum(min(x.get(area, 0), y.get(area, 0)) for area in "ABCDEF")
    for name in ("finger_kreinin", "bray_curtis", "jaccard", "cosine"):
        assert 0 <= getattr(there, name) <= 1
        assert getattr(there, name) == pytest.approx(getattr(back, name))
        assert getattr(same, name) == pytest.approx(1)


def test_significance_of_the_worked_example() -> None:
    found = significance(E3)
    assert {donor: six(ratio.value) for donor, ratio in found.concentration_ratio.items()} == {
        "D1": 1,
        "D2": 1,
        "D3": 1,
        "D4": 0.666667,
    }
    assert {country: ratio.value for country, ratio in found.fragmentation_ratio.items()} == {
        "X": 0.25,
        "Y": 0,
        "Z": 0,
    }
    assert six(found.non_significant_money.value) == 0.033333
    assert ("D4", "Z") in found.significant
    assert ("D4", "X") not in found.significant
    assert ("D3", "Y") not in found.significant


def test_donors_equal_to_the_one_that_crosses_90_percent_are_significant_too() -> None:
    cell = {"A": {"X": 70}, "B": {"X": 10}, "C": {"X": 10}, "D": {"X": 10}}
    assert {donor for donor, _ in significance(cell).significant} == {"A", "B", "C", "D"}
    exact = {"A": {"X": 90, "Y": 1}, "B": {"X": 10, "Y": 999}}
    assert ("B", "X") not in significance(exact).significant


def test_significance_has_no_ratio_without_relations() -> None:
    found = significance({"A": {"X": 5}, "B": {"X": 0, "Y": -1}})
    assert found.concentration_ratio["B"] == (None, "no money")
    assert found.fragmentation_ratio["Y"] == (None, "no money")
    assert significance({}).non_significant_money == (None, "no money")


@pytest.mark.parametrize(
    ("donors", "fit"),
    [(("D1", "D2", "D3", "D4"), 0.7), (("D1",), 0.55), (("D2",), 0.583333), (("D3",), 0.5), (("D4",), 0.15)],
)
def test_fit_to_a_plan_as_shares_or_as_costs(donors: tuple[str, ...], fit: float) -> None:
    funding = {area: sum(E2[donor][area] for donor in donors) for area in PLAN}
    assert six(plan_fit(funding, PLAN).value) == fit
    costs = {area: round(share * 8_000_000) for area, share in PLAN.items()}
    assert six(plan_fit(funding, costs).value) == fit


def test_fit_and_funding_ratio_say_why_they_have_no_value() -> None:
    assert plan_fit({"N1": 0}, PLAN) == (None, "no money")
    assert plan_fit({"N1": 1}, {"N1": 0}) == (None, "the plan names no area")
    assert funding_ratio(5, None) == funding_ratio(5, 0) == (None, "no costed need")
    assert funding_ratio(9_000, 50_000) == (0.18, None)
    assert funding_ratio(0, 50_000) == (0, None)
