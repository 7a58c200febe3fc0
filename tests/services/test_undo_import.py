"""Undo: records, projections and totals are what they were before the import; decisions of people stay."""

from pathlib import Path

import pytest

from app.errors import ImportConflict, NotFound
from app.services.undo_import import undo_import
from tests.services.iati_files import activity, area, committed, country, description, related, spent
from tests.services.stored import Portfolio, areas, codes, counts, decide, dump, findings, net, query, titles, visible

WORDS = "Legal aid and protection for child victims and witnesses of trafficking"
A = activity("XX-1-A", country("KH"), description(WORDS), spent("2019-05-01", 100))
B = activity("XX-1-B", country("LA"), area("N4"), spent("2019-05-01", 200), related("1", "XX-1-A"))
C = activity("XX-1-C", country("KH", 30), country("LA", 70), committed("2020-05-01", 300, currency="EUR"))
A_CHANGED = activity("XX-1-A", country("VN"), description("Roads"), area("N1"), spent("2021-05-01", 100))
B_CHANGED = activity("XX-1-B", country("LA"), spent("2019-05-01", 250))


def undo(import_id: int) -> None:
    assert undo_import(import_id).state == "undone"
    assert findings() == []


@pytest.fixture
def two(portfolio: Portfolio) -> int:
    """The first import: A with suggested areas, B with one of the file, child of A."""
    result = portfolio.take(A, B, owner="XX-1")
    assert areas("XX-1-A")["N3"][0] == "suggestion"
    return result.import_id


def test_new_projects_leave(portfolio: Portfolio, two: int) -> None:
    before = visible()
    undo(portfolio.take(A, C, owner="XX-1").import_id)
    assert visible() == before


def test_the_first_import_leaves_an_empty_portfolio(portfolio: Portfolio, two: int) -> None:
    undo(two)
    assert all(rows == [] for rows in visible().values())
    assert query("SELECT state FROM import_run") == [("undone",)]


def test_changed_projects_are_what_they_were(portfolio: Portfolio, two: int) -> None:
    before = visible()
    undo(portfolio.take(A_CHANGED, B_CHANGED, C, owner="XX-1").import_id)
    assert visible() == before


def test_removed_projects_return(portfolio: Portfolio, two: int) -> None:
    before = visible()
    result = portfolio.take(C, owner="XX-1", mode="replace")
    assert counts(result) == (1, 1, 0, 0, 2, 0)
    undo(result.import_id)
    assert visible() == before


def test_what_people_decided_stays(portfolio: Portfolio, two: int) -> None:
    result = portfolio.take(A_CHANGED, C, owner="XX-1", mode="replace")
    decide("XX-1-A", "N5", share=30)
    decide("XX-1-A", "N1", "reject")
    undo(result.import_id)
    assert areas("XX-1-A") == {"N1": ("person", "rejected", None), "N5": ("person", "confirmed", 300_000)}
    assert areas("XX-1-B") == {"N4": ("file", "confirmed", None)}


def test_undo_goes_backwards_only(portfolio: Portfolio, two: int) -> None:
    empty: dict[str, list[object]] = {name: [] for name in visible()}
    first = visible()
    second = portfolio.take(A_CHANGED, owner="XX-1").import_id
    changed = visible()
    third = portfolio.take(C, A, owner="XX-1", mode="replace").import_id
    before = dump()
    for number, later in ((two, f"{second}, {third}"), (second, f"{third}")):
        with pytest.raises(ImportConflict, match=f"take back {later} first"):
            undo_import(number)
    assert dump() == before
    undo(third)
    assert visible() == changed
    undo(second)
    assert visible() == first
    undo(two)
    assert visible() == empty


def test_an_import_after_an_undo_builds_on_what_was_restored(portfolio: Portfolio, two: int) -> None:
    first = visible()
    undo(portfolio.take(A_CHANGED, owner="XX-1").import_id)
    again = portfolio.take(A_CHANGED, owner="XX-1")
    assert counts(again) == (1, 0, 1, 0, 0, 0)
    with pytest.raises(ImportConflict):
        undo_import(two)
    undo(again.import_id)
    assert visible() == first


def test_an_undone_file_can_come_again(portfolio: Portfolio, two: int) -> None:
    before = visible()
    undo(two)
    again = portfolio.take(A, B, owner="XX-1")
    assert counts(again) == (2, 2, 0, 0, 0, 0)
    after = visible()
    assert {name: rows for name, rows in after.items() if name != "activity"} == {
        name: rows for name, rows in before.items() if name != "activity"
    }
    undo(again.import_id)
    assert all(rows == [] for rows in visible().values())


def test_other_imports_are_left_alone(portfolio: Portfolio, two: int) -> None:
    portfolio.take(C, owner="XX-1")
    undo(two)
    assert titles() == {"XX-1-C": "Safe schools"}


def test_only_a_committed_import_can_be_taken_back(portfolio: Portfolio, two: int, tmp_path: Path) -> None:
    preview = portfolio.take(C, preview=True)
    refused = portfolio.import_text("")
    assert codes(refused) == ["file-empty"]
    for number, state in ((preview.import_id, "previewed"), (refused.import_id, "refused")):
        with pytest.raises(ImportConflict, match=state):
            undo_import(number)
    with pytest.raises(NotFound):
        undo_import(99)
    undo(two)
    with pytest.raises(ImportConflict, match="undone"):
        undo_import(two)


def test_money_that_was_netted_counts_again(portfolio: Portfolio) -> None:
    """The copy that counts less, and the parent whose child reports the money, when the other is taken back."""
    parent = activity("XX-1-P", country("KH"), spent("2019-05-01", 50))
    copy = activity("XX-1-A", country("KH"), spent("2019-05-01", 70), reporter="YY-2")
    portfolio.take(copy, owner="YY-2")
    portfolio.take(parent, owner="XX-1")
    before = visible()
    child = activity("XX-1-Q", country("KH"), spent("2019-05-01", 40), related("1", "XX-1-P"))
    later = portfolio.take(A, child, owner="XX-1")
    assert (net("XX-1-A"), net("XX-1-P"), net("XX-1-Q")) == (100_00, 0, 40_00)
    undo(later.import_id)
    assert (net("XX-1-A"), net("XX-1-P")) == (70_00, 50_00)
    assert visible() == before
