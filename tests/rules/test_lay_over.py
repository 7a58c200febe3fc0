"""A sheet laid over what is stored: only what reads differently changes, and what no sheet can say stays."""

from decimal import Decimal

import pytest
from lxml import etree

from app.models.read_record import read_record
from app.models.record import AMOUNT_KEY, AreaTag, Flow, Reported
from app.rules.compare import is_same_record, parse_record
from app.rules.lay_money import amount_key
from app.rules.lay_over import lay_over
from app.rules.said import filled_entry, plain_flow

HEAD = '<iati-activity xmlns:t="https://tessera.example/ns/iati" default-currency="EUR" xml:lang="en">'
FLORENCE = 'vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008"'
PAID = (
    '<transaction ref="T1"><transaction-type code="3"/><transaction-date iso-date="2019-05-01"/><value>100</value>'
    "<description><narrative>First rate</narrative></description></transaction>"
)
STORED = f"""{HEAD}<iati-identifier>A-1</iati-identifier><title><narrative>Wells</narrative>
  <narrative xml:lang="fr">Puits</narrative></title>
  <sector code="14030"><narrative>Water</narrative></sector>{PAID}</iati-activity>"""


def payment(value: str, day: str = "2019-05-01", key: str = "") -> str:
    named = f' t:key="{key}"' if key else ""
    return (
        f'<transaction{named}><transaction-type code="3"/><transaction-date iso-date="{day}"/>'
        f'<value value-date="{day}">{value}</value></transaction>'
    )


def laid(given: str, stored: str = STORED, areas: tuple[AreaTag, ...] = (), head: str = HEAD) -> bytes:
    partial = parse_record(f"{head}<iati-identifier>A-1</iati-identifier>{given}</iati-activity>".encode())
    record = read_record(Reported(partial, places=[]))
    return etree.tostring(lay_over(parse_record(stored.encode()), partial, record, areas))


def texts(xml: bytes, path: str) -> list[str]:
    return [str(one.text) for one in parse_record(xml).findall(path)]


def key_of(stored: str) -> str:
    element = parse_record(stored.encode())
    return amount_key(read_record(Reported(element, places=[])).flows[0])


@pytest.mark.parametrize(
    "given",
    [
        "", payment("100.00"), "<title><narrative>  Wells </narrative></title>",
        "<title><narrative>Wells</narrative><narrative xml:lang='fr'>Puits</narrative></title>",
        '<sector vocabulary="1" code="14030"/>',
    ],
)  # fmt: skip
def test_what_reads_as_it_is_stored_changes_nothing(given: str) -> None:
    assert is_same_record(STORED.encode(), laid(given))


def test_a_corrected_amount_keeps_its_texts() -> None:
    xml = laid(payment("120"))
    assert texts(xml, "transaction/value") == ["120"]
    assert texts(xml, "transaction/description/narrative") == ["First rate"]
    assert parse_record(xml).find("transaction").get("ref") == "T1"  # type: ignore[union-attr]


def test_amounts_of_a_type_and_year_take_the_place_of_those_that_are_stored() -> None:
    xml = laid(payment("1") + payment("2") + payment("3", "2020-01-01"))
    assert sorted(texts(xml, "transaction/value")) == ["1", "2", "3"]


def test_a_row_that_names_its_amount_may_move_it_and_says_nothing_of_others() -> None:
    stored = STORED.replace("</iati-activity>", f"{payment('7', '2019-09-09')}</iati-activity>")
    xml = laid(payment("100", "2021-05-01", key_of(stored)), stored)
    assert sorted(texts(xml, "transaction/value")) == ["100", "7"]
    assert texts(xml, "transaction/description/narrative") == ["First rate"]
    again = laid(payment("130", "2021-05-01", key_of(stored)), xml.decode())
    assert sorted(texts(again, "transaction/value")) == ["130", "7"]
    assert len(parse_record(again).findall(f"transaction[@{AMOUNT_KEY}]")) == 1


def test_a_copied_row_is_an_amount_of_its_own() -> None:
    key = key_of(STORED)
    xml = laid(payment("100", key=key) + payment("50", key=key))
    assert sorted(texts(xml, "transaction/value")) == ["100", "50"]


def test_a_changed_title_leaves_those_in_other_languages() -> None:
    xml = laid("<title><narrative>Deep wells</narrative></title>")
    assert texts(xml, "title/narrative") == ["Deep wells", "Puits"]


def test_a_changed_currency_leaves_the_amounts_that_were_in_the_old_one() -> None:
    xml = laid("<title><narrative>Wells</narrative></title>", head=HEAD.replace("EUR", "USD"))
    (flow,) = read_record(Reported(parse_record(xml), places=[])).flows
    assert (flow.currency, parse_record(xml).get("default-currency")) == ("EUR", "USD")


def test_a_changed_percentage_keeps_the_names_of_sectors() -> None:
    xml = laid(
        '<sector vocabulary="1" code="14030" percentage="60"/><sector vocabulary="1" code="15160" percentage="40"/>'
    )
    assert texts(xml, "sector/narrative") == ["Water"]
    assert [one.get("percentage") for one in parse_record(xml).findall("sector")] == ["60", "40"]


def test_areas_as_they_stand_now_are_no_change() -> None:
    given = f'<tag {FLORENCE} code="N3" t:share="60"/>'
    now = (AreaTag("florence-2008", "N3", Decimal(60)), AreaTag("florence-2008", "N4", None, "suggested"))
    assert is_same_record(STORED.encode(), laid(given, areas=now))
    assert not is_same_record(STORED.encode(), laid(given, areas=now[1:]))


def test_cells_that_the_import_takes_for_empty_say_nothing_here_either() -> None:
    from importers.clean import is_blank

    for text in ("", "-", "–", "—", "n/a", "NA", "n.a.", "..", "…", "tbd", "TBC", "?", "Norad", "0"):
        assert (filled_entry(text) == "") == is_blank(text), text


def test_an_amount_without_a_value_date_counts_on_its_own_day() -> None:
    day = parse_record(STORED.encode()).find("transaction")
    assert day is not None
    one = Flow("3", None, None, Decimal("1.50"), "EUR", None)
    other = Flow("3", None, None, Decimal("1.5"), "EUR", None)
    assert plain_flow(one) == plain_flow(other)
