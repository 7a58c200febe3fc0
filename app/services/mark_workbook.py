"""Give an import's file back with every issue marked at its cell, to be corrected and uploaded again."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO

from sqlalchemy import Connection

from app.errors import FileRefused, ImportConflict, NotFound
from app.models.issue import Issue
from app.models.question import Question
from app.models.worded import worded
from app.queries import imports
from app.queries.import_issues import read_issues
from app.rules.permissions import Viewer
from app.services.import_outcome import read_questions
from app.services.keep_file import kept_path
from app.services.open_import import open_import
from app.services.question_cells import place_questions
from app.services.word_issue import word_issue
from exports.annotated_workbook import can_mark, mark_workbook_file
from exports.issue_list import LEVELS, SheetIssue
from exports.marked_copy import write_marked_copy
from importers.base import Source
from importers.read_sheets import RawSheet, read_sheets, read_together
from importers.sniff import sniff
from importers.unpack import is_packed, unpack_files

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {".xlsx": _XLSX, ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12", ".zip": "application/zip"}
_UNFINISHED = ("queued", "running")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class MarkedFile:
    """What was written: a workbook, or a zip of one for each file of the import."""

    name: str
    media_type: str


@dataclass(slots=True)
class _FileIssues:
    """One file of the import, the names of its sheets there, and what was found in it."""

    source: Source
    sheets: list[str] = field(default_factory=list)
    issues: list[SheetIssue] = field(default_factory=list)

    @property
    def can_be_marked(self) -> bool:
        return bool(self.sheets) and can_mark(self.source.path, list({one.sheet for one in self.issues if one.sheet}))

    @property
    def suffix(self) -> str:
        return ".xlsm" if self.can_be_marked and self.source.name.lower().endswith(".xlsm") else ".xlsx"


def mark_workbook(connection: Connection, viewer: Viewer, import_id: int, out: BinaryIO) -> MarkedFile:
    """Write the marked workbook to `out`, its issues in the reader's language.

    Raises NotFound, also where the import is not the viewer's business, and ImportConflict while it is being read.
    """
    run = open_import(connection, viewer, import_id)
    if run.state in _UNFINISHED:
        raise ImportConflict(
            worded("Import %(number)s is still being read. Come back when it is done.", number=import_id)
        )
    issues = list(read_issues(connection, import_id, "", ""))
    with ExitStack() as stack:
        files = _sort_issues(_sources(connection, import_id, stack), issues, read_questions(run.questions))
        name = f"import-{import_id}-issues"
        if len(files) == 1:
            _write_one(files[0], out)
            return MarkedFile(name + files[0].suffix, _TYPES[files[0].suffix])
        _write_all(files, out)
        return MarkedFile(f"{name}.zip", _TYPES[".zip"])


def _sources(connection: Connection, import_id: int, stack: ExitStack) -> list[Source]:
    """The files as they were imported, archives unpacked until `stack` ends. Raises NotFound."""
    kept = imports.list_files(connection, import_id)
    sources = [Source(kept_path(file.sha256), file.name) for file in kept]
    if not sources or not all(source.path.is_file() for source in sources):
        raise NotFound(worded("The files of import %(number)s are not kept here.", number=import_id))
    if not any(map(is_packed, sources)):
        return sources
    folder = stack.enter_context(TemporaryDirectory(prefix="tessera-"))
    try:
        return unpack_files(sources, Path(folder))[0]
    except FileRefused:
        return sources  # there is nothing in it to mark; the list says why


def _sort_issues(sources: list[Source], issues: Sequence[Issue], questions: Sequence[Question]) -> list[_FileIssues]:
    """Each file with its issues; what is said about no sheet goes with the first."""
    files = [_FileIssues(source) for source in sources]
    by_sheet: dict[str | None, list[Issue]] = {}
    for issue in issues:
        by_sheet.setdefault(issue.sheet, []).append(issue)
    for file, own, sheet in _sheets(files):
        file.sheets.append(own)
        placed = place_questions(by_sheet.pop(sheet.name, ()), questions, sheet)
        file.issues += [SheetIssue(word_issue(issue), own) for issue in placed]
    files[0].issues += [SheetIssue(word_issue(issue), "") for left in by_sheet.values() for issue in left]
    for file in files:
        file.issues.sort(key=lambda one: LEVELS.index(one.issue.level))
    return files


def _sheets(files: list[_FileIssues]) -> Iterator[tuple[_FileIssues, str, RawSheet]]:
    """The sheets of all files, each with its file, its name there, and the name that issues call it by. A file that
    can't be read has none."""
    by_path = {file.source.path: file for file in files}
    try:
        tables = [file.source for file in files if not sniff(file.source).startswith("iati-")]
        for source, own, sheet in read_together(tables):
            yield by_path[source.path], own, sheet
    except FileRefused:
        return


def _write_one(file: _FileIssues, out: BinaryIO) -> None:
    if file.can_be_marked:
        mark_workbook_file(file.source.path, file.issues, out)
        return
    sheets = read_sheets(file.source) if file.sheets else ()
    write_marked_copy(((sheet.name, sheet.rows) for sheet in sheets), file.issues, out)


def _write_all(files: list[_FileIssues], out: BinaryIO) -> None:
    """A zip of the marked workbooks, numbered so that no two have one name."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, file in enumerate(files, 1):
            name = f"{number}-{PurePath(file.source.name).stem}{file.suffix}"
            with TemporaryFile() as one, archive.open(name, "w", force_zip64=True) as member:
                _write_one(file, one)
                one.seek(0)
                while chunk := one.read(_CHUNK):
                    member.write(chunk)
