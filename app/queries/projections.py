"""The tables that are readings of records: written by one function, rebuilt at any time.

`write_projections` takes records whose activities exist and replaces all that is derived from
them except what depends on other activities (netting) or on decisions (areas), which
`queries/allocations.py` does for all that an import touched.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, text

from app.models.activity import ActivityCountry, ActivityOrganisation, ActivityRelation, ActivitySector
from app.models.allocation import ALL_MONEY, ActivityMoney, Allocation, Unconverted
from app.models.flow import Flow as FlowTable
from app.models.record import ActivityRecord, Part, Party
from app.queries.bulk import delete_by_activity, in_chunks, insert_models, insert_rows, is_sqlite
from app.queries.organisations import Directory
from app.rates import Rates
from app.rules.allocate import Allocated, Converted, allocate, millionths, split_countries
from app.rules.split import shares

DERIVED = (
    "flow", "activity_country", "activity_sector", "activity_organisation", "activity_relation", "unconverted",
    "allocation", "activity_money",
)  # fmt: skip
PICO = 10**12
LONGEST_DOCUMENT = 250_000  # bytes
# SQLite writes its index of words to the disk at each statement of several rows: a thousand documents cost it then
# what three hundred do.
_DOCUMENTS_AT_ONCE = 1000
Numbered = Sequence[tuple[int, ActivityRecord]]


class ProjectionWriter:
    """Writes the projections of batches of records inside one transaction."""

    def __init__(self, connection: Connection, rates: Rates, directory: Directory) -> None:
        self._connection = connection
        self._rates = rates
        self.directory = directory
        self._documents: list[tuple[int, str]] = []

    def write(self, records: Numbered, stored: Sequence[int] = ()) -> None:
        """Write the projections of `records`; `stored` are the ids that may have earlier ones. `finish` ends it."""
        self.erase(stored)
        self.directory.learn(_parties(record for _, record in records))
        rows: dict[Any, list[tuple[Any, ...]]] = {model: [] for model in _TABLES}
        for number, record in records:
            allocated = allocate(record, self._rates.rate, self.directory.id_of)
            rows[FlowTable] += self._flow_rows(number, record, allocated)
            rows[ActivityCountry] += _country_rows(number, record)
            rows[ActivitySector] += _sector_rows(number, record)
            rows[ActivityOrganisation] += self._organisation_rows(number, record)
            rows[ActivityRelation] += _relation_rows(number, record)
            rows[Allocation] += _allocation_rows(number, allocated)
            rows[ActivityMoney] += sorted({(row.country, row.donor, number) for row in allocated.money})
            rows[Unconverted] += _unconverted_rows(number, allocated)
        for model, some in rows.items():
            insert_models(self._connection, model, some)
        self._documents += [(number, search_document(record)) for number, record in records]
        if len(self._documents) > _DOCUMENTS_AT_ONCE:
            self.finish()

    def erase(self, ids: Sequence[int]) -> None:
        """Delete every projection of these activities."""
        if ids:
            self.finish()  # none of them is then held back
        delete_by_activity(self._connection, DERIVED, ids)
        key = "rowid" if is_sqlite(self._connection) else "activity_id"
        for chunk in in_chunks(ids):
            some = ",".join(map(str, chunk))
            self._connection.execute(text(f"DELETE FROM activity_search WHERE {key} IN ({some})"))

    def _flow_rows(self, number: int, record: ActivityRecord, allocated: Allocated) -> list[tuple[Any, ...]]:
        ids = self.directory.id_of
        return [
            (
                number, position, flow.kind, _iso(flow.start), _iso(flow.end), *_exact(flow.value), flow.currency,
                None if flow.provider is None else ids(flow.provider), flow.provider_activity,
                None if flow.receiver is None else ids(flow.receiver), flow.receiver_activity,
                " ".join([part.code for part in flow.countries]) if flow.countries else "",
                *_conversion(converted), flow.place,
            )
            for position, (flow, converted) in enumerate(zip(record.flows, allocated.converted, strict=True))
        ]  # fmt: skip

    def _organisation_rows(self, number: int, record: ActivityRecord) -> list[tuple[Any, ...]]:
        named = [("reporter", record.reporter), *record.organisations]
        return [
            (number, position, role, self.directory.id_of(party))
            for position, (role, party) in enumerate(named)
            if party.ref or party.name
        ]

    def finish(self) -> None:
        """Write what is still held back of the index of words."""
        rows, self._documents = self._documents, []
        if is_sqlite(self._connection):
            insert_rows(self._connection, "activity_search", ("rowid", "document"), rows, at_once=1)
        elif rows:
            self._connection.execute(
                text("INSERT INTO activity_search VALUES (:id, to_tsvector('simple', :document))"),
                [{"id": number, "document": _indexable(document)} for number, document in rows],
            )


_TABLES = (
    FlowTable, ActivityCountry, ActivitySector, ActivityOrganisation, ActivityRelation, Allocation, ActivityMoney, Unconverted,
)  # fmt: skip


def _parties(records: Iterable[ActivityRecord]) -> list[Party]:
    """Each party that is named, once, in the order of the records: so that a rerun numbers them alike."""
    found: dict[Party | None, None] = {}
    for record in records:
        found[record.reporter] = None
        found.update(dict.fromkeys([party for _, party in record.organisations]))
        for flow in record.flows:
            found[flow.provider] = None
            found[flow.receiver] = None
    return [party for party in found if party is not None and (party.ref or party.name)]


def drop_accents(words: str) -> str:
    """Words without accents, in any script: what full text compares on PostgreSQL."""
    if words.isascii():
        return words
    return "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign))


def _indexable(document: str) -> str:
    """The words that PostgreSQL can index: it takes no more than a megabyte with all their places."""
    return drop_accents(document).encode()[:LONGEST_DOCUMENT].decode(errors="ignore")


def search_document(record: ActivityRecord) -> str:
    """What the full-text search finds a project by: identifier, names, titles, descriptions."""
    names = (party.name for _, party in record.organisations)
    return "\n".join([record.identifier, *record.texts(), *names])


@lru_cache(maxsize=65536)
def _iso(day: date | None) -> str | None:
    """A day as text: the SQLite driver takes it several times faster than a date."""
    return None if day is None else day.isoformat()


def _exact(value: Decimal | None) -> tuple[int | None, int | None]:
    """An amount as whole units and units of 10^-12, both with its sign."""
    if value is None:
        return None, None
    whole = int(value)
    if value == whole:
        return whole, 0
    return whole, int(((value - whole) * PICO).to_integral_value(ROUND_HALF_EVEN))


def _conversion(converted: Converted) -> tuple[int | None, str, Any, str, str]:
    rate = converted.rate
    if rate is None:
        return None, "", None, "", converted.note
    return converted.cents, str(rate.value), _iso(rate.date), rate.source, converted.note


def _country_rows(number: int, record: ActivityRecord) -> list[tuple[Any, ...]]:
    if not record.countries:
        return []
    split = split_countries(tuple(record.countries))
    parts = zip(split.codes, millionths(split.weights), strict=True)
    return [(number, position, code, share, split.rule) for position, (code, share) in enumerate(parts)]


def _sector_rows(number: int, record: ActivityRecord) -> list[tuple[Any, ...]]:
    by_vocabulary: dict[str, list[Part]] = {}
    for part in record.sectors:
        by_vocabulary.setdefault(part.vocabulary, []).append(part)
    rows: list[tuple[Any, ...]] = []
    for vocabulary, parts in by_vocabulary.items():
        split, rule = _split_sectors(tuple([part.percentage for part in parts]))
        for part, share in zip(parts, split, strict=True):
            rows.append((number, len(rows), vocabulary, part.code, share, rule))
    return rows


@lru_cache(maxsize=8192)
def _split_sectors(percentages: tuple[Decimal | None, ...]) -> tuple[tuple[int, ...], str]:
    """Millionths and the rule that gave them. Kept, since most projects split alike."""
    split = shares(percentages)
    return tuple(millionths(split.weights)), split.rule


def _relation_rows(number: int, record: ActivityRecord) -> set[tuple[int, str, str]]:
    """Related activities, and the activities that the money comes from or goes to."""
    rows = {(number, kind, ref) for kind, ref in record.related}
    for flow in record.flows:
        if flow.provider_activity and flow.provider_activity != record.identifier:
            rows.add((number, "provider", flow.provider_activity))
        if flow.receiver_activity and flow.receiver_activity != record.identifier:
            rows.add((number, "receiver", flow.receiver_activity))
    return rows


def _allocation_rows(number: int, allocated: Allocated) -> list[tuple[Any, ...]]:
    """Net equals gross until the netting of the whole import says otherwise."""
    return [
        (
            ALL_MONEY,
            row.country,
            row.flow_type,
            0,
            row.donor,
            number,
            row.year,
            row.gross,
            row.gross,
            row.equal,
            0,
            0,
            "",
        )
        for row in allocated.money
    ]


def _unconverted_rows(number: int, allocated: Allocated) -> list[tuple[Any, ...]]:
    return [
        (number, position, row.donor, row.country, row.flow_type, row.year, row.currency, *_exact(row.value), row.why)
        for position, row in enumerate(allocated.left_out)
    ]
