"""Plain spreadsheets of projects (XLSX, XLS, ODS, CSV): one row a project, or several joined on its id.

All sheets, and all files given together, are read as one: rows of any table that name the same project
id make one activity, unless they name different reporters. Nothing is guessed: what can't be read is an
issue at its cell, what can be read in two ways is a question for the whole file.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from app.codelists.currencies import match_currency
from app.models.issue import Issue
from app.models.record import FileFacts, Reported
from app.models.worded import worded
from importers.ahead import Notice, can_run_ahead
from importers.base import Source, refuse_file
from importers.build_activity import build_activity
from importers.find_table import SKIP, find_table
from importers.join_rows import join_projects, note_ids
from importers.layout_repeats import drop_repeats
from importers.named_parties import list_named
from importers.note_cells import note_cells
from importers.plain_rows import PlainRow, PlainTable, as_reported, find_plain_rows
from importers.project_rows import Project
from importers.questions import answer, carry_over
from importers.read_columns import list_unknown, read_content
from importers.read_sheets import RawSheet, read_together
from importers.sheets_ahead import read_ahead
from importers.tables import Table, Together
from importers.words import fold
from importers.zip_guard import check_workbook

AHEAD_FROM = 2 << 20


class FoundSheet(NamedTuple):
    """A sheet with its table, if it has headings; it is read where they name projects by id or title."""

    sheet: RawSheet
    table: Table | None

    @property
    def is_read(self) -> bool:
        return self.table is not None and self.table.has("identifier", "title")


class Sheet:
    """The importer of spreadsheets."""

    key = "sheet"

    def read(self, sources: list[Source]) -> Iterator[Reported]:
        is_large = sum(source.path.stat().st_size for source in sources) > AHEAD_FROM
        if is_large and can_run_ahead():
            # What a workbook unpacks to is looked through here: three times as fast as the other process reads it.
            notice = Notice[set[Path]]()
            checked = [Source(source.path, source.name, source.answers, notice.wait) for source in sources]
            return read_ahead(partial(_read, checked), lambda: notice.tell(_check_all(sources)))
        return map(as_reported, _read(sources))


def _read(sources: list[Source]) -> Iterator[Reported | PlainRow]:
    answers: dict[str, Any] = {name: value for source in sources for name, value in source.answers.items()}
    together, issues = _find_tables(sources, answers)
    tables = together.tables
    reporter, currency = answers.get("reporter"), match_currency(str(answers.get("currency") or "")) or ""
    plain, projects = find_plain_rows(tables), list[Project]()
    built: Iterator[Reported | PlainRow]
    if plain:
        waiting, built = issues, PlainTable(tables[0], reporter, currency).read(plain)
    else:
        projects = join_projects(tables, _reporter_key(reporter))
        if not projects:
            raise _no_projects(issues + [issue for table in tables for issue in table.issues])
        waiting = issues + note_ids(projects)
        built = (build_activity(project, reporter, currency) for project in projects)
    facts: FileFacts | None = FileFacts(len(plain or projects), list_named(tables))
    last: Reported | PlainRow | None = None
    for made in built:
        one = made
        if facts or waiting or any(table.issues or table.questions for table in tables):
            one = reported = as_reported(made)
            if facts:
                # As a whole project, since what is told in short leaves other things behind between processes.
                reported.facts, reported.brief, facts = facts, None, None
            reported.issues[:0] = [*waiting, *_take_said(tables, reported)]
            waiting = []
        if last is not None:
            yield last
        last = one
    if last is not None:
        # What any row asks is known when all of them are read.
        if asked := together.questions.build():
            last = as_reported(last)
            last.questions += asked
        yield last


def _take_said(tables: list[Table], reported: Reported) -> list[Issue]:
    """What was said about columns on the way: it goes with the first activity that met it, as what was asked does."""
    said = [issue for table in tables for issue in table.issues]
    for table in tables:
        reported.questions += table.questions
        table.issues.clear()
        table.questions.clear()
    return said


def _check_all(sources: list[Source]) -> set[Path]:
    """The files with cells that may show an error."""
    return {source.path for source in sources if check_workbook(source)}


def _no_projects(issues: list[Issue]) -> Exception:
    refused = refuse_file(
        "no-projects",
        "The file has headings, but no row below them is a project.",
        "Put one project a row below the headings.",
    )
    refused.issues += issues
    return refused


# --- tables --------------------------------------------------------------------------------


def find_tables(sheets: list[RawSheet], answers: dict[str, Any]) -> list[FoundSheet]:
    """What is found in each sheet that is not empty.

    Only where no sheet has headings in words that are known, its columns may speak for themselves.
    """
    filled = [sheet for sheet in sheets if any(cell != "" for row in sheet.rows for cell in row)]
    found: list[FoundSheet] = []
    for by_content in (False, True):
        found = [FoundSheet(sheet, find_table(sheet, answers, by_content)) for sheet in filled]
        for _, table in found:
            if table is not None:
                read_content(table)
        if _names_projects([one.table for one in found if one.is_read and one.table]):
            break
    return found


def _names_projects(tables: list[Table]) -> bool:
    return any(table.has("title") or table.kind != "location" for table in tables)


def _find_tables(sources: list[Source], given: dict[str, Any]) -> tuple[Together, list[Issue]]:
    """The tables that are read together, and an issue for each sheet that is none."""
    sheets = [sheet for _, _, sheet in read_together(sources)]
    answers = carry_over(given, [sheet.name for sheet in sheets])
    found = find_tables(sheets, answers)
    tables = [one.table for one in found if one.is_read and one.table]
    drop_repeats(tables)
    left = [one.sheet for one in found if not one.is_read]
    issues = [_not_read(sheet) for sheet in left if answer(answers, "sheets", sheet.name) != SKIP]
    if not _names_projects(tables):
        raise _no_headings(issues)
    together = Together()
    for table in sorted(tables, key=lambda table: not table.has("title")):
        together.add(table)
        list_unknown(table)
        note_cells(table)
    return together, issues


def _not_read(sheet: RawSheet) -> Issue:
    return Issue(
        "info",
        "sheet-not-read",
        worded("“%(sheet)s” was not read: no row in it names columns of projects.", sheet=sheet.name),
        "If it holds projects, say on the page of the import, among its columns, which row holds its headings.",
        sheet=sheet.name,
    )


def _no_headings(issues: list[Issue]) -> Exception:
    refused = refuse_file(
        "no-headings",
        "No row of this file names the columns of projects, such as Project ID, Title or Country.",
        "Put one row of headings above the first project, such as Project ID, Title, Country and Disbursed 2019 (EUR).",
    )
    refused.issues += issues
    return refused


def _reporter_key(reporter: dict[str, str] | None) -> str:
    reporter = reporter or {}
    return reporter.get("ref") or fold(reporter.get("name") or "").replace(" ", "-")
