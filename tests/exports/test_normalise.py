"""Normalising any tree: always valid, the same when done twice, and undone by the import."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from exports.base import StoredRecord
from exports.normalise import fit_value, normalise
from exports.schema_203 import KINDS, ROOT, activity_schema
from tests.exports.portfolio import bag_of, exported, stored

VALUES = {
    "decimal": ["50", "1e3", "12,5"], "date": ["2020-01-31", "2020-02-31", "2020-01-31T10:00:00", ""],
    "boolean": ["1", "yes"], "lang": ["en", "e_n"], "anyURI": ["https://x.example/", "https://x.example/%zz"],
    "string": ["99", ""],
}  # fmt: skip
NOISE = ["{urn:x}note", "{urn:x}value", "unheard-of", "narrative", "code", "value-date"]
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@st.composite
def trees(draw: st.DrawFn, name: str = ROOT, kind: str = ROOT, depth: int = 4) -> etree._Element:
    """A tree that is more or less what the schema wants, with every kind of fault in it."""
    rules = KINDS.get(kind, KINDS["narrative"])
    element = etree.Element(name)
    offered = [*rules.attributes] * 3 + [*NOISE, XML_BASE]
    for attribute in draw(st.lists(st.sampled_from(offered), max_size=6, unique=True)):
        values = VALUES.get(rules.attributes.get(attribute, "string"), VALUES["decimal"])
        element.set(attribute, draw(st.sampled_from(values)))
    if rules.text or draw(st.integers(0, 9)) == 0:
        element.text = draw(st.sampled_from(VALUES.get(rules.text or "string", VALUES["string"])))
    if depth:
        names = [*rules.children] * 3 + NOISE
        for child in draw(st.lists(st.sampled_from(names), max_size=8 if depth > 2 else 4)):
            place = rules.children.get(child)
            element.append(draw(trees(child, place.kind if place else child, depth - 1)))
    return element


ACTIVITIES = trees().map(etree.tostring)
RANDOM = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@given(ACTIVITIES)
@RANDOM
def test_always_valid_and_the_same_when_done_twice(source: bytes) -> None:
    once = etree.tostring(normalise(etree.fromstring(source)))
    assert activity_schema().validate(etree.fromstring(once)), activity_schema().error_log
    assert etree.tostring(normalise(etree.fromstring(once))) == once


@given(ACTIVITIES)
@RANDOM
def test_the_import_undoes_it_and_the_next_export_is_the_same(source: bytes) -> None:
    once = exported([StoredRecord(source)])
    (again,) = stored(once)
    assert exported([again]) == once
    missing = bag_of(source) - bag_of(again.xml)
    assert all(is_rewritten(element) for element in missing), missing


def is_rewritten(element: tuple[str, tuple[tuple[str, str], ...], str]) -> bool:
    """Whether the element has a value that an export writes in another form."""
    values = {element[2], *(value for _, value in element[1])}
    return bool(values & {"1e3", "2020-01-31T10:00:00"})


@pytest.mark.parametrize(
    ("kind", "given_text", "written"),
    [
        ("decimal", "5e-10", "0.0000000005"),
        ("decimal", " 12.50 ", " 12.50 "),
        ("decimal", "1,250.00", None),
        ("date", "2019-04-03T10:00:00Z", "2019-04-03"),
        ("date", "31/02/2019", None),
        ("boolean", "TRUE", "true"),
        ("boolean", "yes", None),
    ],
)
def test_values_are_written_as_the_product_reads_them(kind: str, given_text: str, written: str | None) -> None:
    assert fit_value(kind, given_text) == written


@given(st.decimals(-(10**12), 10**12, places=6))
def test_plain_decimals_keep_their_value(number: Decimal) -> None:
    written = fit_value("decimal", f"{number:E}")
    assert written is not None
    assert Decimal(written) == number
