"""IATI 1.01 to 1.05 activities in the shape of 2.03.

What 2.01 renamed, recoded or moved is changed here, after the changelogs of 1.04 and 2.01 and the
GeographicVocabulary of 2.03. Elements that 2.03 no longer has stay under their own names in the
product's namespace. The words beside a code stay where they are. Elements are changed in place,
so that each keeps its line.
"""

from collections.abc import Callable

from lxml import etree

from app.codelists import current_code, match_code
from app.models.kept import attributes_of
from app.models.parse_lines import parse_date
from app.models.record import TESSERA_NS, XML_LANG

_WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"
# Elements whose text became a narrative.
_NARRATED = {
    "title", "description", "reporting-org", "participating-org", "activity-date", "recipient-country",
    "recipient-region", "sector", "policy-marker", "organisation", "department", "person-name", "job-title",
    "mailing-address", "name", "activity-description", "provider-org", "receiver-org", "condition", "comment",
}  # fmt: skip
# Those of which their parent has only one in 2.03; 1.x repeated them, a language each.
_SINGLE = {
    "title", "name", "activity-description", "organisation", "department", "person-name", "job-title",
    "comment",
}  # fmt: skip
_CODED = {
    ("activity-date", "type"): "ActivityDateType",
    ("participating-org", "role"): "OrganisationRole",
    ("transaction-type", "code"): "TransactionType",
    ("sector", "vocabulary"): "SectorVocabulary",
    ("policy-marker", "vocabulary"): "PolicyMarkerVocabulary",
    ("budget", "type"): "BudgetType",
    ("planned-disbursement", "type"): "BudgetType",
    ("location-id", "vocabulary"): "GazetteerAgency",
    ("administrative", "vocabulary"): "GazetteerAgency",
}
# Elements that some publishers gave a name but no code.
_NAMED = {
    "activity-status": "ActivityStatus",
    "aid-type": "AidType",
    "collaboration-type": "CollaborationType",
    "default-aid-type": "AidType",
    "default-finance-type": "FinanceType",
    "default-flow-type": "FlowType",
    "default-tied-status": "TiedStatus",
    "finance-type": "FinanceType",
    "flow-type": "FlowType",
    "tied-status": "TiedStatus",
    "transaction-type": "TransactionType",
}
_NAMES_OF_1X = {
    ("ActivityStatus", "completion"): "3",
    ("ActivityStatus", "post-completion"): "4",
    ("TransactionType", "commitment"): "2",
    ("TransactionType", "interest repayment"): "5",
}
_DATED = {"activity-date", "transaction-date", "period-start", "period-end", "document-date"}


def upgrade_activity(element: etree._Element, version: str) -> etree._Element:
    """Bring `element` (an `iati-activity`) into the shape of 2.03, in place, and return it.

    `version` is the one that the file declares, '1.01' to '1.05'. All are read alike: what a later
    1.x version brought is understood in files that declare an earlier one.
    """
    for child in element.iterchildren(etree.Element):
        if not child.tag.startswith("{"):
            upgrade_activity(child, version)
    element.text = _trimmed(element)
    _recode(element)
    step = _STEPS.get(element.tag)
    if step is not None:
        step(element)
    if element.tag in _NARRATED:
        _narrate(element)
    _merge_languages(element)
    return element


def _trimmed(element: etree._Element) -> str | None:
    """The element's text; white space around it goes, but not that between children."""
    text = element.text
    return text if text is None or (len(element) and not text.strip()) else text.strip() or None


def _recode(element: etree._Element) -> None:
    for name, value in attributes_of(element):
        codelist = _CODED.get((element.tag, name))
        if codelist:
            element.set(name, current_code(codelist, value.strip()))
    codelist = _NAMED.get(element.tag)
    if codelist and element.text and not element.get("code"):
        code = _NAMES_OF_1X.get((codelist, element.text.lower())) or match_code(codelist, element.text)
        if code:
            element.set("code", code)
    if element.tag in _DATED and not element.get("iso-date"):
        day = parse_date(element.text or "")
        if day:
            element.set("iso-date", day.isoformat())
            element.text = None


# --- texts ---------------------------------------------------------------------------------


def _narrate(element: etree._Element) -> None:
    """Put the element's own text, with its language, into a narrative."""
    if not element.text or not element.text.strip():
        return
    narrative = etree.Element("narrative")
    narrative.text, element.text = element.text, None
    if XML_LANG in element.attrib:
        narrative.set(XML_LANG, _take(element, XML_LANG))
    element.insert(0, narrative)


def _merge_languages(parent: etree._Element) -> None:
    """Make one element of siblings that say the same thing in several languages."""
    first: dict[tuple[object, ...], etree._Element] = {}
    for child in parent.iterchildren(*_NARRATED):
        is_single = child.tag in _SINGLE or (child.tag == "description" and parent.tag != "iati-activity")
        key = (child.tag,) if is_single else (child.tag, *sorted(child.items()))
        kept = first.setdefault(key, child)
        if kept is not child and (is_single or not _languages(kept) & _languages(child)) and len(child):
            kept.extend(child.iterchildren("narrative"))
            if not len(child):
                parent.remove(child)


def _languages(element: etree._Element) -> set[str | None]:
    return {narrative.get(XML_LANG) for narrative in element.iterchildren("narrative")}


# --- moved and renamed ---------------------------------------------------------------------


def _keep(element: etree._Element) -> None:
    """Keep what 2.03 has no place for under its own name in the product's namespace."""
    element.tag = f"{{{TESSERA_NS}}}{element.tag}"


def _take(element: etree._Element, name: str) -> str:
    """The value of an attribute, which the element then no longer has; '' if it had none."""
    value = element.get(name)
    if value is None:
        return ""
    del element.attrib[name]
    return value


def _drop_or_keep(element: etree._Element) -> None:
    """Take out an element whose content has moved, unless something of it is left."""
    parent = element.getparent()
    if element.attrib or element.text or len(element) or parent is None:
        _keep(element)
    else:
        parent.remove(element)


def _add(location: etree._Element | None, name: str, attributes: dict[str, str]) -> etree._Element | None:
    """A new element in `location`, or None if it has one of that name already."""
    if location is None or location.find(name) is not None:
        return None
    return etree.SubElement(location, name, attributes)


def _upgrade_coordinates(element: etree._Element) -> None:
    """coordinates -> point/pos, and its precision -> exactness, which is coarser: the precision stays."""
    latitude, longitude = element.get("latitude"), element.get("longitude")
    point = _add(element.getparent(), "point", {"srsName": _WGS84}) if latitude and longitude else None
    if point is not None:
        etree.SubElement(point, "pos").text = f"{latitude} {longitude}"
        del element.attrib["latitude"], element.attrib["longitude"]
    precision = element.get("precision")
    if precision:
        _add(element.getparent(), "exactness", {"code": current_code("GeographicalPrecision", precision)})
    _drop_or_keep(element)


def _upgrade_gazetteer_entry(element: etree._Element) -> None:
    name = "gazetteer-ref" if "gazetteer-ref" in element.attrib else "gazeteer-ref"
    parent = element.getparent()
    if parent is not None and element.text and element.get(name):
        vocabulary = current_code("GazetteerAgency", _take(element, name))
        etree.SubElement(parent, "location-id", {"vocabulary": vocabulary, "code": element.text})
        element.text = None
    _drop_or_keep(element)


def _upgrade_location_type(element: etree._Element) -> None:
    parent = element.getparent()
    if element.get("code") and parent is not None and parent.find("feature-designation") is None:
        element.tag = "feature-designation"
    else:
        _keep(element)


def _upgrade_administrative(element: etree._Element) -> None:
    if not element.get("code"):
        _keep(element)


def _upgrade_other_identifier(element: etree._Element) -> None:
    """Text -> ref, of the type "other activity identifier"; the owner's reference and name -> owner-org."""
    if element.text and not element.get("ref"):
        element.set("ref", element.text)
        element.text = None
    if not element.get("type"):
        element.set("type", "A9")
    ref, name = _take(element, "owner-ref"), _take(element, "owner-name")
    if ref or name:
        owner = etree.SubElement(element, "owner-org", {"ref": ref} if ref else {})
        if name:
            etree.SubElement(owner, "narrative").text = name


def _upgrade_document_link(element: etree._Element) -> None:
    language = _take(element, "language")
    if language:
        etree.SubElement(element, "language", {"code": language})


def _upgrade_aid_type_flag(element: etree._Element) -> None:
    element.tag = "other-flags"


_STEPS: dict[str, Callable[[etree._Element], None]] = {
    "activity-website": _keep,
    "administrative": _upgrade_administrative,
    "aid-type-flag": _upgrade_aid_type_flag,
    "coordinates": _upgrade_coordinates,
    "document-link": _upgrade_document_link,
    "gazetteer-entry": _upgrade_gazetteer_entry,
    "location-type": _upgrade_location_type,
    "other-identifier": _upgrade_other_identifier,
}
