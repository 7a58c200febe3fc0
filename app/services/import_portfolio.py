"""Read files, compare them with what is stored, and commit the difference in one transaction."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from app import database
from app.errors import FileRefused
from app.models.import_run import Counts
from app.models.record import Reported
from app.queries import imports
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version, wait_for_long_turn
from app.queries.record_writer import RecordWriter
from app.services.ask_organisations import ask_organisations
from app.services.collector import collector_paused
from app.services.confirm_import import confirm_import
from app.services.import_funding import kind_of_files
from app.services.import_outcome import BATCH, SMALL_BATCH, Findings, ImportResult, Mode, whole_ones
from app.services.keep_file import KeptFile, digest_files, keep_path
from app.services.preview_import import preview_import
from app.services.queue_import import ImportOrder, check_mode
from app.services.suggest_areas import suggest_areas, suggest_later
from importers import registry
from importers.base import Source

__all__ = ["BATCH", "ImportRequest", "ImportResult", "Mode", "import_portfolio"]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What somebody asks to import: `owner` is the reference of the organisation it is imported as.

    `files` are the kept copies of the sources, so that the import can give them back.
    """

    sources: list[Source]
    owner: str | None = None
    format: str = "auto"
    mode: Mode = "update"
    preview: bool = False
    keep_good: bool = False
    suggest: bool = True
    user_id: int | None = None
    files: tuple[KeptFile, ...] = ()


class _Refusal(Exception):
    """Rolls the transaction back; the issues say why."""


def import_portfolio(request: ImportRequest) -> ImportResult:
    """Import the request's files: all of them or nothing, unless its owner keeps the good rows.

    The result's state is committed, previewed or refused; a refusal leaves the database as it
    was, but for the import's own entry with its issues. Areas are suggested once it is in; see suggest_later.
    """
    check_mode(request.mode, keep_good=request.keep_good)
    if request.preview:
        return _preview(request)
    if _is_funding(request):
        staged = _preview(request)
        return confirm_import(staged.import_id, request.user_id) if staged.state == "previewed" else staged
    findings = Findings()
    counts = Counts()
    format_key = request.format
    try:
        format_key, reading = registry.read(request.sources, request.format)
        with collector_paused(), database.write_much() as connection:
            wait_for_long_turn(connection)
            run_id = _start(connection, request, format_key)
            writer = RecordWriter(connection, run_id, request.owner, request.mode)
            _take_all(connection, writer, request, reading, findings)
            counts = writer.counts
            if findings.questions or (findings.has_errors and not request.keep_good):
                raise _Refusal
            writer.remove_missing()
            writer.finish()
            if not request.owner:
                imports.update_run(connection, run_id, owner_id=writer.only_owner())
            _close(connection, run_id, "committed", counts, findings)
            _note_committed(connection, request.user_id, run_id)
            is_left = not request.suggest or suggest_later(connection, counts.new + counts.changed, import_id=run_id)
    except FileRefused as refusal:
        findings.add_refusal(refusal)
        return _refused(request, format_key, counts, findings)
    except _Refusal:
        return _refused(request, format_key, counts, findings)
    if not is_left:
        suggest_areas(import_id=run_id)
    return ImportResult(run_id, "committed", format_key, request.mode, counts, findings.kept)


def _preview(request: ImportRequest) -> ImportResult:
    """Stage kept copies of the files, with the answers that stand with the sources."""
    files = request.files or tuple(keep_path(source.path, source.name) for source in request.sources)
    answers = {name: value for source in request.sources for name, value in source.answers.items()}
    return preview_import(ImportOrder(
        files, request.owner, request.format, request.mode, request.keep_good, request.user_id, answers=answers
    ))  # fmt: skip


def _is_funding(request: ImportRequest) -> bool:
    """Funding lines and plans are staged and confirmed; a mixture is left to the staging to refuse."""
    try:
        return bool(kind_of_files(request.sources, request.format))
    except FileRefused:
        return True


def _take_all(
    connection: Connection,
    writer: RecordWriter,
    request: ImportRequest,
    reading: Iterator[Reported],
    findings: Findings,
) -> None:
    """Batch by batch, so that memory does not grow with the file."""
    asking = findings.ask_all(whole_ones(reading, findings) if request.keep_good else reading)
    answers = {name: value for source in request.sources for name, value in source.answers.items()}
    while batch := next_batch(asking):
        ask_organisations(connection, findings, answers, request.owner)
        findings.add(writer.take(batch))


def next_batch(reading: Iterator[Reported]) -> list[Reported]:
    """The next projects; where another process reads them, no more than it has ready (but some)."""
    batch: list[Reported] = []
    for reported in reading:
        batch.append(reported)
        if len(batch) >= (BATCH if reported.is_followed else SMALL_BATCH):
            break
    return batch


def _start(connection: Connection, request: ImportRequest, format_key: str) -> int:
    names = ", ".join(source.name for source in request.sources)
    size = sum(source.path.stat().st_size for source in request.sources)
    number = imports.insert_run(
        connection,
        owner_id=imports.organisation_id(connection, request.owner) if request.owner else None,
        user_id=request.user_id,
        state="running",
        format=format_key,
        mode=request.mode,
        keep_good=request.keep_good,
        asked_format=request.format,
        file_name=names,
        file_size=size,
        files_digest=digest_files(request.files),
        created_at=datetime.now(UTC),
    )
    imports.insert_files(connection, number, [(file.name, file.sha256, file.size) for file in request.files])
    return number


def _close(connection: Connection, run_id: int, state: str, counts: Counts, findings: Findings) -> None:
    imports.insert_issues(connection, run_id, findings.kept)
    imports.update_run(
        connection, run_id, state=state, finished_at=datetime.now(UTC), questions=findings.questions_json(),
        issue_counts=json.dumps(findings.counted), **asdict(counts),
    )  # fmt: skip


def _note_committed(connection: Connection, user_id: int | None, run_id: int) -> None:
    note_action(connection, user_id, "import", f"import {run_id}")
    bump_data_version(connection)


def _refused(request: ImportRequest, format_key: str, counts: Counts, findings: Findings) -> ImportResult:
    """Keep the refusal and its reasons in the history, in a transaction of its own."""
    counts = Counts(read=counts.read, rejected=counts.rejected)
    with database.write() as connection:
        run_id = _start(connection, request, format_key)
        _close(connection, run_id, "refused", counts, findings)
    return ImportResult(run_id, "refused", format_key, request.mode, counts, findings.kept, findings.questions)
