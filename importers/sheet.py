"""Plain spreadsheets of projects (XLSX, XLS, ODS, CSV): one row a project, or several joined on its id.

All sheets, and all files given together, are read as one: rows of any table that name the same project
id make one activity, unless they name different reporters. Nothing is guessed: what can't be read is an
issue at its cell.
"""

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

from app.models.issue import Issue
from app.models.record import Party, Reported
from importers.base import Source, refuse_file
from importers.build_activity import build_activity
from importers.clean import Cell, Unclear, parse_amount
from importers.find_table import find_table
from importers.headings import Heading, names_money
from importers.project_rows import Project
from importers.read_sheets import RawSheet, read_sheets
from importers.tables import Row, Table, cell_text, column_name, list_rows
from importers.words import fold


class Sheet:
    """The importer of spreadsheets."""

    key = "sheet"

    def read(self, sources: list[Source]) -> Iterator[Reported]:
        answers: dict[str, Any] = {name: value for source in sources for name, value in source.answers.items()}
        tables, issues = _find_tables(sources, answers)
        reporter = answers.get("reporter")
        projects = _join(tables, _reporter_key(reporter))
        if not projects:
            raise _no_projects(issues + [issue for table in tables for issue in table.issues])
        waiting = issues + [issue for table in tables for issue in _list_unknown(table)]
        for project in projects:
            reported = build_activity(project, reporter, answers.get("currency") or "")
            for table in tables:  # what was said about columns on the way goes with the first activity that met it
                waiting += table.issues
                table.issues.clear()
            reported.issues[:0] = waiting
            waiting = []
            yield reported


def _no_projects(issues: list[Issue]) -> Exception:
    refused = refuse_file(
        "no-projects",
        "The file has headings, but no row below them is a project.",
        "Put one project a row below the headings.",
    )
    refused.issues += issues
    return refused


# --- tables --------------------------------------------------------------------------------


def _find_tables(sources: list[Source], answers: dict[str, Any]) -> tuple[list[Table], list[Issue]]:
    """The tables that name projects, and an issue for each sheet that is none."""
    tables: list[Table] = []
    issues: list[Issue] = []
    names: set[str] = set()
    for source in sources:
        for sheet in read_sheets(source):
            if sheet.name in names:
                sheet.name = f"{sheet.name} ({source.name})"
            names.add(sheet.name)
            table = find_table(sheet, answers)
            if table is not None and table.has("identifier", "title"):
                tables.append(table)
            elif any(cell != "" for row in sheet.rows for cell in row):
                issues.append(_not_read(sheet))
    if not any(table.has("title") or table.kind != "location" for table in tables):
        raise _no_headings(issues)
    return sorted(tables, key=lambda table: not table.has("title")), issues


def _not_read(sheet: RawSheet) -> Issue:
    return Issue(
        "info",
        "sheet-not-read",
        f"“{sheet.name}” was not read: no row in it names columns of projects.",
        "If it holds projects, give its columns headings such as Project ID and Title.",
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


def _list_unknown(table: Table) -> Iterator[Issue]:
    """Once a column: what nobody knows is kept and said. Columns without a value are no matter."""
    for heading in (*table.by_field.get("", ()), *table.by_field.get("reported-sum", ())):
        values = [cell for cell in table.values_of([heading]) if cell_text(cell)]
        if values:
            yield _unknown_column(table, heading, is_money=names_money(heading.text) and any(map(_is_amount, values)))


def _unknown_column(table: Table, heading: Heading, is_money: bool) -> Issue:
    """Money that is in no total is worth a look; sums that an export adds, and other columns, are not."""
    name = column_name(heading)
    place = (table.name, table.header_row, name, f"{heading.letters}{table.header_row}")
    if heading.meaning.field == "reported-sum":
        message = f"“{name}” only sums up transactions that are not in this file; it was not counted as money."
        return Issue("info", "column-unknown", message, "Import the workbook instead, which has them.", *place)
    message = f"“{name}” is not a column that is known here; its values were kept as they are."
    hint = "Nothing to do; to have it read, give it a heading that is known, such as Title, Country or Sector."
    if not is_money:
        return Issue("info", "column-unknown", message, hint, *place)
    message = f"“{name}” seems to be money, but not which: its values were kept as they are and are in no total."
    hint = "If it counts, write so in the heading, such as “Disbursed 2019 (EUR)” or “Total commitment (EUR)”."
    return Issue("warning", "column-unknown", message, hint, *place)


def _is_amount(value: Cell) -> bool:
    try:
        return parse_amount(value, ".") is not None
    except Unclear:
        return False


# --- rows of one project -------------------------------------------------------------------


def _join(tables: list[Table], reporter: str) -> list[Project]:
    """The projects of all tables, in the order in which they appear; rows without an id stand alone."""
    has_ids = any(table.has("identifier") for table in tables if table.has("title")) or not any(
        t.has("title") for t in tables
    )
    found: dict[str, list[Project]] = {}
    lost: list[Project] = []
    by_title: dict[str, str] = {}
    has_titles = False
    for table in tables:
        for row in list_rows(table):
            identifier = _identifier_of(row, by_title, has_ids, reporter)
            own = Party(row.text("reporter-ref"), fold(row.text("reporter")))
            meant = _reports_meant(found.get(identifier, []), own)
            project = meant[0] if len(meant) == 1 else Project(identifier, own)
            if len(meant) != 1:
                (lost if meant or not identifier else found.setdefault(identifier, [])).append(project)
            _add_row(project, row)
            if not identifier:
                _note_missing(row)
            elif len(meant) > 1:
                _note_unknown(row, f"Several organisations report “{identifier}” here; this row doesn't say which.")
            elif has_titles and not table.has("title") and not meant:
                _note_unknown(row, f"No project in this file has the id “{identifier}”{_reported_by(row)}.")
        by_title |= {
            fold(row.text("title")): identifier
            for identifier, projects in found.items()
            for project in projects
            for row in project.rows
            if row.table is table
        }
        has_titles = has_titles or table.has("title")
    return sorted([*chain.from_iterable(found.values()), *lost], key=lambda project: _order(project, tables))


def _reports_meant(reports: list[Project], own: Party) -> list[Project]:
    """The reports of one project id that a row can belong to, given the reporter that it names.

    Reporters with two references, or else two names, are two. A row that names nobody belongs to the only report.
    """
    exact = [report for report in reports if report.reporter == own]
    return exact or [report for report in reports if not _are_different(report.reporter, own)]


def _are_different(one: Party, other: Party) -> bool:
    if one.ref and other.ref:
        return one.ref != other.ref
    return bool(one.name and other.name) and one.name != other.name


def _reported_by(row: Row) -> str:
    reporter = row.text("reporter-ref") or row.text("reporter")
    return f" as reported by “{reporter}”" if reporter else ""


def _order(project: Project, tables: list[Table]) -> tuple[int, int]:
    row = project.rows[0]
    return next(index for index, table in enumerate(tables) if table is row.table), row.number


def _add_row(project: Project, row: Row) -> None:
    row.issues, row.activity = project.issues, project.identifier or None
    project.rows.append(row)


def _identifier_of(row: Row, by_title: dict[str, str], has_ids: bool, reporter: str) -> str:
    """The project id of a row; where no table has a column of ids, one made of reporter and title."""
    identifier = row.text("identifier")
    if identifier or (row.table.has("identifier") and has_ids):
        return identifier
    title = row.first("title")
    if title is None:
        return ""
    if known := by_title.get(fold(title[1])):
        return known
    if has_ids:
        return title[1] if title[1] in by_title.values() else ""
    row.table.say_once(
        "info",
        "identifier-made",
        title[0],
        "The file has no column of project ids; ids were made from the titles.",
        "Add a column “Project ID”: a title that changes makes a new project.",
    )
    return _made_identifier(reporter, title[1])


def _made_identifier(reporter: str, title: str) -> str:
    """The same id for the same title, whatever its case, accents and punctuation."""
    slug = fold(title).replace(" ", "-")
    if len(slug) > 60:
        slug = f"{slug[:60].rstrip('-')}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
    return f"{reporter}-{slug}" if reporter else slug


def _reporter_key(reporter: dict[str, str] | None) -> str:
    reporter = reporter or {}
    return reporter.get("ref") or fold(reporter.get("name") or "").replace(" ", "-")


def _note_missing(row: Row) -> None:
    headings: list[Heading] = row.table.by_field.get("identifier") or row.table.by_field.get("title", [])
    row.note(
        "error",
        "identifier-missing",
        "This row has no project id.",
        "Give the project an id of its own; if the row belongs to the project above it, repeat that id.",
        next(iter(headings), None),
        value="",
    )


def _note_unknown(row: Row, message: str) -> None:
    heading = (row.table.by_field.get("identifier") or row.table.by_field["title"])[0]
    row.note(
        "error",
        "project-unknown",
        message,
        "Write id and reporter as in the projects table, or add the project there.",
        heading,
    )
