"""Funding lines by hand: enter, change, remove."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import InvalidInput, NotAllowed
from app.languages import LOCALE
from app.models.line_document import LINE_TYPES, PRIVATE, SHARED, LineDocument
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.form_fields import Fields
from app.routers.opportunities import funding_words
from app.routers.rendering import render
from app.rules.check_funding import Fault
from app.rules.permissions import ADMIN, Viewer, may_import
from app.services.document_kinds import LINE
from app.services.funding_choices import funding_choices
from app.services.line_form import Form, line_form_of, read_line_form
from app.services.owner_field import find_owner
from app.services.remove_document import remove_document, restore_document
from app.services.save_document import save_document
from app.services.search_lines import show_line
from app.services.word_issue import word_text

router = APIRouter()


@router.get("/opportunities/new")
def open_new_line(request: Request, viewer: SignedIn, connection: Read) -> Response:
    if not may_import(viewer):
        raise NotAllowed("Only editors of an organisation may enter its funding lines.")
    return _form_page(request, viewer, connection, None, line_form_of(LineDocument("", "", time_zone="UTC")), 0, [])


@router.post("/opportunities/new")
def save_new_line(request: Request, viewer: SignedIn, connection: Read, sent: Fields) -> Response:
    return _save(request, viewer, connection, sent, None)


@router.get("/opportunities/{number}/edit")
def open_line(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    shown = _own(connection, viewer, number)
    return _form_page(request, viewer, connection, shown, line_form_of(shown.line), shown.version, [])


@router.post("/opportunities/{number}/edit")
def save_stored_line(request: Request, viewer: SignedIn, connection: Read, number: Id, sent: Fields) -> Response:
    return _save(request, viewer, connection, sent, _own(connection, viewer, number))


@router.post("/opportunities/{number}/remove")
def remove_stored_line(viewer: SignedIn, number: Id) -> Response:
    remove_document(viewer, LINE, number)
    return RedirectResponse("/opportunities", 303)


@router.post("/opportunities/{number}/restore")
def bring_line_back(viewer: SignedIn, number: Id) -> Response:
    restore_document(viewer, LINE, number)
    return RedirectResponse(f"/opportunities/{number}", 303)


def _own(connection: Any, viewer: Viewer, number: int) -> Any:
    shown = show_line(connection, viewer, number, datetime.now(UTC))
    if not shown.may_edit:
        raise NotAllowed("Only editors of the donor may change its funding lines.")
    return shown


def _save(request: Request, viewer: Viewer, connection: Any, sent: Sequence[tuple[str, str]], shown: Any) -> Response:
    """The line's page, or the form again with what is wrong beside its fields."""
    line, faults, form = read_line_form(sent)
    version = version_in(form)
    owner = find_owner(connection, viewer, form, faults)
    if not faults:
        saved = save_document(viewer, line, shown.id if shown else None, version or None, owner)
        if saved.id is not None:
            return saved_page("/opportunities", saved.id, viewer, owner, line.visibility)
        faults = saved.faults
    return _form_page(request, viewer, connection, shown, form, version, faults)


def saved_page(base: str, number: int, viewer: Viewer, owner: int | None, visibility: str) -> Response:
    """The page of what was saved; the list, where an admin entered it for another organisation, which keeps it to itself."""
    is_hidden = visibility == PRIVATE and owner not in (None, viewer.organisation_id)
    return RedirectResponse(base if is_hidden else f"{base}/{number}", 303)


def version_in(form: Form) -> int:
    text = next(iter(form.get("version", ())), "0")
    if not text.isdigit() or len(text) > 9:
        raise InvalidInput("This form is not of this page: reload the page and try again.")
    return int(text)


def problems_of(faults: Sequence[Fault]) -> dict[str, str]:
    """field -> what is wrong with it and what to do, in the reader's language."""
    said: dict[str, str] = {}
    for fault in faults:
        words = f"{word_text(fault.message)} {word_text(fault.hint)}"
        said[fault.field] = f"{said.get(fault.field, '')} {words}".strip()
    return said


def _form_page(
    request: Request, viewer: Viewer, connection: Any, shown: Any, form: Form, version: int, faults: Sequence[Fault]
) -> Response:
    return render(
        request, viewer, "line_edit.html", 422 if faults else 200, shown=shown, form=form, version=version,
        problems=problems_of(faults), types=LINE_TYPES, visibilities=(SHARED, PRIVATE),
        choices=funding_choices(connection, viewer, LOCALE.get()),
        names_owner=shown is None and viewer.role == ADMIN, **funding_words(request),
    )  # fmt: skip
