"""Claims over the API: pairs of projects that may be of the same money, and what people say of them."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from app.queries.claims import ClaimFilter, get_claims, page_claims
from app.routers.addresses import Country
from app.routers.api.documents import Cursor, Limit, Listing, api_router, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn, Words, Write
from app.rules.permissions import Viewer
from app.services.decide_claims import Said, decide_claims, pair_projects, withdraw_claims
from app.services.list_twins import show_pairs
from app.services.twin_documents import twin_as_json
from app.settings import settings

router = api_router("claims")
Note = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
Activity = Annotated[int, Field(ge=1, le=LARGEST)]
State = Literal["open", "all", "proposed", "accepted", "rejected", "unsure", "disputed"]


class NewPair(BaseModel):
    """Two projects, by their ids, that the search has not put side by side."""

    one: Activity
    other: Activity


class ClaimDecision(BaseModel):
    """`kind` and `leads`: what an accepted pair is, and which of the two counts (same), pays (funds) or contains
    (parent) the other; '' as proposed. With `changes`, refused if somebody has answered since."""

    answer: Literal["accepted", "rejected", "unsure"]
    kind: Literal["", "same", "funds", "parent"] = ""
    leads: Literal["", "one", "other"] = ""
    note: Note = ""
    changes: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


@router.get("", response_model=Listing[dict[str, Any]])
def list_all(
    request: Request, viewer: SignedIn, connection: Read, state: State = "all",
    country: Annotated[Country, Query()] = "", organisation: Words = "",
    activity: Annotated[int, Query(ge=1, le=LARGEST)] | None = None, limit: Limit = 100, cursor: Cursor = 0,
) -> Response:  # fmt: skip
    """Pairs both of whose projects the caller may see, by number."""
    asked = ClaimFilter(state, country, organisation, activity)
    rows = page_claims(connection, viewer, asked, cursor, limit + 1)
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    items = [twin_as_json(line, settings().base_currency) for line in show_pairs(connection, viewer, rows[:limit])]
    return tagged(request, Listing[dict[str, Any]](items=items, next_cursor=following))


@router.post("", status_code=201, response_model=dict[str, Any])
def add(viewer: SignedIn, connection: Write, sent: NewPair) -> dict[str, Any]:
    """Put two projects side by side; nothing is decided yet."""
    return _document(connection, viewer, pair_projects(connection, viewer, sent.one, sent.other))


@router.get("/{number}", response_model=dict[str, Any])
def get_one(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    """One pair with its evidence and every answer, newest first."""
    return tagged(request, _document(connection, viewer, number))


@router.post("/{number}/decision", response_model=dict[str, Any])
def decide(viewer: SignedIn, connection: Write, number: Id, sent: ClaimDecision) -> dict[str, Any]:
    """Answer for the caller's organisation; an admin's answer is the coordinator's."""
    said = Said(sent.answer, sent.kind, sent.leads, sent.note)
    decide_claims(connection, viewer, {number: sent.changes}, said)
    return _document(connection, viewer, number)


@router.delete("/{number}/decision", response_model=dict[str, Any])
def withdraw(viewer: SignedIn, connection: Write, number: Id) -> dict[str, Any]:
    """Take that answer back."""
    withdraw_claims(connection, viewer, [number])
    return _document(connection, viewer, number)


def _document(connection: Connection, viewer: Viewer, number: int) -> dict[str, Any]:
    [line] = show_pairs(connection, viewer, get_claims(connection, viewer, [number]))
    return twin_as_json(line, settings().base_currency)
