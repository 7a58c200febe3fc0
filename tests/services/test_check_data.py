"""`tessera check` finds each fault that is planted, and none where nothing is wrong."""

import pytest
from sqlalchemy import text

from app import database
from app.queries import check_roll_ups
from app.queries.projections import DERIVED
from app.services.check_data import INVARIANTS, check_data
from tests.services.iati_files import activity, area, committed, country, organisation, related, sector, spent
from tests.services.stored import Portfolio, findings, query

# The sentence's beginning -> what breaks it. Activity 1 has money, 2 is a parent whose money counts lower.
FAULTS = {
    "rows of flow": "UPDATE activity SET state = 'removed' WHERE id = 1",
    "rows of activity_country": "INSERT INTO activity_country VALUES (99, 0, 'KH', 1000000, 'given')",
    "rows of activity_sector": "UPDATE activity_sector SET activity_id = activity_id + 99",
    "rows of activity_organisation": "UPDATE activity_organisation SET activity_id = activity_id + 99",
    "rows of activity_relation": "UPDATE activity_relation SET activity_id = activity_id + 99",
    "rows of unconverted": "UPDATE unconverted SET activity_id = activity_id + 99",
    "rows of activity_money": "INSERT INTO activity_money VALUES ('KH', 1, 99)",
    "rows of allocation": "UPDATE allocation SET activity_id = activity_id + 99 WHERE activity_id = 1",
    "current activities without their stored record": "UPDATE activity SET version_id = 99",
    "current activities of an import that is not committed": "UPDATE import_run SET state = 'previewed'",
    "staged projects of an import that is settled":
        """INSERT INTO staged_activity
            (import_id, position, identifier, title, in_add, in_update, in_replace, partial, left_out, kept, places)
        SELECT id, 0, 'XX-1-A', '', 'new', 'new', 'new', FALSE, FALSE, '[]', '' FROM import_run""",
    "countries whose shares": "UPDATE activity_country SET share = share - 1",
    "sectors whose shares": "UPDATE activity_sector SET share = share + 1",
    "converted flows": "UPDATE flow SET base_cents = base_cents + 1 WHERE activity_id = 1 AND kind = '3'",
    "money by area": "UPDATE allocation SET net = net - 1, reasons = 'x' WHERE framework_id <> 0",
    "money that the index": "DELETE FROM activity_money WHERE activity_id = 1",
    "roll-ups that differ": "UPDATE cell_year SET linked = linked + 1",
    "net money above gross money": "UPDATE allocation SET net = gross + 1, reasons = 'x'",
    "net money that differs from gross without a reason": "UPDATE allocation SET reasons = '' WHERE net <> gross",
    "donors that no organisation": "UPDATE allocation SET donor_id = 999",
    "pairs whose state": """INSERT INTO activity_link (id, identifier, reporter_id, other_identifier, other_reporter_id, state, kind,
        leads, points, evidence, changes) SELECT 1, 'A', reporter_id, 'B', reporter_id, 'accepted', 'same', 'one', 0, '[]', 0
        FROM activity WHERE id = 1""",
    "suggested areas that do not wait": "DELETE FROM mapping_review WHERE is_open",
    "mappings to areas of another framework":
        "UPDATE area_mapping SET framework_id = (SELECT id FROM framework WHERE key = 'rome-2012')",
}  # fmt: skip


def test_each_planted_fault_is_found(portfolio: Portfolio) -> None:
    portfolio.take(
        activity("XX-1-A", country("KH", 60), country("LA", 40), sector("15160"), area("N3", 50), area("N4", 50),
                 organisation("1", "YY-2", "Two"), spent("2019-05-01", 100), spent("2019-05-01", 1, currency="KPW")),
        activity("XX-1-P", country("KH"), spent("2019-05-01", 40)),
        activity("XX-1-C", country("KH"), spent("2019-05-01", 40), related("1", "XX-1-P")),
    )  # fmt: skip
    assert findings() == []
    assert query("SELECT id FROM activity WHERE identifier = 'XX-1-A'") == [(1,)]
    assert all(any(sentence.startswith(beginning) for beginning in FAULTS) for sentence in INVARIANTS)
    assert len(FAULTS) == len(INVARIANTS) == len(DERIVED) + 15
    for beginning, fault in FAULTS.items():
        with database.engine().connect() as connection, connection.begin() as transaction:
            connection.execute(text(fault))
            found = check_data(connection)
            transaction.rollback()
        assert [finding for finding in found if finding.startswith(beginning)], (beginning, found)
    assert findings() == []


def test_roll_ups_without_allocations_and_without_their_own_row(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-A", country("KH"), committed("2019-05-01", 0), spent("2019-05-01", 5)))
    cells, sheets = "roll-ups that differ", "packed roll-ups that differ"
    for fault, named in {
        "DELETE FROM cell_year": cells,
        """INSERT INTO cell_year SELECT framework_id, 'XX', flow_type, area_id, donor_id, year, 0, 0, 0, 0, 0, 0
        FROM cell_year""": cells,
        "UPDATE cell_year SET amounts = amounts + 1": cells,
        "DELETE FROM roll_up_sheet WHERE kind = 'told'": sheets,
        "UPDATE roll_up_sheet SET data = (SELECT data FROM roll_up_sheet WHERE kind = 'told' AND flow_type = '')": sheets,
        """INSERT INTO roll_up_sheet SELECT kind, framework_id, flow_type, 'XX', donor_id, data
        FROM roll_up_sheet""": sheets,
        "DELETE FROM rolled_up": sheets,
        "INSERT INTO rolled_up SELECT 99, data FROM rolled_up": sheets,
        "UPDATE activity SET last_updated = '2024-05-01'": sheets,
    }.items():
        with database.engine().connect() as connection, connection.begin() as transaction:
            connection.execute(text(fault))
            [found] = check_data(connection)
            transaction.rollback()
        assert found.startswith(named), (fault, found)


def test_the_first_rows_are_named(portfolio: Portfolio) -> None:
    portfolio.take(*[activity(f"XX-1-{n}", country("KH"), spent("2019-05-01", 5)) for n in range(12)])
    with database.write() as connection:
        connection.execute(text("UPDATE activity_country SET share = 7"))
        [found] = check_data(connection)
    assert found.startswith("countries whose shares do not sum to the whole: ")
    assert found.endswith("...")


def test_a_large_database_is_checked_in_parts(portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of two countries is looked at with each; it is not alone in either."""
    monkeypatch.setattr(check_roll_ups, "_AT_ONCE", 1)
    both = country("KH"), country("LA")
    portfolio.take(*[activity(f"XX-1-{number}", *both, spent("2019-05-01", 100)) for number in range(3)])
    assert findings() == []
