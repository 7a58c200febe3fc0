"""Funding lines and plans through the same upload as projects: staged, shown, confirmed, taken back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import ImportConflict
from app.models.issue import Issue
from app.models.line_document import LineDocument, line_of
from app.models.plan_document import PlanDocument, plan_of
from app.queries import funding_entries, funding_lines, imports, plans
from app.queries.area_links import list_area_keys
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.queries.rates import stored_rates
from app.queries.record_writer import Counts
from app.rates import Rates
from app.rules.check_funding import Fault, check_line, check_plan, has_errors
from app.services.import_outcome import Findings, ImportResult, read_result
from app.services.save_line import find_same_call, store_line
from app.services.save_plan import store_plan
from app.services.work_on_job import HeldJob
from importers.base import Source, refuse_file
from importers.funding_kind import FUNDING_LINES, KINDS, funding_kind
from importers.funding_sheet import ReadLine, read_funding_lines
from importers.plan_sheet import ReadPlan, read_plans

__all__ = ["KINDS", "confirm_funding", "kind_of_files", "stage_funding", "undo_funding"]
Document = LineDocument | PlanDocument


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of document is read, checked, found and written."""

    name: str
    parse: Callable[[dict[str, Any]], Any]
    find: Callable[[Connection, int, str], int | None]
    store: Callable[..., int]
    set_state: Callable[[Connection, int, str, datetime], None]


LINE = _Kind("line", line_of, funding_lines.find_line_id, store_line, funding_lines.set_line_state)
PLAN = _Kind("plan", plan_of, plans.find_plan_id, store_plan, plans.set_plan_state)
BY_NAME = {kind.name: kind for kind in (LINE, PLAN)}


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
    """Read the files of the job's import and enter what they would change. Raises FileRefused, JobLost."""
    read: Sequence[ReadLine | ReadPlan]
    read = read_funding_lines(sources) if kind == FUNDING_LINES else read_plans(sources)
    findings = Findings()
    with database.write() as connection:
        rows = _stage(connection, run, read, findings)
        is_refused = findings.has_errors and not run.keep_good
        funding_entries.clear_entries(connection, run.id)
        funding_entries.insert_entries(connection, [] if is_refused else rows)
        counts = {name: sum(row["change"] == name for row in rows) for name in ("new", "changed", "unchanged")}
        rejected = sum(_document(one) is None and bool(one.key) for one in read)
        imports.insert_issues(connection, run.id, findings.kept)
        imports.update_run(
            connection, run.id, state="refused" if is_refused else "previewed", format=kind, finished_at=datetime.now(UTC),
            issue_counts=json.dumps(findings.counted), read=len(rows) + rejected, rejected=rejected, done=len(rows), total=len(rows),
            mode_effects="{}" if is_refused else json.dumps({run.mode: asdict(Counts(read=len(rows), **counts))}),
            **({} if is_refused else counts),
        )  # fmt: skip
        job.finish(connection)


def _document(one: ReadLine | ReadPlan) -> Document | None:
    return one.line if isinstance(one, ReadLine) else one.plan


def _stage(
    connection: Connection, run: Any, read: Sequence[ReadLine | ReadPlan], findings: Findings
) -> list[dict[str, Any]]:
    """The entries of what is whole; everything that is to be said goes to `findings`, in file order."""
    now, known = datetime.now(UTC), list_area_keys(connection)
    owner = imports.organisation_ref(connection, run.owner_id) or ""
    rows: list[dict[str, Any]] = []
    seen: dict[str, Document] = {}
    if not owner:
        findings.add(
            [
                Issue(
                    "error",
                    "owner-missing",
                    "Nobody knows whose this is.",
                    "Name the organisation that it is imported as.",
                )
            ]
        )
    if not read:
        findings.add(
            [
                Issue(
                    "error",
                    "no-rows",
                    "There are headings, but no row below them.",
                    "Put one line or action a row below them.",
                )
            ]
        )
    for one in read:
        findings.add(one.issues)
        document = _document(one)
        if document is None:
            continue
        faults = [*_check(connection, document, now, known), *_repeated(seen, document)]
        faults += _donor_differs(one.donor, owner) if isinstance(one, ReadLine) else []
        findings.add(_issue(fault, one) for fault in faults)
        if owner and not has_errors(faults) and document.reference not in seen:
            rows.append(_entry(connection, run, len(rows), document, one.place))
        seen.setdefault(document.reference, document)
    return rows


def _check(connection: Connection, document: Document, now: datetime, known: set[str]) -> list[Fault]:
    if isinstance(document, PlanDocument):
        return check_plan(document, known)
    return [*check_line(document, now, known), *find_same_call(connection, document, _known_as(connection, document))]


def _known_as(connection: Connection, line: LineDocument) -> int | None:
    """The stored line of this reference, whoever's: it is no other call."""
    return funding_lines.find_by_reference(connection, line.reference)


def _repeated(seen: dict[str, Document], document: Document) -> list[Fault]:
    if document.reference not in seen:
        return []
    if seen[document.reference] == document:
        return [
            Fault(
                "warning",
                "line-twice",
                "reference",
                f"“{document.reference}” is in the file twice, word for word: it was read once.",
                "Take one of the two out.",
            )
        ]
    return [
        Fault(
            "error",
            "line-twice",
            "reference",
            f"“{document.reference}” is in the file twice and says different things.",
            "Keep the right one, or give one of them another reference.",
        )
    ]


def _donor_differs(named: str, owner: str) -> list[Fault]:
    if not named or named == owner:
        return []
    return [
        Fault(
            "error",
            "donor-differs",
            "donor",
            f"This line is of {named}, and the file is imported as {owner}.",
            "Import each donor's lines as that donor.",
        )
    ]


def _issue(fault: Fault, one: ReadLine | ReadPlan) -> Issue:
    """The fault at the row that the document came from."""
    row = one.row
    return Issue(
        fault.level,
        fault.code,
        fault.message,
        fault.hint,
        row.sheet if row else None,
        row.number if row else None,
        activity=one.key or None,
    )


def _entry(connection: Connection, run: Any, position: int, document: Document, place: str) -> dict[str, Any]:
    kind = PLAN if isinstance(document, PlanDocument) else LINE
    target = kind.find(connection, run.owner_id, document.reference)
    before = None if target is None else _stored(connection, kind, target)
    change = "new" if before is None else "unchanged" if before == document else "changed"
    return {
        "import_id": run.id, "position": position, "kind": kind.name, "key": document.reference, "title": document.title, "change": change,
        "target_id": target, "before": _text(before), "after": _text(document), "place": place,
    }  # fmt: skip


def _stored(connection: Connection, kind: _Kind, target: int) -> Document:
    if kind is PLAN:
        return plans.document_of(connection, plans.lock_plan(connection, target))
    return funding_lines.document_of(funding_lines.lock_line(connection, target))


def _text(document: Document | None) -> str:
    return "" if document is None else json.dumps(document.as_json(), ensure_ascii=False)


def confirm_funding(connection: Connection, run: Any, user_id: int | None) -> ImportResult:
    """Write the entries, each compared once more with what is stored now."""
    rates, now = stored_rates(connection), datetime.now(UTC)
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for entry in funding_entries.list_entries(connection, run.id):
        kind = BY_NAME[entry.kind]
        document = kind.parse(json.loads(entry.after))
        fresh = _entry(connection, run, entry.position, document, entry.place)
        target = fresh["target_id"]
        if fresh["change"] != "unchanged":
            target = kind.store(connection, document, target, run.owner_id, rates, now)
        counts[fresh["change"]] += 1
        funding_entries.settle_entry(
            connection, run.id, entry.position, change=fresh["change"], before=fresh["before"], target_id=target
        )
    note_action(connection, user_id, "confirm import", str(run.id))
    imports.update_run(connection, run.id, state="committed", finished_at=now, **counts)
    return read_result(connection, run.id)


def undo_funding(connection: Connection, run: Any, user_id: int | None) -> ImportResult:
    """Put back what was there before. Raises ImportConflict if it was changed again since."""
    if later := funding_entries.later_entries(connection, run.id):
        raise ImportConflict(f"Later imports changed the same: take back {', '.join(map(str, later))} first.")
    rates, now = stored_rates(connection), datetime.now(UTC)
    for entry in funding_entries.list_entries(connection, run.id):
        _undo(connection, run, entry, rates, now)
    bump_data_version(connection)
    note_action(connection, user_id, "undo import", str(run.id))
    imports.update_run(connection, run.id, state="undone", finished_at=now)
    return read_result(connection, run.id)


def _undo(connection: Connection, run: Any, entry: Any, rates: Rates, now: datetime) -> None:
    kind = BY_NAME[entry.kind]
    if entry.change == "unchanged":
        return
    if _text(_stored(connection, kind, entry.target_id)) != entry.after:
        raise ImportConflict(f"“{entry.title}” was changed by hand since: put that back first, or change it by hand.")
    if entry.change == "new":
        kind.set_state(connection, entry.target_id, "removed", now)
    else:
        kind.store(connection, kind.parse(json.loads(entry.before)), entry.target_id, run.owner_id, rates, now)
