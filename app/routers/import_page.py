"""The page of one import: every route about an import that is refused answers with it, too."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from fastapi import Request, Response
from sqlalchemy import Connection

from app.errors import ImportConflict, NotAllowed, Refused
from app.languages import gettext as _
from app.queries.import_choices import count_choices
from app.queries.import_issues import count_issues, find_issues
from app.routers.addresses import page_words
from app.routers.form_fields import name_of
from app.routers.rendering import render
from app.rules.permissions import Viewer, may_change
from app.services.import_page import CHANGES_A_PAGE, IN_PROGRESS, ChangesAsked, ImportPage
from app.services.show_import import show_import

ISSUES_A_PAGE = 200
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".zip")


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which issues (of one level and code, '' for any) and which changes to show."""

    level: str = ""
    code: str = ""
    page: int = 1
    changes: ChangesAsked = field(default_factory=ChangesAsked)


def import_page(
    request: Request, viewer: Viewer, connection: Connection, import_id: int,
    asked: PageAsked | None = None, refusal: Refused | None = None,
) -> Response:  # fmt: skip
    """The page; with a refusal on top, and its status, where something could not be done."""
    asked = asked or PageAsked()
    shown = show_import(connection, viewer, import_id, asked.changes)
    may_settle = may_change(viewer, shown.run.owner_id)
    return render(
        request, viewer, "import.html", _status(refusal), shown=shown, done=shown.done, is_running=shown.run.state in IN_PROGRESS,
        may_settle=may_settle, refusal=refusal and refusal.sentence,
        totals=_by_flow(shown), asked=asked.changes, kinds=_kinds(shown),
        change_pages=max(1, -(-shown.changes_total // CHANGES_A_PAGE)), name_of=name_of,
        code_name=page_words(request)["code"],
        has_workbook=bool(shown.groups) and any(file.name.lower().endswith(WORKBOOKS) for file in shown.files),
        **decision_words(connection, shown), **_issues(connection, shown, asked),
    )  # fmt: skip


def _status(refusal: Refused | None) -> int:
    if refusal is None:
        return 200
    return {ImportConflict: 409, NotAllowed: 403}.get(type(refusal), 422)


def decision_words(connection: Connection, shown: ImportPage) -> dict[str, Any]:
    """What the buttons of a preview need: its effect, and what was chosen otherwise."""
    effect = shown.mode_effects.get(shown.run.mode, shown.run)
    choices = count_choices(connection, shown.run.id, shown.run.mode)
    return {
        "effect": effect, "choices": choices, "to_write": effect.new + effect.changed - choices.left_out,
        "to_archive": effect.removed - choices.not_archived,
    }  # fmt: skip


def _by_flow(shown: ImportPage) -> list[tuple[str, list[Any]]]:
    return [(flow, list(rows)) for flow, rows in groupby(shown.totals, key=lambda row: row.flow)]


def _kinds(shown: ImportPage) -> list[tuple[str, str, int | None]]:
    labels = {
        "new": _("new"), "changed": _("changed"), "archived": _("archived"), "rejected": _("rejected"),
        "unchanged": _("unchanged"),
    }  # fmt: skip
    found: list[tuple[str, str, int | None]] = [("", _("all that change something"), None)]
    return found + [(kind, label, shown.kinds.get(kind, 0)) for kind, label in labels.items()]


def _issues(connection: Connection, shown: ImportPage, asked: PageAsked) -> dict[str, Any]:
    """Issues by kind, and a page of one kind; an open question stands on top of the page, and not here again."""
    asks = "question-open" if shown.questions else ""
    counted = [row for row in count_issues(connection, shown.run.id) if row.code != asks]
    total = sum(row.count for row in counted if asked.level in ("", row.level) and asked.code in ("", row.code))
    found = []
    if asked.code:
        start = (asked.page - 1) * ISSUES_A_PAGE
        found = find_issues(connection, shown.run.id, asked.level, asked.code, ISSUES_A_PAGE, start)
    return {
        "groups": [one for one in shown.groups if one.code != asks and asked.level in ("", one.level)], "issues": found,
        "counted": counted, "total": total, "pages": max(1, -(-total // ISSUES_A_PAGE)),
        "level": asked.level, "code": asked.code, "page": asked.page,
    }  # fmt: skip
