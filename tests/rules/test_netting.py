"""The same money reported twice counts once: each step by example, and what must hold for any reports."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.netting import EXPLANATIONS, AmountRow, Claim, Incoming, NettingActivity, Reason, net_amounts

DONOR, AGENCY, NGO = 1, 2, 3
REFS = {DONOR: "XM-DAC-4", AGENCY: "XM-DAC-41", NGO: "GB-CHC-7"}


def report(
    id_: int,
    *,
    commitments: Sequence[int] = (),
    spending: Sequence[int] = (),
    budgets: Sequence[int] = (),
    incoming: Sequence[Incoming] = (),
    reporter: int = DONOR,
    identifier: str = "",
    owner: int = 0,
    secondary: bool = False,
    hierarchy: int | None = None,
    parents: Sequence[int] = (),
    children: Sequence[int] = (),
) -> NettingActivity:
    """A report whose amounts fall in 2020, 2021, ...; rows are numbered 100 x id + 0, 30 or 60 by flow."""

    def rows(first: int, amounts: Sequence[int]) -> list[AmountRow]:
        return [AmountRow(100 * id_ + first + n, 2020 + n, 2020 + n, cents) for n, cents in enumerate(amounts)]

    return NettingActivity(
        id=id_,
        identifier=identifier or f"{REFS[reporter]}-{id_}",
        reporter=reporter,
        reporter_ref=REFS[reporter],
        owner=owner or reporter,
        secondary=secondary,
        hierarchy=hierarchy,
        parents=frozenset(parents),
        children=frozenset(children),
        amounts={
            "commitment": rows(0, commitments),
            "disbursement": rows(30, spending),
            "budget": rows(60, budgets),
        },
        incoming=incoming,
    )


def funds(provider: int, cents: int, year: int = 2020) -> Incoming:
    return Incoming(provider, year, cents, "funds")


def committed(provider: int, cents: int, year: int = 2020) -> Incoming:
    return Incoming(provider, year, cents, "commitment")


def cents_of(*activities: NettingActivity) -> dict[int, int]:
    return {id_: net.cents for id_, net in net_amounts(activities).items()}


def test_reports_without_links_count_whole() -> None:
    found = net_amounts([report(1, commitments=[100], spending=[40, -5], budgets=[70]), report(2, spending=[9])])
    assert {id_: net.cents for id_, net in found.items()} == {100: 100, 130: 40, 131: -5, 160: 70, 230: 9}
    assert not any(net.reasons for net in found.values())
    assert net_amounts([]) == {}


def test_of_two_reports_with_one_identifier_the_accountable_one_counts() -> None:
    own = report(5, identifier="XM-DAC-4-77", reporter=DONOR, commitments=[100])
    other = report(1, identifier="XM-DAC-4-77", reporter=NGO, commitments=[90], budgets=[8])
    found = net_amounts([other, own])
    assert found[500] == (100, ())
    assert found[100] == found[160] == (0, (Reason("same-identifier", 5),))


def test_a_reporter_whose_reference_only_begins_alike_is_not_accountable() -> None:
    donor = report(1, identifier="XM-DAC-41-5", reporter=DONOR, spending=[10])
    agency = report(2, identifier="XM-DAC-41-5", reporter=AGENCY, spending=[10])
    assert cents_of(donor, agency) == {130: 0, 230: 10}


def test_the_reporters_own_file_counts_before_a_file_that_somebody_else_brought() -> None:
    brought = report(1, identifier="X", reporter=DONOR, owner=NGO, spending=[10])
    own = report(2, identifier="X", reporter=DONOR, spending=[10])
    assert cents_of(brought, own) == {130: 0, 230: 10}


def test_a_secondary_report_counts_only_where_the_original_is_absent() -> None:
    secondary = report(1, identifier="X", reporter=NGO, secondary=True, spending=[10])
    assert net_amounts([secondary])[130] == (10, ())
    original = report(2, identifier="X", reporter=DONOR, spending=[12])
    found = net_amounts([secondary, original])
    assert found[130] == (0, (Reason("secondary-reporter", 2),))
    assert found[230] == (12, ())


def test_copies_that_nothing_tells_apart_count_once() -> None:
    copies = [report(id_, identifier="X", spending=[10]) for id_ in (3, 1, 2)]
    assert cents_of(*copies) == {130: 10, 230: 0, 330: 0}


@pytest.mark.parametrize("linked_by", ["parent", "child", "both"])
def test_money_counts_at_the_lowest_level_that_reports_its_flow_type(linked_by: str) -> None:
    children = [2] if linked_by != "child" else []
    parents = [1] if linked_by != "parent" else []
    parent = report(1, commitments=[100], spending=[60], hierarchy=1, children=children)
    child = report(2, spending=[50], hierarchy=2, parents=parents)
    found = net_amounts([parent, child])
    assert found[100] == (100, ())
    assert found[130] == (0, (Reason("lower-level", 2),))
    assert found[230] == (50, ())


def test_a_level_between_that_reports_nothing_does_not_break_the_line() -> None:
    top, middle = report(1, spending=[100], children=[2]), report(2, children=[3])
    assert cents_of(top, middle, report(3, spending=[80])) == {130: 0, 330: 80}


def test_levels_that_contradict_themselves_leave_no_money_out() -> None:
    upside_down = [report(1, spending=[10], hierarchy=2, children=[2]), report(2, spending=[9], hierarchy=1)]
    assert cents_of(*upside_down) == {130: 10, 230: 9}
    circle = [report(id_, spending=[10], children=[id_ % 3 + 1]) for id_ in (1, 2, 3)]
    assert cents_of(*circle) == {130: 10, 230: 10, 330: 10}
    assert cents_of(report(1, spending=[10], children=[1], parents=[1, 999])) == {130: 10}


def test_a_child_that_does_not_count_does_not_silence_its_parent() -> None:
    parent = report(1, spending=[100], children=[2])
    copy = report(2, identifier="X", reporter=NGO, secondary=True, spending=[10])
    assert cents_of(parent, copy, report(3, identifier="X", hierarchy=1)) == {130: 100, 230: 0}


def test_money_passed_on_counts_at_the_first_funder() -> None:
    funder = report(1, commitments=[120], spending=[120])
    agency = report(2, reporter=AGENCY, commitments=[150], spending=[90], incoming=[funds(1, 120)])
    found = net_amounts([funder, agency])
    assert found[200] == (30, (Reason("passed-on", 1),))
    assert found[230] == (0, (Reason("passed-on", 1),))
    assert (found[100], found[130]) == ((120, ()), (120, ()))


def test_a_chain_of_three_counts_once() -> None:
    chain = [
        report(1, spending=[100]),
        report(2, spending=[100], incoming=[funds(1, 100)]),
        report(3, spending=[100], incoming=[funds(2, 100)]),
    ]
    assert cents_of(*chain) == {130: 100, 230: 0, 330: 0}


def test_budgets_are_not_passed_on() -> None:
    receiver = report(2, budgets=[50], incoming=[funds(1, 80)])
    assert net_amounts([report(1, spending=[80]), receiver])[260] == (50, ())


def test_commitments_are_set_against_incoming_commitments_where_the_provider_reports_them() -> None:
    gifts = [committed(1, 70), funds(1, 20), funds(3, 5)]
    receiver = report(2, commitments=[100], spending=[100], incoming=gifts)
    found = cents_of(report(1, spending=[70]), receiver, report(3, spending=[5]))
    assert (found[200], found[230]) == (100 - 70 - 5, 100 - 20 - 5)


def test_incoming_money_is_passed_on_from_its_year_on_and_then_backwards() -> None:
    funder = report(1, spending=[500])
    in_2021 = report(2, spending=[40, 50, 60], incoming=[funds(1, 80, 2021)])
    assert cents_of(funder, in_2021) == {130: 500, 230: 40, 231: 0, 232: 30}
    late = report(2, spending=[40, 50, 60], incoming=[funds(1, 120, 2022)])
    assert cents_of(funder, late) == {130: 500, 230: 0, 231: 30, 232: 0}


def test_the_parts_of_one_payment_bear_the_netting_alike() -> None:
    rows = [AmountRow(1, 2020, 7, 100), AmountRow(2, 2020, 7, 50), AmountRow(3, 2020, 8, 10)]
    split = NettingActivity(9, "Y", AGENCY, "Q", AGENCY, amounts={"disbursement": rows}, incoming=[funds(1, 75)])
    assert cents_of(report(1, spending=[75]), split) == {130: 75, 1: 50, 2: 25, 3: 10}


def test_refunds_lower_both_sides_and_stay_as_they_are() -> None:
    funder = report(1, spending=[500])
    refunded = report(2, spending=[100, -20], incoming=[funds(1, 60), funds(1, -10, 2021)])
    assert cents_of(funder, refunded) == {130: 500, 230: 50, 231: -20}
    more_in = report(2, spending=[100, -20], incoming=[funds(1, 900)])
    assert cents_of(funder, more_in) == {130: 500, 230: 20, 231: -20}
    only_refund = report(2, spending=[-20], incoming=[funds(1, 5)])
    assert cents_of(funder, only_refund) == {130: 500, 230: -20}


@pytest.mark.parametrize("provider", [1, 2, 999])
def test_incoming_money_is_not_netted_unless_its_provider_counts(provider: int) -> None:
    silent = report(1, budgets=[100])
    receiver = report(2, spending=[100], incoming=[funds(provider, 100)])
    assert cents_of(silent, receiver)[230] == 100


def test_a_provider_named_by_a_copy_stands_for_the_report_that_counts() -> None:
    copy = report(1, identifier="X", reporter=NGO, secondary=True, spending=[100])
    original = report(3, identifier="X", spending=[100])
    receiver = report(2, spending=[100], incoming=[funds(1, 100)])
    found = net_amounts([copy, original, receiver])
    assert found[230] == (0, (Reason("passed-on", 3),))
    assert found[330].cents == 100


def test_money_between_a_parent_and_its_child_is_left_to_the_levels() -> None:
    parent = report(1, spending=[100], children=[2])
    child = report(2, spending=[100], incoming=[funds(1, 100)])
    assert cents_of(parent, child) == {130: 0, 230: 100}


def test_money_that_a_parent_received_is_passed_on_by_its_children() -> None:
    funder = report(1, spending=[90])
    parent = report(2, children=[3, 4], incoming=[funds(1, 90)])
    children = [report(3, spending=[60]), report(4, spending=[60])]
    assert cents_of(funder, parent, *children) == {130: 90, 330: 15, 430: 15}
    also = report(3, spending=[60], incoming=[funds(1, 60)])
    assert cents_of(funder, parent, also, children[1]) == {130: 90, 330: 0, 430: 60}


def test_activities_that_fund_each_other_end_and_follow_the_formula() -> None:
    one = report(1, spending=[100], incoming=[funds(2, 10)])
    two = report(2, spending=[150], incoming=[funds(1, 100)])
    assert cents_of(one, two) == {130: 90, 230: 50}


def test_a_long_line_of_levels_and_payments_ends() -> None:
    line = [report(n, spending=[5], children=[n + 1], incoming=[funds(n - 2, 5)]) for n in range(1, 301)]
    assert sum(cents_of(*line).values()) == 5


def test_of_several_that_are_one_by_decision_one_counts() -> None:
    """1 and 2 are one, 2 counts; 2 and 3 are one, 3 counts: 3 counts for all, and what 1 paid came from 3."""
    one, two, three = report(1, spending=[10]), report(2, spending=[11]), report(3, spending=[12])
    receiver = report(4, spending=[9], incoming=[funds(1, 5)])
    found = net_amounts([one, two, three, receiver], [Claim(7, "same", 2, 1), Claim(8, "same", 3, 2)])
    assert {id_: net.cents for id_, net in found.items()} == {130: 0, 230: 0, 330: 12, 430: 4}
    assert (found[130].reasons, found[230].reasons) == (
        (Reason("decided-same", 3, 7),), (Reason("decided-same", 3, 8),)
    )  # fmt: skip
    assert found[430].reasons == (Reason("passed-on", 3),)


def test_a_level_by_decision_is_one_where_no_report_says_so() -> None:
    parent, child, other = report(1, spending=[50], children=[2]), report(2, spending=[20]), report(3, spending=[30])
    found = net_amounts([parent, child, other], [Claim(5, "parent", 2, 3)])
    assert (found[130].reasons, found[230].reasons) == ((Reason("lower-level", 2),), (Reason("decided-parent", 3, 5),))
    assert [net.cents for net in found.values()] == [0, 0, 30]


def test_every_reason_has_its_explanation() -> None:
    decided = {"decided-same", "decided-parent", "decided-funds"}
    assert set(EXPLANATIONS) == {"same-identifier", "secondary-reporter", "lower-level", "passed-on"} | decided


@st.composite
def reports(draw: st.DrawFn) -> list[NettingActivity]:
    ids = range(1, draw(st.integers(1, 7)) + 1)
    known = st.integers(1, 8)
    amounts = st.lists(st.integers(-50, 200), max_size=3)
    gifts = st.builds(
        Incoming,
        known,
        st.integers(2019, 2022),
        st.integers(-20, 200),
        st.sampled_from(["funds", "commitment"]),
        claim=st.just(0),
    )
    return [
        report(
            id_,
            reporter=draw(st.sampled_from(list(REFS))),
            identifier=draw(st.sampled_from(["", "", "", "XM-DAC-4-A", "Z"])),
            owner=draw(st.integers(0, 3)),
            secondary=draw(st.booleans()),
            hierarchy=draw(st.none() | st.integers(1, 3)),
            parents=draw(st.lists(known, max_size=1)),
            children=draw(st.lists(known, max_size=2)),
            commitments=draw(amounts),
            spending=draw(amounts),
            budgets=draw(amounts),
            incoming=draw(st.lists(gifts, max_size=3)),
        )
        for id_ in ids
    ]


claims = st.lists(
    st.builds(Claim, st.integers(1, 9), st.sampled_from(["same", "funds", "parent"]), st.integers(1, 8), st.integers(1, 8),
              told=st.just(())),
    max_size=4, unique_by=lambda claim: claim.id,
)  # fmt: skip


@given(reports(), claims, st.randoms(use_true_random=False))
def test_net_keeps_its_bounds_its_reasons_and_ignores_the_order(
    activities: list[NettingActivity], decided: list[Claim], shuffler: random.Random
) -> None:
    found = net_amounts(activities, decided)
    rows = [row for activity in activities for flow in activity.amounts.values() for row in flow]
    assert found.keys() == {row.id for row in rows}
    for row in rows:
        net = found[row.id]
        assert 0 <= net.cents <= row.cents if row.cents >= 0 else net.cents in (row.cents, 0)
        assert net.reasons or net.cents == row.cents
        assert len(set(net.reasons)) == len(net.reasons)
    numbers = {claim.id for claim in decided}
    assert all(
        (reason.claim in numbers) == reason.code.startswith("decided")
        for net in found.values()
        for reason in net.reasons
    )
    shuffler.shuffle(activities)
    shuffler.shuffle(decided)
    assert net_amounts(activities, decided) == found


@given(
    st.lists(st.integers(-100, 300), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(2018, 2030), st.integers(-50, 300)), max_size=6),
)
def test_new_money_is_outgoing_less_incoming_exactly(outgoing: list[int], incoming: list[tuple[int, int]]) -> None:
    receiver = report(2, spending=outgoing, incoming=[funds(1, cents, year) for year, cents in incoming])
    found = cents_of(report(1, spending=[1]), receiver)
    came, went = max(0, sum(cents for _, cents in incoming)), sum(outgoing)
    assert sum(found.values()) - 1 == (max(0, went - came) if went >= 0 else went)


@given(reports())
def test_levels_alone_never_let_all_money_vanish(activities: list[NettingActivity]) -> None:
    spending = [
        replace(a, identifier=str(a.id), incoming=(), amounts={"disbursement": [AmountRow(a.id, 2020, 1, 10)]})
        for a in activities
    ]
    found = net_amounts(spending)
    for net in found.values():
        assert net.cents == 10 or found[net.reasons[0].activity].cents == 10
