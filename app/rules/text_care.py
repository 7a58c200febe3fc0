"""What a record's texts and places ask care for: personal data, places of shelters, wording to give up."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from app.models.issue import Issue
from app.models.record import ActivityRecord
from app.models.worded import phrase, worded
from app.rules.personal_data import Finding, find_personal_data, names_shelter
from app.rules.terminology import find_discouraged

SHOWN = 3
EXACT = "1"  # IATI GeographicExactness
DECIMALS = 1  # about 11 km
_KINDS = {
    "name-age": phrase("The text may say a child's name with an age: %(words)s."),
    "phone": phrase("The text may say a telephone number: %(words)s."),
    "e-mail": phrase("The text may say a private e-mail address: %(words)s."),
    "address": phrase("The text may say a home address: %(words)s."),
    "case-number": phrase("The text may say a case number: %(words)s."),
    "shelter-address": phrase("The text may say where a shelter stands: %(words)s."),
}  # fmt: skip

_HELD = phrase(
    "Others don't see this project until you take the words out, or confirm on its page that they tell of nobody."
)


def note_texts(record: ActivityRecord, xml: bytes) -> None:
    """Add to the record's issues what is to be looked at before others see it; found words are masked."""
    text = text_of(record)
    record.issues += [*_personal(record, text), *_shelter(record, xml, text), *_wording(record, text)]


def needs_no_care(text: str, places: str = "") -> bool:
    """Whether there is nothing to say of a project with these texts; `places` are the words of its locations."""
    return not (findings_in(text) or find_discouraged(text) or _places_shelter(text, places))


def text_of(record: ActivityRecord) -> str:
    """Titles and descriptions, each once."""
    return "\n".join(dict.fromkeys(record.texts()))


@lru_cache(maxsize=512)
def findings_in(text: str) -> tuple[Finding, ...]:
    """What may be personal data or the address of a shelter. Kept, since it is asked when a record is checked and
    again when it is written."""
    return tuple(find_personal_data(text))


def digest_findings(findings: tuple[Finding, ...]) -> str:
    """Stands for just these words; '' for none."""
    said = sorted({(one.kind, one.words.casefold()) for one in findings})
    return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest() if said else ""


def say_personal(text: str) -> Iterator[tuple[str, str]]:
    """(kind, what is said of it) for each kind of personal data that a text may hold; the words are masked."""
    by_kind: dict[str, list[Finding]] = {}
    for one in findings_in(text):
        by_kind.setdefault(one.kind, []).append(one)
    for kind, found in by_kind.items():
        masked = "; ".join(dict.fromkeys(one.masked for one in found[:SHOWN]))
        yield kind, worded(_KINDS[kind], words=masked)


def say_old_wording(text: str) -> Iterator[tuple[str, str, str]]:
    """(words, what is said of them, what to do) for each wording to give up."""
    for written, preferred in dict.fromkeys(find_discouraged(text)):
        message = worded("“%(written)s” is wording that the Florence report of 2008 asks to give up.", written=written)
        template = phrase(
            "Write “%(preferred)s” instead, unless it is the name of a law or treaty. Nothing was changed."
        )
        yield written, message, worded(template, preferred=preferred)


def _personal(record: ActivityRecord, text: str) -> Iterator[Issue]:
    for kind, message in say_personal(text):
        if kind == "shelter-address":
            yield Issue("warning", "shelter-place", message, _HELD, **_at(record))
        else:
            yield Issue("warning", "personal-data", message, _HELD, **_at(record))


def _shelter(record: ActivityRecord, xml: bytes, text: str) -> Iterator[Issue]:
    if _places_shelter(text, _location_part(xml)) and any(_is_exact(one) for one in _shelter_places(xml)):
        yield Issue(
            "warning", "shelter-place", "The project names a shelter and gives exact coordinates of a place.",
            "Others see them rounded to 0.1 degree, about 11 km. Say less exactly where it is, if you can.", **_at(record),
        )  # fmt: skip


def _wording(record: ActivityRecord, text: str) -> Iterator[Issue]:
    for written, message, hint in say_old_wording(text):
        yield Issue("info", "old-wording", message, hint, **_at(record), value=written)


def _at(record: ActivityRecord) -> dict[str, Any]:
    """A record's place as an issue names it: sheet and row, or line."""
    sheet, _, row = record.place.rpartition("!")
    number = int(row) if row.isdecimal() else None
    return {"activity": record.identifier or None, **({"sheet": sheet, "row": number} if sheet else {"line": number})}


# --- places ------------------------------------------------------------------------------------


def blur_shelters(xml: bytes) -> bytes:
    """The record as others than its owner get it: coordinates rounded where it speaks of a shelter."""
    places = _shelter_places(xml)
    for place in places:
        _round(place)
    return etree.tostring(places[0].getroottree(), encoding="utf-8") if places else xml


def _shelter_places(xml: bytes) -> list[etree._Element]:
    """Locations of a project that speaks of a shelter in its title or descriptions, or that do so themselves."""
    if b"<location" not in xml:
        return []
    activity = etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    places = activity.findall("location")
    told = words_of(one for name in ("title", "description") for one in activity.iterfind(name))
    if names_shelter(told):
        return places
    return [place for place in places if names_shelter(words_of([place]))]


def _places_shelter(text: str, places: str) -> bool:
    """Whether a record gives locations, and its texts or these speak of a shelter."""
    return bool(places) and (names_shelter(text) or names_shelter(places))


def _location_part(xml: bytes) -> str:
    """The part of a record from its first location to its last; parsing all of it would cost far more."""
    start, end = xml.find(b"<location"), xml.rfind(b"</location>")
    return xml[start:end].decode(errors="ignore")


def words_of(elements: Iterable[etree._Element]) -> str:
    """All that elements say."""
    return " ".join(str(part) for element in elements for part in element.itertext())


def _is_exact(place: etree._Element) -> bool:
    """Whether a location says that it is exact or, where it does not say, gives coordinates as if it were."""
    exactness = place.find("exactness")
    position = place.findtext("point/pos") or ""
    if exactness is not None:
        return bool(position) and exactness.get("code") == EXACT
    return any(len(part.partition(".")[2]) > 2 for part in position.split())


def _round(place: etree._Element) -> None:
    position = place.find("point/pos")
    if position is None:
        return
    try:
        position.text = " ".join(
            f"{float(part):.{DECIMALS}f}" for part in (position.text or "").replace(",", " ").split()
        )
    except ValueError:
        position.text = ""
    exactness = place.find("exactness")
    if exactness is not None:
        exactness.set("code", "2")
