"""What an import found in a file, ready to be shown in a workbook in the reader's language: marks on cells, and rows of a list."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.languages import gettext as _
from app.models.issue import Issue

SHEET_NAME = "Issues"
WIDTHS = (10, 10, 22, 8, 22, 26, 70, 60, 24)
# Light enough to read on; a comment says the same in words, so that colour is never the only sign.
FILLS = {"error": "FFC9CF", "warning": "FFEC9E", "info": "DCEBF8"}
LEVELS = ("error", "warning", "info")
# What follows this line in a comment is ours, and is taken out when the file is marked again.
COMMENT_MARK = "— Tessera —"
MOST_COMMENTED = 5_000  # cells: spreadsheet programs get slow beyond
MOST_LINKED = 50_000  # rows of the list: a sheet has room for 65,530 links
_LONGEST_COMMENT = 3_000
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def headings() -> list[str]:
    """Those of the list, as many as WIDTHS."""
    return [
        _("Level"), _("Cell"), _("Sheet"), _("Row"), _("Column"), _("Value"), _("What is wrong"), _("What to do"), _("Project"),
    ]  # fmt: skip


def _name_level(level: str) -> str:
    return {"error": _("Error"), "warning": _("Warning"), "info": _("Note")}[level]


@dataclass(frozen=True, slots=True)
class SheetIssue:
    """One issue; `sheet` is the name that the sheet has in its own file, '' where it is about no sheet."""

    issue: Issue
    sheet: str

    @property
    def cell(self) -> str:
        """The cell that is marked: the issue's own, else the first of its row; '' where it is about neither."""
        if not self.sheet or not (self.issue.cell or self.issue.row):
            return ""
        cell = self.issue.cell or f"A{self.issue.row}"
        return cell if _CELL.fullmatch(cell) else ""


@dataclass(slots=True)
class Mark:
    """What is said about one cell; the worst level gives the colour."""

    level: str
    issues: list[Issue] = field(default_factory=list)

    def add(self, issues: Iterable[Issue]) -> None:
        for issue in issues:
            self.level = min(self.level, issue.level, key=LEVELS.index)
            self.issues.append(issue)

    @property
    def comment(self) -> str:
        """The comment of the cell, without the line that marks it as ours."""
        parts = [f"{_name_level(one.level)}: {one.message}\n{one.hint}".strip() for one in self.issues]
        text = "\n\n".join(dict.fromkeys(parts))
        return text if len(text) <= _LONGEST_COMMENT else f"{text[: _LONGEST_COMMENT - 1]}…"


def marks_by_sheet(issues: Iterable[SheetIssue]) -> dict[str, dict[str, Mark]]:
    """Sheet -> cell -> mark."""
    found: dict[str, dict[str, Mark]] = {}
    for one in issues:
        if cell := one.cell:
            found.setdefault(one.sheet, {}).setdefault(cell, Mark(one.issue.level)).add([one.issue])
    return found


def list_row(one: SheetIssue) -> list[str | int]:
    """A row of the list, in the order of its headings."""
    issue = one.issue
    place = one.cell or (_("line %(line)s") % {"line": issue.line} if issue.line else _("file"))
    return [
        _name_level(issue.level), place, one.sheet, issue.row or "", issue.column or "", issue.value or "", issue.message,
        issue.hint, issue.activity or "",
    ]  # fmt: skip


def summary(issues: Sequence[SheetIssue]) -> str:
    """What stands above the list."""
    counted = [(_name_level(level), sum(one.issue.level == level for one in issues)) for level in LEVELS]
    told = ", ".join(f"{name}: {count}" for name, count in counted if count) or _("Nothing was found")
    return _("%(told)s. Correct the coloured cells and upload this file again; this sheet may stay.") % {"told": told}


def split_cell(cell: str) -> tuple[int, str]:
    """`C14` as row and column letters."""
    match = _CELL.fullmatch(cell)
    assert match is not None  # noqa: S101 (SheetIssue.cell gives no other)
    return int(match[2]), match[1]


def link_to(sheet: str, cell: str) -> str:
    """Where a link within a workbook leads."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"
