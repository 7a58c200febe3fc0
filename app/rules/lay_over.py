"""A partial report (a spreadsheet) laid over the stored record: only what reads differently changes.

A sheet can't say all that a record holds: texts of transactions, names of sectors, coordinates. So a part
that reads as it is stored leaves the stored one untouched, and an amount that is corrected keeps what
the sheet has no column for.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.frameworks import framework_key_of
from app.models.parse_lines import parse_date
from app.models.read_record import read_record
from app.models.record import XML_LANG, ActivityRecord, AreaTag, Reported
from app.rules.compare import groups_of, merge_partial, money_elements
from app.rules.lay_money import inherit, lay_money
from app.rules.said import add_up, plain_parties, plain_party, plain_text, same_texts, sayable_places

_MIDNIGHT = "T00:00:00Z"
Element = etree._Element


def lay_over(stored: Element, partial: Element, given: ActivityRecord, areas: Sequence[AreaTag] = ()) -> Element:
    """`stored` with what `partial` (read as `given`) says anew; both trees are used up.

    `areas` are the project's areas as they stand now: people decide them, so the record need not have them.
    """
    before = read_record(Reported(stored, places=[]))
    _settle_language(stored, partial, before)
    _settle_attributes(stored, partial, before, given)
    old = groups_of(stored)
    for name, elements in groups_of(partial).items():
        if elements[0].tag in _READINGS:
            _settle_group(_Group(elements, old.get(name, []), given, before, areas))
    lay_money(stored, before, partial, given)
    return merge_partial(stored, partial)


# --- attributes ----------------------------------------------------------------------------


def _language(record: ActivityRecord) -> str:
    return record.titles[0][0] if record.titles else record.language


def _settle_language(stored: Element, partial: Element, before: ActivityRecord) -> None:
    """Narratives without a language keep the one that they have, whichever the activity ends up with."""
    own = partial.get(XML_LANG, "").lower()
    if not own:
        return
    if own == _language(before):
        del partial.attrib[XML_LANG]
        if own != before.language:
            _pin(partial, "narrative", XML_LANG, own)
    elif before.language:
        _pin(stored, "narrative", XML_LANG, before.language)


def _settle_attributes(stored: Element, partial: Element, before: ActivityRecord, given: ActivityRecord) -> None:
    same = {"default-currency": given.currency == before.currency, "hierarchy": given.hierarchy == before.hierarchy}
    updated = given.last_updated
    same["last-updated-datetime"] = updated.endswith(_MIDNIGHT) and parse_date(updated) == parse_date(
        before.last_updated
    )
    for name, is_same in same.items():
        if is_same and name in partial.attrib:
            del partial.attrib[name]
    if not same["default-currency"] and before.currency and given.currency:
        for element in money_elements(stored):
            _pin(element, "value", "currency", before.currency)


def _pin(element: Element, tag: str, name: str, value: str) -> None:
    for each in element.iter(tag):
        if not each.get(name):
            each.set(name, value)


# --- parts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Group:
    """One part of a partial report, and the same part as it is stored."""

    elements: list[Element]
    stored: list[Element]
    given: ActivityRecord
    before: ActivityRecord
    areas: Sequence[AreaTag]

    @property
    def tag(self) -> str:
        return str(self.elements[0].tag)

    def drop(self) -> None:
        for element in self.elements:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)


def _settle_group(group: _Group) -> None:
    """Take the part out of the partial report if it reads as it is stored; else let it keep what it can't say."""
    if _reads_as_stored(group):
        group.drop()
    elif group.tag in ("title", "description"):
        _keep_other_languages(group)
    elif group.tag != "tag":
        for element in group.elements:
            inherit(element, next((one for one in group.stored if _name(one) == _name(element)), None))


def _reads_as_stored(group: _Group) -> bool:
    read = _READINGS[group.tag]
    if group.tag in ("title", "description"):
        usual = _language(group.before)
        return same_texts(read(group.stored, group.before), read(group.elements, group.given), usual)
    if group.tag == "tag":
        return _same_areas(group)
    if group.tag == "reporting-org" and not group.stored:
        return True  # the project was found under this reporter
    return bool(read(group.stored, group.before) == read(group.elements, group.given))


def _same_areas(group: _Group) -> bool:
    key = framework_key_of(group.elements[0].get("vocabulary-uri", ""))

    def told(tags: Sequence[AreaTag], *, stated_only: bool) -> set[Any]:
        own = [tag for tag in tags if tag.framework == key and not (stated_only and tag.state)]
        return {(tag.code, tag.share, tag.state) for tag in own}

    given = told(group.given.areas, stated_only=False)
    stated = not any(state for _, _, state in given)
    return given in (told(group.before.areas, stated_only=stated), told(group.areas, stated_only=stated))


def _keep_other_languages(group: _Group) -> None:
    usual = group.given.language or _language(group.before)
    said = {(each.get(XML_LANG) or usual).lower() for element in group.elements for each in element.iter("narrative")}
    for each in (each for element in group.stored for each in element.iter("narrative")):
        language = (each.get(XML_LANG) or group.before.language).lower()
        if language not in said:
            kept = deepcopy(each)
            kept.set(XML_LANG, language)
            group.elements[0].append(kept)


def _name(element: Element) -> str:
    return element.get("code") or element.get("ref") or plain_text("".join(map(str, element.itertext())))


def _texts(elements: Sequence[Element], record: ActivityRecord) -> dict[str, str]:
    """Text by language: all that a language has, as one."""
    found: dict[str, str] = {}
    for each in (each for element in elements for each in element.iter("narrative")):
        language = (each.get(XML_LANG) or record.language).lower()
        if text := plain_text(each.text or ""):
            found[language] = f"{found.get(language, '')} {text}".strip()
    return found


def _first_texts(_: Sequence[Element], record: ActivityRecord) -> dict[str, str]:
    """The first title of each language: a sheet has room for one."""
    return {language: plain_text(text) for language, text in reversed(record.titles)}


def _attribute(elements: Sequence[Element], name: str, usual: str = "") -> str:
    return next((element.get(name) or usual for element in elements), usual)


def _places(record: ActivityRecord, *, are_countries: bool) -> dict[tuple[str, str], Any]:
    return add_up(part for part in sayable_places(record.countries) if part.code.isalpha() == are_countries)


_READINGS: dict[str, Callable[[Sequence[Element], ActivityRecord], Any]] = {
    "iati-identifier": lambda _, record: record.identifier,
    "reporting-org": lambda _, record: (plain_party(record.reporter), record.secondary),
    "title": _first_texts,
    "description": _texts,
    "participating-org": lambda elements, record: plain_parties(
        party for role, party in record.organisations if role == _attribute(elements, "role")
    ),
    "activity-status": lambda _, record: record.status,
    "activity-date": lambda elements, record: record.dates.get(_attribute(elements, "type")),
    "recipient-country": lambda _, record: _places(record, are_countries=True),
    "recipient-region": lambda _, record: _places(record, are_countries=False),
    "sector": lambda elements, record: add_up(
        part for part in record.sectors if part.vocabulary == _attribute(elements, "vocabulary", "1")
    ),
    "tag": lambda _, record: record.areas,
    "related-activity": lambda _, record: sorted(record.related),
}
