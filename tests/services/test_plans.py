"""Plans: entering, gaps with linked projects, matches in both directions, interests."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import database
from app.errors import ImportConflict, InvalidInput, NotAllowed, NotFound
from app.models.plan_document import Cost, PlanDocument
from app.queries.action_links import list_links
from app.rules.fit import Judge
from app.rules.permissions import Viewer
from app.services.decide_action_link import decide_action_link, link_project
from app.services.document_kinds import PLAN
from app.services.express_interest import answer_interest, express_interest, list_interests, show_interest
from app.services.match_funding import Match, judge_of, match_funding
from app.services.overlap_json import overlap_as_json
from app.services.propose_action_links import propose_action_links
from app.services.remove_document import remove_document
from app.services.report_overlap import OverlapFilter, report_overlap
from app.services.save_document import save_document
from app.services.show_plan import list_plans, show_plan
from app.services.show_plan_gap import PlanGapShown, show_plan_gap
from tests.services.funding import a_line, a_plan, action_ids, an_action, donor, enter_line, enter_plan, team
from tests.services.iati_files import activity, area, country, spent
from tests.services.stored import Portfolio
from tests.services.uploads import person

NOW = datetime.now(UTC)


def matches(viewer: Viewer | None, **asked: object) -> list[Match]:
    with database.read() as connection:
        return match_funding(connection, viewer, NOW, **asked)  # type: ignore[arg-type]


def pairs(viewer: Viewer | None, **asked: object) -> list[tuple[str, str, str]]:
    return [(one.line.line.reference, one.action.code, one.fit.verdict) for one in matches(viewer, **asked)]


def gap_of(viewer: Viewer | None, plan_id: int, flow: str = "disbursement") -> PlanGapShown:
    with database.read() as connection:
        return show_plan_gap(connection, viewer, plan_id, flow)


def shown(viewer: Viewer | None, plan_id: int) -> PlanDocument:
    with database.read() as connection:
        return show_plan(connection, viewer, plan_id).plan


@pytest.mark.usefixtures("database_url")
def test_a_plan_is_read_back_as_it_was_entered_and_keeps_its_actions() -> None:
    viewer = team()
    plan = a_plan(
        "P", an_action("1", areas=(("florence-2008/N3", 600_000), ("florence-2008/N4", None)), indicators=(("Shelters", "3", "9"),)),
        an_action("2", "florence-2008/O1", responsible="Ministry", priority="high", costs=(Cost("budget", 2025, 1, "KHR"),)),
        fiscal_year_start=7, edition="2nd",
    )  # fmt: skip
    number = enter_plan(viewer, plan)
    before = action_ids(number)
    assert shown(viewer, number) == plan
    turned = replace(plan, actions=(plan.actions[1], replace(plan.actions[0], title="Other")))
    assert save_document(viewer, turned, number, 1).id == number
    assert action_ids(number) == before
    assert shown(None, number) == turned
    with pytest.raises(ImportConflict):
        save_document(viewer, plan, number, 1)
    remove_document(viewer, PLAN, number)
    with pytest.raises(NotFound):
        shown(viewer, number)


@pytest.mark.usefixtures("database_url")
def test_who_sees_and_changes_a_plan() -> None:
    owner, stranger = team(), donor()
    colleague = person("reader@example.org", "reader", "KH-GOV-1")
    public, hidden = enter_plan(owner, a_plan()), enter_plan(owner, a_plan("H", visibility="private"))
    with database.read() as connection:
        assert (
            {one.id for one in list_plans(connection, owner)}
            == {one.id for one in list_plans(connection, colleague)}
            == {public, hidden}
        )
        assert (
            [one.id for one in list_plans(connection, stranger, "KH")]
            == [one.id for one in list_plans(connection, None)]
            == [public]
        )
        assert list_plans(connection, stranger, "KE") == []
    for viewer in (stranger, colleague):
        with pytest.raises(NotAllowed):
            save_document(viewer, a_plan(), public)
        with pytest.raises(NotAllowed):
            remove_document(viewer, PLAN, public)
        with pytest.raises(NotAllowed):
            propose_action_links(viewer, public)
    with pytest.raises(NotFound):
        pairs(stranger, plan_id=hidden)


@pytest.mark.usefixtures("database_url")
def test_a_plans_faults_are_named_at_once() -> None:
    bad = a_plan(
        "P", an_action("1", areas=(("florence-2008/N3", 700_000), ("florence-2008/N4", 400_000))), an_action("1", "florence-2008/ZZ"),
        an_action("2", costs=(Cost("cost", 0, 5, "USD"), Cost("cost", 2025, -5, ""), Cost("cost", 2031, 5, "USD"))),
        country="XX", last_year=2020,
    )  # fmt: skip
    saved = save_document(team(), bad)
    assert saved.id is None
    assert {fault.code for fault in saved.faults} == {
        "shares-above-whole", "action-twice", "area-unknown", "cost-without-year", "currency-missing", "amount-impossible",
        "cost-outside-plan", "country-unknown", "years-backwards",
    }  # fmt: skip


def take(portfolio: Portfolio) -> None:
    portfolio.take(
        activity("XX-1-1", country("KH"), area("N3", 100), spent("2025-05-01", 30_000)),
        activity("XX-1-2", country("KH"), area("O1", 100), spent("2025-05-01", 10_000)),
        activity("XX-1-3", country("KH"), area("N3", 100), spent("2015-05-01", 10_000)),
    )


def test_projects_are_proposed_decided_and_counted_net(portfolio: Portfolio) -> None:
    take(portfolio)
    viewer = team()
    number = enter_plan(viewer, a_plan("P", an_action("1"), an_action("2", "rome-2012/PROT1")))
    assert gap_of(viewer, number).gap.whole.linked == 0
    assert (propose_action_links(viewer, number), propose_action_links(viewer, number)) == (2, 0)
    ids = action_ids(number)
    with database.read() as connection:
        links = {(row.action_id, row.identifier): row.id for row in list_links(connection, viewer, list(ids.values()))}
    assert set(links) == {(ids["1"], "XX-1-1"), (ids["2"], "XX-1-1")}
    assert gap_of(viewer, number).gap.whole.linked == 0  # a proposal counts nothing
    decide_action_link(viewer, links[ids["1"], "XX-1-1"], "confirmed")
    one = gap_of(viewer, number)
    assert (one.gap.actions[ids["1"]].linked, one.gap.actions[ids["1"]].status) == (3_000_000, "orphan")
    assert one.gap.years[2025].linked == 3_000_000
    assert gap_of(viewer, number, "commitment").gap.whole.linked == 0
    decide_action_link(viewer, links[ids["2"], "XX-1-1"], "confirmed", 400_000)
    both = gap_of(viewer, number).gap
    assert (both.actions[ids["1"]].linked, both.actions[ids["2"]].linked) == (1_800_000, 1_200_000)
    with pytest.raises(InvalidInput, match="60 are left"):
        decide_action_link(viewer, links[ids["1"], "XX-1-1"], "confirmed", 700_000)
    decide_action_link(viewer, links[ids["2"], "XX-1-1"], "rejected")
    assert gap_of(viewer, number).gap.whole.linked == 3_000_000
    assert one.fit.value == pytest.approx(0.75)
    assert [fit.value for _, fit in one.fits.values()] == [pytest.approx(0.75)]


def test_a_project_is_linked_by_hand_once_and_only_if_one_sees_it(portfolio: Portfolio) -> None:
    take(portfolio)
    viewer = team()
    number = enter_plan(viewer, a_plan())
    action = action_ids(number)["1.1"]
    link_project(viewer, action, " XX-1-2 ", 500_000)
    assert gap_of(viewer, number).gap.whole.linked == 500_000
    with pytest.raises(InvalidInput):
        link_project(viewer, action, "XX-1-2")
    with pytest.raises(InvalidInput, match="identifier “XX-1-999”"):
        link_project(viewer, action, "XX-1-999")
    with pytest.raises(NotAllowed):
        link_project(donor(), action, "XX-1-1")


@pytest.mark.usefixtures("database_url")
def test_matches_in_three_directions_are_the_same_pairs() -> None:
    giver, other, asker = donor(), donor("other@example.org", "XM-DAC-9-2"), team()
    fits = enter_line(giver, a_line("FITS"))
    enter_line(giver, a_line("ASKS", applicant_types=("22",), areas=("sdg-2030/16.2",)))
    enter_line(other, a_line("SAYS-NOTHING", areas=(), countries=()))
    enter_line(giver, a_line("CLOSED", closes="2020-01-01"))
    enter_line(giver, a_line("ELSEWHERE", countries=("KE",)))
    enter_line(giver, a_line("EXCLUDED", countries=("798",), excluded=("KH",)))
    enter_line(giver, a_line("HIDDEN", visibility="private"))
    number = enter_plan(asker, a_plan("P", an_action("1"), an_action("2", "florence-2008/O1")))
    ids = action_ids(number)
    expected = [
        ("FITS", "1", "fits"),
        ("ASKS", "1", "almost"),
        ("SAYS-NOTHING", "1", "almost"),
        ("SAYS-NOTHING", "2", "almost"),
    ]
    assert pairs(asker, plan_id=number) == expected
    assert pairs(None, action_id=ids["1"]) == expected[:3]
    assert pairs(asker, line_id=fits) == expected[:1]
    assert pairs(giver, donor="XM-DAC-9-1") == [("FITS", "1", "fits"), ("HIDDEN", "1", "fits"), ("ASKS", "1", "almost")]
    best = matches(asker, plan_id=number)[0]
    assert (best.fit.score, best.fit.missing) == (10, ())
    with pytest.raises(InvalidInput):
        matches(asker)
    with pytest.raises(NotFound):
        matches(asker, action_id=999)


@pytest.mark.usefixtures("database_url")
def test_a_change_of_a_line_changes_its_matches_at_once() -> None:
    giver, asker = donor(), team()
    line = enter_line(giver, a_line())
    number = enter_plan(asker, a_plan())
    from app.services.save_document import save_document

    assert pairs(asker, plan_id=number) == [("CALL-1", "1.1", "fits")]
    save_document(giver, a_line(minimum=20_000_000), line)
    assert pairs(asker, plan_id=number) == [("CALL-1", "1.1", "almost")]
    save_document(giver, a_line(countries=("KE",)), line)
    assert pairs(asker, plan_id=number) == pairs(asker, line_id=line) == []


@pytest.mark.usefixtures("database_url")
def test_an_interest_is_tracked_to_a_decision() -> None:
    giver, asker, other = donor(), team(), donor("other@example.org", "XM-DAC-9-2")
    action = action_ids(enter_plan(asker, a_plan()))["1.1"]
    line = enter_line(giver, a_line())
    number = express_interest(giver, action, "We would like to talk.", line)
    with pytest.raises(InvalidInput):
        express_interest(giver, action, "Again")
    with pytest.raises(InvalidInput):
        express_interest(asker, action, "Mine")
    with pytest.raises(InvalidInput):
        express_interest(other, action, "With another's line", line)
    with pytest.raises(NotAllowed):
        answer_interest(giver, number, "agreed", "Yes?")
    answer_interest(asker, number, "in-discussion", "Call us")
    answer_interest(asker, number, "agreed", "")
    with pytest.raises(InvalidInput):
        answer_interest(asker, number, "declined", "")
    with database.read() as connection:
        assert (
            [one.id for one in list_interests(connection, asker)]
            == [one.id for one in list_interests(connection, giver)]
            == [number]
        )
        assert list_interests(connection, other) == []
        one = show_interest(connection, asker, number)
        with pytest.raises(NotFound):
            show_interest(connection, other, number)
    assert [(step.state, step.message) for step in one.history] == [
        ("expressed", "We would like to talk."), ("in-discussion", "Call us"), ("agreed", ""),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        answer_interest(other, number, "declined", "")


def test_the_overlap_report_knows_what_public_plans_need(portfolio: Portfolio) -> None:
    take(portfolio)
    viewer = team()
    hidden = a_plan("H", an_action("1", "florence-2008/R2"), visibility="private")
    number = enter_plan(viewer, a_plan("P", an_action("1"), an_action("2", "florence-2008/N4", cost=2_000_000)))
    enter_plan(viewer, hidden)

    def report(**asked: object) -> dict[str, dict[str, object]]:
        with database.read() as connection:
            document = overlap_as_json(report_overlap(connection, OverlapFilter(countries=("KH",), **asked)))  # type: ignore[arg-type]
        areas = {line["area"]: line for line in document["areas"]}
        return areas | {"country": document["country_indices"][0]}

    found = report(first_year=2025)
    assert (found["N3"]["need"], found["N3"]["funding_ratio"]) == ("100000.00", 0.3)
    assert (found["N4"]["need"], found["N4"]["funding_ratio"], found["N4"]["status"]) == (
        "20000.00",
        0.0,
        "gap with need",
    )
    assert (found["R2"]["need"], found["R2"]["status"]) == (None, "gap")
    assert found["country"]["plan_fit"] == pytest.approx(0.75)
    assert report(last_year=2025)["N3"]["need"] == "50000.00"
    save_document(viewer, a_plan("P", visibility="private"), number)
    assert report(first_year=2025)["N3"]["need"] is None


@pytest.mark.usefixtures("database_url")
def test_after_a_change_only_its_own_pairs_are_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.match_funding._judge", Judge({}))  # it remembers what earlier tests asked
    giver, keeper = donor(), team()
    lines = [enter_line(giver, a_line(f"L{n}")) for n in range(3)]
    plan = a_plan("P", an_action("1"), an_action("2", cost=9_000_000))
    number = enter_plan(keeper, plan)

    def judged() -> int:
        with database.read() as connection:
            before = judge_of(connection).pairs
            match_funding(connection, keeper, NOW, plan_id=number)
            return judge_of(connection).pairs - before

    judged()
    assert judged() == 0
    save_document(giver, a_line("L1", maximum=90_000_000), lines[1])
    assert judged() == 2
    save_document(keeper, replace(plan, actions=(plan.actions[0], an_action("2", cost=8_000_000))), number)
    assert judged() == 3
