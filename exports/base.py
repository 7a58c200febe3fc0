"""What every export is: records in, one file out. No database, no HTTP."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from lxml import etree

from app.errors import Refused
from app.models.read_record import read_record
from app.models.record import ActivityRecord, AreaTag, Reported


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


def read_stored(records: Iterable[StoredRecord]) -> Iterator[ExportedActivity]:
    """Read each record, one at a time."""
    for stored in records:
        element = etree.fromstring(stored.xml, etree.XMLParser(huge_tree=True, resolve_entities=False))
        yield ExportedActivity(read_record(Reported(element, stored.xml)), stored.areas)


class Exporter(Protocol):
    """One format. `write` takes records in the order in which they shall stand, never all at once,
    and returns how many it wrote."""

    key: str
    media_type: str
    suffix: str

    def write(self, records: Iterable[StoredRecord], out: BinaryIO) -> int: ...
