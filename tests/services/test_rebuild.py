"""`tessera rebuild`: from the records alone, every projection is what the imports made it."""

from sqlalchemy import text

from app import database
from app.queries.projections import DERIVED
from app.services.rebuild_projections import rebuild_projections
from app.services.undo_import import undo_import
from tests.importers.sheet_files import write_csv
from tests.services.iati_files import (
    activity,
    area,
    budget,
    committed,
    country,
    description,
    organisation,
    related,
    sector,
    spent,
)
from tests.services.stored import PROJECTIONS, Portfolio, decide, dump, findings


def test_a_portfolio_with_a_history_is_rebuilt_as_it_was(portfolio: Portfolio) -> None:
    funds = organisation("1", name="Río Fund"), organisation("1", "YY-2", "Two")
    about = description("Legal aid for child victims of trafficking")
    a = activity(
        "XX-1-A",
        *funds,
        country("KH", 60),
        country("LA"),
        about,
        spent("2019-05-01", "100.01", currency="EUR"),
    )
    b = activity(
        "XX-1-B",
        country("LA"),
        sector("15160"),
        area("N3", 40),
        area("N4"),
        budget("2019-07-01", "2020-06-30", 9),
        related("1", "XX-1-A"),
    )
    c = activity("XX-1-C", country("KH"), committed("2019-05-01", 5, currency="KPW"), committed("2019-05-01", 5))
    portfolio.take(a, b, c, owner="XX-1")
    portfolio.take(activity("XX-1-A", country("KH"), spent("2019-05-01", 70), reporter="YY-2"))
    portfolio.take(activity("XX-1-A", country("VN"), spent("2021-05-01", 80)), activity("XX-1-D", organisation("1", "ZZ-9", "Rio Fund")),
                   owner="XX-1")  # fmt: skip
    path = write_csv(
        portfolio.folder / "x.csv", "Project ID;Project title;Country;Commitment 2020;Currency\nS-1;Sheet;KH;77;USD\n"
    )
    portfolio.import_paths(
        [path], owner="XX-1", answers={"reporter": {"ref": "XX-1", "name": "Donor XX-1", "type": "10"}}
    )
    undo_import(portfolio.take(activity("XX-1-C", country("KH")), owner="XX-1", mode="replace").import_id)
    decide("XX-1-B", "N5", share=50)
    before = dump("counter")
    assert {name for name in PROJECTIONS if not before[name]} == set()
    assert rebuild_projections() == 6
    assert dump("counter") == before
    assert findings() == []


def test_what_was_lost_or_spoilt_comes_back(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-A", country("KH"), area("N3"), spent("2019-05-01", 70)),
                   activity("XX-1-B", country("LA"), spent("2019-05-01", 7), related("1", "XX-1-A")))  # fmt: skip
    before = dump("counter")
    with database.write() as connection:
        for name in (*DERIVED, "activity_search"):
            connection.execute(text(f"DELETE FROM {name}"))
        connection.execute(text("UPDATE cell_year SET net = 5, country = 'XX' WHERE framework_id <> 0"))
    assert findings() != []
    rebuild_projections()
    assert dump("counter") == before


def test_an_empty_portfolio_can_be_rebuilt(portfolio: Portfolio) -> None:
    assert rebuild_projections() == 0
