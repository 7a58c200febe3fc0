"""Takes batches of what an importer read, compares them with what is stored, and writes the difference."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from app.models.activity import Activity, ActivityVersion
from app.models.import_run import Counts
from app.models.issue import Issue
from app.models.packed import unpack_record
from app.models.parse_lines import parse_date
from app.models.read_record import read_record
from app.models.record import ActivityRecord, Party, Reported
from app.queries.allocations import refresh_allocations
from app.queries.bulk import in_chunks, insert_models, insert_rows, one_of, take_ids
from app.queries.hand_edits import Overwriting, has_hand_edits, warn_of_overwriting
from app.queries.held_texts import hold_texts
from app.queries.mappings import MappingWriter, tags_of
from app.queries.netting import release_linked
from app.queries.organisations import Directory
from app.queries.projections import ProjectionWriter
from app.queries.rates import stored_rates
from app.queries.taken import (
    Key,
    Stored,
    Taken,
    lay_over,
    name_reporter,
    note_care,
    note_twice,
    pack_taken,
    project_key,
    read_changed,
    take_named,
)
from app.rules.compare import is_same_record

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
_REMOVABLE = [
    ACTIVITY.c[name] for name in ("id", "identifier", "reporter_id", "version_id", "import_id", "record_hash")
]
_KEYS = ("id", "identifier", "owner_id", "reporter_id", "version_id", "import_id", "visibility")


class Restored(NamedTuple):
    """An earlier version of an activity, read again."""

    id: int
    version_id: int
    import_id: int
    record: ActivityRecord
    record_hash: bytes


class RecordWriter:
    """Writes one import's records inside one transaction, which `finish` completes; `touched` says of what the
    figures change."""

    def __init__(self, connection: Connection, run_id: int, owner: str | None, mode: str) -> None:
        self._connection = connection
        self._run_id = run_id
        self._owner = Party(owner, "") if owner else None
        self._mode = mode
        self._directory = Directory(connection)
        self._projections = ProjectionWriter(connection, stored_rates(connection), self._directory)
        self._mappings = MappingWriter(connection)
        self._has_hand_edits = has_hand_edits(connection)
        self._seen: set[int] = set()
        self._portfolios: set[tuple[int, int]] = set()
        self._staged: set[Key] = set()
        self.counts = Counts()
        self.touched: list[int] = []

    def only_owner(self) -> int | None:
        """The organisation whose portfolio this is, where all records belong to one."""
        owners = {owner for owner, _ in self._portfolios}
        return owners.pop() if len(owners) == 1 else None

    # --- taking ----------------------------------------------------------------------------

    def take(self, batch: Sequence[Reported]) -> list[Issue]:
        """Write one batch; the issues found on the way, in file order."""
        activities, parties, said = take_named(batch)
        self._directory.learn(parties)
        records = [(reported, read_record(reported)) for reported in activities]
        self.counts.read += len(records)
        for reported, record in records:
            name_reporter(record, self._owner)
            note_care(reported, record)
        issues = said + [issue for _, record in records for issue in record.issues]
        good = [(reported, record) for reported, record in records if not record.has_errors]
        self.counts.rejected += len(records) - len(good)
        taken = self._identify(good)
        stored = self._find_stored(taken)
        new, changed = self._sort(taken, stored, issues)
        self._write_new(new)
        self._write_changed(changed)
        return issues

    def _identify(self, good: list[tuple[Reported, ActivityRecord]]) -> list[Taken]:
        self._directory.learn([record.reporter for _, record in good] + ([self._owner] if self._owner else []))
        owner_id = self._directory.id_of(self._owner) if self._owner else None
        taken = []
        for reported, record in good:
            reporter_id = self._directory.id_of(record.reporter)
            taken.append(pack_taken(reported, record, owner_id or reporter_id, reporter_id))
        self._portfolios.update((one.owner_id, one.reporter_id) for one in taken)
        return taken

    def _find_stored(self, taken: list[Taken]) -> dict[Key, Stored]:
        identifiers = [one.record.identifier for one in taken]
        c = ACTIVITY.c
        rows = self._connection.execute(
            select(c.identifier, c.owner_id, c.reporter_id, c.id, c.version_id, c.import_id, c.state, c.record_hash)
            .where(one_of(c.identifier, identifiers)).with_for_update()
        )  # fmt: skip
        return {(row[0], row[1], row[2]): Stored(*row[3:]) for row in rows}

    def _sort(
        self, taken: list[Taken], stored: dict[Key, Stored], issues: list[Issue]
    ) -> tuple[list[Taken], list[tuple[Stored, Taken]]]:
        """New and changed ones; what is there already, or twice in the file, only counts."""
        new: list[Taken] = []
        changed: list[tuple[Stored, Taken]] = []
        overwriting: list[Overwriting] = []
        versions = read_changed(self._connection, taken, stored) if self._mode != "add" else {}
        for one in taken:
            key = project_key(one)
            known = stored.get(key)
            if key in self._staged:
                self.counts.rejected += 1
                issues.append(note_twice(one.record))
                continue
            self._staged.add(key)
            if known is None:
                new.append(one)
                continue
            self._seen.add(known.id)
            later = self._later(known, one, versions.get(known.version_id), overwriting)
            if later is None:
                self.counts.unchanged += 1
            else:
                changed.append((known, later))
        issues += warn_of_overwriting(self._connection, overwriting) if overwriting else []
        return new, changed

    def _later(self, known: Stored, one: Taken, version: Any, overwriting: list[Overwriting]) -> Taken | None:
        """What the stored record becomes, or None if that is what it is; `version` only where it needs a closer look."""
        if known.state == "removed":
            return one
        if version is None:
            return None
        before = unpack_record(version.record)
        one.record.xml = one.record.xml or unpack_record(one.packed)
        later = self._laid_over(known, one, before, version.places) if one.partial else one
        if is_same_record(before, later.record.xml):
            return None
        if self._has_hand_edits:
            overwriting.append(Overwriting(known.id, one.record.identifier, before, later.record.xml))
        return later

    def _laid_over(self, known: Stored, one: Taken, before: bytes, places: str) -> Taken:
        areas = tags_of(self._connection, [known.id]).get(known.id, ()) if one.record.areas else ()
        return lay_over(one, before, places.split("\n"), areas)

    # --- writing ---------------------------------------------------------------------------

    def _write_new(self, new: list[Taken]) -> None:
        self.counts.new += len(new)
        if not new:
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
        self.touched += release_linked(self._connection, ids)

    def _project(self, numbered: list[tuple[int, ActivityRecord]], stored: Sequence[int] = ()) -> None:
        ids = [number for number, _ in numbered]
        self._projections.write(numbered, stored)
        self._mappings.write_tags(numbered, is_new=not stored)
        hold_texts(self._connection, numbered, is_new=not stored)
        self.touched += ids

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

    def finish(self) -> None:
        """Once all is taken: bring the figures of all that was touched up to date."""
        self._projections.finish()
        refresh_allocations(self._connection, self.touched)

    # --- removing --------------------------------------------------------------------------

    def remove_missing(self) -> None:
        """In replace mode: remove what these owners' reporters had and the file no longer has."""
        if self._mode != "replace":
            return
        c = ACTIVITY.c
        for owner_id, reporter_id in sorted(self._portfolios):
            rows = self._connection.execute(
                select(*_REMOVABLE)
                .where(c.owner_id == owner_id, c.reporter_id == reporter_id, c.state == "current")
                .with_for_update()
            )
            gone = [row for row in rows if row.id not in self._seen and row.import_id != self._run_id]
            self._write_removals(gone)

    def _write_removals(self, gone: list[Any]) -> None:
        self.counts.removed += len(gone)
        if not gone:
            return
        first = take_ids(self._connection, "activity_version", len(gone))
        now = datetime.now(UTC).isoformat(" ")
        insert_models(self._connection, ActivityVersion, [
            (version, row.id, self._run_id, row.identifier, row.reporter_id, "removed", row.version_id, None, row.record_hash,
             "", False, now)
            for version, row in enumerate(gone, first)
        ])  # fmt: skip
        self.withdraw([(row.id, version, self._run_id) for version, row in enumerate(gone, first)])

    def remove_staged(self, staged: Sequence[Any]) -> None:
        """Carry out the removals that a preview showed (activity_id, previous_id), but for those of activities
        that have changed or gone since."""
        versions = {row.activity_id: row.previous_id for row in staged}
        c = ACTIVITY.c
        for some in in_chunks(list(versions)):
            chosen = one_of(c.id, some)
            rows = self._connection.execute(select(*_REMOVABLE).where(chosen, c.state == "current").with_for_update())
            self._write_removals([row for row in rows if versions[row.id] == row.version_id])

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


def lock_activities(connection: Connection, ids: Sequence[int]) -> None:
    """Nobody else changes these projects until this transaction ends; what is read of them from here on is so."""
    for some in in_chunks(sorted(set(ids))):
        chosen = one_of(ACTIVITY.c.id, some)
        connection.execute(select(ACTIVITY.c.id).where(chosen).order_by(ACTIVITY.c.id).with_for_update())


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
