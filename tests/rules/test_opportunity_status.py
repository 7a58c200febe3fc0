"""Status by date: days, hours and time zones; and the database's own reading of it."""

import itertools
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app import database
from app.queries.funding_lines import LINE, status_column
from app.rules.opportunity_status import Dates, instant_of, opportunity_status
from app.services.save_document import save_document
from tests.services.funding import a_line, donor

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("forecast", "opens", "closes", "rolling", "status"),
    [
        ("", "", "2026-03-14", False, "closed"),
        ("", "", "2026-03-15", False, "closing soon"),  # the day is not over
        ("", "", "2026-03-15T12:00", False, "closed"),
        ("", "", "2026-03-15T12:01", False, "closing soon"),
        ("", "2026-03-01", "2026-03-28", False, "closing soon"),
        ("", "2026-03-01", "2026-03-29", False, "open"),  # its end is 14 days and 12 hours away
        ("", "2026-03-16", "2026-05-01", False, "forecast"),
        ("", "2026-03-15", "", False, "open"),
        ("2026-05-01", "", "", False, "forecast"),
        ("2026-05-01", "", "2026-06-01", False, "forecast"),
        ("", "", "", True, "rolling"),
        ("", "2026-01-01", "", True, "rolling"),
        ("", "", "", False, "unknown"),
        ("", "", "2026-06-01", True, "open"),
    ],
)
def test_status(forecast: str, opens: str, closes: str, rolling: bool, status: str) -> None:
    found = opportunity_status(Dates(forecast, opens, closes, "UTC", rolling), NOW)
    assert found.status == status
    assert found.reason.endswith(".")


def test_a_day_ends_where_the_donor_is() -> None:
    assert instant_of("2026-03-31", "Asia/Phnom_Penh", ends=True) == datetime(2026, 3, 31, 17, tzinfo=UTC)
    assert instant_of("2026-03-29", "Europe/Rome", ends=True) == datetime(2026, 3, 29, 22, tzinfo=UTC)  # 23 hours
    assert instant_of("2026-03-28", "Europe/Rome", ends=True) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert instant_of("2026-03-31T17:00", "America/New_York") == datetime(2026, 3, 31, 21, tzinfo=UTC)
    assert instant_of("", "UTC") is None
    for said, zone in (
        ("31/03/2026", "UTC"),
        ("2026-02-30", "UTC"),
        ("2026-03-31", "Mars/Base"),
        ("2026-03-31", "../etc"),
    ):
        with pytest.raises(ValueError, match=r"isoformat|day is out|time zone"):
            instant_of(said, zone)


def test_the_database_reads_every_combination_of_dates_alike(database_url: str) -> None:
    viewer = donor()
    days = ("", "2026-03-01", "2026-03-20", "2026-06-01")
    for n, (forecast, opens, closes, rolling) in enumerate(itertools.product(days, days, days, (True, False))):
        if not (opens and closes and closes <= opens):
            assert save_document(
                viewer, a_line(str(n), forecast=forecast, opens=opens, closes=closes, rolling=rolling, areas=())
            ).id
    with database.read() as connection:
        rows = connection.execute(select(LINE, status_column(NOW).label("found"))).all()
    assert len(rows) == 80
    for row in rows:
        dates = Dates(row.forecast, row.opens, row.closes, row.time_zone, row.rolling)
        assert opportunity_status(dates, NOW).status == row.found, dates
