"""Two records say the same, however they are written: an update that changes nothing makes no new version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.rules.compare import canonical, is_same_record, parse_record

RECORD = '<iati-activity xml:lang="en" hierarchy="1"><title><narrative>Safe schools</narrative></title></iati-activity>'
OURS = "https://tessera.example/ns/iati"


@pytest.mark.parametrize(
    "other",
    [
        RECORD.replace('xml:lang="en" hierarchy="1"', "hierarchy='1'  xml:lang='en'"),
        RECORD.replace("<title>", "\n  <title>\n    ").replace("</title>", "\n</title>"),
        RECORD.replace("Safe schools", "  Safe<!-- said so --> schools "),
        RECORD.replace("<title>", "<!-- a title --><title>"),
        f"<?xml version='1.0'?>{RECORD}",
    ],
)
def test_the_same_written_in_another_way(other: str) -> None:
    assert is_same_record(RECORD.encode(), other.encode())


@pytest.mark.parametrize(
    "other",
    [
        RECORD.replace("Safe schools", "Safe  schools"),
        RECORD.replace("Safe schools", "Safer schools"),
        RECORD.replace('hierarchy="1"', 'hierarchy="2"'),
        RECORD.replace(' hierarchy="1"', ""),
        RECORD.replace("</title>", "</title>more"),
        RECORD.replace("</narrative>", "</narrative><narrative>Schools</narrative>"),
        RECORD.replace("narrative", "name"),
        RECORD.replace("<title>", "<title><?keep this?>"),
    ],
)
def test_what_differs(other: str) -> None:
    assert not is_same_record(RECORD.encode(), other.encode())


def test_a_prefix_says_nothing() -> None:
    one, other = (f'<a xmlns:{prefix}="{OURS}" {prefix}:share="60"/>' for prefix in ("t", "tessera"))
    assert is_same_record(one.encode(), other.encode())


spaces = st.sampled_from(("", " ", "\n  "))
words = st.sampled_from(("", "Wells", "Puits", "a b"))
attributes = st.dictionaries(st.sampled_from(("code", "type")), st.sampled_from(("1", "2")), max_size=2)


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> etree._Element:
    made = etree.Element(draw(st.sampled_from(("title", "sector"))), draw(attributes))
    made.text = draw(spaces) + draw(words) + draw(spaces)
    for _ in range(draw(st.integers(0, 2 if depth else 0))):
        child = etree.Comment("c") if draw(st.integers(0, 4)) == 0 else draw(elements(depth - 1))
        child.tail = draw(spaces) + draw(words)
        made.append(child)
    return made


@given(elements(), elements())
def test_it_is_what_the_canonical_form_says(one: etree._Element, other: etree._Element) -> None:
    both = [etree.tostring(each) for each in (one, other)]
    for first, second in (both, both[:1] * 2):
        is_equal = canonical(parse_record(first)) == canonical(parse_record(second))
        assert is_same_record(first, second) == is_equal
