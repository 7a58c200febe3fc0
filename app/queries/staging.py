"""What an import would do to each project in each mode: worked out once, batch by batch, and staged."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, exists, extract, func, select

from app.models.brief import Brief
from app.models.flow import Flow as FlowTable
from app.models.import_run import Counts
from app.models.issue import Issue
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import ActivityRecord, AreaTag, Party, Reported
from app.queries.bulk import in_chunks, insert_rows, one_of
from app.queries.hand_edits import Overwriting, has_hand_edits, warn_of_overwriting
from app.queries.mappings import tags_of
from app.queries.organisations import Directory, key_of
from app.queries.record_writer import ACTIVITY
from app.queries.staged_rows import WRITTEN
from app.queries.taken import (
    Key,
    Taken,
    lay_over,
    name_reporter,
    note_care,
    note_twice,
    pack_taken,
    pair_stored,
    project_key,
    read_changed,
    take_named,
)
from app.queries.twin_candidates import has_others
from app.rules.compare import is_same_record
from app.rules.money_totals import Sums, add_sums, sum_records
from app.rules.twins import Titled

FLOW = FlowTable.__table__  # type: ignore[attr-defined]
MODES = ("add", "update", "replace")
_COLUMNS = (
    "import_id", "position", "title", "in_add", "in_update", "in_replace", "activity_id", "previous_id", "partial", "places",
    "record", "identifier", "left_out", "kept",
)  # fmt: skip
_NOBODY = 0  # the owner or reporter that no organisation stands for yet
_NEW = ("new", "new", "new")
_PART = 10**6  # sums are taken in two parts: SQLite's overflow beyond 64 bits
Portfolio = tuple[int, int]
Record = ActivityRecord | Brief


class Known(NamedTuple):
    """An activity as the database has it."""

    id: int
    version_id: int
    state: str
    record_hash: bytes
    title: str


class Staged(NamedTuple):
    """What becomes of one project in each of MODES; `laid_over` is what an update would write."""

    one: Taken
    known: Known | None
    title: str
    kinds: tuple[str, str, str]
    laid_over: ActivityRecord


@dataclass(slots=True)
class MoneyBeforeAfter:
    """The money of the staged projects before, and what each mode adds to it."""

    before: Sums = field(default_factory=dict)
    added: dict[str, Sums] = field(default_factory=lambda: {mode: {} for mode in MODES})
    archived: Sums = field(default_factory=dict)

    def before_and_after(self, mode: str) -> tuple[Sums, Sums]:
        before = dict(self.before)
        if mode == "replace":
            add_sums(before, self.archived)
        after = dict(self.before)
        add_sums(after, self.added[mode])
        return before, after


class Stager:
    """Stages one import batch by batch, each in the transaction that its caller gives; makes no organisation."""

    def __init__(self, run_id: int, owner: Party | None, owner_id: int | None) -> None:
        self.run_id = run_id
        self._owner = owner
        self._owner_id = owner_id
        self._seen: set[int] = set()
        self._keys: set[tuple[str, int, int, str]] = set()
        self._position = 0
        self.portfolios: set[Portfolio] = set()
        self.counts = {mode: Counts() for mode in MODES}
        self.money = MoneyBeforeAfter()
        self.new: list[Titled] = []  # none, unless there is what they may be twins of when the staging begins
        self._has_others: bool | None = None

    @property
    def read(self) -> int:
        return self.counts["update"].read

    def only_owner(self) -> int | None:
        """The organisation whose portfolio this is, where all records belong to one that is known."""
        owners = {owner for owner, _ in self.portfolios}
        return (owners.pop() or None) if len(owners) == 1 else None

    def take(self, connection: Connection, batch: Sequence[Reported]) -> list[Issue]:
        """Stage one batch; the issues found on the way, in file order."""
        activities, _, said = take_named(batch)
        records = [(reported, _read_shortly(reported)) for reported in activities]
        for reported, record in records:
            name_reporter(record, self._owner)
            if isinstance(record, ActivityRecord):
                note_care(reported, record)
        issues = said + [issue for _, record in records for issue in record.issues]
        rejected = [record for _, record in records if record.issues and record.has_errors]
        good = [(reported, record) for reported, record in records if not record.has_errors] if rejected else records
        taken, twice = self._drop_repeated(self._identify(connection, good), issues)
        staged = self._sort(connection, taken, issues)
        self._write(connection, staged)
        self._write_rejected(connection, [*rejected, *twice])
        self._sum_money(connection, staged)
        return issues

    def _identify(self, connection: Connection, good: list[tuple[Reported, Record]]) -> list[Taken]:
        ids = Directory(connection).find({record.reporter for _, record in good})
        taken = []
        for reported, record in good:
            reporter_id = ids[record.reporter] or _NOBODY
            # A Brief stands in for the record up to `_read_whole`: nothing before asks more than both have.
            whole = cast(ActivityRecord, record)
            taken.append(pack_taken(reported, whole, self._owner_id or reporter_id, reporter_id))
        self.portfolios.update({(one.owner_id, one.reporter_id) for one in taken})
        return taken

    def _drop_repeated(self, taken: list[Taken], issues: list[Issue]) -> tuple[list[Taken], list[Record]]:
        """Each project once; those that the file has a second time are errors."""
        once: list[Taken] = []
        twice: list[Record] = []
        for one in taken:
            name = "" if one.reporter_id else key_of(one.record.reporter)
            key = (one.record.identifier, one.owner_id, one.reporter_id, name)
            if key in self._keys:
                twice.append(one.record)
                issues.append(note_twice(one.record))
            else:
                self._keys.add(key)
                once.append(one)
        return once, twice

    # --- comparing -------------------------------------------------------------------------

    def _sort(self, connection: Connection, taken: list[Taken], issues: list[Issue]) -> list[Staged]:
        stored = _find_known(connection, taken)
        versions = read_changed(connection, taken, stored)
        tagged = [known.id for one, known in pair_stored(taken, stored) if one.partial and one.record.areas]
        areas = tags_of(connection, tagged) if tagged else {}
        if self._has_others is None:
            self._has_others = has_others(connection, {reporter for _, reporter in self.portfolios})
        staged, overwriting = [], []
        for one in taken:
            known = stored.get(project_key(one))
            if known is None or known.state == "removed":
                staged.append(Staged(one, known, one.record.title, _NEW, one.record))
                if self._has_others:
                    self.new.append(_titled(one.record))
                continue
            self._seen.add(known.id)
            whole = _read_whole(one) if known.version_id in versions else one
            found = _compare(whole, known, versions.get(known.version_id), areas.get(known.id, ()))
            staged.append(found)
            if "changed" in found.kinds:
                before = unpack_record(versions[known.version_id].record)
                overwriting.append(Overwriting(known.id, one.record.identifier, before, found.laid_over.xml))
        if overwriting and has_hand_edits(connection):
            issues += warn_of_overwriting(connection, overwriting)
        return staged

    # --- writing ---------------------------------------------------------------------------

    def _write(self, connection: Connection, staged: list[Staged]) -> None:
        rows = []
        for each in staged:
            known, one = each.known, each.one
            is_written = each.kinds == _NEW or any(kind in WRITTEN for kind in each.kinds)
            rows.append((
                each.title, *each.kinds, known.id if known else None, known.version_id if known else None, one.partial,
                one.record.places() if is_written else one.record.place, one.packed if is_written else None,
                one.record.identifier,
            ))  # fmt: skip
        self._insert(connection, rows)
        self._count(each.kinds for each in staged)

    def _count(self, kinds: Iterable[tuple[str, str, str]]) -> None:
        for alike, number in Counter(kinds).items():
            for mode, kind in zip(MODES, alike, strict=True):
                counts = self.counts[mode]
                counts.read += number
                setattr(counts, kind, getattr(counts, kind) + number)

    def _write_rejected(self, connection: Connection, records: list[Record]) -> None:
        for counts in self.counts.values():
            counts.read += len(records)
            counts.rejected += len(records)
        kinds = ("rejected", "rejected", "rejected")
        self._insert(connection, [
            (record.title, *kinds, None, None, False, record.place, None, record.identifier) for record in records
        ])  # fmt: skip

    def _insert(self, connection: Connection, rows: list[tuple[Any, ...]]) -> None:
        first, self._position = self._position, self._position + len(rows)
        insert_rows(
            connection, "staged_activity", _COLUMNS,
            [(self.run_id, position, *row, False, "[]") for position, row in enumerate(rows, first)],
        )  # fmt: skip

    def _sum_money(self, connection: Connection, staged: list[Staged]) -> None:
        """What is stored of these projects, and what takes its place in each mode."""
        known = [each.known.id for each in staged if each.known is not None and each.known.state == "current"]
        add_sums(self.money.before, stored_money(connection, known))
        fresh = sum_records(each.one.record for each in staged if each.kinds == _NEW)
        for at, mode in enumerate(MODES):
            added = self.money.added[mode]
            add_sums(added, fresh)
            for each in staged:
                if each.kinds[at] in WRITTEN and each.kinds != _NEW:
                    record = each.laid_over if mode == "update" else each.one.record
                    add_sums(added, sum_records([record]))
            changed = [each.known.id for each in staged if each.known is not None and each.kinds[at] == "changed"]
            add_sums(added, stored_money(connection, changed), -1)

    def stage_missing(self, connection: Connection) -> None:
        """What these owners' reporters have and the file has not: archived, if the portfolio is to be replaced."""
        c = ACTIVITY.c
        for owner_id, reporter_id in sorted(self.portfolios):
            rows = connection.execute(
                select(c.id, c.identifier, c.title, c.version_id)
                .where(c.owner_id == owner_id, c.reporter_id == reporter_id, c.state == "current")
                .order_by(c.id)
            )
            gone = [row for row in rows if row.id not in self._seen]
            self.counts["replace"].removed += len(gone)
            add_sums(self.money.archived, stored_money(connection, [row.id for row in gone]))
            self._insert(connection, [
                (row.title, "", "", "archived", row.id, row.version_id, False, "", None, row.identifier) for row in gone
            ])  # fmt: skip


def _find_known(connection: Connection, taken: list[Taken]) -> dict[Key, Known]:
    c = ACTIVITY.c
    owners, reporters = ({getattr(one, name) for one in taken} for name in ("owner_id", "reporter_id"))
    portfolios = select(c.id).where(c.owner_id.in_(owners), c.reporter_id.in_(reporters))
    if not connection.execute(select(exists(portfolios))).scalar():
        return {}  # a first import: nothing need be looked for by thousands of identifiers
    chosen = one_of(c.identifier, [one.record.identifier for one in taken])
    columns = (c.identifier, c.owner_id, c.reporter_id, c.id, c.version_id, c.state, c.record_hash, c.title)
    return {(row[0], row[1], row[2]): Known(*row[3:]) for row in connection.execute(select(*columns).where(chosen))}


def _compare(one: Taken, known: Known, version: Any, areas: Sequence[AreaTag]) -> Staged:
    """What a project that is stored becomes in each mode; a partial report is laid over what is stored: blanks
    erase nothing, in no mode."""
    title = one.record.own_title or known.title
    if version is None:
        return Staged(one, known, title, ("unchanged", "unchanged", "unchanged"), one.record)
    before = unpack_record(version.record)
    one.record.xml = one.record.xml or unpack_record(one.packed)
    later = lay_over(one, before, version.places.split("\n"), areas).record if one.partial else one.record
    kind = "unchanged" if is_same_record(before, later.xml) else "changed"
    return Staged(one, known, later.title if one.partial else title, ("unchanged", kind, kind), later)


def _titled(record: Record) -> Titled:
    years = record.list_years()
    return Titled(
        record.identifier, record.title, record.reporter.ref or record.reporter.name,
        record.list_countries(), min(years, default=None), max(years, default=None),
    )  # fmt: skip


def _read_shortly(reported: Reported) -> Record:
    """What its importer knows of a project in short, else the project; with what the importer said."""
    if reported.brief is None:
        return read_record(reported)
    if reported.issues:
        reported.brief.issues = list(reported.issues)
    return reported.brief


def _read_whole(one: Taken) -> Taken:
    """The project whole, where it is known in short."""
    short = cast(Record, one.record)
    if isinstance(short, ActivityRecord):
        return one
    xml = unpack_record(one.packed)
    record = read_record(Reported(xml=xml, places=short.list_places()))
    record.reporter = short.reporter
    return one._replace(record=record)


def stored_money(connection: Connection, ids: Sequence[int]) -> Sums:
    """The money of stored activities as reported, by kind of flow, currency and year."""
    sums: Sums = {}
    if not ids:
        return sums
    c = FLOW.c
    year = extract("year", c.start)
    parts = (func.sum(c.whole // _PART), func.sum(c.whole % _PART), func.sum(c.pico))
    for some in in_chunks(ids):
        chosen = one_of(c.activity_id, some)
        query = select(c.kind, c.currency, year, *parts).where(chosen, c.whole.is_not(None))
        for kind, currency, in_year, millions, units, pico in connection.execute(
            query.group_by(c.kind, c.currency, year)
        ):
            value = Decimal(int(millions) * _PART + int(units)) + Decimal(int(pico)).scaleb(-12)
            key = (kind, currency, None if in_year is None else int(in_year))
            add_sums(sums, {key: value})
    return sums
