"""Alerts over the API: a person's saved searches and plan watches, and what they told."""

from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field

from app.errors import InvalidInput
from app.queries.alerts import get_search
from app.routers.addresses import Text
from app.routers.api.documents import Cursor, Limit, api_router, page_of_documents, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn
from app.services.alert_json import list_alerts_as_json, search_as_json
from app.services.read_line_filter import NAMES
from app.services.save_search import change_search, list_saved_searches, remove_search, save_search, watch_plan

router = api_router("saved-searches")
Often = Literal["now", "daily", "weekly", "never"]
Said = Annotated[list[Text], Field(max_length=100)] | Text


class SearchToSave(BaseModel):
    """A search of funding lines (`query`: the filters of opportunities, by name) or the watch of a plan (its number)."""

    name: Text = ""
    query: dict[Text, Said] | None = None
    plan: Annotated[int, Field(ge=1, le=LARGEST)] | None = None
    frequency: Often = "daily"


class SearchChange(BaseModel):
    frequency: Often
    name: Text = ""


@router.get("")
def list_searches(
    request: Request, viewer: SignedIn, connection: Read, limit: Limit = 100, cursor: Cursor = 0
) -> Response:
    """The caller's own, by id, each with its feeds."""
    mine = sorted((one.row for one in list_saved_searches(connection, viewer)), key=lambda row: row.id)
    return tagged(request, page_of_documents([search_as_json(row) for row in mine if row.id > cursor], limit))


@router.post("", status_code=201)
def add_search(viewer: SignedIn, sent: SearchToSave) -> dict[str, Any]:
    """Be told what is new from now on."""
    if (sent.query is None) == (sent.plan is None):
        raise InvalidInput("Give either a query or a plan.")
    if sent.plan is not None:
        return {"id": watch_plan(viewer, sent.plan, sent.frequency)}
    said = {name: [one] if isinstance(one, str) else one for name, one in (sent.query or {}).items()}
    if unknown := sorted(set(said) - set(NAMES)):
        raise InvalidInput(f"A search has no “{unknown[0][:80]}”: it has {', '.join(NAMES)}.")
    return {"id": save_search(viewer, sent.name, said, sent.frequency)}


@router.get("/{search_id}")
def get_one(request: Request, viewer: SignedIn, connection: Read, search_id: Id) -> Response:
    """One of the caller's own."""
    return tagged(request, search_as_json(get_search(connection, viewer.user_id, search_id)))


@router.get("/{search_id}/alerts")
def list_alerts(
    request: Request, viewer: SignedIn, connection: Read, search_id: Id, limit: Limit = 100, cursor: Cursor = 0
) -> Response:
    """What it told, oldest first."""
    items = list_alerts_as_json(connection, viewer, search_id, cursor, limit + 1)
    return tagged(request, page_of_documents(items, limit))


@router.patch("/{search_id}", status_code=204)
def change_one(viewer: SignedIn, search_id: Id, sent: SearchChange) -> None:
    """Another frequency or name."""
    change_search(viewer, search_id, sent.frequency, sent.name)


@router.delete("/{search_id}", status_code=204)
def remove_one(viewer: SignedIn, search_id: Id) -> None:
    """No more of it, with its feeds."""
    remove_search(viewer, search_id)
