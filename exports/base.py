"""What every export is: records in, one file out. No database, no HTTP."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from lxml import etree

from app.errors import Refused
from app.models.read_record import read_record
from app.models.record import XML_LANG, ActivityRecord, AreaTag, Reported
from app.rules.compare import money_elements
from app.rules.lay_money import amount_key

DESCRIPTION_TYPES = ("1", "2", "3", "4")


class ExportRefused(Refused):
    """An export that would not be what its format asks for: it is never offered."""

    code = "export-refused"


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One project as it is stored: its record, and the areas that the database gives it now.

    `frameworks` are the keys of the frameworks that the database knows: tags of these in the record
    give way to `areas`, tags of others stay. None: it knows whatever the record names.
    """

    xml: bytes
    areas: Sequence[AreaTag] = ()
    frameworks: Set[str] | None = None


@dataclass(frozen=True, slots=True)
class ExportedActivity:
    """One project as the tables of an export need it."""

    record: ActivityRecord
    areas: Sequence[AreaTag] = ()
    # Language and text of its descriptions by type, where they are told apart; the keys of its amounts, where asked for.
    texts: Mapping[str, Sequence[tuple[str, str]]] | None = None
    amount_keys: Sequence[str] = ()

    def descriptions(self, kind: str) -> Sequence[tuple[str, str]]:
        """Language and text of the descriptions of a DescriptionType; without `texts` all are general ones."""
        if self.texts is None:
            return self.record.descriptions if kind == "1" else ()
        return self.texts.get(kind, ())


def read_stored(records: Iterable[StoredRecord], *, with_keys: bool = False) -> Iterator[ExportedActivity]:
    """Read each record, one at a time; `with_keys`, with the keys by which its amounts are known again."""
    for stored in records:
        element = etree.fromstring(stored.xml, etree.XMLParser(huge_tree=True, resolve_entities=False))
        record = read_record(Reported(element, stored.xml))
        amounts = zip(record.flows, money_elements(element), strict=True) if with_keys else ()
        keys = [amount_key(flow, one) for flow, one in amounts]
        yield ExportedActivity(record, stored.areas, _descriptions(element, record), keys)


def _descriptions(element: etree._Element, record: ActivityRecord) -> dict[str, list[tuple[str, str]]]:
    """Language and text of each description, by DescriptionType; a type that nobody knows is a general one."""
    found: dict[str, list[tuple[str, str]]] = {}
    for description in element.iterchildren("description"):
        kind = description.get("type") or "1"
        texts = found.setdefault(kind if kind in DESCRIPTION_TYPES else "1", [])
        for narrative in description.iterchildren("narrative"):
            if text := (narrative.text or "").strip():
                texts.append(((narrative.get(XML_LANG) or record.language).lower(), text))
    return found


class Exporter(Protocol):
    """One format. `write` takes records in the order in which they shall stand, never all at once,
    and returns how many it wrote."""

    key: str
    media_type: str
    suffix: str

    def write(self, records: Iterable[StoredRecord], out: BinaryIO) -> int: ...
