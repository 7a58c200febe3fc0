"""Takes batches of what an importer read, compares them with what is stored, and writes the difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lxml import etree
from sqlalchemy import Connection, bindparam, select, update

from app.models.activity import Activity, ActivityVersion
from app.models.issue import Issue
from app.models.packed import digest_record, pack_record, unpack_record
from app.models.read_record import parse_date, read_record
from app.models.record import ActivityRecord, Party, Reported
from app.queries.bulk import in_chunks, insert_models, insert_rows, take_ids
from app.queries.mappings import MappingWriter
from app.queries.netting import release_linked
from app.queries.organisations import Directory
from app.queries.projections import ProjectionWriter
from app.queries.rates import stored_rates
from app.rules.compare import is_same_record, merge_partial, money_elements, parse_record

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
VERSION = ActivityVersion.__table__  # type: ignore[attr-defined]
_KEYS = ("id", "identifier", "owner_id", "reporter_id", "version_id", "import_id", "visibility")


@dataclass(slots=True)
class Counts:
    """Activities by what became of them, as the contract names them."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0


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


class Restored(NamedTuple):
    """An earlier version of an activity, read again."""

    id: int
    version_id: int
    import_id: int
    record: ActivityRecord
    record_hash: bytes


class RecordWriter:
    """Writes one import's records inside one transaction; `touched` and `countries` say what
    the refresh of allocations must look at afterwards."""

    def __init__(
        self, connection: Connection, run_id: int, owner: str | None, mode: str, is_preview: bool = False
    ) -> None:
        self._connection = connection
        self._run_id = run_id
        self._owner = Party(owner, "") if owner else None
        self._mode = mode
        self._is_preview = is_preview
        self._directory = Directory(connection)
        self._projections = ProjectionWriter(connection, stored_rates(connection), self._directory)
        self._mappings = MappingWriter(connection)
        self._seen: set[int] = set()
        self._portfolios: set[tuple[int, int]] = set()
        self._staged: set[tuple[str, int, int]] = set()
        self.counts = Counts()
        self.touched: list[int] = []
        self.countries: set[str] = set()

    def only_owner(self) -> int | None:
        """The organisation whose portfolio this is, where all records belong to one."""
        owners = {owner for owner, _ in self._portfolios}
        return owners.pop() if len(owners) == 1 else None

    # --- taking ----------------------------------------------------------------------------

    def take(self, batch: Sequence[Reported]) -> list[Issue]:
        """Write one batch; the issues found on the way, in file order."""
        records = [(reported, read_record(reported)) for reported in batch]
        self.counts.read += len(records)
        for _, record in records:
            self._name_reporter(record)
        issues = [issue for _, record in records for issue in record.issues]
        good = [(reported, record) for reported, record in records if not record.has_errors]
        self.counts.rejected += len(records) - len(good)
        taken = self._identify(good)
        stored = self._find_stored(taken)
        new, changed = self._sort(taken, stored, issues)
        self._write_new(new)
        self._write_changed(changed)
        return issues

    def _name_reporter(self, record: ActivityRecord) -> None:
        """Without a reporting-org the owner reports; without either the activity is nobody's."""
        if record.reporter.ref or record.reporter.name:
            return
        if self._owner is not None:
            record.reporter = self._owner
            return
        record.issues.append(Issue(
            "error", "reporter-missing", "Nobody is named as the organisation that reports this activity.",
            "Import as an organisation (--as REF), or name the reporting organisation in the file.",
            activity=record.identifier or None, line=int(record.place) if record.place.isdigit() else None,
        ))  # fmt: skip

    def _identify(self, good: list[tuple[Reported, ActivityRecord]]) -> list[Taken]:
        self._directory.learn([record.reporter for _, record in good] + ([self._owner] if self._owner else []))
        owner_id = self._directory.id_of(self._owner) if self._owner else None
        taken = []
        for reported, record in good:
            reporter_id = self._directory.id_of(record.reporter)
            xml = b"" if reported.packed else record.xml
            packed = reported.packed or pack_record(xml)
            digest = reported.digest or digest_record(packed)
            taken.append(Taken(record, owner_id or reporter_id, reporter_id, digest, packed, reported.partial))
        self._portfolios.update((one.owner_id, one.reporter_id) for one in taken)
        return taken

    def _find_stored(self, taken: list[Taken]) -> dict[tuple[str, int, int], Stored]:
        identifiers = [one.record.identifier for one in taken]
        c = ACTIVITY.c
        rows = self._connection.execute(
            select(c.identifier, c.owner_id, c.reporter_id, c.id, c.version_id, c.import_id, c.state, c.record_hash)
            .where(c.identifier.in_(bindparam("identifiers", identifiers, expanding=True)))
        )  # fmt: skip
        return {(row[0], row[1], row[2]): Stored(*row[3:]) for row in rows}

    def _sort(
        self, taken: list[Taken], stored: dict[tuple[str, int, int], Stored], issues: list[Issue]
    ) -> tuple[list[Taken], list[tuple[Stored, Taken]]]:
        """New and changed ones; what is there already, or twice in the file, only counts."""
        new: list[Taken] = []
        changed: list[tuple[Stored, Taken]] = []
        for one in taken:
            key = (one.record.identifier, one.owner_id, one.reporter_id)
            known = stored.get(key)
            if key in self._staged:
                issues.append(self._twice(one))
                continue
            self._staged.add(key)
            if known is None:
                new.append(one)
                continue
            self._seen.add(known.id)
            later = self._later(known, one) if self._mode != "add" or known.state == "removed" else None
            if later is None:
                self.counts.unchanged += 1
            else:
                changed.append((known, later))
        return new, changed

    def _twice(self, one: Taken) -> Issue:
        self.counts.rejected += 1
        place = one.record.place
        sheet, _, row = place.rpartition("!")
        number = int(row) if row.isdigit() else None
        at = {"sheet": sheet, "row": number} if sheet else {"line": number}
        return Issue(
            "error", "identifier-twice", f"The identifier {one.record.identifier} stands twice in this file.",
            "Give each project an identifier of its own, or join the two entries.",
            activity=one.record.identifier, **at,
        )  # fmt: skip

    def _later(self, known: Stored, one: Taken) -> Taken | None:
        """What the stored record becomes, or None if that is what it is."""
        if known.state == "current" and known.record_hash == one.digest:
            return None
        if known.state == "removed":
            return one
        query = select(VERSION.c.record, VERSION.c.places).where(VERSION.c.id == known.version_id)
        packed, places = self._connection.execute(query).one()
        before = unpack_record(packed)
        one.record.xml = one.record.xml or unpack_record(one.packed)
        later = _merged(one, before, places.split("\n")) if one.partial and self._mode == "update" else one
        if is_same_record(before, later.record.xml):
            return None
        # A preview keeps a partial report as it came: what it is laid over may change until it is confirmed.
        return one if self._is_preview else later

    # --- writing ---------------------------------------------------------------------------

    def _write_new(self, new: list[Taken]) -> None:
        self.counts.new += len(new)
        if not new:
            return
        if self._is_preview:
            self._write_versions([("new", None, None, one) for one in new])
            return
        first = take_ids(self._connection, "activity", len(new))
        numbered = list(enumerate(new, first))
        versions = self._write_versions([("new", number, None, one) for number, one in numbered])
        rows = [
            (number, one.record.identifier, one.owner_id, one.reporter_id, version, self._run_id, "shared",
             *head_of(one.record, one.digest).values())
            for version, (number, one) in zip(versions, numbered, strict=True)
        ]  # fmt: skip
        insert_rows(self._connection, "activity", (*_KEYS, *head_of(new[0].record, b"")), rows)
        self._project([(number, one.record) for number, one in numbered])

    def _write_changed(self, changed: list[tuple[Stored, Taken]]) -> None:
        """Write what differs, and what returns after a removal: that counts as new."""
        returned = sum(known.state == "removed" for known, _ in changed)
        self.counts.new += returned
        self.counts.changed += len(changed) - returned
        if not changed:
            return
        versions = self._write_versions([
            ("new" if known.state == "removed" else "changed", known.id, known.version_id, one) for known, one in changed
        ])  # fmt: skip
        if self._is_preview:
            return
        self._release([known.id for known, _ in changed])
        self._connection.execute(
            update(ACTIVITY).where(ACTIVITY.c.id == bindparam("key")),
            [
                {"key": known.id, "version_id": version, "import_id": self._run_id, **head_of(one.record, one.digest)}
                for version, (known, one) in zip(versions, changed, strict=True)
            ],
        )
        numbered = [(known.id, one.record) for known, one in changed]
        self._project(numbered, [number for number, _ in numbered])

    def _write_versions(self, rows: Sequence[tuple[str, int | None, int | None, Taken]]) -> list[int]:
        """Store (change, activity, version that it takes the place of, record); the new versions' numbers."""
        first = take_ids(self._connection, "activity_version", len(rows))
        now = datetime.now(UTC)
        insert_models(self._connection, ActivityVersion, [
            (
                version, number, self._run_id, one.record.identifier, one.reporter_id, change, previous,
                one.packed, one.digest, one.record.places(), one.partial, now.isoformat(" "),
            )
            for version, (change, number, previous, one) in enumerate(rows, first)
        ])  # fmt: skip
        return list(range(first, first + len(rows)))

    def _release(self, ids: Sequence[int]) -> None:
        """Before activities change or go: those that were netted with them have to be netted anew."""
        linked = release_linked(self._connection, ids)
        self.touched += linked.activities
        self.countries |= linked.countries

    def _project(self, numbered: list[tuple[int, ActivityRecord]], stored: Sequence[int] = ()) -> None:
        ids = [number for number, _ in numbered]
        self._projections.write(numbered, stored)
        self._mappings.write_tags(numbered, is_new=not stored)
        self.touched += ids
        self.countries |= self._projections.take_countries()

    def restore(self, rows: Sequence[Restored]) -> None:
        """Put earlier records back without a new version: what an undo does."""
        self._release([row.id for row in rows])
        self._connection.execute(
            update(ACTIVITY).where(ACTIVITY.c.id == bindparam("key")),
            [
                {
                    "key": row.id,
                    "version_id": row.version_id,
                    "import_id": row.import_id,
                    **head_of(row.record, row.record_hash),
                }
                for row in rows
            ],
        )
        self._project([(row.id, row.record) for row in rows], [row.id for row in rows])

    # --- removing --------------------------------------------------------------------------

    def remove_missing(self) -> None:
        """In replace mode: remove what these owners' reporters had and the file no longer has."""
        if self._mode != "replace":
            return
        c = ACTIVITY.c
        for owner_id, reporter_id in sorted(self._portfolios):
            rows = self._connection.execute(
                select(c.id, c.identifier, c.version_id, c.import_id, c.record_hash).where(
                    c.owner_id == owner_id, c.reporter_id == reporter_id, c.state == "current"
                )
            )
            gone = [row for row in rows if row.id not in self._seen and row.import_id != self._run_id]
            self._write_removals(gone, reporter_id)

    def _write_removals(self, gone: list[Any], reporter_id: int) -> None:
        self.counts.removed += len(gone)
        if not gone:
            return
        first = take_ids(self._connection, "activity_version", len(gone))
        now = datetime.now(UTC).isoformat(" ")
        insert_models(self._connection, ActivityVersion, [
            (version, row.id, self._run_id, row.identifier, reporter_id, "removed", row.version_id, None, row.record_hash,
             "", False, now)
            for version, row in enumerate(gone, first)
        ])  # fmt: skip
        if not self._is_preview:
            self.withdraw([(row.id, version, self._run_id) for version, row in enumerate(gone, first)])

    def remove_staged(self, versions: Sequence[Any]) -> list[int]:
        """Carry out the removals that a preview staged; the numbers of those that do not apply any more,
        because the activity has changed or gone since."""
        c = ACTIVITY.c
        current: dict[int, int] = {}
        for some in in_chunks([version.activity_id for version in versions]):
            chosen = c.id.in_(bindparam("ids", some, expanding=True))
            rows = self._connection.execute(select(c.id, c.version_id).where(chosen, c.state == "current"))
            current.update((number, version) for number, version in rows)
        gone = [one for one in versions if current.get(one.activity_id) == one.previous_id]
        self.counts.removed += len(gone)
        self.withdraw([(version.activity_id, version.id, self._run_id) for version in gone])
        return sorted({version.id for version in versions} - {version.id for version in gone})

    def withdraw(self, rows: list[tuple[int, int, int]]) -> None:
        """Take activities (id, version, import) out of sight; decisions about them stay."""
        if not rows:
            return
        ids = [number for number, _, _ in rows]
        self._release(ids)
        self._connection.execute(
            update(ACTIVITY).where(ACTIVITY.c.id == bindparam("key")),
            [
                {"key": number, "version_id": version, "import_id": run, "state": "removed"}
                for number, version, run in rows
            ],
        )
        self._projections.erase(ids)
        self._mappings.erase(ids)
        self.touched += ids
        self.countries |= self._projections.take_countries()


def head_of(record: ActivityRecord, digest: bytes) -> dict[str, Any]:
    """The columns of `activity` that are read off the record, and its state."""
    dates = record.dates
    return {
        "title": record.title,
        "language": record.titles[0][0] if record.titles else record.language,
        "status": record.status,
        "start": dates.get("2") or dates.get("1"),
        "end": dates.get("4") or dates.get("3"),
        "last_updated": day.isoformat() if (day := parse_date(record.last_updated)) else "",
        "hierarchy": record.hierarchy,
        "secondary": record.secondary,
        "state": "current",
        "record_hash": digest,
    }


def _merged(one: Taken, before: bytes, places: list[str]) -> Taken:
    """A partial report laid over the stored record; each amount keeps the place it came from."""
    stored, partial = parse_record(before), parse_record(one.record.xml)
    kept = dict(zip(money_elements(stored), places[1:], strict=False))
    fresh = dict(zip(money_elements(partial), (flow.place for flow in one.record.flows), strict=False))
    element = merge_partial(stored, partial)
    known = {**kept, **fresh}
    order = [one.record.place, *(known.get(each, "") for each in money_elements(element))]
    xml = etree.tostring(element, encoding="utf-8", with_tail=False)
    record = read_record(Reported(element, xml, places=order))
    record.reporter = record.reporter if record.reporter != Party("", "") else one.record.reporter
    packed = pack_record(xml)
    return Taken(record, one.owner_id, one.reporter_id, digest_record(packed), packed, one.partial)
