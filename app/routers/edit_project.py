"""Projects by hand: the form for a new one, and for one that is here."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.codelists import codes
from app.languages import LOCALE
from app.routers.addresses import page_words
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.form_fields import Fields
from app.routers.rendering import render
from app.rules.permissions import ADMIN, Viewer
from app.services.add_project import add_project, new_project_form
from app.services.edit_project import Edited, edit_project, open_project_form
from app.services.project_form import ProjectForm, change_rows, filled_up, form_of

router = APIRouter()
# Name and value of the buttons that add a row or take one out.
COMMAND = "rows"


@router.get("/projects/new")
def open_new_project(request: Request, viewer: SignedIn) -> Response:
    return _form_page(request, viewer, None, new_project_form(viewer))


@router.post("/projects/new")
def save_new_project(request: Request, viewer: SignedIn, sent: Fields) -> Response:
    form, command = form_of(sent), dict(sent).get(COMMAND, "")
    if command:
        new_project_form(viewer)
        return _form_page(request, viewer, None, form, focus=change_rows(form, command))
    return _answer(request, viewer, None, form, add_project(viewer, form, LOCALE.get()))


@router.get("/projects/{number}/edit")
def open_project(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    row, form = open_project_form(connection, viewer, number, LOCALE.get())
    return _form_page(request, viewer, row, form)


@router.post("/projects/{number}/edit")
def save_project(request: Request, viewer: SignedIn, connection: Read, number: Id, sent: Fields) -> Response:
    form, command = form_of(sent), dict(sent).get(COMMAND, "")
    row, stored = open_project_form(connection, viewer, number, LOCALE.get())
    if command:
        form.hidden = stored.hidden
        return _form_page(request, viewer, row, form, focus=change_rows(form, command))
    return _answer(request, viewer, row, form, edit_project(viewer, number, form, LOCALE.get()))


def _answer(request: Request, viewer: Viewer, row: Any, form: ProjectForm, edited: Edited) -> Response:
    """The project, or the form again with what is wrong beside its fields and all that was typed."""
    if edited.problems or edited.clashes:
        return _form_page(request, viewer, row, form, edited)
    return RedirectResponse(f"/projects/{edited.activity_id}", 303)


def _form_page(
    request: Request, viewer: Viewer, row: Any, form: ProjectForm, edited: Edited | None = None, focus: str = ""
) -> Response:
    found = edited or Edited()
    status = 409 if found.clashes else 422 if found.problems else 200
    said: dict[str, str] = {}
    for problem in found.problems:
        said[problem.id] = f"{said.get(problem.id, '')} {problem.message}".strip()
    return render(
        request, viewer, "project_edit.html", status, row=row, form=filled_up(form), problems=said, clashes=found.clashes,
        names_owner=row is None and viewer.role == ADMIN, focus=focus, codes=codes,
        is_day=_is_day, **page_words(request),
    )  # fmt: skip


def _is_day(text: str) -> bool:
    """Whether a date field shows the text; any other stays in a field of text, as it was typed."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
