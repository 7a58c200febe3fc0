"""Amounts, dates and percentages: what has one reading is read, what has two is a question."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.clean import (
    Ambiguous,
    Amount,
    Cell,
    DateOrder,
    Mark,
    Unclear,
    are_fractions,
    date_order,
    decimal_mark,
    parse_amount,
    parse_date,
    parse_percentage,
)

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False)
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31))


def english(value: Decimal) -> str:
    return f"{value:,.2f}"


def german(value: Decimal) -> str:
    return english(value).translate(str.maketrans(",.", ".,"))


def french(value: Decimal) -> str:
    return english(value).replace(",", "\u202f").replace(".", ",")


def swiss(value: Decimal) -> str:
    return english(value).replace(",", "’")


def indian(value: Decimal) -> str:
    sign, (whole, part) = "-" if value < 0 else "", f"{abs(value):.2f}".split(".")
    head, last = whole[:-3], whole[-3:]
    groups: list[str] = []
    while head:
        head, group = head[:-2], head[-2:]
        groups.insert(0, group)
    return sign + ",".join([*groups, last]) + "." + part


@pytest.mark.parametrize("style", [english, german, french, swiss, indian])
@settings(max_examples=60)
@given(value=AMOUNTS)
def test_an_amount_written_in_any_style_is_read_back_exactly(style: Callable[[Decimal], str], value: Any) -> None:
    assert parse_amount(style(value)) == Amount(value)


@settings(max_examples=60)
@given(value=AMOUNTS, currency=st.sampled_from(["EUR", "USD", "XOF"]), decimal=st.sampled_from([",", ".", None]))
def test_a_currency_beside_the_amount_is_read_with_it(value: Any, currency: str, decimal: Mark | None) -> None:
    assert parse_amount(f"{currency} {english(value)}", decimal) == Amount(value, currency)
    assert parse_amount(f"{german(value)} {currency}", decimal) == Amount(value, currency)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1.250.000,00", "1250000.00", ""),
        ("1 250 000", "1250000", ""),
        ("1\u00a0250\u00a0000,5", "1250000.5", ""),
        ("USD 1.2 million", "1200000", "USD"),
        ("1,5 Mio €", "1500000", "EUR"),
        ("3 milliards d'euros", None, ""),
        ("(1,200.00)", "-1200.00", ""),
        ("1200-", "-1200", ""),
        ("−1200", "-1200", ""),
        ("500.-", "500", ""),
        ("12,50,000", "1250000", ""),
        ("0,125", "0.125", ""),
        ("12500,000", "12500", ""),
        ("€ 12,5", "12.5", "EUR"),
        (1250000.5, "1250000.5", ""),
        (-3, "-3", ""),
    ],
)
def test_amounts_as_people_write_them(text: Any, value: Any, currency: str) -> None:
    if value is None:
        with pytest.raises(Unclear, match="is not an amount"):
            parse_amount(text)
    else:
        assert parse_amount(text) == Amount(Decimal(value), currency)


@pytest.mark.parametrize("text", ["", "  ", "-", "–", "n/a", "N/A", "..", "TBD"])
def test_a_sign_for_no_value_is_no_amount_and_never_zero(text: Any) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "12,5OO",
        "abc",
        "1,2,3",
        "1.200,5,6",
        "1 25",
        "12.5%",
        "1e5",
        "-(5)",
        "5 XXQ",
        "about 5",
        True,
        datetime(2019, 1, 1),  # noqa: DTZ001 (cells have no time zone)
        "9" * 70,
    ],
)
def test_what_is_no_amount_is_unreadable(text: Any) -> None:
    with pytest.raises(Unclear) as caught:
        parse_amount(text)
    assert caught.value.code == "amount-unreadable"
    assert "digits" in caught.value.hint


@pytest.mark.parametrize(("decimal", "value"), [(".", "12500"), (",", "12.500")])
def test_a_single_mark_before_three_digits_is_a_question_until_the_column_decides(
    decimal: Mark | None, value: Any
) -> None:
    with pytest.raises(Ambiguous, match=r"12500 or 12\.500") as caught:
        parse_amount("12,500")
    assert caught.value.answer == "decimal"
    assert parse_amount("12,500", decimal) == Amount(Decimal(value))


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["12,500", "3,250.75"], "."),
        (["12,500", "1,250,000"], "."),
        (["12,500", "1.250.000,00"], ","),
        (["12,500", "7,5"], ","),
        (["12,500", "3,250"], None),
        (["12,5", "12.5"], None),
        ([12500.0, "12,500"], None),
    ],
)
def test_a_column_proves_its_decimal_mark(column: list[Cell], mark: Mark | None) -> None:
    assert decimal_mark(column) == mark


@settings(max_examples=60)
@given(day=DAYS)
def test_dates_round_trip(day: date) -> None:
    month = [
        "",
        "January",
        "février",
        "marzo",
        "aprile",
        "maio",
        "June",
        "juillet",
        "agosto",
        "settembre",
        "outubro",
        "November",
        "décembre",
    ][day.month]
    order: DateOrder = "dmy"
    texts: list[tuple[Cell, DateOrder | None]] = [
        (day.isoformat(), None),
        (f"{day.isoformat()}T00:00:00Z", None),
        (f"{day:%d/%m/%Y}", order),
        (f"{day:%m/%d/%Y}", "mdy"),
        (f"{day:%d.%m.%Y}", order),
        (f"{day.day} {month} {day.year}", None),
        (float((day - date(1899, 12, 30)).days) if day.year > 1955 else day.isoformat(), None),
        (datetime.combine(day, time()), None),
    ]
    for text, known in texts:
        period = parse_date(text, known)
        assert period is not None
        assert (period.start, period.end) == (day, day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("25/12/2019", "2019-12-25", "2019-12-25"),
        ("12/25/2019", "2019-12-25", "2019-12-25"),
        ("03/03/2019", "2019-03-03", "2019-03-03"),
        ("April 3, 2019", "2019-04-03", "2019-04-03"),
        ("1er mars 2019", "2019-03-01", "2019-03-01"),
        ("3 de abril de 2019", "2019-04-03", "2019-04-03"),
        ("03-Apr-19", "2019-04-03", "2019-04-03"),
        ("2019", "2019-01-01", "2019-12-31"),
        (2019.0, "2019-01-01", "2019-12-31"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("avril 2019", "2019-04-01", "2019-04-30"),
        ("Q3 2019", "2019-07-01", "2019-09-30"),
        ("20190403", "2019-04-03", "2019-04-03"),
    ],
)
def test_dates_as_people_write_them(text: Any, first: str, last: str) -> None:
    period = parse_date(text)
    assert period is not None
    assert (str(period.start), str(period.end)) == (first, last)


@pytest.mark.parametrize(
    "text", ["31/02/2019", "2019-02-31", "13/13/2019", "soon", "Apr-19", "2019-13", 5.0, 3.5, True]
)
def test_what_is_no_day_is_unreadable(text: Any) -> None:
    with pytest.raises(Unclear) as caught:
        parse_date(text)
    assert caught.value.code == "date-unreadable"
    assert "YYYY-MM-DD" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("03/04/2019", "2019-04-03 or 2019-03-04"),
        ("25/12/19", "2019-12-25 or 2025-12-19"),
        ("03.04.2019", "2019-04-03"),
    ],
)
def test_a_date_with_two_readings_is_a_question(text: Any, readings: str) -> None:
    with pytest.raises(Ambiguous, match=readings) as caught:
        parse_date(text)
    assert caught.value.answer == "date_order"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [("25/12/19", "dmy", "2019-12-25"), ("25/12/19", "ymd", "2025-12-19"), ("01/01/00", None, "2000-01-01")],
)
def test_years_of_two_digits(text: Any, order: DateOrder | None, day: str) -> None:
    period = parse_date(text, order)
    assert period is not None
    assert period.is_day
    assert str(period.start) == day


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("$ 50", 50, "$"),
        ("$1.5 million", 1_500_000, "$"),
        ("kr 500", 500, "kr"),
        ("US$ 5", 5, "USD"),
        ("AUD $7", 7, "AUD"),
    ],
)
def test_a_sign_that_several_currencies_share_is_kept_as_a_sign(text: Any, value: int, sign: str) -> None:
    assert parse_amount(text) == Amount(Decimal(value), sign)


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["03/04/2019", "25/12/2019"], "dmy"),
        (["03/04/2019", "12/25/2019"], "mdy"),
        (["03/04/2019", "05/06/2019"], None),
        (["25/12/2019", "12/25/2019"], None),
    ],
)
def test_a_column_proves_its_order_of_day_and_month(column: list[Cell], order: DateOrder | None) -> None:
    assert date_order(column) == order


@pytest.mark.parametrize(("text", "value"), [("60%", 60), ("33,3 %", "33.3"), ("12.5", "12.5"), (40.0, 40), ("", None)])
def test_percentages(text: Any, value: Any) -> None:
    assert parse_percentage(text) == (None if value is None else Decimal(value))


def test_cells_formatted_as_percent_are_shares_of_one() -> None:
    assert are_fractions([0.6, 0.4, "", 1.0])
    assert not are_fractions([60.0, 40.0])
    assert parse_percentage(0.6, is_fraction=True) == 60


@pytest.mark.parametrize("text", ["-5%", "much", "EUR 5"])
def test_what_is_no_percentage_is_unreadable(text: Any) -> None:
    with pytest.raises(Unclear) as caught:
        parse_percentage(text)
    assert caught.value.code == "percentage-unreadable"


@settings(max_examples=200)
@given(text=st.text(max_size=40), decimal=st.sampled_from([",", ".", None]))
def test_any_text_is_an_amount_or_a_question(text: str, decimal: Mark | None) -> None:
    try:
        amount = parse_amount(text, decimal)
    except (Ambiguous, Unclear):
        return
    assert amount is None or amount.value.is_finite()


@settings(max_examples=200)
@given(text=st.one_of(st.text(max_size=20), st.from_regex(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}", fullmatch=True)))
def test_any_text_is_a_date_or_a_question(text: Any) -> None:
    try:
        period = parse_date(text)
    except (Ambiguous, Unclear):
        return
    assert period is None or period.start <= period.end
