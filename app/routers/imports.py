"""Imports: history, upload, progress, preview, confirmation, undo, the files themselves."""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse, RedirectResponse
from sqlalchemy import Connection

from app.errors import ImportConflict, NotAllowed, Refused
from app.queries.import_issues import read_issues
from app.routers.dependencies import Id, Read, SignedIn, Words
from app.routers.import_page import PageAsked, import_page
from app.routers.rendering import render, render_progress, table_response
from app.rules.permissions import Viewer, may_import
from app.services.get_import_file import get_import_file
from app.services.import_page import IN_PROGRESS, ChangesAsked
from app.services.import_portfolio import Mode
from app.services.import_upload import UPLOAD_LIMIT, Upload, UploadChoices, UploadTooLarge
from app.services.open_import import Decision, decide_import, list_own_imports, open_import
from app.services.start_import import start_import
from app.services.tell_progress import how_far
from app.services.word_issue import word_issue
from exports.table import Table

router = APIRouter(prefix="/imports")
HEADINGS = ("level", "code", "message", "hint", "sheet", "row", "column", "cell", "line", "activity", "value")
ACCEPT = ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt,.xml,.json,.zip"
Level = Literal["", "error", "warning", "info"]
Kind = Literal["", "new", "changed", "unchanged", "archived", "rejected"]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@router.get("")
def list_imports(request: Request, viewer: SignedIn, connection: Read) -> Response:
    return _list_page(request, viewer, connection)


def _list_page(
    request: Request, viewer: Viewer, connection: Connection, mode: Mode = "update", refusal: Refused | None = None
) -> Response:
    status = {type(None): 200, UploadTooLarge: 413, NotAllowed: 403}.get(type(refusal), 422)
    return render(
        request, viewer, "imports.html", status, runs=list_own_imports(connection, viewer), chosen_mode=mode,
        may_import=may_import(viewer), refusal=refusal and refusal.sentence, limit=UPLOAD_LIMIT, accept=ACCEPT,
    )  # fmt: skip


@router.post("")
def upload_files(
    request: Request,
    viewer: SignedIn,
    connection: Read,
    files: Annotated[tuple[UploadFile | str, ...], File()] = (),  # A form without a file may send an empty text.
    mode: Annotated[Mode, Form()] = "update",
    owner: Annotated[str, Form(max_length=400, pattern=r"^[^\x00]*$")] = "",
    keep_good: Annotated[bool, Form()] = False,
) -> Response:
    uploads = [Upload(file.filename, file.file) for file in files if not isinstance(file, str) and file.filename]
    try:
        import_id = start_import(viewer, uploads, UploadChoices(owner, mode, keep_good))
    except Refused as refusal:
        return _list_page(request, viewer, connection, mode, refusal)
    return RedirectResponse(f"/imports/{import_id}", 303)


@router.get("/{import_id}")
def show_one_import(
    request: Request, viewer: SignedIn, connection: Read, import_id: Id,
    level: Level = "", code: Words = "", page: PageNumber = 1,
    kind: Kind = "", q: Words = "", changes: PageNumber = 1, format: Words = "",  # noqa: A002
) -> Response:  # fmt: skip
    open_import(connection, viewer, import_id)
    if format:
        issues = map(word_issue, read_issues(connection, import_id, level, code))
        rows = ([getattr(issue, name) for name in HEADINGS] for issue in issues)
        return table_response([Table("Issues", HEADINGS, rows)], format, f"import-{import_id}-issues")
    asked = PageAsked(level, code, page, ChangesAsked(kind, q, changes))
    return import_page(request, viewer, connection, import_id, asked)


@router.get("/{import_id}/progress")
def show_progress(request: Request, viewer: SignedIn, connection: Read, import_id: Id) -> Response:
    run = open_import(connection, viewer, import_id)
    is_over = run.state not in IN_PROGRESS
    return render_progress(request, viewer, "import_progress.html", is_over=is_over, run=run, done=how_far(run))


@router.get("/{import_id}/files/{position}")
def download_file(
    viewer: SignedIn, connection: Read, import_id: Id, position: Annotated[int, Path(ge=0, le=10_000)]
) -> Response:
    """A file as it was imported, byte for byte."""
    file = get_import_file(connection, viewer, import_id, position)
    return FileResponse(file.path, media_type="application/octet-stream", filename=file.name)


@router.post("/{import_id}/{decision}")
def settle_import(request: Request, viewer: SignedIn, connection: Read, import_id: Id, decision: Decision) -> Response:
    try:
        decide_import(viewer, import_id, decision)
    except ImportConflict as refusal:
        return import_page(request, viewer, connection, import_id, refusal=refusal)
    return RedirectResponse(f"/imports/{import_id}", 303)
