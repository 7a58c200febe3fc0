"""Workbooks to fill in and to correct."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.errors import SignInNeeded
from app.languages import LOCALE
from app.routers.dependencies import Id, Read, SignedIn, Words, find_signed_in
from app.routers.rendering import XLSX, file_response, temporary_file
from app.services.mark_workbook import mark_workbook
from app.services.write_template import write_filled_template, write_template

router = APIRouter()
Language = Annotated[Literal["", "en", "fr", "es", "it", "pt", "ar"], Query()]


@router.get("/template.xlsx")
def download_template(
    request: Request, connection: Read, lang: Language = "", filled: bool = False, owner: Words = ""
) -> Response:
    """The workbook to fill in; `filled` with the projects of the viewer's organisation (admins may name another)."""
    language, out = lang or LOCALE.get(), temporary_file()
    if not filled:
        write_template(out, language)
        return file_response(out, XLSX, f"tessera-template-{language}.xlsx")
    viewer = find_signed_in(request)
    if viewer is None:
        raise SignInNeeded("Sign in to have the workbook with your projects.")
    write_filled_template(connection, viewer, owner, language, out)
    return file_response(out, XLSX, f"tessera-portfolio-{language}.xlsx")


@router.get("/imports/{import_id}/workbook")
def download_marked_workbook(viewer: SignedIn, connection: Read, import_id: Id) -> Response:
    """The file of an import with its issues marked at their cells."""
    out = temporary_file()
    marked = mark_workbook(connection, viewer, import_id, out)
    return file_response(out, marked.media_type, marked.name)
