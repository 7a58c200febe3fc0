"""What the owner of a file decides before it is written: answers, columns, mode, projects, parts of projects."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import FileRefused, ImportConflict, InvalidInput
from app.queries.imports import organisation_ref
from app.routers.dependencies import LARGEST, Id, Read, SignedIn
from app.routers.form_fields import Fields, name_of, parts_of
from app.routers.import_fields import field_groups, field_label, sheet_kinds
from app.routers.import_page import decision_words, import_page
from app.routers.rendering import render
from app.rules.permissions import Viewer, may_change
from app.services.answer_questions import SEPARATOR, answer_questions
from app.services.change_mode import change_mode
from app.services.choose_changes import choose_changes
from app.services.choose_columns import choose_columns
from app.services.import_portfolio import Mode
from app.services.open_import import decide_import, open_import
from app.services.propose_columns import propose_columns
from app.services.show_import import show_import
from importers.proposals import FIELDS

router = APIRouter(prefix="/imports/{import_id}")
COLUMNS_SHOWN = 300


@router.post("/answers")
def answer(request: Request, viewer: SignedIn, connection: Read, import_id: Id, sent: Fields) -> Response:
    try:
        answer_questions(viewer, import_id, {SEPARATOR.join(parts_of(name)): value for name, value in sent})
    except (InvalidInput, ImportConflict) as refusal:
        return import_page(request, viewer, connection, import_id, refusal=refusal)
    return RedirectResponse(f"/imports/{import_id}", 303)


@router.get("/columns")
def show_columns(request: Request, viewer: SignedIn, connection: Read, import_id: Id) -> Response:
    """How the columns were read: a part of the import's page for a script, a page of its own without one."""
    run = open_import(connection, viewer, import_id)
    try:
        sheets = propose_columns(connection, viewer, import_id)
    except FileRefused:  # The page of the import says what is wrong with the file.
        sheets = []
    because = [column.because for sheet in sheets for column in sheet.columns]
    template = "import_columns.html" if "HX-Request" in request.headers else "import_columns_page.html"
    return render(
        request, viewer, template, run=run, sheets=sheets, columns=len(because), unknown=because.count("unknown"),
        may_choose=may_change(viewer, run.owner_id) and run.state in ("previewed", "refused"),
        owner=organisation_ref(connection, run.owner_id) or "", most_columns=COLUMNS_SHOWN, name_of=name_of,
        fields=FIELDS, field_groups=field_groups(), field_label=field_label, sheet_kinds=sheet_kinds(),
    )  # fmt: skip


@router.post("/columns")
def correct_columns(request: Request, viewer: SignedIn, connection: Read, import_id: Id, sent: Fields) -> Response:
    try:
        choose_columns(viewer, import_id, **_corrected(sent))
    except (InvalidInput, ImportConflict) as refusal:
        return import_page(request, viewer, connection, import_id, refusal=refusal)
    return RedirectResponse(f"/imports/{import_id}", 303)


def _corrected(sent: Sequence[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """What is to be read in another way than it was: heading -> field, sheet -> what it holds, sheet -> header row."""
    found: dict[str, dict[str, str]] = {"columns": {}, "sheets": {}, "header_rows": {}}
    for name, value in sent:
        kind, about, was = (*parts_of(name), "", "", "")[:3]
        if value != was and kind in found:
            found[kind][about] = value
    return found


@router.post("/mode")
def choose_mode(
    request: Request, viewer: SignedIn, connection: Read, import_id: Id, mode: Annotated[Mode, Form()]
) -> Response:
    try:
        change_mode(viewer, import_id, mode)
    except (InvalidInput, ImportConflict) as refusal:
        return import_page(request, viewer, connection, import_id, refusal=refusal)
    return RedirectResponse(f"/imports/{import_id}", 303)


@router.post("/choices")
def choose(request: Request, viewer: SignedIn, connection: Read, import_id: Id, sent: Fields) -> Response:
    """Which projects to write and which parts to keep; to a script that asks, the buttons with their new numbers."""
    try:
        _choose(viewer, import_id, sent)
    except (InvalidInput, ImportConflict) as refusal:
        return import_page(request, viewer, connection, import_id, refusal=refusal)
    if "HX-Request" not in request.headers:
        return RedirectResponse(f"/imports/{import_id}#changes", 303)
    shown = show_import(connection, viewer, import_id)
    words = decision_words(connection, shown)
    return render(request, viewer, "import_decision.html", run=shown.run, may_settle=True, **words)


@router.post("/confirm")
def confirm(request: Request, viewer: SignedIn, connection: Read, import_id: Id, sent: Fields) -> Response:
    """Write what the preview shows, with the choices that stand on the page."""
    try:
        _choose(viewer, import_id, sent)
        decide_import(viewer, import_id, "confirm")
    except (InvalidInput, ImportConflict) as refusal:
        return import_page(request, viewer, connection, import_id, refusal=refusal)
    return RedirectResponse(f"/imports/{import_id}", 303)


def _choose(viewer: Viewer, import_id: int, sent: Sequence[tuple[str, str]]) -> None:
    """Note the choices of a form: `shown` names each project on it, `take` those to write, `keep` parts to leave."""
    ids = {name: {_id(value) for key, value in sent if key == name} for name in ("shown", "take")}
    if not ids["shown"]:
        return
    kept: defaultdict[int, set[str]] = defaultdict(set)
    for key, value in sent:
        number, _, part = value.partition(":")
        if key == "keep" and part:
            kept[_id(number)].add(part)
    choose_changes(viewer, import_id, ids["shown"] - ids["take"], kept, ids["shown"])


def _id(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST:
        return int(text[:20])
    raise InvalidInput("This form is not of this page: reload the page and try again.")
