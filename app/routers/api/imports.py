"""Imports over the API: the same staged import as on the pages."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import File, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from app.models.issue import Issue
from app.queries.directory_pages import import_rows
from app.queries.import_issues import read_issues
from app.routers.api.documents import Cursor, FromRow, Limit, Listing, api_router, page_of, tagged
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.errors import problem
from app.rules.permissions import Viewer
from app.services.import_page import IN_PROGRESS
from app.services.import_portfolio import Mode
from app.services.import_upload import Upload, UploadChoices, import_upload
from app.services.open_import import Decision, decide_import, open_import

router = api_router("imports")
State = Literal["", "queued", "running", "previewed", "confirming", "committed", "undoing", "refused", "undone"]


class ImportItem(FromRow):
    id: int
    state: str
    format: str
    mode: str
    file_name: str
    file_size: int
    read: int
    new: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    created_at: datetime


class IssueItem(FromRow):
    """One finding; `row`, `cell` and `line` are those that the user's own program shows."""

    level: str
    code: str
    message: str
    hint: str
    sheet: str | None
    row: int | None
    column: str | None
    cell: str | None
    line: int | None
    activity: str | None
    value: str | None


class ImportDocument(FromRow):
    """The same document as `tessera import --json`."""

    import_id: int
    state: str
    format: str
    mode: str
    read: int
    new: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    issues: list[IssueItem]


@router.get("", response_model=Listing[ImportItem])
def list_imports(
    request: Request,
    viewer: SignedIn,
    connection: Read,
    limit: Limit = 100,
    cursor: Cursor = 0,
    state: State = "",
) -> Response:
    """Imports of the asker's organisation, newest first."""
    rows = import_rows(connection, viewer, cursor, limit + 1, state)
    return tagged(request, page_of(ImportItem, rows, limit))


@router.get("/{import_id}", response_model=ImportDocument)
def get_import(request: Request, viewer: SignedIn, connection: Read, import_id: Id) -> Response:
    """One import with its issues."""
    return tagged(request, _document(connection, viewer, import_id))


def _document(connection: Connection, viewer: Viewer, import_id: int) -> ImportDocument:
    run = open_import(connection, viewer, import_id)
    issues = [IssueItem.model_validate(row) for row in read_issues(connection, import_id, "", "")]
    counts = {name: getattr(run, name) for name in ImportDocument.model_fields if name in run._fields}
    return ImportDocument(import_id=import_id, issues=issues, **counts)


@router.post("", status_code=201, response_model=ImportDocument)
def create_import(
    viewer: SignedIn,
    files: Annotated[list[UploadFile], File()],
    mode: Annotated[Mode, Form()] = "update",
    owner: Annotated[str, Form(max_length=400, pattern=r"^[^\x00]*$")] = "",
    keep_good: Annotated[bool, Form()] = False,
    preview: Annotated[bool, Form()] = False,
) -> Response:
    """Import the files. A refusal is a 422 problem whose member `import` says what is wrong where."""
    uploads = [Upload(file.filename or "upload", file.file) for file in files]
    result = import_upload(viewer, uploads, UploadChoices(owner, mode, keep_good, preview))
    if result.state != "refused":
        return JSONResponse(result.as_json(), 201, {"Location": f"/api/v1/imports/{result.import_id}"})
    return problem(422, _first_error(result.issues), "file-refused", {"import": result.as_json()})


def _first_error(issues: list[Issue]) -> str:
    return next((issue.message for issue in issues if issue.level == "error"), "The file was refused.")


@router.post("/{import_id}/confirm", response_model=ImportDocument)
def confirm(viewer: SignedIn, connection: Read, import_id: Id, response: Response) -> ImportDocument:
    """Write what the preview showed; 202 and the state "confirming" where that goes on in the background."""
    return _settled(viewer, connection, import_id, "confirm", response)


@router.post("/{import_id}/undo", response_model=ImportDocument)
def undo(viewer: SignedIn, connection: Read, import_id: Id, response: Response) -> ImportDocument:
    """Take a committed import back; 202 and the state "undoing" where that goes on in the background."""
    return _settled(viewer, connection, import_id, "undo", response)


def _settled(
    viewer: Viewer, connection: Connection, import_id: int, decision: Decision, response: Response
) -> ImportDocument:
    decide_import(viewer, import_id, decision)
    document = _document(connection, viewer, import_id)
    response.status_code = 202 if document.state in IN_PROGRESS else 200
    return document
