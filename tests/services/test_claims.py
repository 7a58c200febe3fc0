"""Likely twins: found in the background, netted only once people say so, and counted again when they take it back."""

import json
from collections.abc import Iterator

import pytest

from app import database
from app.errors import InvalidInput, NotAllowed, NotFound
from app.queries.bulk import data_version
from app.queries.claims import ClaimFilter
from app.rules.permissions import OPERATOR, Viewer
from app.services.compare_snapshots import compare_snapshots
from app.services.decide_claims import ClaimConflict, Said, decide_claims, pair_projects, withdraw_claims
from app.services.find_stored_twins import find_stored_twins
from app.services.freeze_snapshot import freeze_snapshot
from app.services.list_twins import TwinLine, list_twins
from app.services.netting_reasons import explain_reasons
from app.services.rebuild_projections import rebuild_projections
from app.services.report_overlap import OverlapFilter
from app.services.run_jobs import run_waiting_jobs
from app.services.run_twins import queue_twins
from app.services.undo_import import undo_import
from tests.services.iati_files import (
    activity,
    area,
    budget,
    committed,
    country,
    organisation,
    related,
    spent,
    transaction,
)
from tests.services.stored import Portfolio, dump, findings, net, query, rolled_up
from tests.services.uploads import person

KH = country("KH")
SHELTER = "Safe shelter and recovery for girls and boys, Phnom Penh"
DONOR = activity("XX-1-D", KH, area("N3"), organisation("4", "YY-2", "Two"), committed("2019-01-05", 100),
                 spent("2019-05-01", 80), title=SHELTER)  # fmt: skip
NGO = activity("YY-2-N", KH, organisation("1", "XX-1", "One"), transaction("1", "2019-05-02", 80, provider="XX-1"),
               committed("2019-02-01", 30), spent("2019-06-01", 95), reporter="YY-2",
               title="Safe shelter and recovery for boys and girls in Phnom Penh")  # fmt: skip
OTHER = activity("YY-2-O", KH, spent("2019-05-01", 7), reporter="YY-2", title="Schools free from violence in Kampot")


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> Iterator[None]:
    yield
    assert findings() == []


def pairs(viewer: Viewer = OPERATOR, state: str = "all") -> list[TwinLine]:
    with database.read() as connection:
        return list_twins(connection, viewer, ClaimFilter(state)).lines


def say(viewer: Viewer, answer: str, number: int = 0, *, kind: str = "", leads: str = "") -> None:
    with database.write() as connection:
        decide_claims(connection, viewer, {number or pairs()[0].row.id: None}, Said(answer, kind, leads))


def take_back(viewer: Viewer) -> None:
    with database.write() as connection:
        withdraw_claims(connection, viewer, [pairs()[0].row.id])


def nets() -> tuple[int, int]:
    return net("XX-1-D"), net("YY-2-N")


@pytest.fixture
def twins(portfolio: Portfolio) -> Portfolio:
    portfolio.take(DONOR)
    portfolio.take(NGO, OTHER)
    assert find_stored_twins() == (3, 1)
    return portfolio


def test_a_pair_is_proposed_and_nets_nothing(twins: Portfolio) -> None:
    [line] = pairs()
    assert (line.row.state, line.row.points, line.row.leads) == ("proposed", 6, "one")
    assert {said[0] for said in line.evidence if said} == {"alike-title", "places", "named", "money"}
    assert nets() == (180_00, 125_00)
    assert find_stored_twins() == (0, 0)


def test_a_decision_nets_and_taken_back_restores_every_cent(twins: Portfolio) -> None:
    editor = person("one@example.org")
    before = dump("activity_link", "activity_link_answer", "counter", "audit_entry")
    with database.read() as connection:
        version = data_version(connection)
    say(editor, "accepted")
    assert nets() == (180_00, 0)
    assert (rolled_up("gross"), rolled_up(), rolled_up("linked")) == (312_00, 187_00, 305_00)
    [(stored,)] = query("SELECT DISTINCT reasons FROM allocation WHERE reasons <> ''")
    [line] = pairs()
    assert json.loads(stored) == [["decided-same", line.one.id, line.row.id]]
    with database.read() as connection:
        [reason] = explain_reasons(connection, OPERATOR, [stored])[stored]
        assert data_version(connection) > version
    assert (reason.identifier, reason.claim, reason.decided_by) == ("XX-1-D", line.row.id, "Donor XX-1")
    assert reason.decided_at == line.row.decided_at
    take_back(editor)
    assert dump("activity_link", "activity_link_answer", "counter", "audit_entry") == before
    assert [said.ended_at is None for said in pairs()[0].answers] == [False]
    assert pairs()[0].row.state == "proposed"


def test_a_decision_outlives_undo_import_and_rebuild(twins: Portfolio) -> None:
    say(OPERATOR, "accepted", leads="other")
    assert nets() == (0, 125_00)
    later = twins.take(DONOR.replace("Phnom Penh", "Kep"), OTHER)
    assert nets() == (0, 125_00)
    find_stored_twins()
    assert pairs()[0].row.state == "accepted"  # though its titles are less alike now
    undo_import(later.import_id)
    rebuild_projections()
    assert nets() == (0, 125_00)
    # Gone, and brought again by somebody else's import: the same report of the same reporter.
    twins.take(OTHER, mode="replace")
    assert nets() == (180_00, 0)
    twins.take(NGO, owner="ZZ-9")
    assert nets() == (0, 125_00)


def test_one_may_fund_or_contain_the_other(twins: Portfolio) -> None:
    """The receiver says that it has 80 from the donor: of its 95 spent, 15 are new; its commitment is the donor's."""
    say(OPERATOR, "accepted", kind="funds", leads="one")
    assert nets() == (180_00, 15_00)
    say(OPERATOR, "accepted", kind="parent", leads="one")
    assert nets() == (0, 125_00)
    say(OPERATOR, "rejected")
    assert nets() == (180_00, 125_00)


def test_without_a_word_about_it_a_receiver_has_what_the_funder_pays(portfolio: Portfolio) -> None:
    portfolio.take(
        DONOR, activity("YY-2-N", KH, committed("2019-02-01", 110), spent("2019-06-01", 95), reporter="YY-2")
    )
    with database.write() as connection:
        one, other = (query("SELECT id FROM activity WHERE identifier = :i", i=i)[0][0] for i in ("XX-1-D", "YY-2-N"))
        number = pair_projects(connection, OPERATOR, one, "YY-2-N")
        assert pair_projects(connection, OPERATOR, other, "XX-1-D") == number
    say(OPERATOR, "accepted", number, kind="funds", leads="one")
    assert nets() == (180_00, 10_00 + 15_00)


def test_who_may_decide_and_what_if_they_disagree(twins: Portfolio) -> None:
    one, two = person("one@example.org"), person("two@example.org", ref="YY-2")
    for stranger in (person("three@example.org", ref="ZZ-3"), person("reader@example.org", "reader", "YY-2")):
        assert len(pairs(stranger)) == 1
        with pytest.raises(NotAllowed):
            say(stranger, "accepted")
    say(one, "accepted")
    say(two, "unsure")
    assert nets() == (180_00, 0)
    say(two, "rejected")
    assert (pairs()[0].row.state, nets()) == ("disputed", (180_00, 125_00))
    say(two, "accepted", leads="other")
    assert pairs()[0].row.state == "disputed"  # both accept, but not the same
    say(two, "accepted")
    assert nets() == (180_00, 0)
    say(OPERATOR, "rejected")
    assert nets() == (180_00, 125_00)
    take_back(OPERATOR)
    assert (pairs()[0].row.state, nets()) == ("accepted", (180_00, 0))
    for viewer in (one, two):
        take_back(viewer)
    with pytest.raises(NotFound):
        take_back(two)


def test_what_somebody_may_not_see_nets_none_of_their_money(twins: Portfolio) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE activity SET visibility = 'held' WHERE identifier = 'XX-1-D'")
    assert pairs(person("two@example.org", ref="YY-2")) == []
    with pytest.raises(NotAllowed, match="not shared"):
        say(person("one@example.org"), "accepted")


def test_a_decision_is_about_what_was_seen_and_all_of_it(twins: Portfolio) -> None:
    [line] = pairs()
    say(OPERATOR, "unsure")
    with database.write() as connection, pytest.raises(ClaimConflict):
        decide_claims(connection, OPERATOR, {line.row.id: line.row.changes}, Said("accepted"))
    with database.write() as connection, pytest.raises(NotFound):
        decide_claims(connection, OPERATOR, {line.row.id: None, 999: None}, Said("accepted"))
    for wrong in (Said("maybe"), Said("accepted", "cousins"), Said("accepted", note="x" * 4001)):
        with database.write() as connection, pytest.raises(InvalidInput):
            decide_claims(connection, OPERATOR, {line.row.id: None}, wrong)
    assert (pairs()[0].row.state, nets()) == ("unsure", (180_00, 125_00))


def test_the_search_looks_at_what_changed(twins: Portfolio) -> None:
    assert not queue_twins()
    changed = twins.take(DONOR.replace(SHELTER, "Roads between villages"))
    assert queue_twins()
    run_waiting_jobs()
    assert pairs() == []
    undo_import(changed.import_id)
    assert queue_twins()
    run_waiting_jobs()
    assert [line.row.state for line in pairs()] == ["proposed"]
    say(OPERATOR, "rejected")
    twins.take(DONOR.replace(SHELTER, "Roads between villages"))
    find_stored_twins()
    assert [line.row.state for line in pairs()] == ["rejected"]  # what people said stays


def test_two_snapshots_name_netting_as_the_reason(twins: Portfolio) -> None:
    asked = OverlapFilter(countries=("KH",))
    first = freeze_snapshot(OPERATOR, asked, "Before")
    say(OPERATOR, "accepted")
    second = freeze_snapshot(OPERATOR, asked, "After")
    with database.read() as connection:
        found = compare_snapshots(connection, first, second)
    assert found.found.total.reasons == {"netting": -95_00}
    said = {why for row in found.after.money.rows for why in row.reasons}
    [line] = pairs()
    assert said == {("decided-same", f"XX-1-D (decision {line.row.id}: coordinator, {line.row.decided_at.date()})")}


def test_a_portfolio_with_every_kind_of_double_report(portfolio: Portfolio) -> None:
    """All five steps at once. In whole dollars, spent unless said otherwise; what counts was worked out by hand.

    same identifier: 100 by XX-1 and 90 by YY-2 -> 100. Secondary: 70, and 70 by ZZ-3 -> 70. Levels: parent 50 and
    budget 60, child 45 -> 45 and 60. Chain: 120 committed and spent; the receiver commits 150, spends 90 -> 30 and 0.
    Twins by decision: 80 and commitment 100 by XX-1; 95 and 30 by YY-2 -> 80 and 100. Alone: 7 -> 7.
    """
    portfolio.take(
        activity("XX-1-S", KH, spent("2019-05-01", 100)), activity("XX-1-Z", KH, spent("2019-05-01", 70)),
        activity("XX-1-P", KH, spent("2019-05-01", 50), budget("2019-01-01", "2019-12-31", 60), hierarchy=1),
        activity("XX-1-C", KH, spent("2019-05-01", 45), related("1", "XX-1-P"), hierarchy=2),
        activity("XX-1-F", KH, committed("2019-03-01", 120), spent("2019-04-01", 120)), DONOR,
    )  # fmt: skip
    portfolio.take(
        activity("XX-1-S", KH, spent("2019-05-01", 90), reporter="YY-2"),
        activity("YY-2-R", KH, transaction("1", "2019-05-01", 120, provider="XX-1", provider_activity="XX-1-F"),
                 committed("2019-06-01", 150), spent("2019-07-01", 90), reporter="YY-2"), NGO, OTHER,
    )  # fmt: skip
    portfolio.take(activity("XX-1-Z", KH, spent("2019-05-01", 70), reporter="ZZ-3", secondary=True))
    find_stored_twins()
    say(OPERATOR, "accepted")
    left = query("""SELECT a.reasons, a.flow_type, SUM(a.gross - a.net) FROM allocation a
        WHERE a.framework_id = 0 AND a.reasons <> '' GROUP BY a.reasons, a.flow_type""")
    assert sorted((json.loads(why)[0][0], flow, int(cents)) for why, flow, cents in left) == [
        ("decided-same", "commitment", 30_00), ("decided-same", "disbursement", 95_00),
        ("lower-level", "disbursement", 50_00), ("passed-on", "commitment", 120_00),
        ("passed-on", "disbursement", 90_00), ("same-identifier", "disbursement", 90_00),
        ("secondary-reporter", "disbursement", 70_00),
    ]  # fmt: skip
    gross = (100 + 90) + (70 + 70) + (50 + 60 + 45) + (240 + 240) + (180 + 125) + 7
    counted = 100 + 70 + (60 + 45) + (240 + 30) + 180 + 7
    assert (rolled_up("gross"), rolled_up()) == (gross * 100, counted * 100)
