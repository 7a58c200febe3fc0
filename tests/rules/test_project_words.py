"""Which words and codes of a record speak for its areas."""

from lxml import etree

from app.models.read_record import read_record
from app.models.record import Reported
from app.rules.project_words import read_project_words
from app.rules.suggest import suggest_all

XML = b"""<iati-activity><iati-identifier>X-1</iati-identifier>
<title><narrative>Safe homes</narrative></title>
<description type="1"><narrative>For children in Lome</narrative></description>
<description type="2"><narrative>Protect children from abuse</narrative></description>
<recipient-country code="TG"/><sector vocabulary="1" code="16010"/><tag code="1"><narrative>girls</narrative></tag>
<policy-marker vocabulary="1" code="11" significance="1"/><policy-marker vocabulary="1" code="2" significance="0"/>
<result><title><narrative>Shelters for street children</narrative></title>
<indicator><title><narrative>Beds in shelters</narrative></title></indicator></result></iati-activity>"""


def test_titles_objectives_results_tags_and_markers_are_read_in_order() -> None:
    record = read_record(Reported(etree.fromstring(XML), xml=XML, places=[]))
    words = read_project_words(record)
    assert words.text.splitlines() == [
        "Safe homes", "For children in Lome", "Protect children from abuse", "Objective: Protect children from abuse",
        "girls", "Outcome: Shelters for street children", "Beds in shelters",
    ]  # fmt: skip
    assert (words.sectors, words.countries) == (["16010", "marker-11"], ["TG"])
    assert "N6" in {area.code for area in suggest_all(*words)["florence-2008"].areas}


def test_a_record_without_its_xml_still_gives_titles_and_descriptions() -> None:
    words = read_project_words(read_record(Reported(etree.fromstring(XML), places=[])))
    assert words.text == "Safe homes\nFor children in Lome\nProtect children from abuse"
