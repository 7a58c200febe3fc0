"""The same money reported twice counts once, whatever the order in which the reports come and go."""

from itertools import permutations

import pytest

from app.services.undo_import import undo_import
from tests.services.iati_files import activity, area, budget, committed, country, related, spent, transaction
from tests.services.stored import Portfolio, findings, money, net, query, rolled_up, visible

KH = country("KH")
OWN = activity("XX-1-A", KH, spent("2019-05-01", 100))
COPY = activity("XX-1-A", KH, spent("2019-05-01", 90), area("N3"), reporter="YY-2")
SECONDARY = activity("XX-1-A", KH, spent("2019-05-01", 80), reporter="ZZ-3", secondary=True)
PARENT = activity("XX-1-P", KH, spent("2019-05-01", 50), budget("2019-01-01", "2019-12-31", 60), hierarchy=1)
CHILD = activity("XX-1-C", KH, spent("2019-05-01", 45), related("1", "XX-1-P"), hierarchy=2)
FUNDER = activity("XX-1-F", KH, committed("2019-03-01", 120, receiver_activity="YY-2-N"),
                  spent("2019-04-01", 120, receiver_activity="YY-2-N"))  # fmt: skip
PASSED_ON = activity(
    "YY-2-N", KH, transaction("1", "2019-05-01", 120, provider="XX-1", provider_activity="XX-1-F"),
    committed("2019-06-01", 150), spent("2019-07-01", 90), reporter="YY-2",
)  # fmt: skip


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def reasons(identifier: str, reporter: str) -> list[str]:
    rows = query("""SELECT a.reasons FROM allocation a JOIN activity p ON p.id = a.activity_id
        JOIN organisation o ON o.id = p.reporter_id WHERE p.identifier = :i AND o.ref = :o AND a.framework_id = 0
        ORDER BY a.flow_type""", i=identifier, o=reporter)  # fmt: skip
    return [row[0].split('"')[1] if row[0] else "" for row in rows]


def test_the_accountable_reporter_s_copy_counts(portfolio: Portfolio) -> None:
    portfolio.take(OWN, COPY, SECONDARY)
    assert (rolled_up("gross"), rolled_up()) == (270_00, 100_00)
    assert reasons("XX-1-A", "XX-1") == [""]
    assert reasons("XX-1-A", "YY-2") == ["same-identifier"]
    assert reasons("XX-1-A", "ZZ-3") == ["secondary-reporter"]
    # Its areas follow: the copy's money in N3 counts nothing.
    assert set(money("net", "florence-2008").values()) == {0}


def test_in_whatever_order_the_reports_come(portfolio: Portfolio) -> None:
    reports = {"XX-1": OWN, "YY-2": COPY, "ZZ-3": SECONDARY}
    for order in permutations(reports):
        imported = []
        for reporter in order:
            imported.append(portfolio.take(reports[reporter]).import_id)
            here = order[: len(imported)]
            # Of two copies that are not the donor's own, the one that does not call itself secondary.
            assert net("XX-1-A") == (100_00 if "XX-1" in here else 90_00 if "YY-2" in here else 80_00)
        for import_id in imported:
            undo_import(import_id)
            assert findings() == []
        assert net("XX-1-A") == 0


def test_a_report_that_goes_gives_its_place_to_the_next(portfolio: Portfolio) -> None:
    portfolio.take(COPY)
    portfolio.take(SECONDARY)
    before = visible()
    own = portfolio.take(OWN, activity("XX-1-Z", KH))
    assert net("XX-1-A") == 100_00
    portfolio.take(activity("XX-1-Z", KH), mode="replace")
    assert net("XX-1-A") == 90_00
    assert reasons("XX-1-A", "YY-2") == [""]
    undo_import(own.import_id + 1)
    assert net("XX-1-A") == 100_00
    undo_import(own.import_id)
    assert visible() == before


def test_money_counts_at_the_lowest_level_that_reports_it(portfolio: Portfolio) -> None:
    portfolio.take(PARENT)
    portfolio.take(CHILD)
    assert {key[3]: cents for key, cents in money("net").items() if key[0] == "XX-1-P"} == {
        "disbursement": 0,
        "budget": 60_00,
    }
    assert net("XX-1-C") == 45_00
    assert reasons("XX-1-P", "XX-1") == ["", "lower-level"]


def test_a_link_that_is_gone_nets_no_more(portfolio: Portfolio) -> None:
    """The child names its parent no longer: what stood against it counts again."""
    portfolio.take(PARENT, CHILD)
    portfolio.take(activity("XX-1-C", KH, spent("2019-05-01", 45), hierarchy=2))
    assert (net("XX-1-P"), net("XX-1-C")) == (110_00, 45_00)
    portfolio.take(CHILD)
    assert (net("XX-1-P"), net("XX-1-C")) == (60_00, 45_00)
    portfolio.take(activity("XX-1-C", KH, related("1", "XX-1-P"), hierarchy=2))
    assert net("XX-1-P") == 110_00


def test_a_chain_counts_once_at_the_first_funder(portfolio: Portfolio) -> None:
    """METRICS 2.4: incoming 120; outgoing commitments 150, spending 90: new commitments 30, new spending 0."""
    portfolio.take(PASSED_ON)
    assert net("YY-2-N") == 240_00
    portfolio.take(FUNDER)
    found = {key[3]: cents for key, cents in money("net").items() if key[0] == "YY-2-N"}
    assert found == {"commitment": 30_00, "disbursement": 0}
    assert net("XX-1-F") == 240_00
    assert (rolled_up("gross"), rolled_up()) == (480_00, 270_00)
    assert reasons("YY-2-N", "YY-2") == ["passed-on", "passed-on"]
    assert rolled_up("linked") == 480_00


def test_a_chain_that_breaks_counts_in_full(portfolio: Portfolio) -> None:
    funder = portfolio.take(FUNDER)
    portfolio.take(PASSED_ON)
    assert net("YY-2-N") == 30_00
    undo_import(funder.import_id)
    assert (net("YY-2-N"), rolled_up("linked")) == (240_00, 0)


def test_what_only_the_funder_tells_is_netted_too(portfolio: Portfolio) -> None:
    """The receiver reports no incoming funds, but the funder names its activity."""
    portfolio.take(FUNDER)
    portfolio.take(activity("YY-2-N", KH, spent("2019-07-01", 90), reporter="YY-2"))
    assert net("YY-2-N") == 0


def test_no_area_s_net_is_above_its_gross(portfolio: Portfolio) -> None:
    """8 cents by 48 : 47 : 8 are 4, 4 and 0; 7 cents by the same weights would be 3, 3 and 1."""
    portfolio.take(
        activity("XX-1-F", KH, spent("2019-04-01", "0.01")),
        activity("YY-2-N", KH, area("N1", 48), area("N2", 47), area("N3", 8), spent("2019-05-01", "0.08"),
                 transaction("1", "2019-04-01", "0.01", provider_activity="XX-1-F"), reporter="YY-2"),
    )  # fmt: skip
    gross, left = money("gross", "florence-2008"), money("net", "florence-2008")
    assert (sorted(gross.values()), sum(left.values())) == ([0, 4, 4], 7)
    assert all(left[key] <= gross[key] for key in gross)


def test_links_reach_as_far_as_they_go(portfolio: Portfolio) -> None:
    """Three in a row, brought from the far end: each one nets the next."""
    last = activity("ZZ-3-L", KH, transaction("1", "2019-08-01", 90, provider_activity="YY-2-N"), spent("2019-09-01", 90),
                    reporter="ZZ-3")  # fmt: skip
    portfolio.take(last)
    portfolio.take(PASSED_ON)
    assert (net("ZZ-3-L"), net("YY-2-N")) == (0, 240_00)
    first = portfolio.take(FUNDER)
    assert (net("ZZ-3-L"), net("YY-2-N")) == (0, 30_00)
    undo_import(first.import_id)
    assert (net("ZZ-3-L"), net("YY-2-N")) == (0, 240_00)


def test_in_one_file_or_in_several_the_net_is_the_same(portfolio: Portfolio) -> None:
    everything = [OWN, COPY, SECONDARY, PARENT, CHILD, FUNDER, PASSED_ON]
    together = portfolio.take(*everything)
    at_once = money("net")
    undo_import(together.import_id)
    for one in reversed(everything):
        portfolio.take(one)
    assert money("net") == at_once


def test_a_large_family_is_netted_in_time(portfolio: Portfolio) -> None:
    """Two thousand children: the work grows with the links, not with their square."""
    children = [activity(f"XX-1-C{n}", KH, spent("2019-05-01", 1), related("1", "XX-1-P")) for n in range(2000)]
    portfolio.take(PARENT, *children, suggest=False)
    assert rolled_up() == 2060_00
