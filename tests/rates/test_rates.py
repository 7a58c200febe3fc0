"""Which exchange rate counts for an amount of a given day."""

from datetime import date
from decimal import Decimal

import pytest

from app.rates import Rate, Rates, UploadedRate
from app.rates.build_imf import build

USD = Rates()
FRIDAY = date(2019, 6, 28)


def test_a_published_day() -> None:
    assert USD.rate("EUR", FRIDAY) == Rate(Decimal("1.1380"), FRIDAY, "ECB daily")


def test_a_cross_rate_takes_both_currencies_of_the_same_day() -> None:
    # ECB, 28 June 2019: USD 1.1380, GBP 0.89655 per euro.
    assert USD.rate("GBP", FRIDAY) == Rate(Decimal("1.269310133"), FRIDAY, "ECB daily")
    assert Rates("EUR").rate("USD", FRIDAY) == Rate(Decimal("0.8787346221"), FRIDAY, "ECB daily")


@pytest.mark.parametrize("day", [date(2019, 6, 29), date(2019, 6, 30)])
def test_on_a_weekend_the_friday_before_counts(day: date) -> None:
    assert USD.rate("EUR", day) == USD.rate("EUR", FRIDAY)


def test_the_last_published_day_counts_for_31_days_and_then_the_yearly_average() -> None:
    # The rouble was last published on 1 March 2022.
    last = date(2022, 3, 1)
    on_the_last_day, after = USD.rate("RUB", date(2022, 4, 1)), USD.rate("RUB", date(2022, 4, 2))
    assert on_the_last_day
    assert (on_the_last_day.date, on_the_last_day.source) == (last, "ECB daily")
    assert after
    assert (after.date, after.source) == (date(2022, 12, 31), "IMF yearly")


def test_a_currency_that_the_ecb_does_not_publish_has_the_yearly_average() -> None:
    # 4,061.149 riels per dollar in 2019 on average.
    assert USD.rate("KHR", FRIDAY) == Rate(Decimal("0.0002462357328"), date(2019, 12, 31), "IMF yearly")
    # 0.89327626 euros and 4,061.149 riels per dollar.
    through_the_dollar = Rate(Decimal("0.0002199565345"), date(2019, 12, 31), "IMF yearly")
    assert Rates("EUR").rate("KHR", FRIDAY) == through_the_dollar


@pytest.mark.parametrize(
    ("currency", "day"),
    [
        ("EUR", date(1998, 12, 31)),  # there was no euro
        ("KHR", date(1950, 1, 1)),
        ("EUR", date(2100, 1, 1)),  # nothing published yet
        ("XYZ", FRIDAY),
        ("eur", FRIDAY),
    ],
)
def test_no_rate_is_no_rate(currency: str, day: date) -> None:
    assert USD.rate(currency, day) is None


def test_the_base_currency_is_worth_one() -> None:
    assert USD.rate("USD", date(1900, 1, 1)) == Rate(Decimal(1), date(1900, 1, 1), "base currency")


@pytest.mark.parametrize(
    ("currency", "day", "factor", "successor"),
    [
        ("DEM", date(2001, 5, 2), "1.95583", "EUR"),
        ("ITL", date(2000, 3, 1), "1936.27", "EUR"),
        ("HRK", date(2024, 5, 6), "7.53450", "EUR"),
        ("SLL", date(2015, 1, 1), "1000", "SLE"),
    ],
)
def test_a_replaced_currency_follows_its_successor(currency: str, day: date, factor: str, successor: str) -> None:
    old, new = USD.rate(currency, day), USD.rate(successor, day)
    assert old
    assert new
    assert old.value * Decimal(factor) == pytest.approx(new.value, rel=Decimal("1e-9"))
    assert (old.date, old.source) == (new.date, new.source)


def test_a_fixed_factor_into_the_currency_that_replaced_it() -> None:
    assert Rates("EUR").rate("ITL", date(2000, 3, 1)) == Rate(
        Decimal("0.0005164568991"), date(2000, 3, 1), "fixed factor"
    )


def test_before_the_euro_a_mark_has_its_own_yearly_average() -> None:
    mark = USD.rate("DEM", date(1997, 5, 2))
    assert mark
    assert (mark.date, mark.source) == (date(1997, 12, 31), "IMF yearly")


def test_an_uploaded_rate_wins_for_31_days() -> None:
    rates = Rates(uploaded=[UploadedRate("KHR", date(2019, 6, 1), Decimal("0.00025"), "Treasury")])
    uploaded = Rate(Decimal("0.00025"), date(2019, 6, 1), "uploaded: Treasury")
    assert rates.rate("KHR", date(2019, 6, 1)) == uploaded
    assert rates.rate("KHR", date(2019, 7, 2)) == uploaded
    assert rates.rate("KHR", date(2019, 5, 31)) == USD.rate("KHR", FRIDAY)
    assert rates.rate("KHR", date(2019, 7, 3)) == USD.rate("KHR", FRIDAY)


def test_of_uploaded_rates_the_latest_that_covers_the_day_counts() -> None:
    year = UploadedRate("EUR", date(2019, 1, 1), Decimal("1.10"), "Budget", last=date(2019, 12, 31))
    june = UploadedRate("EUR", date(2019, 6, 1), Decimal("1.20"), "June")
    rates = Rates(uploaded=[june, year])
    found = [rates.rate("EUR", day) for day in (date(2019, 3, 1), FRIDAY, date(2019, 9, 1), date(2020, 1, 2))]
    assert [rate.source for rate in found if rate] == [
        "uploaded: Budget",
        "uploaded: June",
        "uploaded: Budget",
        "ECB daily",
    ]


@pytest.mark.parametrize(
    ("currency", "year", "units"),
    [("HTG", 2019, 88), ("NAD", 2019, 14), ("UYU", 2019, 35), ("XOF", 2019, 585), ("HRK", 1998, 6)],
)
def test_series_that_the_imf_files_under_another_currency_stand_under_their_own(
    currency: str, year: int, units: int
) -> None:
    rate = USD.rate(currency, date(year, 6, 30))
    assert rate
    assert int(1 / rate.value) == units


def test_building_takes_the_issuer_of_a_shared_currency_only() -> None:
    def row(currency: str, country: str, rate: str, year: str = "2019") -> dict[str, str]:
        return {"Date": f"{year}-12-31", "Rate": rate, "Currency": currency, "Country code": country}

    rows = [
        row("USD", "HT", "88.8149583333"),
        row("USD", "US", "1"),
        row("USD", "EC", "1"),
        row("KHR", "KH", "4061.14896313364"),
        row("KHR", "KH", "426", "1989"),
    ]
    assert build(rows) == {
        "HTG": {2019: Decimal("88.814958")},
        "USD": {2019: Decimal(1)},
        "KHR": {2019: Decimal("4061.1490")},
    }
