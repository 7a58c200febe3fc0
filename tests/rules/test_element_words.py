"""What a reader sees of two versions of a part."""

from lxml import etree

from app.rules.compare import differences
from app.rules.element_words import element_words

PAID = (
    '<transaction><transaction-type code="3"/><transaction-date iso-date="2019-12-31"/>'
    '<value currency="EUR" value-date="2019-12-31">{amount}</value><description><narrative>Second</narrative>'
    "</description></transaction>"
)


def words(*xml: str) -> str:
    return element_words([etree.fromstring(one) for one in xml])


def test_money_is_its_amount_and_its_day() -> None:
    assert words(PAID.format(amount="19500")) == "EUR 19500 (2019-12-31) Second"
    budget = '<budget><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/><value>7</value></budget>'
    assert words(budget) == "7 (2020-01-01 – 2020-12-31)"


def test_many_amounts_are_their_number_and_sum_by_currency() -> None:
    some = [PAID.format(amount=amount) for amount in ("1.50", "2", "nonsense")]
    assert words(*some, "<transaction><value>4</value></transaction>") == "4 × transaction: EUR 3.50, 4"


def test_codes_are_named() -> None:
    assert words('<recipient-country code="KE" percentage="60"/>') == "Kenya (KE) 60 %"
    assert words('<activity-status code="2"/>') == "Implementation (2)"
    assert words('<sector vocabulary="1" code="no code"/>') == "no code"
    assert (
        words('<participating-org role="4" type="22" ref="XM-1"><narrative>ECPAT</narrative></participating-org>')
        == "XM-1 ECPAT"
    )


def test_a_difference_shows_both() -> None:
    one, other = (f"<iati-activity>{PAID.format(amount=amount)}</iati-activity>".encode() for amount in (1, 2))
    (change,) = differences(one, other)
    assert (change.before, change.after) == ("EUR 1 (2019-12-31) Second", "EUR 2 (2019-12-31) Second")
    assert (change.element, change.codelist, change.code, change.year) == (
        "transaction",
        "TransactionType",
        "3",
        "2019",
    )
