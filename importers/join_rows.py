"""The rows of all tables, put together project by project.

Rows that write an id in exactly the same way are one project. Ids that differ only in case or spaces are
never joined in silence, nor kept apart in silence.
"""

import hashlib
from collections.abc import Iterable
from itertools import chain

from app.models.issue import Issue
from app.models.record import Party
from app.models.worded import listed, worded
from importers.headings import AMOUNT_FIELDS, Heading
from importers.list_rows import list_rows
from importers.project_rows import Project
from importers.tables import Row, Table
from importers.words import fold

_SHOWN = 5  # ids that an issue about several names
_RARELY = 0.1  # share of projects with several rows, below which that looks like a mistake


def join_projects(tables: list[Table], reporter: str) -> list[Project]:
    """The projects of all tables, in the order in which they appear; rows without an id stand alone."""
    joining = _Joining(tables, reporter)
    for table in tables:
        joining.add_table(table)
    order = {id(table): index for index, table in enumerate(tables)}
    projects = [*chain.from_iterable(joining.found.values()), *joining.lost]
    return sorted(projects, key=lambda project: (order[id(project.rows[0].table)], project.rows[0].number))


class _Joining:
    """Projects while the tables are read, those with titles first; `alike`: ids by how they compare."""

    def __init__(self, tables: list[Table], reporter: str) -> None:
        titled = [table for table in tables if table.has("title")]
        self.reporter = reporter
        self.has_ids = any(table.has("identifier") for table in titled) or not titled
        self.needs_titles = any(not table.has("identifier") for table in tables)
        self.has_titles = False
        self.found: dict[str, list[Project]] = {}
        self.lost: list[Project] = []
        self.by_title: dict[str, str] = {}
        self.alike: dict[str, set[str]] = {}

    def add_table(self, table: Table) -> None:
        rows = list(list_rows(table))
        names = [self._identifier_of(row) for row in rows]
        has_titles, has_reporter = table.has("title"), table.has("reporter", "reporter-ref")
        if self.has_titles and not has_titles:
            if _is_apart(table, names, self.found):
                return
            names = self._join_alike(rows, names)
        for row, identifier in zip(rows, names, strict=True):
            own = Party(row.text("reporter-ref"), fold(row.text("reporter"))) if has_reporter else NO_REPORTER
            self._add_row(row, identifier, own, has_titles)
        if self.needs_titles and has_titles:
            for row, identifier in zip(rows, names, strict=True):
                self.by_title[fold(row.text("title"))] = identifier
        if has_titles:
            self.has_titles = True
            self.alike = {}
            for identifier in self.found:
                self.alike.setdefault(plain_id(identifier), set()).add(identifier)

    def _add_row(self, row: Row, identifier: str, own: Party, has_titles: bool) -> None:
        reports = self.found.get(identifier, [])
        meant = reports if len(reports) == 1 and own == NO_REPORTER else _reports_meant(reports, own)
        project = meant[0] if len(meant) == 1 else Project(identifier, own)
        if len(meant) != 1:
            (self.lost if meant or not identifier else self.found.setdefault(identifier, [])).append(project)
        row.issues, row.activity = project.issues, project.identifier or None
        project.rows.append(row)
        if not identifier:
            _note_missing(row)
        elif len(meant) > 1:
            _note_unknown(
                row,
                worded(
                    "Several organisations report “%(identifier)s” here; this row doesn't say which.",
                    identifier=identifier,
                ),
            )
        elif self.has_titles and not has_titles and not meant:
            _note_unknown(row, _unknown_id(row, identifier))

    def _identifier_of(self, row: Row) -> str:
        """The project id of a row; where no table has a column of ids, one made of reporter and title."""
        identifier = row.text("identifier")
        if identifier or (row.table.has("identifier") and self.has_ids):
            return identifier
        title = row.first("title")
        if title is None:
            return ""
        if known := self.by_title.get(fold(title[1])):
            return known
        if self.has_ids:
            return title[1] if title[1] in self.found else ""
        row.table.say_once(
            "info",
            "identifier-made",
            title[0],
            "The file has no column of project ids; ids were made from the titles.",
            "Add a column “Project ID”: a title that changes makes a new project.",
        )
        return _made_identifier(self.reporter, title[1])

    def _join_alike(self, rows: list[Row], names: list[str]) -> list[str]:
        """The ids as the projects write them, where a row differs in case or spaces only; said once."""
        joined: dict[str, str] = {}
        for name in dict.fromkeys(names):
            close = self.alike.get(plain_id(name), set()) if name not in self.found else set()
            if len(close) == 1:
                joined[name] = next(iter(close))
        if joined:
            row = next(row for row, name in zip(rows, names, strict=True) if name in joined)
            _warn_at(
                row,
                "identifiers-alike",
                worded(
                    "Ids here are written otherwise than among the projects: %(pairs)s. They were read as the "
                    "same projects.",
                    pairs=_pairs(joined.items()),
                ),
                "Write each id in one way.",
            )
        return [joined.get(name, name) for name in names]


NO_REPORTER = Party("", "")


def plain_id(identifier: str) -> str:
    return "".join(identifier.split()).casefold()


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    said = [worded("“%(one)s” and “%(other)s”", one=one, other=other) for one, other in pairs]
    shown, more = listed(said[:_SHOWN]), len(said) - _SHOWN
    return worded("%(shown)s and %(more)s more", shown=shown, more=more) if more > 0 else shown


def _is_apart(table: Table, names: list[str], found: dict[str, list[Project]]) -> bool:
    """Whether a sheet without titles and money speaks of no project at all, such as a list of codes; said."""
    if table.kind != "activity" or table.has(*AMOUNT_FIELDS) or table.layout or not names:
        return False
    if any(name in found for name in names):
        return False
    table.issues.append(
        Issue(
            "info",
            "sheet-not-read",
            worded(
                "“%(sheet)s” was not read: it has no titles, and none of its ids is that of a project.",
                sheet=table.name,
            ),
            "If it belongs to the projects, write their ids in it as they are there.",
            sheet=table.name,
        )
    )
    return True


# --- whose report --------------------------------------------------------------------------


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


def _unknown_id(row: Row, identifier: str) -> str:
    reporter = row.text("reporter-ref") or row.text("reporter")
    if reporter:
        return worded(
            "No project in this file has the id “%(identifier)s” as reported by “%(reporter)s”.",
            identifier=identifier,
            reporter=reporter,
        )
    return worded("No project in this file has the id “%(identifier)s”.", identifier=identifier)


def _made_identifier(reporter: str, title: str) -> str:
    """The same id for the same title, whatever its case, accents and punctuation."""
    slug = fold(title).replace(" ", "-")
    if len(slug) > 60:
        slug = f"{slug[:60].rstrip('-')}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
    return f"{reporter}-{slug}" if reporter else slug


# --- what is said about ids ----------------------------------------------------------------


def note_ids(projects: list[Project]) -> list[Issue]:
    """Once a file: ids that differ in case or spaces only, and single ids that stand in two rows or sheets."""
    issues: list[Issue] = []
    by_plain: dict[str, dict[str, Project]] = {}
    for project in projects:
        if project.identifier:
            by_plain.setdefault(plain_id(project.identifier), {}).setdefault(project.identifier, project)
    alike = [list(same.values()) for same in by_plain.values() if len(same) > 1]
    if alike:
        row = alike[0][1].rows[0]
        pairs = _pairs((one.identifier, other.identifier) for one, *others in alike for other in others)
        _warn_at(
            row,
            "identifiers-alike",
            worded(
                "These ids differ only in case or spaces: %(pairs)s. They were read as different projects.", pairs=pairs
            ),
            "If they are one project, write its id in one way.",
            issues,
        )
    repeated = [rows for project in projects if len(rows := _describing(project)) > 1]
    in_sheets = [rows for rows in repeated if rows[0].table is not rows[-1].table]
    in_one = [rows for rows in repeated if rows[0].table is rows[-1].table]
    if in_sheets:
        _warn_repeated(in_sheets, issues)
    if in_one and len(in_one) <= _RARELY * len(projects):
        _warn_repeated(in_one, issues)
    return issues


def _describing(project: Project) -> list[Row]:
    """The rows that describe a project as a whole, in sheets where each is usually a project."""
    return [
        row
        for row in project.rows
        if row.table.kind == "activity" and not row.table.layout and row.table.has("title") and not row.table.merged_ids
    ]


def _warn_repeated(repeated: list[list[Row]], issues: list[Issue]) -> None:
    shown = ", ".join(
        f"“{rows[0].activity}” ({', '.join(row.place for row in rows[:3])})" for rows in repeated[:_SHOWN]
    )
    more = len(repeated) - _SHOWN
    said = worded("%(shown)s and %(more)s more", shown=shown, more=more) if more > 0 else shown
    _warn_at(
        repeated[0][-1],
        "identifier-repeated",
        worded("These ids stand in more than one row: %(ids)s. The rows of an id were read as one project.", ids=said),
        "If they are different projects, give each an id of its own.",
        issues,
    )


def _warn_at(row: Row, code: str, message: str, hint: str, issues: list[Issue] | None = None) -> None:
    """A warning about many rows, at the id of one of them; it goes to `issues`, or to those of the table."""
    said = Row(row.table, row.number, row.cells, row.table.issues if issues is None else issues, row.activity)
    said.note("warning", code, message, hint, next(iter(row.table.by_field.get("identifier", [])), None))


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
