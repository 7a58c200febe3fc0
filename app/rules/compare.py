"""Two records side by side: what differs, and what a partial report leaves as it was."""

from collections.abc import Set
from copy import deepcopy
from typing import Any, NamedTuple

from lxml import etree

from app.models.record import MONEY_ELEMENTS, TESSERA_NS
from app.rules.element_words import SHOWN, element_words

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
# The codelist whose code tells elements of one name apart.
_CODELISTS = {
    "activity-date": "ActivityDateType",
    "participating-org": "OrganisationRole",
    "description": "DescriptionType",
    "sector": "SectorVocabulary",
    "policy-marker": "PolicyMarker",
    "transaction": "TransactionType",
    "budget": "BudgetType",
}
ACTIVITY = "iati-activity"  # the field of the activity's own attributes: currency, language, day of the last update


class Change(NamedTuple):
    """One part of a record that differs, and how it reads before and after.

    `field` is its stable name. What a reader is told is made of the rest: the IATI name of the element, what tells
    it from others of that name (a code of `codelist`, or a name where that is ''), the year of money.
    """

    field: str
    before: str
    after: str
    element: str
    codelist: str = ""
    code: str = ""
    year: str = ""


def parse_record(xml: bytes) -> etree._Element:
    """A stored record's element."""
    return etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))


def is_same_record(one: bytes, other: bytes) -> bool:
    """Whether two records say the same, whatever their white space, comments, order of attributes and prefixes."""
    return is_same_element(parse_record(one), parse_record(other))


def is_same_element(one: etree._Element, other: etree._Element) -> bool:
    """As `is_same_record`; what stands behind the elements is not theirs. Ends at the first difference in their order."""
    pairs: list[tuple[Any, Any]] = [(one, other)]
    while pairs:
        first, second = pairs.pop()
        if _name(first) != _name(second) or dict(first.attrib) != dict(second.attrib):
            return False
        (texts, children), (other_texts, others) = _content(first), _content(second)
        if texts != other_texts:
            return False
        pairs += reversed(list(zip(children, others, strict=True)))
    return True


def _name(element: Any) -> tuple[Any, str | None]:
    return element.tag, element.target if element.tag is etree.PI else None


def _content(element: Any) -> tuple[list[str], list[Any]]:
    """The texts around an element's children, and these; a comment only parts a text in two."""
    texts, children = [element.text or ""], []
    for child in element:
        if child.tag is etree.Comment:
            texts[-1] += child.tail or ""
        else:
            children.append(child)
            texts.append(child.tail or "")
    return [text.strip() for text in texts], children


def canonical(element: etree._Element) -> bytes:
    """What an element says, in one form for all ways to write it."""
    # A copy is a root of its own: it declares the namespaces that it has from its ancestors.
    found: bytes = etree.tostring(  # type: ignore[call-overload]
        deepcopy(element), method="c14n2", strip_text=True, with_comments=False
    )
    return found


def _key(element: etree._Element) -> str:
    return " ".join(filter(None, [etree.QName(element).localname, *_parts(element)]))


def _parts(element: etree._Element) -> list[str]:
    """What tells an element from others of its name: of money, its type and year."""
    tag = str(element.tag)
    if tag in MONEY_ELEMENTS:
        return _money_parts(element)
    return [_attribute(element, name) for name in _DISCRIMINATORS.get(tag, ())]


def _attribute(element: etree._Element, name: str) -> str:
    return element.get(name) or _DEFAULTS.get((str(element.tag), name), "")


def _money_parts(element: etree._Element) -> list[str]:
    kind = element.find("transaction-type")
    day = element.find("transaction-date") if kind is not None else element.find("period-start")
    code = _attribute(element, "type") if kind is None else kind.get("code") or ""
    return [code, (day.get("iso-date") or "")[:4] if day is not None else ""]


def groups_of(element: etree._Element) -> dict[str, list[etree._Element]]:
    """The children of a record by what tells them apart: each group is compared and replaced as a whole."""
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        if isinstance(child.tag, str):
            found.setdefault(_key(child), []).append(child)
    return found


def differences(before: bytes, after: bytes) -> list[Change]:
    """What changed between two records, part by part, in the order of the newer one."""
    earlier, later = parse_record(before), parse_record(after)
    old, new = groups_of(earlier), groups_of(later)
    changes = []
    if _attributes(earlier) != _attributes(later):
        changes.append(Change(ACTIVITY, _attributes(earlier), _attributes(later), ACTIVITY))
    for key in [*new, *(key for key in old if key not in new)]:
        one, other = old.get(key, []), new.get(key, [])
        if len(one) != len(other) or not all(map(is_same_element, one, other)):
            changes.append(Change(key, element_words(one), element_words(other), *_label(next(iter([*other, *one])))))
    return changes


def _label(element: etree._Element) -> tuple[str, str, str, str]:
    """The element's name, the codelist of what tells it from others, that code, its year."""
    name, parts = etree.QName(element).localname, _parts(element)
    codelist = _CODELISTS.get(name, "")
    if str(element.tag) in MONEY_ELEMENTS:
        return name, codelist, parts[0], parts[1]
    return name, codelist, parts[-1] if parts else "", ""


def _attributes(element: etree._Element) -> str:
    return "; ".join(f"{etree.QName(str(name)).localname} {element.get(name)}" for name in sorted(element.keys()))[
        :SHOWN
    ]


def merge_partial(stored: etree._Element, partial: etree._Element) -> etree._Element:
    """The stored record with the parts that a partial report gives; blank parts erase nothing."""
    given = groups_of(partial)
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


def keep_stored(
    stored: etree._Element, new: etree._Element, fields: Set[str], *, is_partial: bool
) -> dict[etree._Element, etree._Element]:
    """Take out of `new` what it says of `fields`, and put what is stored in its place, unless `new` is partial.

    Returns the copies with the stored elements that they were made of.
    """
    if ACTIVITY in fields:
        new.attrib.clear()
        new.attrib.update(stored.attrib)
    said, known = groups_of(new), {} if is_partial else groups_of(stored)
    copies: dict[etree._Element, etree._Element] = {}
    for field in sorted(fields - {ACTIVITY}):
        placed = {deepcopy(child): child for child in known.get(field, ())}
        copies |= placed
        for copy in placed:
            if said.get(field):
                said[field][0].addprevious(copy)
            else:
                new.append(copy)
        for child in said.get(field, ()):
            new.remove(child)
    return copies


def money_elements(element: etree._Element) -> list[etree._Element]:
    """The elements that carry money, in document order: the order of a record's places."""
    return [child for child in element if child.tag in MONEY_ELEMENTS]
