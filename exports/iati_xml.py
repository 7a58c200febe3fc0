"""A portfolio as IATI XML 2.03, valid against the official schema, streamed.

An activity that is valid as it is stored is written as it is; any other is normalised first.
Nothing in the file depends on the clock or on the order in which the database found the areas.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import BinaryIO

from lxml import etree

from app.frameworks import framework_key_of, vocabulary_uri
from app.models.kept import KEPT_NS, XSI_NS
from app.models.record import TESSERA_NS, AreaTag
from exports.base import ExportRefused, StoredRecord
from exports.normalise import normalise
from exports.schema_203 import KINDS, ROOT, activity_schema

VERSION = "2.03"
_PREFIXES = {"tessera": TESSERA_NS, "kept": KEPT_NS}
_NOTES = ("state", "source", "confidence", "evidence")
_AFTER_TAG = frozenset(list(KINDS[ROOT].children)[: KINDS[ROOT].children["tag"].position + 1])
_HAS_XSI = etree.XPath("boolean(descendant-or-self::*/@*[namespace-uri() = $xsi])")


class IatiXml:
    """The exporter of IATI activity files."""

    key = "iati"
    media_type = "application/xml"
    suffix = ".xml"

    def write(self, records: Iterable[StoredRecord], out: BinaryIO) -> int:
        return write_iati(records, out)


def write_iati(records: Iterable[StoredRecord], out: BinaryIO, generated: datetime | None = None) -> int:
    """Write `records` in their order and return their number; `generated` dates the file if given.

    Raises ExportRefused for no records: the standard knows no file without activities.
    """
    each = iter(records)
    first = next(each, None)
    if first is None:
        raise ExportRefused("There is no project to export here; an IATI file must hold at least one.")
    attributes = {"version": VERSION}
    if generated:
        attributes["generated-datetime"] = generated.isoformat(timespec="seconds")
    count = 0
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("iati-activities", attributes):
            file.write("\n")
            for stored in chain([first], each):
                file.write(build_activity(stored), pretty_print=True)
                count += 1
    return count


def build_activity(stored: StoredRecord) -> etree._Element:
    """One record as a valid `iati-activity` with the areas that it has now."""
    activity = etree.fromstring(stored.xml, _parser())
    _write_areas(activity, stored)
    has_namespaces = b"xmlns" in stored.xml
    schema = activity_schema()
    if not schema.validate(activity) or (has_namespaces and _HAS_XSI(activity, xsi=XSI_NS)):
        normalise(activity)
        has_namespaces = True
        if not schema.validate(activity):
            name = activity.findtext("iati-identifier")
            raise ExportRefused(f"“{name}” can't be written as valid IATI: {schema.error_log}")
    if has_namespaces or stored.areas:
        etree.cleanup_namespaces(activity, top_nsmap=_PREFIXES)
    return activity


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        remove_blank_text=True, remove_comments=True, remove_pis=True, huge_tree=True, resolve_entities=False
    )


# --- areas ---------------------------------------------------------------------------------


def _write_areas(activity: etree._Element, stored: StoredRecord) -> None:
    """Replace the record's own tags of known frameworks by its areas now, in order of framework and code."""
    for tag in activity.findall("tag"):
        key = framework_key_of(tag.get("vocabulary-uri") or "") if tag.get("vocabulary") == "99" else None
        if key and (stored.frameworks is None or key in stored.frameworks):
            activity.remove(tag)
    if not stored.areas:
        return
    position = max((i for i, child in enumerate(activity, 1) if child.tag in _AFTER_TAG), default=0)
    for area in sorted(stored.areas, key=lambda area: (area.framework, area.code, area.state)):
        activity.insert(position, _build_tag(area))
        position += 1


def _build_tag(area: AreaTag) -> etree._Element:
    uri = vocabulary_uri(area.framework)
    attributes = {"vocabulary": "99", "vocabulary-uri": uri, "code": area.code}
    tag = etree.Element("tag", attributes, nsmap=_PREFIXES)
    if area.share is not None:
        tag.set(f"{{{TESSERA_NS}}}share", f"{area.share.normalize():f}")
    for name in _NOTES:
        if value := getattr(area, name):
            tag.set(f"{{{TESSERA_NS}}}{name}", value)
    return tag
