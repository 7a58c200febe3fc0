"""National plans over the API: entered by their team, with their actions, gaps and links."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.routers.addresses import Country, Text
from app.routers.api.documents import Cursor, Limit, api_router, changed_document, page_of_documents, tagged
from app.routers.api.funding_lines import Amount, Long, saved_as_json
from app.routers.dependencies import Id, Read, SignedIn, Words
from app.services.document_kinds import PLAN
from app.services.funding_json import actions_as_json, gap_as_json, plan_as_json, plan_listed_as_json
from app.services.remove_document import remove_document, restore_document
from app.services.save_document import save_document
from app.services.show_plan import list_plans, show_plan
from app.services.show_plan_gap import show_plan_gap

router = api_router("plans")
Year = Annotated[int, Field(ge=1990, le=2100)]


class AreaToSave(BaseModel):
    """`share` is a part of 1; null: an equal part of what the others leave."""

    area: Text
    share: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)] | None = None


class CostToSave(BaseModel):
    kind: Literal["cost", "budget"] = "cost"
    fiscal_year: Year
    amount: Amount
    currency: Text


class IndicatorToSave(BaseModel):
    title: Long
    baseline: Text = ""
    target: Text = ""


class ActionToSave(BaseModel):
    code: Text
    title: Text
    description: Long = ""
    responsible: Text = ""
    applicant_type: Text = ""
    priority: Text = ""
    areas: list[AreaToSave] = Field(default_factory=list, max_length=100)
    indicators: list[IndicatorToSave] = Field(default_factory=list, max_length=200)
    costs: list[CostToSave] = Field(default_factory=list, max_length=500)

    def document(self) -> ActionDocument:
        return ActionDocument(
            self.code, self.title, self.description, self.responsible, self.applicant_type, self.priority,
            tuple((one.area, None if one.share is None else int(one.share * 1_000_000)) for one in self.areas),
            tuple((one.title, one.baseline, one.target) for one in self.indicators),
            tuple(Cost(one.kind, one.fiscal_year, int(one.amount * 100), one.currency) for one in self.costs),
        )  # fmt: skip


class PlanToSave(BaseModel):
    """A plan as in docs/api.md. `version`: of the plan that is changed."""

    reference: Text
    country: Text
    title: Text
    first_year: Year | None = None
    last_year: Year | None = None
    document: Text = ""
    edition: Text = ""
    currency: Text = ""
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1
    languages: list[Text] = Field(default_factory=list, max_length=50)
    applicant_type: Text = ""
    visibility: Literal["private", "public"] = "private"
    actions: list[ActionToSave] = Field(default_factory=list, max_length=2000)
    version: int | None = None

    def plan(self) -> PlanDocument:
        own = self.model_dump(exclude={"actions", "version", "languages"})
        return PlanDocument(
            **own, languages=tuple(self.languages), actions=tuple(one.document() for one in self.actions)
        )


@router.get("")
def list_all_plans(
    request: Request, viewer: SignedIn, connection: Read, country: Country = "", owner: Words = "", reference: Words = "",
    visibility: Literal["", "private", "public"] = "", year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    limit: Limit = 100, cursor: Cursor = 0,
) -> Response:  # fmt: skip
    """Public plans, and those of the caller's own organisation, by id; `year`: one of the plan's."""
    asked = {"country": country, "owner": owner, "reference": reference, "visibility": visibility}
    found = [
        one for one in list_plans(connection, viewer)
        if one.id > cursor and all(said in ("", getattr(one, name)) for name, said in asked.items())
        and (year is None or (one.first_year or 0) <= year <= (one.last_year or 9999))
    ]  # fmt: skip
    items = [plan_listed_as_json(one) for one in sorted(found, key=lambda one: one.id)]
    return tagged(request, page_of_documents(items, limit))


@router.get("/{plan_id}")
def get_plan(request: Request, viewer: SignedIn, connection: Read, plan_id: Id) -> Response:
    """One plan with its actions."""
    return tagged(request, plan_as_json(show_plan(connection, viewer, plan_id)))


@router.get("/{plan_id}/actions")
def get_actions(request: Request, viewer: SignedIn, connection: Read, plan_id: Id) -> Response:
    """The actions of a plan with their areas, indicators and costs."""
    return tagged(request, {"items": actions_as_json(show_plan(connection, viewer, plan_id))})


@router.get("/{plan_id}/gap")
def get_gap(
    request: Request, viewer: SignedIn, connection: Read, plan_id: Id, flow: Words = "commitment", framework: Words = ""
) -> Response:
    """Need, linked money and gap by action, area and year; how well donors fit the plan."""
    return tagged(request, gap_as_json(show_plan_gap(connection, viewer, plan_id, flow, framework)))


@router.post("", status_code=201)
def add_plan(viewer: SignedIn, sent: PlanToSave) -> dict[str, Any]:
    """Enter a plan of the caller's own organisation."""
    return saved_as_json(save_document(viewer, sent.plan()))


@router.put("/{plan_id}")
def replace_plan(viewer: SignedIn, plan_id: Id, sent: PlanToSave) -> dict[str, Any]:
    """Put a plan in the place of what is stored; actions are known again by their code."""
    return saved_as_json(save_document(viewer, sent.plan(), plan_id, sent.version))


@router.patch("/{plan_id}")
def change_plan(viewer: SignedIn, connection: Read, plan_id: Id, sent: dict[str, Any]) -> dict[str, Any]:
    """Change just the fields that are sent; `actions` as a whole."""
    plan = changed_document(PlanToSave, plan_as_json(show_plan(connection, viewer, plan_id)), sent)
    return saved_as_json(save_document(viewer, plan.plan(), plan_id, plan.version))


@router.delete("/{plan_id}", status_code=204)
def remove_one_plan(viewer: SignedIn, plan_id: Id) -> None:
    """Take a plan out of every list."""
    remove_document(viewer, PLAN, plan_id)


@router.post("/{plan_id}/restore", status_code=204)
def restore_plan(viewer: SignedIn, plan_id: Id) -> None:
    """Bring back a plan that was removed."""
    restore_document(viewer, PLAN, plan_id)
