"""A record on its way into the database, and what is stored of the same project."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from lxml import etree
from sqlalchemy import Connection, select

from app.models.activity import ActivityVersion
from app.models.brief import Brief
from app.models.issue import Issue
from app.models.packed import digest_record, pack_record, unpack_record
from app.models.read_record import read_record
from app.models.record import ActivityRecord, AreaTag, Party, Reported
from app.models.worded import worded
from app.queries.bulk import one_of
from app.rules import lay_over as rules
from app.rules.compare import money_elements, parse_record
from app.rules.text_care import note_texts

VERSION = ActivityVersion.__table__  # type: ignore[attr-defined]
Key = tuple[str, int, int]  # what tells a project from others: its identifier, its owner, who reports it
Known = TypeVar("Known")


class Stored(NamedTuple):
    """An activity as the database has it."""

    id: int
    version_id: int
    import_id: int
    state: str
    record_hash: bytes


class Taken(NamedTuple):
    """One record on its way into the database."""

    record: ActivityRecord
    owner_id: int
    reporter_id: int
    digest: bytes
    packed: bytes
    partial: bool


def take_named(batch: Sequence[Reported]) -> tuple[list[Reported], list[Party], list[Issue]]:
    """The activities of a batch; the organisations that its files only name, and what is said of these."""
    named = [reported for reported in batch if reported.parties]
    parties = [party for reported in named for party in reported.parties]
    return [one for one in batch if not one.parties], parties, [issue for one in named for issue in one.issues]


def name_reporter(record: ActivityRecord | Brief, owner: Party | None) -> None:
    """Without a reporting-org the owner reports; without either the activity is nobody's."""
    if record.reporter.ref or record.reporter.name:
        return
    if owner is not None:
        record.reporter = owner
        return
    record.issues.append(Issue(
        "error", "reporter-missing", "Nobody is named as the organisation that reports this activity.",
        "Import as an organisation (--as REF), or name the reporting organisation in the file.",
        activity=record.identifier or None, **_at(record.place),
    ))  # fmt: skip


def note_care(reported: Reported, record: ActivityRecord) -> None:
    """Say what in the record's texts and places is to be looked at before others see it."""
    if not record.needs_no_care:
        note_texts(record, record.xml or unpack_record(reported.packed))


def note_twice(record: ActivityRecord) -> Issue:
    """Says that a file has this project a second time."""
    return Issue(
        "error",
        "identifier-twice",
        worded("The identifier %(identifier)s stands twice in this file.", identifier=record.identifier),
        "Give each project an identifier of its own, or join the two entries.",
        activity=record.identifier,
        **_at(record.place),
    )


def _at(place: str) -> dict[str, Any]:
    """A record's place as an issue names it: sheet and row, or line."""
    sheet, _, row = place.rpartition("!")
    number = int(row) if row.isdecimal() else None
    return {"sheet": sheet, "row": number} if sheet else {"line": number}


def pack_taken(reported: Reported, record: ActivityRecord, owner_id: int, reporter_id: int) -> Taken:
    """A record with its compressed form: the importer's, or one made now."""
    packed = reported.packed or pack_record(reported.xml or record.xml)
    return Taken(record, owner_id, reporter_id, reported.digest or digest_record(packed), packed, reported.partial)


def project_key(one: Taken) -> Key:
    return one.record.identifier, one.owner_id, one.reporter_id


def pair_stored(taken: Sequence[Taken], stored: Mapping[Key, Known]) -> list[tuple[Taken, Known]]:
    """The projects that are stored, with what is stored of them."""
    return [(one, stored[project_key(one)]) for one in taken if project_key(one) in stored] if stored else []


def read_changed(connection: Connection, taken: Sequence[Taken], stored: Mapping[Key, Any]) -> dict[int, Any]:
    """The stored versions (record, places) that need a closer look, by number: those whose bytes differ from the file's."""
    pairs = pair_stored(taken, stored)
    numbers = [known.version_id for one, known in pairs if known.state == "current" and known.record_hash != one.digest]
    if not numbers:
        return {}
    query = select(VERSION.c.id, VERSION.c.record, VERSION.c.places).where(one_of(VERSION.c.id, numbers))
    return {row.id: row for row in connection.execute(query)}


def lay_over(one: Taken, before: bytes, places: list[str], areas: Sequence[AreaTag] = ()) -> Taken:
    """A partial report laid over the stored record; each amount keeps the place it came from.

    `areas` are those that the project has now (see app.rules.lay_over).
    """
    stored, partial = parse_record(before), parse_record(one.record.xml)
    kept = dict(zip(money_elements(stored), places[1:], strict=False))
    fresh = dict(zip(money_elements(partial), (flow.place for flow in one.record.flows), strict=False))
    element = rules.lay_over(stored, partial, one.record, areas)
    known = {**kept, **fresh}
    order = [one.record.place, *(known.get(each, "") for each in money_elements(element))]
    xml = etree.tostring(element, encoding="utf-8", with_tail=False)
    record = read_record(Reported(element, xml, places=order))
    record.reporter = record.reporter if record.reporter != Party("", "") else one.record.reporter
    packed = pack_record(xml)
    return Taken(record, one.owner_id, one.reporter_id, digest_record(packed), packed, one.partial)
