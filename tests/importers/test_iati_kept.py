"""Parts that an export carried apart come back under their own names; the product's own stay."""

from lxml import etree

from app.models.kept import attributes_of
from importers.iati_kept import restore_kept

EXPORTED = b"""<iati-activity xmlns:tessera="https://tessera.example/ns/iati"
  xmlns:kept="https://tessera.example/ns/iati/kept" kept:version="2.02" tessera:xml-lang="en_GB">
  <iati-identifier>X-1</iati-identifier>
  <reporting-org ref="X" type="" tessera:added="type">
    <narrative tessera:added="true">X</narrative></reporting-org>
  <title tessera:added="true"><narrative>X-1</narrative></title>
  <recipient-country code="KH"><tessera:text>Cambodia</tessera:text></recipient-country>
  <tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/rome-2012" code="A"
    tessera:share="60"/>
  <transaction>
    <value currency="USD" kept:value-date="soon" value-date="2020-01-01" tessera:added="value-date">1</value>
  </transaction>
  <kept:transaction kept:ref="T"><kept:value>many</kept:value></kept:transaction>
  <tessera:column name="Desk">7</tessera:column>
</iati-activity>"""


def test_restored() -> None:
    activity = etree.fromstring(EXPORTED)
    lines = [e.sourceline for e in activity.iter() if etree.QName(e).localname == "transaction"]
    restore_kept(activity)
    assert dict(attributes_of(activity)) == {
        "version": "2.02", "{http://www.w3.org/XML/1998/namespace}lang": "en_GB",
    }  # fmt: skip
    assert [child.tag.rpartition("}")[2] for child in activity] == [
        "iati-identifier", "reporting-org", "recipient-country", "tag", "transaction", "transaction",
        "column",
    ]  # fmt: skip
    assert dict(attributes_of(activity[1])) == {"ref": "X"}
    assert len(activity[1]) == 0
    assert activity.findtext("recipient-country") == "Cambodia"
    assert dict(attributes_of(activity[4][0])) == {"currency": "USD", "value-date": "soon"}
    assert (activity[5].get("ref"), activity[5].findtext("value")) == ("T", "many")
    assert [e.sourceline for e in activity.findall("transaction")] == lines


def test_what_the_product_says_itself_stays() -> None:
    activity = etree.fromstring(EXPORTED)
    restore_kept(activity)
    ours = "{https://tessera.example/ns/iati}"
    assert activity[3].get(f"{ours}share") == "60"
    assert activity.findtext(f"{ours}column") == "7"


def test_nothing_to_restore() -> None:
    text = b'<iati-activity xml:lang="en"><title><narrative>A</narrative></title></iati-activity>'
    activity = etree.fromstring(text)
    restore_kept(activity)
    assert etree.tostring(activity) == text
