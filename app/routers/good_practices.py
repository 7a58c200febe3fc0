"""Good practices: find, read, tell, change, remove."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from app.errors import NotAllowed
from app.languages import LOCALE
from app.models.line_document import PRIVATE, SHARED
from app.models.practice_document import EVIDENCE, PracticeDocument
from app.queries.frameworks import area_titles
from app.queries.good_practices import find_projects, list_owners
from app.routers.addresses import page_words
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.edit_line import problems_of, saved_page, version_in
from app.routers.form_fields import Fields
from app.routers.opportunities import PAGE, page_number, said_in
from app.routers.rendering import render, table_response
from app.rules.check_funding import Fault
from app.rules.permissions import ADMIN, Viewer, may_import
from app.services.document_kinds import PRACTICE
from app.services.funding_choices import funding_choices
from app.services.line_form import Form
from app.services.owner_field import find_owner
from app.services.practice_form import practice_form_of, read_practice_form
from app.services.remove_document import list_removed, remove_document, restore_document
from app.services.save_document import list_doubts, save_document
from app.services.search_practices import (
    NAMES,
    PracticeShown,
    practice_as_json,
    practices_table,
    read_practice_filter,
    search_practices,
    show_practice,
)

router = APIRouter(prefix="/good-practices")


@router.get("")
def list_good_practices(request: Request, viewer: SignedIn, connection: Read) -> Response:
    """Search practices; a download holds all pages."""
    said, form = said_in(request, NAMES), request.query_params.get("format", "")
    asked = read_practice_filter(said)
    if form in ("csv", "xlsx", "json"):
        practices = search_practices(connection, viewer, asked).practices
        if form == "json":
            return JSONResponse({"good_practices": [practice_as_json(one) for one in practices]})
        return table_response([practices_table(practices)], form, "good-practices")
    page = page_number(request.query_params.get("page", "1"))
    found = search_practices(connection, viewer, asked, PAGE, (page - 1) * PAGE)
    return render(
        request, viewer, "good_practices.html", found=found, said=said, page=page, pages=-(-found.total // PAGE) or 1,
        choices=funding_choices(connection, viewer, LOCALE.get()), owners=list_owners(connection, viewer),
        area_titles=area_titles(connection), levels=EVIDENCE, may_enter=may_import(viewer),
        removed=list_removed(connection, viewer, PRACTICE),
        **page_words(request),
    )  # fmt: skip


@router.get("/new")
def open_new_practice(request: Request, viewer: SignedIn, connection: Read) -> Response:
    if not may_import(viewer):
        raise NotAllowed("Only editors of an organisation may tell of its good practices.")
    projects = tuple(one for one in request.query_params.getlist("project") if one and "\x00" not in one)[:1]
    form = practice_form_of(PracticeDocument("", projects=projects))
    return _form_page(request, viewer, connection, None, form, 0, [])


@router.post("/new")
def save_new_practice(request: Request, viewer: SignedIn, connection: Read, sent: Fields) -> Response:
    return _save(request, viewer, connection, sent, None)


@router.get("/{number}")
def show_good_practice(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    shown = show_practice(connection, viewer, number)
    if request.query_params.get("format") == "json":
        return JSONResponse(practice_as_json(shown))
    return render(
        request, viewer, "good_practice.html", shown=shown, area_titles=area_titles(connection),
        projects=find_projects(connection, viewer, shown.practice),
        doubts=list_doubts(connection, shown.practice, number) if shown.may_edit else [], **page_words(request),
    )  # fmt: skip


@router.get("/{number}/edit")
def open_practice(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    shown = _own(connection, viewer, number)
    return _form_page(request, viewer, connection, shown, practice_form_of(shown.practice), shown.version, [])


@router.post("/{number}/edit")
def save_stored_practice(request: Request, viewer: SignedIn, connection: Read, number: Id, sent: Fields) -> Response:
    return _save(request, viewer, connection, sent, _own(connection, viewer, number))


@router.post("/{number}/remove")
def remove_stored_practice(viewer: SignedIn, number: Id) -> Response:
    remove_document(viewer, PRACTICE, number)
    return RedirectResponse("/good-practices", 303)


@router.post("/{number}/restore")
def bring_practice_back(viewer: SignedIn, number: Id) -> Response:
    restore_document(viewer, PRACTICE, number)
    return RedirectResponse(f"/good-practices/{number}", 303)


def _own(connection: Any, viewer: Viewer, number: int) -> PracticeShown:
    shown = show_practice(connection, viewer, number)
    if not shown.may_edit:
        raise NotAllowed("Only editors of the organisation that tells of a good practice may change it.")
    return shown


def _save(
    request: Request, viewer: Viewer, connection: Any, sent: Sequence[tuple[str, str]], shown: PracticeShown | None
) -> Response:
    """The practice's page, or the form again with what is wrong beside its fields."""
    practice, form = read_practice_form(sent)
    version, faults = version_in(form), list[Fault]()
    owner = find_owner(connection, viewer, form, faults)
    if not faults:
        saved = save_document(viewer, practice, shown.id if shown else None, version or None, owner)
        if saved.id is not None:
            return saved_page("/good-practices", saved.id, viewer, owner, practice.visibility)
        faults = saved.faults
    return _form_page(request, viewer, connection, shown, form, version, faults)


def _form_page(
    request: Request, viewer: Viewer, connection: Any, shown: PracticeShown | None, form: Form, version: int,
    faults: Sequence[Fault],
) -> Response:  # fmt: skip
    return render(
        request, viewer, "good_practice_edit.html", 422 if faults else 200, shown=shown, form=form, version=version,
        problems=problems_of(faults), levels=EVIDENCE, visibilities=(SHARED, PRIVATE),
        choices=funding_choices(connection, viewer, LOCALE.get()),
        names_owner=shown is None and viewer.role == ADMIN, **page_words(request),
    )  # fmt: skip
