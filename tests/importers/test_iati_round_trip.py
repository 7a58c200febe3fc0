"""Whatever activities are written as IATI XML, they are read back equal."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.models.record import XML_LANG, ActivityRecord, Flow, Part, Party
from tests.importers.iati_texts import read_path

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "x"
)
CODES = st.text("ABCDEFGHIJ0123456789-", min_size=1, max_size=12)
DAYS = st.dates(date(1960, 1, 1), date(2099, 12, 31))
AMOUNTS = st.decimals(-(10**14), 10**14, allow_nan=False, places=4)
PARTIES = st.builds(Party, CODES, WORDS, st.sampled_from(["10", "21", "40", ""]))
PERCENTAGES = st.none() | st.decimals(0, 100, places=3)
FLOWS = st.builds(
    Flow, st.sampled_from(["1", "2", "3", "4", "11"]), DAYS, st.none(), AMOUNTS, st.sampled_from(["USD", "EUR", "KHR"]),
    DAYS, st.none() | PARTIES, CODES, st.none() | PARTIES, CODES,
    st.lists(st.builds(Part, CODES, PERCENTAGES, st.just("")), max_size=2).map(tuple),
    st.lists(st.builds(Part, CODES, PERCENTAGES, st.sampled_from(["1", "2", "99"])), max_size=2).map(tuple),
)  # fmt: skip
RECORDS = st.builds(
    ActivityRecord, st.just(b""), identifier=CODES, reporter=PARTIES, secondary=st.booleans(),
    hierarchy=st.none() | st.integers(1, 9), language=st.sampled_from(["en", "fr", "ar"]), currency=st.just("USD"),
    titles=st.lists(st.tuples(st.sampled_from(["en", "fr"]), WORDS), max_size=3),
    descriptions=st.lists(st.tuples(st.sampled_from(["en", "es"]), WORDS), max_size=3), status=CODES,
    dates=st.dictionaries(st.sampled_from("1234"), DAYS),
    organisations=st.lists(st.tuples(st.sampled_from("1234"), PARTIES), max_size=3),
    countries=st.lists(st.builds(Part, CODES, PERCENTAGES, st.just("")), max_size=3),
    sectors=st.lists(st.builds(Part, CODES, PERCENTAGES, st.sampled_from(["1", "2", "99"])), max_size=4),
    related=st.lists(st.tuples(st.sampled_from("12345"), CODES), max_size=2), flows=st.lists(FLOWS, max_size=4),
)  # fmt: skip


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: object) -> etree._Element:
    element = etree.SubElement(parent, tag)
    element.text = text
    for name, value in attributes.items():
        if value not in (None, ""):
            element.set(name.replace("_", "-"), str(value))
    return element


def _add_party(parent: etree._Element, tag: str, party: Party | None, **attributes: Any) -> None:
    element = _add(parent, tag, ref=party.ref if party else None, type=party.type if party else None, **attributes)
    if party:
        _add(element, "narrative", party.name)


def _add_parts(parent: etree._Element, countries: object, sectors: object) -> None:
    for part in countries:  # type: ignore[attr-defined]
        _add(parent, "recipient-country", code=part.code, percentage=part.percentage)
    for part in sectors:  # type: ignore[attr-defined]
        _add(parent, "sector", code=part.code, percentage=part.percentage, vocabulary=part.vocabulary)


def _written(record: ActivityRecord) -> etree._Element:
    root = etree.Element("iati-activity", {XML_LANG: record.language, "default-currency": record.currency})
    if record.hierarchy:
        root.set("hierarchy", str(record.hierarchy))
    _add(root, "iati-identifier", record.identifier)
    _add_party(root, "reporting-org", record.reporter, secondary_reporter=int(record.secondary))
    for tag, texts in (("title", record.titles), ("description", record.descriptions)):
        for language, text in texts:
            _add(_add(root, tag), "narrative", text).set(XML_LANG, language)
    for role, party in record.organisations:
        _add_party(root, "participating-org", party, role=role)
    _add(root, "activity-status", code=record.status)
    for kind, day in record.dates.items():
        _add(root, "activity-date", type=kind, iso_date=day)
    _add_parts(root, record.countries, record.sectors)
    for flow in record.flows:
        element = _add(root, "transaction")
        _add(element, "transaction-type", code=flow.kind)
        _add(element, "transaction-date", iso_date=flow.start)
        _add(element, "value", f"{flow.value:f}", currency=flow.currency, value_date=flow.value_date)
        _add_party(element, "provider-org", flow.provider, provider_activity_id=flow.provider_activity)
        _add_party(element, "receiver-org", flow.receiver, receiver_activity_id=flow.receiver_activity)
        _add_parts(element, flow.countries, flow.sectors)
    for kind, ref in record.related:
        _add(root, "related-activity", type=kind, ref=ref)
    return root


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORDS, min_size=1, max_size=4), st.sampled_from(["utf-8", "utf-16", "us-ascii"]), st.booleans())
def test_whatever_is_written_is_read_back(records: list[ActivityRecord], encoding: str, is_pretty: bool) -> None:
    root = etree.Element("iati-activities", {"version": "2.03"})
    root.extend([_written(record) for record in records])
    with TemporaryDirectory() as folder:
        path = Path(folder, "file.xml")
        etree.ElementTree(root).write(str(path), encoding=encoding, pretty_print=is_pretty)
        found = read_path(path)
    for record in found:
        record.issues, record.xml, record.place = [], b"", ""
        for flow in record.flows:
            flow.place = ""
    assert found == records
