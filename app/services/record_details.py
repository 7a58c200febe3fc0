"""What a record says beyond the tables: read from its stored XML for the project page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from app.codelists import name_of
from app.models.record import TESSERA_NS, XML_LANG

COLUMN = f"{{{TESSERA_NS}}}column"
# What the page shows elsewhere, from the tables or by a section of its own.
SHOWN = frozenset(
    {
        "iati-identifier",
        "reporting-org",
        "title",
        "description",
        "participating-org",
        "activity-status",
        "activity-date",
        "recipient-country",
        "recipient-region",
        "sector",
        "transaction",
        "budget",
        "planned-disbursement",
        "related-activity",
        "result",
        "document-link",
        "location",
        "contact-info",
        COLUMN,
    }
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A baseline, or what was aimed at and reached in a period, as reported."""

    period: str
    target: str
    actual: str


@dataclass(slots=True)
class Indicator:
    """One indicator of a result; `baselines` as reported, such as "2014: 120"."""

    title: str
    baselines: list[str] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """One result; `kind` is the ResultType's name."""

    title: str
    kind: str
    description: str
    indicators: list[Indicator] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Location:
    """A place; coordinates are rounded to one decimal (about 11 km), so that no shelter is pointed at."""

    name: str
    description: str
    coordinates: str


@dataclass(slots=True)
class RecordDetails:
    """Texts by language, and the parts that have no table; `others`: elements listed as read (path, text)."""

    titles: list[tuple[str, str]] = field(default_factory=list)
    descriptions: list[tuple[str, str, str]] = field(default_factory=list)
    dates: list[tuple[str, date | str]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    documents: list[tuple[str, str]] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    contacts: list[list[str]] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)


def record_details(xml: bytes, locale: str = "en") -> RecordDetails:
    """Read a stored record (IATI 2.03 shape)."""
    element = etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    language = (element.get(XML_LANG) or "").lower()
    found = RecordDetails(
        titles=[one for title in element.findall("title") for one in _narratives(title, language)],
        results=[_result(one, locale) for one in element.findall("result")],
        documents=[_document(one) for one in element.findall("document-link")],
        locations=[_location(one) for one in element.findall("location")],
        contacts=[[text for _, text in _texts(one)] for one in element.findall("contact-info")],
        columns=[(one.get("name") or "", one.text or "") for one in element.findall(COLUMN)],
    )
    for one in element.findall("description"):
        kind = name_of("DescriptionType", one.get("type") or "1", locale)
        found.descriptions += [(kind, *text) for text in _narratives(one, language)]
    for one in element.findall("activity-date"):
        kind = name_of("ActivityDateType", one.get("type") or "", locale)
        found.dates.append((kind, _day_or_text(one.get("iso-date") or _text(one))))
    for child in element:
        if isinstance(child.tag, str) and child.tag not in SHOWN:
            found.others += _texts(child)
    return found


def _narratives(element: etree._Element, language: str) -> list[tuple[str, str]]:
    narratives = element.findall("narrative")
    texts = [((one.get(XML_LANG) or "").lower() or language, (one.text or "").strip()) for one in narratives]
    return [(spoken, text) for spoken, text in texts if text]


def _text(element: etree._Element | None) -> str:
    """All text in an element; '' for none."""
    if element is None:
        return ""
    # The stubs let itertext give bytes; of a tree it gives text.
    return " ".join(" ".join(str(part) for part in element.itertext()).split())


def _day_or_text(text: str) -> date | str:
    """A day of the calendar, or what was reported instead."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _result(element: etree._Element, locale: str) -> Result:
    kind = name_of("ResultType", element.get("type") or "", locale)
    result = Result(_text(element.find("title")), kind, _text(element.find("description")))
    result.indicators = [_indicator(one) for one in element.findall("indicator")]
    return result


def _indicator(element: etree._Element) -> Indicator:
    indicator = Indicator(_text(element.find("title")))
    for baseline in element.findall("baseline"):
        year = baseline.get("year") or baseline.get("iso-date") or ""
        words = [f"{year}:" if year else "", baseline.get("value") or "", _text(baseline.find("comment"))]
        indicator.baselines.append(" ".join(filter(None, words)))
    for period in element.findall("period"):
        ends = [_attribute(period.find(name), "iso-date") for name in ("period-start", "period-end")]
        amounts = [", ".join(one.get("value") or "" for one in period.findall(name)) for name in ("target", "actual")]
        indicator.measures.append(Measure(" – ".join(filter(None, ends)), *amounts))
    return indicator


def _attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(name) or ""


def _document(element: etree._Element) -> tuple[str, str]:
    """Title and address; an address that is no web address is text, not a link."""
    address = (element.get("url") or "").strip()
    return _text(element.find("title")) or address, address


def _location(element: etree._Element) -> Location:
    described = [_text(element.find(name)) for name in ("description", "activity-description")]
    return Location(
        _text(element.find("name")),
        " ".join(filter(None, described)),
        _rounded(_text(element.find("point/pos"))),
    )


def _rounded(position: str) -> str:
    try:
        return ", ".join(f"{float(part):.1f}" for part in position.replace(",", " ").split())
    except ValueError:
        return ""


def _texts(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Each element in it that says something: its path, and its attributes and text."""
    for one in element.iter():
        if isinstance(one.tag, str):
            said = [f"{etree.QName(str(name)).localname}: {value!s}" for name, value in one.attrib.items()]
            said += [(one.text or "").strip()]
            if text := "; ".join(filter(None, said)):
                yield _path(one, element), text


def _path(one: etree._Element, top: etree._Element) -> str:
    names = [etree.QName(one).localname]
    while one is not top and (parent := one.getparent()) is not None:
        one = parent
        names.insert(0, etree.QName(one).localname)
    return " / ".join(names)
