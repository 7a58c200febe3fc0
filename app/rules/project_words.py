"""The words and codes of a record that say what its project is about, in the order in which they count."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from app.models.record import ActivityRecord
from app.rules.compare import parse_record

OBJECTIVES = "2"  # IATI DescriptionType
_MARKS = (b"<result", b"<tag", b"<policy-marker", b'type="2"')


class ProjectWords(NamedTuple):
    """`text`: the title, then each further part after a line break; `sectors`: DAC codes, and `marker-11` for a
    policy marker that is set; `countries`: ISO codes."""

    text: str
    sectors: list[str]
    countries: list[str]


def read_project_words(record: ActivityRecord) -> ProjectWords:
    """Title, descriptions, objectives, tags, titles of results and indicators, with the codes."""
    texts = [*record.texts()]
    codes = [part.code for part in record.sectors if part.vocabulary in ("1", "2")]
    if any(mark in record.xml for mark in _MARKS):  # most records have none of these, and parsing costs
        element = parse_record(record.xml)
        texts += _further_texts(element)
        codes += _markers(element)
    return ProjectWords("\n".join(dict.fromkeys(texts)), codes, [part.code for part in record.countries])


def _further_texts(element: etree._Element) -> Iterator[str]:
    """Objectives once more under that word, which says that they are aims; so do outcomes."""
    for path, heading in (
        (f"description[@type='{OBJECTIVES}']/narrative", "Objective: "),
        ("tag/narrative", ""),
        ("result/title/narrative", "Outcome: "),
        ("result/indicator/title/narrative", ""),
    ):
        for narrative in element.iterfind(path):
            if words := (narrative.text or "").strip():
                yield heading + words


def _markers(element: etree._Element) -> list[str]:
    """The DAC's policy markers with a significance."""
    found = element.iterfind("policy-marker")
    return [f"marker-{one.get('code')}" for one in found if one.get("significance", "0") != "0"
            and one.get("vocabulary", "1") == "1"]  # fmt: skip
