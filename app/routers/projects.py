"""One project, and decisions about its areas."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator, Field

from app.languages import LOCALE
from app.queries.good_practices import PracticeFilter, list_practices
from app.routers.addresses import page_words
from app.routers.dependencies import Id, Read, SignedIn, Write
from app.routers.rendering import render, table_response
from app.services.decide_area import decide_area
from app.services.project_tables import money_table, project_as_json, project_tables
from app.services.release_texts import release_texts
from app.services.show_project import show_project
from app.settings import settings

router = APIRouter()


@router.get("/projects/{number}")
def show_one(
    request: Request, viewer: SignedIn, connection: Read, number: Id,
    format: Literal["", "html", "csv", "xlsx", "json"] = "",  # noqa: A002
) -> Response:  # fmt: skip
    """Everything about a project; CSV holds its money."""
    page = show_project(connection, viewer, number, LOCALE.get())
    currency = settings().base_currency
    if format == "json":
        return JSONResponse(project_as_json(page, currency))
    if format == "csv":
        return table_response([money_table(page, currency)], "csv", f"project-{number}")
    if format == "xlsx":
        return table_response(project_tables(page, currency), "xlsx", f"project-{number}")
    practices = list_practices(connection, viewer, PracticeFilter(project=page.row.identifier))
    return render(
        request, viewer, "project.html", page=page, currency=currency, practices=practices, **page_words(request)
    )


class AreaDecision(BaseModel):
    """What the buttons beside an area send; `share` in percent, blank to leave it."""

    area_id: int = Field(ge=1, le=2**31 - 1)
    decision: Literal["confirm", "reject"]
    share: Annotated[Annotated[Decimal, Field(gt=0, le=100)] | None, BeforeValidator(lambda value: value or None)] = (
        None
    )


@router.post("/projects/{number}/areas")
def decide(viewer: SignedIn, connection: Write, number: Id, sent: Annotated[AreaDecision, Form()]) -> Response:
    """Confirm, add or reject an area."""
    decide_area(connection, viewer, number, sent.area_id, sent.decision, sent.share)
    return RedirectResponse(f"/projects/{number}#areas", 303)


@router.post("/projects/{number}/release")
def release(viewer: SignedIn, connection: Write, number: Id) -> Response:
    """Share a project whose texts were held back, since they tell of nobody."""
    release_texts(connection, viewer, number)
    return RedirectResponse(f"/projects/{number}", 303)
