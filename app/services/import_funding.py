"""Funding lines and plans through the same upload as projects: staged, shown, confirmed, taken back."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict
from app.models.import_run import Counts
from app.models.issue import Issue
from app.models.worded import phrase, worded
from app.queries import funding_entries, imports
from app.queries.area_links import list_area_keys
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.queries.rates import stored_rates
from app.rules.check_funding import Fault, has_errors
from app.services.document_kinds import BY_NAME, LINE, PLAN, Document, Kind
from app.services.import_outcome import Findings, ImportResult, Mode, read_result
from app.services.remove_document import archive, bring_back
from app.services.work_on_job import HeldJob
from importers.base import Source, refuse_file
from importers.funding_kind import FUNDING_LINES, KINDS, funding_kind
from importers.funding_sheet import ReadLine, read_funding_lines
from importers.plan_sheet import ReadPlan, read_plans

__all__ = ["KINDS", "confirm_funding", "kind_of_files", "list_entries", "stage_funding", "undo_funding"]
MODES: tuple[Mode, ...] = get_args(Mode)


def kind_of_files(sources: Sequence[Source], asked: str = "auto") -> str:
    """One of KINDS if all files are sheets of that kind, '' if none is. Raises FileRefused for a mixture."""
    if asked in KINDS:
        return asked
    if asked != "auto":
        return ""
    found = {funding_kind(source) for source in sources if source.path.is_file()}
    if len(found) > 1 and found - {""}:
        raise refuse_file(
            "files-mixed",
            "Funding lines, plans and projects are in this upload together.",
            "Upload them one kind at a time.",
        )
    return found.pop() if found else ""


def stage_funding(job: HeldJob, run: Any, kind: str, sources: list[Source]) -> None:
    """Read the files of the job's import and enter what they would change in its mode. Raises FileRefused, JobLost."""
    read: Sequence[ReadLine | ReadPlan]
    read = read_funding_lines(sources) if kind == FUNDING_LINES else read_plans(sources)
    findings = Findings()
    with database.write() as connection:
        good = _check_all(connection, LINE if kind == FUNDING_LINES else PLAN, run, read, findings)
        is_refused = findings.has_errors and not run.keep_good
        entries = {mode: [] if is_refused else list(_entries(connection, run, kind, good, mode)) for mode in MODES}
        effects = {mode: Counts(len(good), **_count(rows)) for mode, rows in entries.items()}
        rejected = sum(one.said is None and bool(one.key) for one in read)
        funding_entries.clear_entries(connection, run.id)
        funding_entries.insert_entries(connection, entries[run.mode])
        imports.insert_issues(connection, run.id, findings.kept)
        imports.update_run(
            connection, run.id, state="refused" if is_refused else "previewed", format=kind, finished_at=datetime.now(UTC),
            issue_counts=json.dumps(findings.counted), done=len(good), total=len(good),
            mode_effects="{}" if is_refused else json.dumps({mode: asdict(counts) for mode, counts in effects.items()}),
            **asdict(effects[run.mode]) | {"read": len(good) + rejected, "rejected": rejected},
        )  # fmt: skip
        job.finish(connection)


def _count(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(row["change"] == name for row in rows) for name in ("new", "changed", "unchanged", "removed")}


def _check_all(
    connection: Connection, kind: Kind, run: Any, read: Sequence[ReadLine | ReadPlan], findings: Findings
) -> list[ReadLine | ReadPlan]:
    """Those that are whole, each once; everything that is to be said goes to `findings`, in file order."""
    now, known = datetime.now(UTC), list_area_keys(connection)
    owner = imports.organisation_ref(connection, run.owner_id) or ""
    findings.add(_missing(owner, read))
    good: list[ReadLine | ReadPlan] = []
    seen: dict[str, Document] = {}
    for one in read:
        findings.add(one.issues)
        if one.said is None:
            continue
        target = kind.find(connection, run.owner_id, one.key) if owner else None
        document = one.lay(_stored(connection, kind, target), "update")
        faults = [*kind.check(connection, document, target, now, known), *_repeated(seen, document)]
        faults += _donor_differs(one.donor, owner) if isinstance(one, ReadLine) else []
        findings.add(_issue(fault, one) for fault in faults)
        if owner and not has_errors(faults) and one.key not in seen:
            good.append(one)
        seen.setdefault(one.key, document)
    return good


def _missing(owner: str, read: Sequence[object]) -> Iterator[Issue]:
    if not owner:
        hint = phrase("Name the organisation that it is imported as.")
        yield Issue("error", "owner-missing", "Nobody knows whose this is.", hint)
    if not read:
        hint = phrase("Put one line or action a row below them.")
        yield Issue("error", "no-rows", "There are headings, but no row below them.", hint)


def _repeated(seen: dict[str, Document], document: Document) -> list[Fault]:
    if document.reference not in seen:
        return []
    if seen[document.reference] == document:
        words = worded(
            "“%(reference)s” is in the file twice, word for word: it was read once.", reference=document.reference
        )
        return [Fault("warning", "line-twice", "reference", words, "Take one of the two out.")]
    words = worded("“%(reference)s” is in the file twice and says different things.", reference=document.reference)
    return [
        Fault("error", "line-twice", "reference", words, "Keep the right one, or give one of them another reference.")
    ]


def _donor_differs(named: str, owner: str) -> list[Fault]:
    if not named or named == owner:
        return []
    words = worded("This line is of %(donor)s, and the file is imported as %(owner)s.", donor=named, owner=owner)
    return [Fault("error", "donor-differs", "donor", words, "Import each donor's lines as that donor.")]


def _issue(fault: Fault, one: ReadLine | ReadPlan) -> Issue:
    """The fault at the cell that the field came from, or at its row."""
    row, heading, cell = one.at(fault.field)
    sheet, number = (row.sheet, row.number) if row else (None, None)
    return Issue(
        fault.level, fault.code, fault.message, fault.hint, sheet, number, heading, cell, activity=one.key or None
    )


def _entries(
    connection: Connection, run: Any, name: str, good: Sequence[ReadLine | ReadPlan], mode: Mode
) -> Iterator[dict[str, Any]]:
    """What becomes of each document in this mode; with `replace`, those that the file lacks are removed, last."""
    kind = LINE if name == FUNDING_LINES else PLAN
    missing = kind.list_ids(connection, run.owner_id) if mode == "replace" else []
    position = 0
    for position, one in enumerate(good, 1):
        target = kind.find(connection, run.owner_id, one.key)
        before = _stored(connection, kind, target)
        after = one.lay(before, mode)
        change = "new" if before is None else "unchanged" if before == after else "changed"
        yield _entry(run, kind, position - 1, change, target, before, after, one.place)
        missing = [number for number in missing if number != target]
    for number in missing:
        yield _entry(run, kind, position, "removed", number, _stored(connection, kind, number), None, "")
        position += 1


def _entry(
    run: Any, kind: Kind, position: int, change: str, target: int | None, before: Any, after: Any, place: str
) -> dict[str, Any]:
    shown = after or before
    return {
        "import_id": run.id, "position": position, "kind": kind.name, "key": shown.reference, "title": shown.title,
        "change": change, "target_id": target, "before": _text(before), "after": _text(after), "place": place,
    }  # fmt: skip


def _stored(connection: Connection, kind: Kind, target: int | None) -> Any:
    return None if target is None else kind.read(connection, kind.lock(connection, target))


def _text(document: Document | None) -> str:
    return "" if document is None else json.dumps(document.as_json(), ensure_ascii=False)


def list_entries(connection: Connection, import_id: int) -> list[Any]:
    """What an import would change or has changed: rows with kind, key, title, change, target_id, place."""
    return funding_entries.list_entries(connection, import_id)


def confirm_funding(connection: Connection, run: Any, user_id: int | None) -> ImportResult:
    """Write what the preview showed. Raises ImportConflict where something of it was changed since."""
    now = datetime.now(UTC)
    for entry in funding_entries.list_entries(connection, run.id):
        _write(connection, run, entry, now)
    bump_data_version(connection)
    note_action(connection, user_id, "confirm import", f"import {run.id}")
    imports.update_run(connection, run.id, state="committed", finished_at=now)
    return read_result(connection, run.id)


def _write(connection: Connection, run: Any, entry: Any, now: datetime) -> None:
    kind = BY_NAME[entry.kind]
    target = kind.find(connection, run.owner_id, entry.key)
    if target != entry.target_id or _text(_stored(connection, kind, target)) != entry.before:
        raise ImportConflict(
            worded(
                "“%(title)s” was changed since this preview was made: discard it, and import the file again.",
                title=entry.title,
            )
        )
    if entry.change == "removed":
        archive(connection, kind, entry.target_id, now)
    elif entry.change != "unchanged":
        document = kind.parse(json.loads(entry.after))
        target = kind.store(connection, document, target, run.owner_id, stored_rates(connection), now)
        funding_entries.settle_entry(connection, run.id, entry.position, target_id=target)


def undo_funding(connection: Connection, run: Any, user_id: int | None) -> ImportResult:
    """Put back what was there before. Raises ImportConflict if it was changed again since."""
    if later := funding_entries.later_entries(connection, run.id):
        raise ImportConflict(
            worded("Later imports changed the same: take back %(imports)s first.", imports=", ".join(map(str, later)))
        )
    now = datetime.now(UTC)
    for entry in funding_entries.list_entries(connection, run.id):
        if entry.change != "unchanged":
            _undo(connection, run, entry, now)
    bump_data_version(connection)
    note_action(connection, user_id, "undo import", f"import {run.id}")
    imports.update_run(connection, run.id, state="undone", finished_at=now)
    return read_result(connection, run.id)


def _undo(connection: Connection, run: Any, entry: Any, now: datetime) -> None:
    kind = BY_NAME[entry.kind]
    row = kind.lock(connection, entry.target_id)
    is_removed = entry.change == "removed"
    if (row.state == "removed") != is_removed or _text(kind.read(connection, row)) != (
        entry.before if is_removed else entry.after
    ):
        raise ImportConflict(
            worded(
                "“%(title)s” was changed by hand since: put that back first, or change it by hand.", title=entry.title
            )
        )
    if is_removed and kind.find(connection, run.owner_id, entry.key) is not None:
        raise ImportConflict(
            worded("Another entry has the reference “%(reference)s” now: change that one first.", reference=entry.key)
        )
    if is_removed:
        bring_back(connection, kind, entry.target_id, now)
    elif entry.change == "new":
        archive(connection, kind, entry.target_id, now)
    else:
        before = kind.parse(json.loads(entry.before))
        kind.store(connection, before, entry.target_id, run.owner_id, stored_rates(connection), now)
