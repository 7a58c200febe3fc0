"""IATI 1.x in the shape of 2.03: codes, texts, places; every amount is there and nothing is lost."""

from decimal import Decimal

import pytest
from lxml import etree

from app.models.kept import attributes_of
from app.models.read_record import read_record
from app.models.record import TESSERA_NS, XML_LANG, Reported
from importers.iati_upgrade import upgrade_activity

OLD = """<iati-activity xml:lang="en" default-currency="GBP" version="1.03">
  <iati-identifier>
    GB-EX-9-MILL
  </iati-identifier>
  <reporting-org ref="GB-EX-9" type="10">
    Mill Fund
  </reporting-org>
  <title>Water for the mill</title>
  <title xml:lang="fr">De l'eau pour le moulin</title>
  <description type="1" xml:lang="en">Pumps</description>
  <description type="1" xml:lang="fr">Pompes</description>
  <description type="1" xml:lang="en">More pumps</description>
  <participating-org role="Funding" ref="GB-EX-9" type="10">Mill Fund</participating-org>
  <participating-org role="implementing" xml:lang="en">Weir Builders</participating-org>
  <participating-org role="implementing" xml:lang="fr">Bâtisseurs du barrage</participating-org>
  <other-identifier owner-ref="GB-EX-9" owner-name="Mill Fund">MF 17</other-identifier>
  <activity-website>https://mill.example/17</activity-website>
  <activity-status>Completion</activity-status>
  <activity-date type="start-planned">2011-03-31Z</activity-date>
  <activity-date type="end-actual" iso-date="2013-04-30">Spring 2013</activity-date>
  <contact-info><organisation>Mill Fund</organisation><email> mill@mill.example </email></contact-info>
  <recipient-country code="MW" percentage="100">Malawi</recipient-country>
  <sector code="14030" vocabulary="DAC" percentage="75">Drinking water</sector>
  <sector code="14030" vocabulary="DAC" percentage="75" xml:lang="fr">Eau potable</sector>
  <sector code="140" vocabulary="DAC-3"/>
  <sector code="W1" vocabulary="RO"/>
  <policy-marker code="2" vocabulary="DAC" significance="1">Environment</policy-marker>
  <default-aid-type>Project-type interventions</default-aid-type>
  <location percentage="50">
    <location-type code="PPL">populated place</location-type>
    <name>Old Weir</name><name xml:lang="fr">Vieux Barrage</name>
    <administrative country="MW">Malawi, Zomba</administrative>
    <coordinates latitude="-15.4" longitude="35.3" precision="4"/>
    <gazetteer-entry gazetteer-ref="GEO">923295</gazetteer-entry>
  </location>
  <budget type="original"><period-start>2011-04-01</period-start><period-end iso-date="2012-03-31"/>
    <value currency="GBP" value-date="2011-04-01"> 500 </value></budget>
  <transaction>
    <transaction-type code="D">Disbursement</transaction-type>
    <provider-org ref="GB-EX-9" provider-activity-id="GB-EX-9-ALL">Mill Fund</provider-org>
    <value value-date="2011-05-01">
      100.10
    </value>
    <transaction-date iso-date="2011-05-01">First payment</transaction-date>
  </transaction>
  <transaction><transaction-type>Commitment</transaction-type>
    <value value-date="2011-04-02">300</value></transaction>
  <document-link url="https://mill.example/r.pdf" format="application/pdf" language="en">
    <title>Report</title><category code="A08">Results</category></document-link>
  <related-activity ref="GB-EX-9-ALL" type="1">All mills</related-activity>
  <result type="1"><title>Water</title>
    <indicator measure="1"><title>Litres</title><title xml:lang="fr">Litres</title>
    <baseline year="2010" value="0"><comment>None then</comment></baseline></indicator></result>
  <conditions attached="1"><condition type="1">Pay the miller</condition></conditions>
  <crs-add><aid-type-flag code="1" significance="1"/></crs-add>
  <legacy-data name="Code" value="W1" iati-equivalent="sector">Wells</legacy-data>
</iati-activity>"""


@pytest.fixture
def upgraded() -> etree._Element:
    return upgrade_activity(etree.fromstring(OLD), "1.03")


def texts_of(element: etree._Element, path: str) -> list[tuple[str | None, str | None]]:
    return [(found.get(XML_LANG), found.text) for found in element.findall(f"{path}/narrative")]


def attributes_at(element: etree._Element, path: str) -> dict[str, str]:
    found = element.find(path)
    assert found is not None, path
    return dict(attributes_of(found))


def test_texts_become_narratives_a_language_each(upgraded: etree._Element) -> None:
    assert texts_of(upgraded, "title") == [(None, "Water for the mill"), ("fr", "De l'eau pour le moulin")]
    assert [texts_of(found, ".") for found in upgraded.findall("description")] == [
        [("en", "Pumps"), ("fr", "Pompes")],
        [("en", "More pumps")],
    ]
    assert texts_of(upgraded, "reporting-org") == [(None, "Mill Fund")]
    assert texts_of(upgraded, "location/name") == [(None, "Old Weir"), ("fr", "Vieux Barrage")]
    assert texts_of(upgraded, "result/indicator/title") == [(None, "Litres"), ("fr", "Litres")]
    for path in ("contact-info/organisation", "transaction/provider-org", "document-link/title",
                 "conditions/condition", "result/indicator/baseline/comment"):  # fmt: skip
        assert len(texts_of(upgraded, path)) == 1, path
    assert upgraded.findtext("contact-info/email") == "mill@mill.example"


def test_the_record_reads_as_it_would_from_a_2_03_file(upgraded: etree._Element) -> None:
    record = read_record(Reported(upgraded))
    assert record.identifier == "GB-EX-9-MILL"
    assert record.status == "3"
    assert {kind: str(day) for kind, day in record.dates.items()} == {"1": "2011-03-31", "4": "2013-04-30"}
    assert [(role, party.name) for role, party in record.organisations] == [
        ("1", "Mill Fund"),
        ("4", "Weir Builders"),
    ]
    assert [(part.code, part.percentage, part.vocabulary) for part in record.sectors] == [
        ("14030", Decimal(75), "1"), ("140", None, "2"), ("W1", None, "99"),
    ]  # fmt: skip
    assert [(flow.kind, flow.value, str(flow.start), flow.currency) for flow in record.flows] == [
        ("budget", Decimal(500), "2011-04-01", "GBP"),
        ("3", Decimal("100.10"), "2011-05-01", "GBP"),
        ("2", Decimal(300), "2011-04-02", "GBP"),
    ]


def test_money_keeps_its_line(upgraded: etree._Element) -> None:
    before = etree.fromstring(OLD).iter("transaction", "budget")
    after = upgraded.iter("transaction", "budget")
    assert [e.sourceline for e in after] == [e.sourceline for e in before]


def test_places(upgraded: etree._Element) -> None:
    assert upgraded.findtext("location/point/pos") == "-15.4 35.3"
    assert attributes_at(upgraded, "location/exactness") == {"code": "2"}
    assert attributes_at(upgraded, "location/location-id") == {"vocabulary": "G1", "code": "923295"}
    assert attributes_at(upgraded, "location/feature-designation") == {"code": "PPL"}
    ours = f"{{{TESSERA_NS}}}"
    assert attributes_at(upgraded, f"location/{ours}coordinates") == {"precision": "4"}
    assert upgraded.findtext(f"location/{ours}administrative") == "Malawi, Zomba"


def test_moved_and_renamed_parts(upgraded: etree._Element) -> None:
    assert attributes_at(upgraded, "other-identifier") == {"ref": "MF 17", "type": "A9"}
    assert texts_of(upgraded, "other-identifier/owner-org") == [(None, "Mill Fund")]
    assert attributes_at(upgraded, "other-identifier/owner-org") == {"ref": "GB-EX-9"}
    assert attributes_at(upgraded, "document-link/language") == {"code": "en"}
    assert attributes_at(upgraded, "crs-add/other-flags") == {"code": "1", "significance": "1"}
    assert attributes_at(upgraded, "default-aid-type") == {"code": "C01"}
    assert attributes_at(upgraded, "policy-marker")["vocabulary"] == "1"
    assert attributes_at(upgraded, "budget") == {"type": "1"}
    assert upgraded.findtext(f"{{{TESSERA_NS}}}activity-website") == "https://mill.example/17"


def values_of(activity: etree._Element) -> set[str]:
    texts = {" ".join((element.text or "").split()) for element in activity.iter()}
    return texts | {value for element in activity.iter() for _, value in attributes_of(element)}


def test_every_word_and_value_of_the_source_is_still_there(upgraded: etree._Element) -> None:
    codes = {
        "start-planned", "end-actual", "Funding", "implementing", "DAC", "DAC-3", "RO", "D", "GEO",
        "original",
    }  # fmt: skip
    words, found = values_of(etree.fromstring(OLD)), values_of(upgraded)
    pairs = {part for text in found for part in text.split()}
    missing = {word for word in words - found if word and word not in codes and word not in pairs}
    assert missing == {"2011-03-31Z"}  # written as 2011-03-31


def test_a_code_that_nobody_knows_stays() -> None:
    activity = etree.fromstring(
        '<iati-activity><sector code="7" vocabulary="WB"/>'
        '<transaction><transaction-type code="XX"/></transaction>'
        "<activity-status>Somehow</activity-status></iati-activity>"
    )
    upgrade_activity(activity, "1.05")
    assert attributes_at(activity, "sector")["vocabulary"] == "WB"
    assert attributes_at(activity, "transaction/transaction-type") == {"code": "XX"}
    assert activity.findtext("activity-status") == "Somehow"
