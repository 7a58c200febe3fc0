"""National plans: the list, one with its gaps, its public page, its links to projects and the interests in it."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from app.errors import InvalidInput, NotFound
from app.models.line_document import PUBLIC
from app.models.parse_lines import parse_percentage
from app.models.worded import worded
from app.queries.action_links import list_links
from app.queries.frameworks import area_titles
from app.routers.addresses import Number
from app.routers.dependencies import Id, Read, SignedIn, find_signed_in
from app.routers.opportunities import funding_words
from app.routers.rendering import render, table_response
from app.rules.permissions import may_import
from app.services.decide_action_link import MILLION, decide_action_link, link_project
from app.services.document_kinds import PLAN
from app.services.express_interest import answer_interest, express_interest, list_interests
from app.services.match_funding import match_funding
from app.services.plan_tables import plan_as_json, plan_as_xml, plan_tables
from app.services.propose_action_links import propose_action_links
from app.services.remove_document import list_removed
from app.services.save_document import list_doubts
from app.services.show_plan import PlanShown, list_plans, show_plan
from app.services.show_plan_gap import FLOWS, PlanGapShown, show_plan_gap
from exports.table import Table

router = APIRouter()
SHOWN = 10  # matches of one action
Message = Annotated[str, Form(max_length=4000, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Form(max_length=40, pattern=r"^[^\x00]*$")]
Identifier = Annotated[str, Form(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


@router.get("/plans")
def show_plans(request: Request, viewer: SignedIn, connection: Read) -> Response:
    found, form = list_plans(connection, viewer), request.query_params.get("format", "")
    if form == "json":
        return JSONResponse({"plans": [_listed(one) for one in found]})
    if form:
        names = ("country", "reference", "title", "first_year", "last_year", "owner", "owner_name", "visibility")
        rows = [[getattr(one, name) for name in names] for one in found]
        return table_response([Table("Plans", [name.replace("_", " ") for name in names], rows)], form, "plans")
    return render(
        request, viewer, "plans.html", plans=found, may_enter=may_import(viewer),
        interests=list_interests(connection, viewer), removed=list_removed(connection, viewer, PLAN),
        **funding_words(request),
    )  # fmt: skip


def _reasons(link: Any) -> list[str]:
    found: list[str] = json.loads(link.reasons)
    return found


def _listed(one: Any) -> dict[str, Any]:
    names = ("id", "country", "reference", "title", "first_year", "last_year", "owner", "owner_name", "visibility")
    return {name: getattr(one, name) for name in names}


@router.get("/plans/{number}")
def show_one_plan(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    shown, gap = _read(request, connection, viewer, number)
    if form := request.query_params.get("format", ""):
        return _file(form, shown, gap)
    by_action: dict[int, list[Any]] = {one: [] for one in shown.action_ids}
    for match in match_funding(connection, viewer, datetime.now(UTC), plan_id=number):
        by_action[match.action.id].append(match)
    links: dict[int, list[Any]] = {one: [] for one in shown.action_ids}
    for link in list_links(connection, viewer, shown.action_ids):
        links[link.action_id].append(link)
    interests = [one for one in list_interests(connection, viewer) if one.plan_id == number]
    return render(
        request, viewer, "plan.html", shown=shown, gap=gap, matches=by_action, links=links, interests=interests,
        flows=FLOWS, may_express=may_import(viewer) and viewer.organisation_id not in (None, gap.plan.owner_id),
        reasons=_reasons, SHOWN=SHOWN,
        doubts=list_doubts(connection, shown.plan, number) if shown.head.may_edit else [],
        area_titles=area_titles(connection), **funding_words(request),
    )  # fmt: skip


@router.get("/plans/{number}/public")
def show_public_plan(request: Request, connection: Read, number: Id) -> Response:
    """For everybody; what somebody who is signed in may see besides is not shown here either."""
    shown, gap = _read(request, connection, None, number)
    if form := request.query_params.get("format", ""):
        return _file(form, shown, gap)
    if shown.head.visibility != PUBLIC:
        raise NotFound("There is no such plan, or it is not public.")
    return render(
        request, find_signed_in(request), "plan_public.html", shown=shown, gap=gap, flows=FLOWS,
        area_titles=area_titles(connection), **funding_words(request),
    )  # fmt: skip


def _read(request: Request, connection: Any, viewer: Any, number: int) -> tuple[PlanShown, PlanGapShown]:
    flow = request.query_params.get("flow") or FLOWS[0]
    framework = request.query_params.get("framework", "")
    return show_plan(connection, viewer, number), show_plan_gap(connection, viewer, number, flow, framework)


def _file(form: str, shown: PlanShown, gap: PlanGapShown) -> Response:
    if form == "json":
        return JSONResponse(plan_as_json(shown.plan, gap))
    if form == "xml":
        body = plan_as_xml(shown.plan, gap, (shown.head.owner, shown.head.owner_name))
        headers = {"Content-Disposition": f'attachment; filename="plan-{shown.head.id}.xml"'}
        return Response(body, media_type="application/xml", headers=headers)
    return table_response(plan_tables(shown.plan, gap), form, f"plan-{shown.head.id}")


@router.post("/plans/{number}/propose")
def propose_links(viewer: SignedIn, number: Id) -> Response:
    propose_action_links(viewer, number)
    return RedirectResponse(f"/plans/{number}#projects", 303)


@router.post("/plans/{number}/links")
def add_link(
    viewer: SignedIn, number: Id, action: Annotated[Number, Form()], project: Identifier, share: Short = ""
) -> Response:
    link_project(viewer, action or 0, project, _share(share))
    return RedirectResponse(f"/plans/{number}#projects", 303)


@router.post("/plans/{number}/links/{link}")
def decide_link(viewer: SignedIn, number: Id, link: Id, state: Short, share: Short = "") -> Response:
    decide_action_link(viewer, link, state, _share(share))
    return RedirectResponse(f"/plans/{number}#projects", 303)


def _share(text: str) -> int | None:
    """Percent of a project's money, in millionths."""
    if not text.strip():
        return None
    found = parse_percentage(text.replace(",", "."))
    if found is None:
        raise InvalidInput(worded("“%(text)s” is no share: write percent, such as 40.", text=text))
    return int(found * MILLION / 100)


@router.post("/actions/{action}/interest")
def tell_interest(
    viewer: SignedIn, action: Id, message: Message = "", line: Annotated[Number, Form()] = None
) -> Response:
    express_interest(viewer, action, message, line)
    return RedirectResponse("/plans#interests", 303)


@router.post("/interests/{number}")
def answer(viewer: SignedIn, number: Id, state: Short, message: Message = "") -> Response:
    answer_interest(viewer, number, state, message)
    return RedirectResponse("/plans#interests", 303)
