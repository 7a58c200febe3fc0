"""Division of labour, key messages, the years, the view ahead, and the follow-up of agreements."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.division import Presence, find_handovers, find_joint_work, propose_leads
from app.rules.follow_agreement import Project, follow_up
from app.rules.key_messages import key_messages
from app.rules.overlap_report import build_overlap
from app.rules.years import Running, build_time_line, funded_until, later, look_forward
from tests.slow_overlap import Money, slow_sums

TODAY = date(2020, 6, 15)


def presence(donor: int, first: int, last: int, cents: int = 100, project: int = 0, *partners: int) -> Presence:
    return Presence("KH", 1, donor, project or donor, first, last, cents, frozenset(partners))


def test_donors_of_the_same_area_and_years_could_work_together() -> None:
    found = find_joint_work([presence(1, 2015, 2018, 500), presence(2, 2017, 2019, 300), presence(3, 2019, 2019)])
    assert [(one.donors, one.years, one.cents) for one in found] == [
        ((1, 2), (2017, 2018), 800), ((2, 3), (2019,), 400),
    ]  # fmt: skip


def test_a_common_partner_comes_first() -> None:
    rows = [presence(1, 2015, 2015, 900, 1, 77), presence(2, 2015, 2015, 800), presence(3, 2015, 2015, 5, 3, 77, 78)]
    found = find_joint_work(rows)
    assert [one.donors for one in found] == [(1, 3), (1, 2), (2, 3)]
    assert found[0].partners == (77,)


def test_money_without_a_donor_joins_nothing() -> None:
    assert not find_joint_work([presence(0, 2015, 2015), presence(1, 2015, 2015)])
    assert not find_joint_work([presence(1, 2015, 2015, -5), presence(2, 2015, 2015)])


def test_a_relation_that_matters_to_nobody_could_be_handed_over() -> None:
    money = {("KH", 1, 1): 900, ("KH", 2, 1): 50, ("KH", 1, 2): 40, ("KH", 3, 3): 10, ("KH", 1, 0): 999}
    [small, other] = find_handovers(money, {(1, "KH")})
    assert (small.donor, small.areas, small.takers) == (3, (3,), ())
    assert (other.donor, other.cents, other.takers) == (2, 40, (1,))
    assert other.share == pytest.approx(0.04)
    assert find_handovers(money, {(1, "KH"), (2, "KH"), (3, "KH")}) == []


def test_the_steady_donor_leads_not_the_largest_once() -> None:
    money = [("KH", 1, 1, year, 40) for year in (2015, 2016, 2017)]
    money += [("KH", 1, 2, 2015, 1000), ("KH", 1, 2, 2016, 30), ("KH", 1, 2, 2017, 1)]
    [lead] = propose_leads(money)
    assert (lead.donor, lead.donors, lead.years) == (1, 2, (2015, 2016, 2017))
    assert lead.lowest == pytest.approx(40 / 1040)


def test_who_is_alone_or_came_once_leads_nothing() -> None:
    assert propose_leads([("KH", 1, 1, 2015, 5), ("KH", 1, 1, 2016, 5)]) == []
    assert propose_leads([("KH", 1, 1, 2015, 5), ("KH", 1, 2, 2016, 5)]) == []
    assert propose_leads([("KH", 1, 1, 2015, 5), ("KH", 1, 2, 2015, 5)]) == []


def test_the_panel_is_who_reported_every_compared_year() -> None:
    money = [(2019, 1, 100), (2019, 2, 50), (2020, 1, 120), (2020, 0, 7)]
    line = build_time_line(money, [(2019, 1), (2019, 2), (2020, 1), (2020, 0), (2019, 0)])
    assert line.panel == (1,)
    assert [(one.year, one.cents, one.donors, one.of_panel) for one in line.years] == [
        (2019, 150, 2, 100), (2020, 127, 1, 120),
    ]  # fmt: skip
    assert build_time_line([], []).years == ()


def test_years_without_money_are_shown_and_only_the_last_are_compared() -> None:
    line = build_time_line([(2010, 1, 5), (2020, 1, 5)], [(2010, 1), (2020, 1)])
    assert (len(line.years), line.compared, line.panel) == (11, tuple(range(2015, 2021)), ())
    assert [one.of_panel for one in line.years][:6] == [None] * 5 + [0]


@given(st.lists(st.tuples(st.integers(2000, 2030), st.integers(0, 4), st.integers(-50, 500))))
def test_the_panel_never_has_more_than_all(money: list[tuple[int, int, int]]) -> None:
    line = build_time_line(money, [(year, donor) for year, donor, _ in money])
    assert all(one.of_panel is None or 0 <= one.of_panel <= one.cents for one in line.years)


def running(donor: int, ends: date | None, area: int = 1) -> Running:
    return Running("KH", area, donor, 10 * donor + area, ends, 100)


def test_an_area_whose_projects_end_is_a_gap_of_tomorrow() -> None:
    rows = [running(1, date(2021, 1, 1)), running(2, date(2021, 9, 1)), running(1, None, 2), running(3, None, 2)]
    ahead = look_forward([*rows, running(9, date(2020, 6, 14))], TODAY)
    assert [(one.several, one.single, one.gaps) for one in ahead.days] == [
        (2, 0, 0), (2, 0, 0) if date(2020, 12, 15) <= date(2021, 1, 1) else (1, 1, 0), (1, 1, 0), (1, 0, 1), (1, 0, 1),
    ]  # fmt: skip
    [ending] = ahead.endings
    assert (ending.area, ending.now, ending.after, ending.day, ending.cents) == (1, (1, 2), (), date(2021, 9, 1), 200)
    assert (ahead.projects, ahead.open_ended) == (4, 2)


def test_planned_money_keeps_a_project_going() -> None:
    assert funded_until(date(2020, 1, 1), date(2022, 1, 1)) == date(2022, 1, 1)
    assert funded_until(date(2020, 1, 1), None) == date(2020, 1, 1)
    assert funded_until(None, None) is None


@given(st.dates(date(1999, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_later(day: date, months: int) -> None:
    found = later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found.replace(day=28) <= found))


@given(st.lists(st.builds(running, st.integers(1, 4), st.none() | st.dates(date(2019, 1, 1), date(2025, 1, 1)))))
def test_what_is_funded_today_is_all_that_is_counted_later(rows: list[Running]) -> None:
    ahead = look_forward(rows, TODAY)
    assert len({one.several + one.single + one.gaps for one in ahead.days}) == 1
    assert [one.gaps for one in ahead.days] == sorted(one.gaps for one in ahead.days)
    assert ahead.days[0].gaps == 0


THEN = Project(1, date(2015, 1, 1), date(2019, 1, 1), "2", 2015, 10)
STAYS = Project(2, date(2015, 1, 1), None, "2", 2015, 10)
COMES = Project(3, date(2019, 1, 1), date(2023, 1, 1), "2", 2019, 10)
CLOSED = Project(4, date(2015, 1, 1), None, "4", 2015, 10)


@pytest.mark.parametrize(("role", "projects", "verdict"), [
    ("leave", [THEN], "left"),
    ("leave", [STAYS], "still-there"),
    ("leave", [COMES], "leaving"),
    ("leave", [], "was-not-there"),
    ("leave", [CLOSED], "was-not-there"),
    ("join", [COMES], "begun"),
    ("join", [STAYS], "there"),
    ("join", [THEN], "not-yet"),
    ("lead", [STAYS], "leads"),
])  # fmt: skip
def test_what_became_of_a_part(role: str, projects: list[Project], verdict: str) -> None:
    assert follow_up(role, projects, [], date(2018, 5, 1), TODAY).verdict == verdict


def test_the_year_of_the_decision_is_neither_before_nor_since() -> None:
    found = follow_up("join", [STAYS], [(2016, 5), (2017, 7), (2018, 11), (2019, 13)], date(2018, 5, 1), TODAY)
    assert (found.before, found.year, found.since, found.then, found.now) == (12, 11, 13, 1, 1)


def money(donor: int, cents: int, area: int = 1, net: int | None = None) -> Money:
    net = cents if net is None else net
    return Money("KH", area, donor, 2019, net, cents, net, 0, 0, 0)


def test_the_sentence_of_four_donors() -> None:
    rows = [money(1, 50), money(2, 30), money(3, 15), money(4, 5)]
    found = {
        one.code: one.facts for one in key_messages(build_overlap(slow_sums(rows, rows), [1, 2], {"KH": 4}, ["KH"]))
    }
    assert found["donors"]["effective"] == pytest.approx(2.739726, abs=1e-6)
    assert (found["donors"]["donors"], found["donors"]["share"], found["donors"]["largest"]) == (4, 0.5, 1)
    assert found["gaps"] == {"gaps": 1, "cells": 2, "needs": 0}
    assert found["pair"] == {"one": 1, "other": 2, "shared": 30}


def test_nothing_at_all_and_money_that_counts_twice() -> None:
    assert [one.code for one in key_messages(build_overlap(slow_sums([], []), [1], {}, ["KH"]))] == [
        "no-money",
        "no-data",
    ]
    rows = [money(1, 100, net=60)]
    found = {one.code: one.facts for one in key_messages(build_overlap(slow_sums([], rows), [1], {"KH": 1}, ["KH"]))}
    assert (found["double"]["cents"], found["unmapped"]["share"]) == (40, 1)
