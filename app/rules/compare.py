"""Two records side by side: what differs, and what a partial report leaves as it was."""

from copy import deepcopy
from typing import NamedTuple

from lxml import etree

from app.models.record import MONEY_ELEMENTS, TESSERA_NS, XML_LANG

# What tells two elements of one tag apart: each such group is compared, and replaced, as a whole. Money also by
# type and year: a sheet that brings one year's payments says nothing of those of other years.
_DISCRIMINATORS = {
    "activity-date": ("type",),
    "participating-org": ("role",),
    "description": ("type",),
    "sector": ("vocabulary",),
    "policy-marker": ("vocabulary", "code"),
    "tag": ("vocabulary", "vocabulary-uri"),
    f"{{{TESSERA_NS}}}column": ("name",),
}
# What an attribute means where it is left out (IATI 2.03).
_DEFAULTS = {
    ("budget", "type"): "1",
    ("description", "type"): "1",
    ("sector", "vocabulary"): "1",
    ("policy-marker", "vocabulary"): "1",
}
_SHOWN = 300


class Change(NamedTuple):
    """One part of a record that differs: its IATI name, and how it reads before and after."""

    field: str
    before: str
    after: str


def parse_record(xml: bytes) -> etree._Element:
    """A stored record's element."""
    return etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))


def is_same_record(one: bytes, other: bytes) -> bool:
    """Whether two records say the same, whatever their white space and order of attributes."""
    return _canonical(parse_record(one)) == _canonical(parse_record(other))


def _canonical(element: etree._Element) -> bytes:
    # A copy is a root of its own: it declares the namespaces that it has from its ancestors.
    found: bytes = etree.tostring(  # type: ignore[call-overload]
        deepcopy(element), method="c14n2", strip_text=True, with_comments=False
    )
    return found


def _key(element: etree._Element) -> str:
    tag = str(element.tag)
    if tag in MONEY_ELEMENTS:
        return _money_key(element)
    parts = [_attribute(element, name) for name in _DISCRIMINATORS.get(tag, ())]
    return " ".join([etree.QName(element).localname, *filter(None, parts)])


def _attribute(element: etree._Element, name: str) -> str:
    return element.get(name) or _DEFAULTS.get((str(element.tag), name), "")


def _money_key(element: etree._Element) -> str:
    kind = element.find("transaction-type")
    day = element.find("transaction-date") if kind is not None else element.find("period-start")
    code = _attribute(element, "type") if kind is None else kind.get("code")
    return " ".join(filter(None, [str(element.tag), code, (day.get("iso-date") or "")[:4] if day is not None else ""]))


def _groups(element: etree._Element) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        if isinstance(child.tag, str):
            found.setdefault(_key(child), []).append(child)
    return found


def differences(before: bytes, after: bytes) -> list[Change]:
    """What changed between two records, part by part, in the order of the newer one."""
    old, new = _groups(parse_record(before)), _groups(parse_record(after))
    changes = []
    for key in [*new, *(key for key in old if key not in new)]:
        one, other = old.get(key, []), new.get(key, [])
        if [_canonical(e) for e in one] != [_canonical(e) for e in other]:
            changes.append(Change(key, _described(one), _described(other)))
    return changes


def _described(elements: list[etree._Element]) -> str:
    if len(elements) > 3:
        return f"{len(elements)} × {etree.QName(elements[0]).localname}"
    return "; ".join(_words(element) for element in elements)[:_SHOWN]


def _words(element: etree._Element) -> str:
    """An element's values in reading order, without its mark-up."""
    words = []
    for each in element.iter():
        words += [str(value) for name, value in each.attrib.items() if name != XML_LANG]
        words += [each.text.strip()] if each.text and each.text.strip() else []
    return " ".join(words)


def merge_partial(stored: etree._Element, partial: etree._Element) -> etree._Element:
    """The stored record with the parts that a partial report gives; blank parts erase nothing."""
    given = _groups(partial)
    placed: set[str] = set()
    for child in list(stored):
        key = _key(child) if isinstance(child.tag, str) else ""
        if key not in given:
            continue
        if key not in placed:
            for new in given[key]:
                child.addprevious(new)
            placed.add(key)
        stored.remove(child)
    for key, elements in given.items():
        if key not in placed:
            stored.extend(elements)
    for name, value in partial.attrib.items():
        stored.set(name, value)
    return stored


def money_elements(element: etree._Element) -> list[etree._Element]:
    """The elements that carry money, in document order: the order of a record's places."""
    return [child for child in element if child.tag in MONEY_ELEMENTS]
