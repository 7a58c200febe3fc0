"""Which pairs of reports are proposed: of the demo just the planted ones, and what speaks for and against a pair."""

from dataclasses import replace

import pytest

from app.rules.twin_evidence import Known, judge_pair
from app.rules.twins import Titled, find_twins
from examples.build_demo import collect_projects
from examples.demo_model import Project, read_vocabulary

KH = frozenset({"KH"})
ONE = Known(
    "A", "Safe shelter for girls and boys, Phnom Penh", 1, KH, 2019, 2020, {2: "4"}, frozenset(), {"commitment": 100}
)
OTHER = Known(
    "B", "Safe shelter for boys and girls in Phnom Penh", 2, KH, 2019, 2021, {}, frozenset(), {"incoming": 95}
)


def known(project: Project, numbers: dict[str, int]) -> Known:
    sums: dict[str, int] = {"budget": sum(one.cents for one in project.budgets)}
    for flow in project.flows:
        kind = {"1": "incoming", "11": "incoming-commitment", "2": "commitment"}.get(flow.kind, "disbursement")
        sums[kind] = sums.get(kind, 0) + flow.cents
    ends = [(flow.provider, flow.receiver) for flow in project.flows]
    related = {party.activity for pair in ends for party in pair if party} | {ref for _, ref in project.related}
    named = {numbers[project.implementer.ref]: "4"} if project.implementer.ref in numbers else {}
    named |= {numbers[project.funder.ref]: "1"} if project.funder.ref in numbers else {}
    return Known(
        project.identifier, next(iter(project.titles.values())), numbers[project.reporter.ref],
        frozenset(code for code, _ in project.places), project.start.year, project.end.year, named, related, sums,
    )  # fmt: skip


def test_of_the_demo_just_the_planted_pairs_are_proposed() -> None:
    projects = [one for some in collect_projects().values() for one in some]
    numbers = {ref: n for n, ref in enumerate(dict.fromkeys(one.reporter.ref for one in projects))}
    reports = [known(one, numbers) for one in projects]
    titled = [
        Titled(n, one.title, one.reporter, frozenset(one.countries), one.first, one.last)
        for n, one in enumerate(reports)
    ]
    alike = {(int(twin.one), int(twin.other)) for twin in find_twins(titled, titled)}
    proposed = {
        frozenset((reports[one].identifier, reports[other].identifier))
        for one, other in alike
        if judge_pair(reports[one], reports[other])
    }
    planted = [case["id"] for case in read_vocabulary("cases") if case["case"] == "likely twin"]
    assert proposed == {frozenset(planted)}
    assert len(alike) > 2 * len(proposed)  # titles alone would have proposed more


def test_everything_that_speaks_for_a_pair_is_told() -> None:
    found = judge_pair(ONE, OTHER)
    assert found is not None
    assert (found.points, found.leads) == (6, "one")
    assert found.evidence[1:] == (
        ("places", "KH"), ("years", 2019, 2020), ("named", "other", "4"), ("money", "commitment", 100, "incoming", 95)
    )  # fmt: skip
    assert (judge_pair(replace(ONE, named={2: "1"}), OTHER) or found).leads == "other"


@pytest.mark.parametrize(
    "changed",
    [
        {"reporter": 1},
        {"identifier": "A"},
        {"related": {"A"}},
        {"countries": {"KE"}},
        {"first": 2022, "last": 2023},
        {"title": "Safe shelter for boys and girls in Battambang", "sums": {}},
        {"title": "Safe shelter for boys and girls in Phnom Penh 2", "sums": {}, "countries": {"KH", "TH"}},
    ],
    ids=["reporter", "identifier", "linked", "countries", "years", "another place, no sum alike", "little in common"],
)
def test_what_speaks_against_a_pair(changed: dict[str, object]) -> None:
    assert judge_pair(ONE, replace(OTHER, **changed)) is None  # type: ignore[arg-type]


def test_a_title_that_many_projects_have_is_no_name() -> None:
    same = replace(OTHER, title=ONE.title, last=2020, sums={})
    bare = replace(ONE, named={})
    assert judge_pair(bare, same) is not None
    assert judge_pair(replace(bare, called_so=5), same) is None
    assert judge_pair(bare, replace(same, last=2021)) is None


def test_numbers_that_differ_are_two_phases() -> None:
    one, other = (replace(side, title=f"{ONE.title} phase {n}") for side, n in ((ONE, 1), (OTHER, 2)))
    assert judge_pair(one, other) is None
