"""Currencies as people write them."""

import pytest

from app.codelists.currencies import is_currency, match_currency, minor_units


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EUR", "EUR"),
        ("eur", "EUR"),
        ("€", "EUR"),
        ("Euros", "EUR"),
        ("US$", "USD"),
        ("US $", "USD"),
        ("US dollars", "USD"),
        ("dólar estadounidense", "USD"),
        ("£", "GBP"),
        ("libra esterlina", "GBP"),
        ("franc suisse", "CHF"),
        ("Norwegian kroner", "NOK"),
        ("riels", "KHR"),
        ("Kenyan shillings", "KES"),
        ("CFA franc BCEAO", "XOF"),
        ("Zambian Kwacha", "ZMW"),
        ("lire italiane", "ITL"),
        ("DEM", "DEM"),
    ],
)
def test_a_currency_is_known_by_code_sign_and_name(text: str, code: str) -> None:
    assert match_currency(text) == code


@pytest.mark.parametrize("text", ["$", "¥", "kr", "FCFA", "dollar", "peso", "kwacha", "XYZ", "", "12"])
def test_a_sign_that_several_currencies_share_is_a_question(text: str) -> None:
    assert match_currency(text) is None


def test_withdrawn_currencies_are_still_currencies() -> None:
    assert is_currency("ITL")
    assert is_currency("SLL")
    assert not is_currency("eur")
    assert not is_currency("XYZ")


@pytest.mark.parametrize(("code", "places"), [("USD", 2), ("JPY", 0), ("XOF", 0), ("KWD", 3), ("CLF", 4), ("XDR", 2)])
def test_decimal_places(code: str, places: int) -> None:
    assert minor_units(code) == places
