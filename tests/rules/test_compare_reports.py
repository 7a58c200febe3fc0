"""Every cent of a difference stands under one reason, and the reasons are the right ones."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.compare_money import REASONS, Side
from app.rules.compare_reports import Change, compare_reports
from app.rules.frozen_money import FrozenMoney, FrozenProject, MappedShare, MoneyRow, Payment

CENTS = st.integers(-(10**7), 10**9)
REASON_LISTS = st.sampled_from([(), (("passed-on", "A"),), (("lower-level", "B"), ("passed-on", "A"))])


def pay(amount: str, cents: int | None, year: int = 2019, rate: str = "1") -> Payment:
    return Payment("3", f"{year}-05-01", "", amount, "EUR", rate, f"{year}-05-01", "test", cents)


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    years = draw(st.lists(st.sampled_from([2018, 2019, 2020]), min_size=1, max_size=2).map(sorted))
    end = f"{years[1]}-06-30" if len(years) > 1 else ""
    amount, cents = draw(st.sampled_from(["1", "2"])), draw(st.none() | st.integers(-500, 500))
    return Payment("budget", f"{years[0]}-01-01", end, amount, "EUR", "1", "", "", cents)


@st.composite
def portfolios(draw: st.DrawFn) -> FrozenMoney:
    ids = st.integers(1, 3)
    row = st.builds(
        MoneyRow, ids, st.sampled_from(["KH", "KE"]), st.integers(0, 2), st.integers(0, 2),
        st.sampled_from([2018, 2019, 2020]), CENTS, CENTS, REASON_LISTS,
    )  # fmt: skip
    shares = st.lists(st.builds(MappedShare, st.integers(1, 2), st.none(), st.just("confirmed")), max_size=2)
    project = st.builds(
        FrozenProject, st.just("X"), st.sampled_from(["", "A", "B"]), shares.map(tuple),
        st.lists(payments(), max_size=3).map(tuple),
    )  # fmt: skip
    return FrozenMoney(draw(st.dictionaries(ids, project)), draw(st.lists(row, max_size=14)))


def adds_up(change: Change) -> bool:
    return sum(change.reasons.values()) == change.difference and set(change.reasons) <= set(REASONS)


@given(portfolios(), portfolios(), st.booleans(), st.sampled_from([2018, 2019, 2020]))
def test_reasons_add_up_to_the_cent(one: FrozenMoney, other: FrozenMoney, gross: bool, last: int) -> None:
    before, after = Side(one, gross, lambda key: key[2] <= last), Side(other, gross)
    found = compare_reports(before, after)
    assert adds_up(found.total)
    assert adds_up(found.of_panel)
    assert all(map(adds_up, found.cells.values()))
    assert all(map(adds_up, found.projects.values()))
    for side, total in ((before, found.total.before), (after, found.total.after)):
        sums: dict[Any, int] = defaultdict(int)
        for row in side.money.rows:
            sums[row.donor, row.country, row.year] += side.counted(row)
        assert total == sum(max(0, cents) for cents in sums.values())
    # What is not listed did not change.
    raw: dict[int, int] = defaultdict(int)
    for sign, side in ((-1, before), (1, after)):
        for row in side.money.rows:
            raw[row.project] += sign * side.counted(row)
    assert {project for project, cents in raw.items() if cents} <= set(found.projects)


@given(portfolios(), st.booleans())
def test_a_report_and_itself_differ_in_nothing(one: FrozenMoney, gross: bool) -> None:
    found = compare_reports(Side(one, gross), Side(one, gross))
    assert (found.total.reasons, found.cells, found.projects, found.renamed) == ({}, {}, {}, {})


def side(
    gross: int, net: int | None = None, *, areas: dict[int, int] | None = None, reasons: tuple[Any, ...] = (),
    payments: tuple[Payment, ...] = (), mapped: tuple[MappedShare, ...] = (), title: str = "T",
) -> Side:  # fmt: skip
    net = gross if net is None else net
    rows = [MoneyRow(1, "KH", area, 7, 2019, gross, part, reasons) for area, part in (areas or {1: net}).items()]
    if len(rows) > 1:
        rows = [row._replace(gross=row.net) for row in rows]
    return Side(FrozenMoney({1: FrozenProject("X-1", title, mapped, payments)}, rows))


EMPTY = Side(FrozenMoney())
HALF = (MappedShare(1, 500_000, "confirmed"), MappedShare(2, 500_000, "confirmed"))


@pytest.mark.parametrize(("before", "after", "reasons"), [
    (EMPTY, side(100), {"new-project": 100}),
    (side(100), EMPTY, {"gone-project": -100}),
    (side(100, payments=(pay("90", 100),)), side(150, payments=(pay("135", 150),)), {"amount": 50}),
    (side(100, payments=(pay("90", 100),)), side(110, payments=(pay("90", 110),)), {"rate": 10}),
    (side(0, payments=(pay("90", None),)), side(110, payments=(pay("90", 110),)), {"rate": 110}),
    (
        side(1000, payments=(pay("90", 1000),)),
        side(1600, payments=(pay("90", 1100), pay("40", 500))),
        {"rate": 100, "amount": 500},
    ),
    (side(100, payments=(pay("90", 100),)), side(60, payments=(pay("90", 100),)), {"split": -40}),
    (side(100), side(100, 30, reasons=(("passed-on", "Y"),)), {"netting": -70}),
    (
        side(100, 50, reasons=(("passed-on", "Y"),), payments=(pay("9", 100),)),
        side(200, 100, reasons=(("passed-on", "Y"),), payments=(pay("18", 200),)),
        {"amount": 50},
    ),
])  # fmt: skip
def test_reasons(before: Side, after: Side, reasons: dict[str, int]) -> None:
    found = compare_reports(before, after)
    assert found.total.reasons == reasons
    assert found.projects[1].reasons == reasons


def test_money_that_moves_to_another_area_changes_cells_and_no_total() -> None:
    found = compare_reports(side(100), side(100, areas={1: 50, 2: 50}, mapped=HALF))
    assert found.total.reasons == {"mapping": 0}
    cells = {area: change.reasons for (_, area, _), change in found.cells.items()}
    assert cells == {1: {"mapping": -50}, 2: {"mapping": 50}}


def test_an_amount_and_its_areas_change_at_once() -> None:
    before = side(100, payments=(pay("90", 100),))
    after = side(200, areas={1: 100, 2: 100}, mapped=HALF, payments=(pay("180", 200),))
    cells = {area: change.reasons for (_, area, _), change in compare_reports(before, after).cells.items()}
    assert cells == {1: {"amount": 100, "mapping": -100}, 2: {"mapping": 100}}


def test_another_name_is_no_money() -> None:
    found = compare_reports(side(100, title="Old"), side(100, title="New"))
    assert found.renamed == {1: ("Old", "New")}
    assert not found.projects


def test_only_donors_of_both_reports_are_in_the_panel() -> None:
    other = FrozenMoney({}, [MoneyRow(2, "KH", 1, 8, 2019, 40, 40)])
    both = Side(FrozenMoney(side(100).money.projects, side(130).money.rows + other.rows))
    found = compare_reports(side(100), both)
    assert found.panel == [7]
    assert (found.of_panel.before, found.of_panel.after, found.total.after) == (100, 130, 170)


def test_years_that_the_other_report_does_not_ask_for_are_no_change_of_the_data() -> None:
    found = compare_reports(Side(FrozenMoney(), covers=lambda key: key[2] >= 2020), side(100))
    assert found.total.reasons == {"scope": 100}
