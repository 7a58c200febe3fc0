"""Plans by hand: the plan itself, and each of its actions with its costs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import NotAllowed, NotFound
from app.languages import LOCALE
from app.models.line_document import PRIVATE, PUBLIC
from app.models.plan_document import ActionDocument, PlanDocument
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.edit_line import problems_of, saved_page, version_in
from app.routers.form_fields import Fields
from app.routers.opportunities import funding_words
from app.routers.rendering import render
from app.rules.check_funding import Fault
from app.rules.permissions import ADMIN, Viewer, may_import
from app.services.document_kinds import PLAN
from app.services.funding_choices import funding_choices
from app.services.line_form import Form
from app.services.owner_field import find_owner
from app.services.plan_form import action_form_of, plan_form_of, read_action_form, read_plan_form, with_blank_rows
from app.services.remove_document import remove_document, restore_document
from app.services.save_document import save_document
from app.services.show_plan import PlanShown, show_plan

router = APIRouter()
EMPTY = PlanDocument("", "", "")


@router.get("/plans/new")
def open_new_plan(request: Request, viewer: SignedIn, connection: Read) -> Response:
    if not may_import(viewer):
        raise NotAllowed("Only editors of an organisation may enter its plans.")
    return _plan_page(request, viewer, connection, None, plan_form_of(EMPTY), [])


@router.post("/plans/new")
def save_new_plan(request: Request, viewer: SignedIn, connection: Read, sent: Fields) -> Response:
    return _save_plan(request, viewer, connection, sent, None)


@router.get("/plans/{number}/edit")
def open_plan(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    shown = _own(connection, viewer, number)
    return _plan_page(request, viewer, connection, shown, plan_form_of(shown.plan), [])


@router.post("/plans/{number}/edit")
def save_stored_plan(request: Request, viewer: SignedIn, connection: Read, number: Id, sent: Fields) -> Response:
    return _save_plan(request, viewer, connection, sent, _own(connection, viewer, number))


@router.post("/plans/{number}/remove")
def remove_stored_plan(viewer: SignedIn, number: Id) -> Response:
    remove_document(viewer, PLAN, number)
    return RedirectResponse("/plans", 303)


@router.post("/plans/{number}/restore")
def bring_plan_back(viewer: SignedIn, number: Id) -> Response:
    restore_document(viewer, PLAN, number)
    return RedirectResponse(f"/plans/{number}", 303)


@router.get("/plans/{number}/actions/new")
def open_new_action(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    shown = _own(connection, viewer, number)
    form = action_form_of(ActionDocument("", ""), shown.plan.currency)
    return _action_page(request, viewer, connection, shown, None, form, [])


@router.post("/plans/{number}/actions/new")
def save_new_action(request: Request, viewer: SignedIn, connection: Read, number: Id, sent: Fields) -> Response:
    return _save_action(request, viewer, connection, sent, _own(connection, viewer, number), None)


@router.get("/plans/{number}/actions/{action}/edit")
def open_action(request: Request, viewer: SignedIn, connection: Read, number: Id, action: Id) -> Response:
    shown = _own(connection, viewer, number)
    form = action_form_of(shown.plan.actions[_place(shown, action)], shown.plan.currency)
    return _action_page(request, viewer, connection, shown, action, form, [])


@router.post("/plans/{number}/actions/{action}/edit")
def save_action(request: Request, viewer: SignedIn, connection: Read, number: Id, action: Id, sent: Fields) -> Response:
    return _save_action(request, viewer, connection, sent, _own(connection, viewer, number), action)


def _own(connection: Any, viewer: Viewer, number: int) -> PlanShown:
    shown = show_plan(connection, viewer, number)
    if not shown.head.may_edit:
        raise NotAllowed("Only editors of the organisation that keeps this plan may change it.")
    return shown


def _place(shown: PlanShown, action: int) -> int:
    if action not in shown.action_ids:
        raise NotFound("There is no such action in this plan.")
    return shown.action_ids.index(action)


def _save_plan(
    request: Request, viewer: Viewer, connection: Any, sent: Sequence[tuple[str, str]], shown: PlanShown | None
) -> Response:
    plan, faults, form = read_plan_form(sent, shown.plan if shown else EMPTY)
    owner = find_owner(connection, viewer, form, faults)
    if not faults:
        number, version = (shown.head.id, version_in(form) or None) if shown else (None, None)
        saved = save_document(viewer, plan, number, version, owner)
        if saved.id is not None:
            return saved_page("/plans", saved.id, viewer, owner, plan.visibility)
        faults = saved.faults
    return _plan_page(request, viewer, connection, shown, form, faults)


def _save_action(
    request: Request,
    viewer: Viewer,
    connection: Any,
    sent: Sequence[tuple[str, str]],
    shown: PlanShown,
    action: int | None,
) -> Response:
    """The plan with this action in its place; without it, if the button to remove it was pressed."""
    document, faults, form = read_action_form(sent)
    place = len(shown.plan.actions) if action is None else _place(shown, action)
    kept = [] if "remove" in form and action is not None else [document]
    if not faults or not kept:
        plan = replace(shown.plan, actions=(*shown.plan.actions[:place], *kept, *shown.plan.actions[place + 1 :]))
        saved = save_document(viewer, plan, shown.head.id, version_in(form) or None)
        if saved.id is not None:
            return RedirectResponse(f"/plans/{saved.id}#actions", 303)
        faults = [
            fault._replace(field=fault.field.removeprefix(f"actions.{document.code}").strip(".") or "code")
            for fault in saved.faults
        ]
    return _action_page(request, viewer, connection, shown, action, with_blank_rows(form, shown.plan.currency), faults)


def _plan_page(
    request: Request, viewer: Viewer, connection: Any, shown: PlanShown | None, form: Form, faults: Sequence[Fault]
) -> Response:
    return render(
        request, viewer, "plan_edit.html", 422 if faults else 200, shown=shown, form=form, problems=problems_of(faults),
        version=version_in(form) or (shown.head.version if shown else 0), visibilities=(PRIVATE, PUBLIC),
        choices=funding_choices(connection, viewer, LOCALE.get()), names_owner=shown is None and viewer.role == ADMIN,
        **funding_words(request),
    )  # fmt: skip


def _action_page(
    request: Request, viewer: Viewer, connection: Any, shown: PlanShown, action: int | None, form: Form,
    faults: Sequence[Fault],
) -> Response:  # fmt: skip
    return render(
        request, viewer, "action_edit.html", 422 if faults else 200, shown=shown, action=action, form=form,
        problems=problems_of(faults), version=version_in(form) or shown.head.version,
        choices=funding_choices(connection, viewer, LOCALE.get()), **funding_words(request),
    )  # fmt: skip
