"""Read the files of an import and compare them with what is stored: what its page then shows as a preview.

Each batch is a short transaction of its own, so that readers and other imports go on meanwhile. What is staged is
seen by this import alone; a staging that was killed begins anew.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import Connection

from app import database
from app.errors import FileRefused
from app.models.import_run import Counts
from app.models.issue import Issue
from app.models.record import Party, Reported
from app.models.worded import worded
from app.queries import imports
from app.queries.heading_profiles import get_answers
from app.queries.staged_rows import clear_staged
from app.queries.staging import MODES, Stager
from app.queries.twin_candidates import insert_twins, list_candidates
from app.rules.answers import merge_answers
from app.rules.money_totals import list_totals
from app.rules.permissions import READER, Viewer
from app.rules.twins import Twin, find_twins
from app.services.ask_organisations import ask_organisations
from app.services.collector import collector_paused
from app.services.import_funding import kind_of_files, stage_funding
from app.services.import_outcome import Findings, whole_ones
from app.services.keep_file import kept_path
from app.services.work_on_job import HeldJob, Work
from importers import registry
from importers.base import Source, refuse_file

BATCH = 1000


@dataclass(frozen=True, slots=True)
class WatchedSource(Source):
    """A source that knows how far it is read."""

    opened: list[BinaryIO] = field(default_factory=list)

    def open(self) -> BinaryIO:
        self.opened.append(Source.open(self))
        return self.opened[-1]


def stage_import(job: HeldJob) -> None:
    """Stage the import of the job; it is previewed or refused afterwards. Raises JobLost."""
    import_id: int = job.arguments["import_id"]
    run, sources, owner = _begin(job, import_id)
    findings = Findings()
    stager = Stager(import_id, Party(owner, "") if owner else None, run.owner_id)
    format_key = run.asked_format
    try:
        if kind := kind_of_files(_check_kept(sources), run.asked_format):
            stage_funding(job, run, kind, list(sources))
            return
        format_key, reading = registry.read(_check_kept(sources), run.asked_format)
        good = whole_ones(reading, findings) if run.keep_good else reading
        with collector_paused():
            _stage_all(job, stager, sources, owner, findings.ask_all(good), findings)
    except FileRefused as refusal:
        findings.add_refusal(refusal)
    is_refused = bool(findings.questions) or (findings.has_errors and not run.keep_good)
    twins = [] if is_refused else _find_twins(run, stager)
    with database.write() as connection:
        if is_refused:
            _refuse(connection, run, stager)
        else:
            _finish(connection, run, stager, twins)
        imports.insert_issues(connection, import_id, findings.kept)
        imports.update_run(
            connection, import_id, state="refused" if is_refused else "previewed", format=format_key,
            questions=findings.questions_json(), issue_counts=json.dumps(findings.counted), finished_at=datetime.now(UTC),
        )  # fmt: skip
        job.finish(connection)


def _begin(job: HeldJob, import_id: int) -> tuple[Any, list[WatchedSource], str | None]:
    """The import's row, its files with all that is answered about them, and its owner's reference; what an
    earlier staging left is dropped."""
    with database.write() as connection:
        job.tell(connection, 0)
        clear_staged(connection, import_id)
        imports.delete_issues(connection, import_id)
        imports.update_run(connection, import_id, state="running", done=0, total=0)
        run = imports.get_run(connection, import_id)
        owner = imports.organisation_ref(connection, run.owner_id)
        return run, list_sources(connection, run, owner), owner


def list_sources(connection: Connection, run: Any, owner: str | None) -> list[WatchedSource]:
    """The files of an import with the answers of its owner, and those given for it alone."""
    remembered = get_answers(connection, owner, run.profile) if owner else {}
    answers = merge_answers(remembered, json.loads(run.answers))
    files = imports.list_files(connection, run.id)
    return [WatchedSource(kept_path(file.sha256), file.name, answers) for file in files]


def _check_kept(sources: list[WatchedSource]) -> list[Source]:
    for source in sources:
        if not source.path.is_file():
            raise refuse_file(
                "file-not-kept", worded("The file “%(file)s” is not in the data folder any more.", file=source.name),
                "Upload it again. Several servers need one data folder for all of them (TESSERA_DATA_DIR).",
            )  # fmt: skip
    return list(sources)


def _stage_all(
    job: HeldJob, stager: Stager, sources: list[WatchedSource], owner: str | None, reading: Iterator[Reported],
    findings: Findings,
) -> None:  # fmt: skip
    while batch := list(islice(reading, BATCH)):
        with database.write() as connection:
            ask_organisations(connection, findings, sources[0].answers, owner)
            findings.add(stager.take(connection, batch))
            total = max(findings.projects, stager.read) if findings.projects else _estimate(sources, stager.read)
            job.tell(connection, stager.read, total)
            imports.update_run(connection, stager.run_id, done=stager.read, total=total)


def _estimate(sources: list[WatchedSource], read: int) -> int:
    """How many projects there are, if the rest of the files is like what is read; 0: nobody knows."""
    if not any(stream for source in sources for stream in source.opened[-1:] if not stream.closed):
        return 0
    sizes = [source.path.stat().st_size for source in sources]
    done = sum(
        size if source.opened[-1].closed else source.opened[-1].tell()
        for source, size in zip(sources, sizes, strict=True) if source.opened
    )  # fmt: skip
    return round(read * sum(sizes) / done) if done else 0


def _find_twins(run: Any, stager: Stager) -> list[Twin]:
    """The new projects that others, as the import's owner may see them, seem to have already."""
    if not stager.new:
        return []
    owners = Viewer(0, run.owner_id, READER)
    with database.read() as connection:
        others = list_candidates(connection, owners, {reporter for _, reporter in stager.portfolios}, stager.new)
    return list(find_twins(stager.new, others))


def _finish(connection: Connection, run: Any, stager: Stager, twins: list[Twin]) -> None:
    """Keep what each mode would do, in numbers, and the twins of what is new."""
    stager.stage_missing(connection)
    effects = {mode: asdict(stager.counts[mode]) for mode in MODES}
    totals = {mode: list_totals(*stager.money.before_and_after(mode)) for mode in MODES}
    imports.update_run(
        connection, run.id, owner_id=run.owner_id or stager.only_owner(), done=stager.read, total=stager.read,
        mode_effects=json.dumps(effects), totals=json.dumps(totals), **effects[run.mode],
    )  # fmt: skip
    insert_twins(connection, run.id, {one.key: one.title for one in stager.new}, twins)


def _refuse(connection: Connection, run: Any, stager: Stager) -> None:
    """Nothing of it stays but its entry."""
    clear_staged(connection, run.id)
    counts = asdict(Counts(read=stager.read, rejected=stager.counts["update"].rejected))
    imports.update_run(connection, run.id, mode_effects="{}", totals="{}", **counts)


def give_up_staging(connection: Connection, arguments: dict[str, Any]) -> None:
    """Refuse an import whose staging ended too often."""
    import_id: int = arguments["import_id"]
    clear_staged(connection, import_id)
    imports.delete_issues(connection, import_id)
    imports.insert_issues(connection, import_id, [Issue(
        "error", "import-interrupted", "Reading the file was interrupted several times; nothing of it was written.",
        "Try it again with a smaller file; if that does not help, ask the operator to look at the log.",
    )])  # fmt: skip
    imports.update_run(
        connection, import_id, state="refused", issue_counts='{"import-interrupted": 1}', finished_at=datetime.now(UTC)
    )


STAGING = Work(stage_import, give_up_staging)
