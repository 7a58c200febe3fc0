"""From files to comparable money: METRICS' splitting rules, years and currencies as an import applies them."""

from decimal import Decimal

import pytest

from tests.services.iati_files import (
    activity,
    area,
    budget,
    committed,
    country,
    organisation,
    region,
    sector,
    spent,
    transaction,
)
from tests.services.stored import Portfolio, by_country, codes, findings, money, query, rolled_up


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def of(identifier: str, column: str = "gross") -> dict[tuple[object, ...], int]:
    """(country, year) -> cents of one project."""
    return {(key[2], key[4]): cents for key, cents in money(column).items() if key[0] == identifier}


def by_year(identifier: str, flow_type: str = "budget") -> dict[int, int]:
    return {key[4]: cents for key, cents in money("gross").items() if key[0] == identifier and key[3] == flow_type}


def test_countries_share_by_percentage(portfolio: Portfolio) -> None:
    """Given; one missing; two of three missing; 60 and 30; none given; one of 0; 130 and a missing one."""
    cases = {
        "given": ((country("KH", 75), country("LA", 25)), {"KH": 75_00, "LA": 25_00}, 0, None),
        "rest": ((country("KH", 50), country("LA")), {"KH": 50_00, "LA": 50_00}, 100_00, "percentages-missing"),
        "rest of two": ((country("KH", 40), country("LA"), region("798")), {"KH": 40_00, "LA": 30_00, "798": 30_00}, 100_00,
                        "percentages-missing"),
        "rebased": ((country("KH", 60), country("LA", 30)), {"KH": 66_67, "LA": 33_33}, 0, "percentages-rebased"),
        "equal": ((country("KH"), country("LA"), country("VN")), {"KH": 33_34, "LA": 33_33, "VN": 33_33}, 100_00,
                  "percentages-missing"),
        "zero": ((country("KH", 100), country("LA", 0)), {"KH": 100_00}, 0, None),
        "none": ((), {"998": 100_00}, 0, None),
        "one": ((country("KH"),), {"KH": 100_00}, 0, None),
        "twice": ((country("KH", 20), country("LA", 60), country("KH", 20)), {"KH": 40_00, "LA": 60_00}, 0, None),
        "other regions": ((country("KH", 100), region("X", 100, "99")), {"KH": 100_00}, 0, None),
    }  # fmt: skip
    result = portfolio.take(*[activity(name, *parts, spent("2019-05-01", 100)) for name, (parts, *_) in cases.items()])
    for name, (_, expected, equal, _code) in cases.items():
        assert {key[0]: cents for key, cents in of(name).items()} == expected, name
        assert sum(of(name, "equal").values()) == equal, name
    told = {issue.activity: issue.code for issue in result.issues}
    assert {name: told.get(name) for name in cases if name not in ("twice", "other regions")} == {
        name: code for name, (_, _, _, code) in cases.items() if name not in ("twice", "other regions")
    }


def test_a_transaction_s_own_country_comes_first(portfolio: Portfolio) -> None:
    usual = country("KH", 50), country("LA", 50)
    portfolio.take(activity("A", *usual, spent("2019-05-01", 10), spent("2019-06-01", 100, country("VN")),
                            spent("2019-07-01", 1, region("798")), sector("15160")))  # fmt: skip
    assert by_country() == {"KH": 5_00, "LA": 5_00, "VN": 100_00, "798": 1_00}


def test_the_parts_of_a_year_sum_to_the_year(portfolio: Portfolio) -> None:
    """Cents are not lost with each transaction: a year's sum is split, not its thirds of cents."""
    thirds = [country(code, "33.3333") for code in ("KH", "LA", "VN")]
    portfolio.take(activity("A", *thirds, *[spent(f"2019-05-{day:02}", "0.01") for day in range(1, 31)]))
    assert by_country() == {"KH": 10, "LA": 10, "VN": 10}


def test_budgets_over_their_years(portfolio: Portfolio) -> None:
    portfolio.take(
        activity("METRICS", budget("2020-07-01", "2021-06-30", 1000)),
        activity("one day", budget("2020-12-31", "2020-12-31", 1)),
        activity("no end", "<budget><period-start iso-date='2020-12-31'/><value>7</value></budget>"),
        activity("backwards", budget("2021-02-01", "2020-01-31", 5)),
        activity("three years", budget("2019-01-01", "2021-12-31", "0.01")),
    )
    assert by_year("METRICS") == {2020: 504_11, 2021: 495_89}
    assert by_year("one day") == {2020: 1_00}
    assert by_year("no end") == {2020: 7_00}
    assert by_year("backwards") == {2021: 5_00}
    assert sum(by_year("three years").values()) == 1


def test_a_revised_budget_replaces_what_it_overlaps(portfolio: Portfolio) -> None:
    portfolio.take(activity(
        "A", budget("2019-01-01", "2019-12-31", 100), budget("2020-01-01", "2020-12-31", 200, "1"),
        budget("2020-12-31", "2021-06-30", 500, "2"), budget("2021-07-01", "2021-12-31", 300),
    ))  # fmt: skip
    assert sum(by_year("A").values()) == 900_00
    assert by_year("A")[2019] == 100_00
    notes = [row[0] for row in query("SELECT note FROM flow ORDER BY position")]
    assert notes == ["", "replaced", "", ""]


def test_refunds_net_within_the_year(portfolio: Portfolio) -> None:
    portfolio.take(
        activity("A", country("KH"), spent("2019-05-01", 100), spent("2019-09-01", -30), spent("2020-01-01", -5)),
        activity("B", country("KH"), spent("2020-02-01", 3)),
    )
    assert of("A") == {("KH", 2019): 70_00, ("KH", 2020): -5_00}
    assert rolled_up("gross") == 68_00


def test_only_commitments_disbursements_and_budgets_are_counted(portfolio: Portfolio) -> None:
    kinds = {"1": 1, "2": 20, "3": 300, "4": 4000, "5": 7, "6": 7, "7": 7, "8": 7, "11": 7, "12": 7, "": 9}
    portfolio.take(activity("A", *[transaction(kind, "2019-05-01", value) for kind, value in kinds.items()]))
    assert {key[3]: cents for key, cents in money("gross").items()} == {"commitment": 20_00, "disbursement": 4300_00}
    assert len(query("SELECT * FROM flow")) == len(kinds)


# --- currency --------------------------------------------------------------------------------


def test_the_rate_of_the_value_date_stays_with_the_flow(portfolio: Portfolio) -> None:
    """ECB: 1 EUR = 1.1397 USD on 2 January 2019; the 5th is a Saturday, so the 4th counts (1.1403)."""
    own = "<transaction><transaction-type code='3'/><transaction-date iso-date='2020-01-01'/><value value-date='2019-01-02'>100"
    portfolio.take(activity("A", spent("2019-01-02", 100), spent("2019-01-05", 100), spent("2019-01-05", 3, currency="USD"),
                            own + "</value></transaction>", currency="EUR"))  # fmt: skip
    rows = query("SELECT base_cents, rate, rate_date, rate_source FROM flow ORDER BY position")
    assert [(cents, Decimal(rate), str(day), source) for cents, rate, day, source in rows] == [
        (113_97, Decimal("1.1397"), "2019-01-02", "ECB daily"),
        (114_03, Decimal("1.1403"), "2019-01-04", "ECB daily"),
        (3_00, Decimal(1), "2019-01-05", "base currency"),
        (113_97, Decimal("1.1397"), "2019-01-02", "ECB daily"),
    ]
    assert {key[4]: cents for key, cents in money("gross").items()} == {2019: 231_00, 2020: 113_97}


def test_yearly_averages_where_there_is_no_daily_rate(portfolio: Portfolio) -> None:
    portfolio.take(activity("A", spent("2019-01-05", 1_000_000), currency="KHR"))
    [(day, source, cents)] = query("SELECT rate_date, rate_source, base_cents FROM flow")
    assert (str(day), source) == ("2019-12-31", "IMF yearly")
    assert 24_000 < cents < 25_500


def test_money_without_rate_date_or_currency_is_counted_apart(portfolio: Portfolio) -> None:
    no_currency = activity("C", country("KH"), spent("2019-05-01", "10.5")).replace(' default-currency="USD"', "")
    no_date = "<transaction><transaction-type code='2'/><value>70</value></transaction>"
    result = portfolio.take(
        activity("A", country("KH", 60), country("LA", 40), spent("2019-05-01", 100, currency="KPW"), spent("2019-05-01", 1)),
        activity("B", country("KH"), no_date), no_currency,
    )  # fmt: skip
    assert codes(result, "warning") == ["date-missing", "currency-missing"]
    rows = query("""SELECT p.identifier, u.country, u.flow_type, u.year, u.currency, u.whole, u.pico, u.why FROM unconverted u
                    JOIN activity p ON p.id = u.activity_id ORDER BY p.identifier, u.position""")
    assert rows == [
        ("A", "KH", "disbursement", 2019, "KPW", 60, 0, "no-rate"),
        ("A", "LA", "disbursement", 2019, "KPW", 40, 0, "no-rate"),
        ("B", "KH", "commitment", None, "USD", 70, 0, "no-date"),
        ("C", "KH", "disbursement", 2019, "", 10, 500_000_000_000, "no-currency"),
    ]
    assert rolled_up("gross") == 1_00


def test_reported_amounts_stay_exact(portfolio: Portfolio) -> None:
    amounts = ["0.1", "-0.1", "123456789012345.678901234567", "1e-12", "99999999999999.99", "-7"]
    portfolio.take(activity("A", *[transaction("7", "2019-05-01", amount) for amount in amounts]))
    rows = query("SELECT whole, pico FROM flow ORDER BY position")
    assert [Decimal(whole) + Decimal(pico).scaleb(-12) for whole, pico in rows] == [
        Decimal(amount) for amount in amounts
    ]


# --- donors ----------------------------------------------------------------------------------


def test_whose_money_it_is(portfolio: Portfolio) -> None:
    """Reporter, funders, providers: several funders share equally; an amount's own provider comes first."""
    two = organisation("1", "YY-2", "Two"), organisation("1", "ZZ-3", "Three")
    cases = {
        "reporter": ((), {"XX-1": 1}),
        "reporter funds with others": ((organisation("1", "XX-1"), *two), {"XX-1": 1}),
        "two funders": (two, {"YY-2": 1 / 2, "ZZ-3": 1 / 2}),
        "extending": ((organisation("3", "YY-2", "Two"),), {"YY-2": 1}),
        "implementing only": ((organisation("4", "YY-2", "Two"),), {"XX-1": 1}),
    }
    portfolio.take(*[activity(name, *parts, spent("2019-05-01", "0.03")) for name, (parts, _) in cases.items()],
                   activity("provider", *two, spent("2019-05-01", "0.03", provider="QQ-4"), spent("2019-06-01", "0.02")))  # fmt: skip
    found = {
        name: {key[1]: cents for key, cents in money("gross").items() if key[0] == name}
        for name in (*cases, "provider")
    }
    assert found == {
        "reporter": {"XX-1": 3},
        "reporter funds with others": {"XX-1": 3},
        "two funders": {"YY-2": 2, "ZZ-3": 1},
        "extending": {"YY-2": 3},
        "implementing only": {"XX-1": 3},
        "provider": {"QQ-4": 3, "YY-2": 1, "ZZ-3": 1},
    }


# --- areas -----------------------------------------------------------------------------------


def test_money_by_area_sums_to_the_whole(portfolio: Portfolio) -> None:
    parts = country("KH"), committed("2019-05-01", 100)
    portfolio.take(
        activity("given", *parts, area("N1", 60), area("N2", 40)),
        activity("rest", *parts, area("N1", 60), area("N2")),
        activity("equal", *parts, area("N1"), area("N2"), area("N3")),
        activity("two frameworks", *parts, area("N1"), area("1", framework="rome-2012")),
        activity("none", *parts),
        suggest=False,
    )
    found: dict[object, dict[object, int]] = {}
    for key, cents in money("net", "florence-2008").items():
        found.setdefault(key[0], {})[key[5]] = cents
    assert found == {
        "given": {"N1": 60_00, "N2": 40_00},
        "rest": {"N1": 60_00, "N2": 40_00},
        "equal": {"N1": 33_34, "N2": 33_33, "N3": 33_33},
        "two frameworks": {"N1": 100_00},
    }
    confirmed = money("confirmed", "florence-2008")
    assert confirmed == money("net", "florence-2008")
