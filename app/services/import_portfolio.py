"""Read files, compare them with what is stored, and commit the difference in one transaction."""

import gc
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Connection

from app import database
from app.errors import FileRefused, InvalidInput
from app.models.issue import Issue
from app.models.record import Reported
from app.queries import imports
from app.queries.allocations import refresh_allocations
from app.queries.bulk import bump_data_version, wait_for_turn
from app.queries.record_writer import Counts, RecordWriter
from app.services.suggest_areas import suggest_areas
from importers import registry
from importers.base import Source

Mode = Literal["add", "update", "replace"]
BATCH = 100
ISSUES_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What somebody asks to import: `owner` is the reference of the organisation it is imported as."""

    sources: list[Source]
    owner: str | None = None
    format: str = "auto"
    mode: Mode = "update"
    preview: bool = False
    keep_good: bool = False
    suggest: bool = True
    user_id: int | None = None


@dataclass(slots=True)
class ImportResult:
    """What became of an import; `as_json` is the document of the contract."""

    import_id: int
    state: str
    format: str
    mode: str
    counts: Counts = field(default_factory=Counts)
    issues: list[Issue] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        head = {"import_id": self.import_id, "state": self.state, "format": self.format, "mode": self.mode}
        return {**head, **asdict(self.counts), "issues": [asdict(issue) for issue in self.issues]}


class _Refusal(Exception):
    """Rolls the transaction back; the issues say why."""


class _Issues:
    """Issues in file order, the first ISSUES_KEPT of them kept, all of them counted."""

    def __init__(self) -> None:
        self.kept: list[Issue] = []
        self.counted: Counter[str] = Counter()
        self.has_errors = False

    def add(self, issues: list[Issue]) -> None:
        for issue in issues:
            self.counted[issue.code] += 1
            self.has_errors |= issue.level == "error"
            if len(self.kept) < ISSUES_KEPT or issue.level == "error":
                self.kept.append(issue)


def import_portfolio(request: ImportRequest) -> ImportResult:
    """Import the request's files: all of them or nothing, unless its owner keeps the good rows.

    The result's state is committed, previewed or refused; a refusal leaves the database as it
    was, but for the import's own entry with its issues. Areas are suggested once the import is in.
    """
    if request.mode == "replace" and request.keep_good:
        raise InvalidInput("--keep-good can't go with --mode replace: projects left out would be removed.")
    issues = _Issues()
    counts = Counts()
    format_key = request.format
    try:
        format_key, reading = registry.read(request.sources, request.format)
        with _collector_paused(), database.write() as connection:
            wait_for_turn(connection)
            run_id = _start(connection, request, format_key)
            writer = RecordWriter(connection, run_id, request.owner, request.mode, is_preview=request.preview)
            _take_all(writer, reading, issues, request.keep_good)
            counts = writer.counts
            if issues.has_errors and not request.keep_good:
                raise _Refusal
            state = _finish(connection, writer, request.preview)
            if not request.owner:
                imports.update_run(connection, run_id, owner_id=writer.only_owner())
            _close(connection, run_id, state, counts, issues)
    except FileRefused as refusal:
        issues.add([issue for issue in refusal.issues if isinstance(issue, Issue)])
        return _refused(request, format_key, counts, issues)
    except _Refusal:
        return _refused(request, format_key, counts, issues)
    if state == "committed" and request.suggest:
        suggest_areas(import_id=run_id)
    return ImportResult(run_id, state, format_key, request.mode, counts, issues.kept)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows are tuples without cycles: the collector finds nothing in them and costs a tenth of an import."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take_all(writer: RecordWriter, reading: Iterator[Reported], issues: _Issues, keep_good: bool) -> None:
    """Batch by batch, so that memory does not grow with the file."""
    good = _whole_ones(reading, issues) if keep_good else reading
    while batch := list(islice(good, BATCH)):
        issues.add(writer.take(batch))


def _whole_ones(reading: Iterator[Reported], issues: _Issues) -> Iterator[Reported]:
    """What was read before a file broke off; the break itself is an issue."""
    try:
        yield from reading
    except FileRefused as refusal:
        issues.add([issue for issue in refusal.issues if isinstance(issue, Issue)])


def _start(connection: Connection, request: ImportRequest, format_key: str) -> int:
    names = ", ".join(source.name for source in request.sources)
    size = sum(source.path.stat().st_size for source in request.sources)
    return imports.insert_run(
        connection,
        owner_id=imports.organisation_id(connection, request.owner) if request.owner else None,
        user_id=request.user_id,
        state="running",
        format=format_key,
        mode=request.mode,
        file_name=names,
        file_size=size,
        created_at=datetime.now(UTC),
    )


def _finish(connection: Connection, writer: RecordWriter, is_preview: bool) -> str:
    writer.remove_missing()
    if is_preview:
        return "previewed"
    refresh_allocations(connection, writer.touched, writer.countries)
    bump_data_version(connection)
    return "committed"


def _close(connection: Connection, run_id: int, state: str, counts: Counts, issues: _Issues) -> None:
    imports.insert_issues(connection, run_id, issues.kept)
    imports.update_run(
        connection, run_id, state=state, finished_at=datetime.now(UTC),
        issue_counts=json.dumps(issues.counted), **asdict(counts),
    )  # fmt: skip


def _refused(request: ImportRequest, format_key: str, counts: Counts, issues: _Issues) -> ImportResult:
    """Keep the refusal and its reasons in the history, in a transaction of its own."""
    counts = Counts(read=counts.read, rejected=counts.rejected)
    with database.write() as connection:
        run_id = _start(connection, request, format_key)
        _close(connection, run_id, "refused", counts, issues)
    return ImportResult(run_id, "refused", format_key, request.mode, counts, issues.kept)
