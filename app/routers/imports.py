"""Imports: history, upload, preview, confirmation, undo."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from app.errors import ImportConflict, Refused
from app.queries.import_issues import count_issues, find_issues, read_issues
from app.routers.dependencies import Id, Read, SignedIn, Words
from app.routers.rendering import render, table_response
from app.rules.permissions import Viewer, may_change, may_import
from app.services.import_portfolio import Mode
from app.services.import_upload import UPLOAD_LIMIT, Upload, UploadChoices, import_upload
from app.services.open_import import Decision, decide_import, list_own_imports, open_import
from app.services.show_import import show_import
from exports.table import Table

router = APIRouter(prefix="/imports")
ISSUES_A_PAGE = 200
HEADINGS = ("level", "code", "message", "hint", "sheet", "row", "column", "cell", "line", "activity", "value")
Level = Literal["", "error", "warning", "info"]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@router.get("")
def list_imports(request: Request, viewer: SignedIn, connection: Read) -> Response:
    return _list_page(request, viewer, connection)


def _list_page(
    request: Request, viewer: Viewer, connection: Connection, refusal: str = "", status: int = 200
) -> Response:
    return render(
        request, viewer, "imports.html", status, runs=list_own_imports(connection, viewer),
        may_import=may_import(viewer), refusal=refusal, limit=UPLOAD_LIMIT,
    )  # fmt: skip


@router.post("")
def upload_files(
    request: Request,
    viewer: SignedIn,
    connection: Read,
    files: Annotated[list[UploadFile], File()],
    mode: Annotated[Mode, Form()] = "update",
    owner: Annotated[str, Form(max_length=400, pattern=r"^[^\x00]*$")] = "",
    keep_good: Annotated[bool, Form()] = False,
) -> Response:
    uploads = [Upload(file.filename, file.file) for file in files if file.filename]
    try:
        result = import_upload(viewer, uploads, UploadChoices(owner, mode, keep_good))
    except Refused as refusal:
        return _list_page(request, viewer, connection, str(refusal), 422)
    return RedirectResponse(f"/imports/{result.import_id}", 303)


@router.get("/{import_id}")
def show_one_import(
    request: Request, viewer: SignedIn, connection: Read, import_id: Id,
    level: Level = "", code: Words = "", page: PageNumber = 1, format: Words = "",  # noqa: A002
) -> Response:  # fmt: skip
    open_import(connection, viewer, import_id)
    if format:
        rows = (
            [getattr(issue, name) for name in HEADINGS] for issue in read_issues(connection, import_id, level, code)
        )
        return table_response([Table("Issues", HEADINGS, rows)], format, f"import-{import_id}-issues")
    return _import_page(request, viewer, connection, import_id, level=level, code=code, page=page)


def _import_page(
    request: Request, viewer: Viewer, connection: Connection, import_id: int, *,
    level: str = "", code: str = "", page: int = 1, refusal: str = "",
) -> Response:  # fmt: skip
    shown = show_import(connection, import_id)
    counted = count_issues(connection, import_id)
    total = sum(row.count for row in counted if level in ("", row.level) and code in ("", row.code))
    context: dict[str, Any] = {
        "issues": find_issues(connection, import_id, level, code, ISSUES_A_PAGE, (page - 1) * ISSUES_A_PAGE),
        "counted": counted, "total": total, "pages": max(1, -(-total // ISSUES_A_PAGE)),
        "level": level, "code": code, "page": page, "refusal": refusal,
    }  # fmt: skip
    status = 409 if refusal else 200
    may_settle = may_change(viewer, shown.run.owner_id)
    return render(request, viewer, "import.html", status, shown=shown, may_settle=may_settle, **context)


@router.post("/{import_id}/{decision}")
def settle_import(request: Request, viewer: SignedIn, connection: Read, import_id: Id, decision: Decision) -> Response:
    try:
        decide_import(viewer, import_id, decision)
    except ImportConflict as refusal:
        return _import_page(request, viewer, connection, import_id, refusal=str(refusal))
    return RedirectResponse(f"/imports/{import_id}", 303)
