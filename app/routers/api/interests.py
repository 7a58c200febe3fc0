"""Interests of donors in actions of plans over the API, from the first word to a decision."""

from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field

from app.routers.api.documents import Cursor, Limit, api_router, page_of_documents, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn
from app.services.alert_json import interest_as_json
from app.services.express_interest import answer_interest, express_interest, list_interests, show_interest

router = api_router("interests")
Number = Annotated[int, Field(ge=1, le=LARGEST)]
Message = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
State = Literal["expressed", "in-discussion", "agreed", "declined"]


class InterestToExpress(BaseModel):
    """In an action by its number; `line`: the organisation's own funding line that would pay."""

    action: Number
    message: Message = ""
    line: Number | None = None


class Answer(BaseModel):
    state: State
    message: Message = ""


@router.get("")
def list_all(
    request: Request, viewer: SignedIn, connection: Read, plan: Number | None = None, state: State | Literal[""] = "",
    limit: Limit = 100, cursor: Cursor = 0,
) -> Response:  # fmt: skip
    """What donors told the plans of the caller's organisation, and what it told others; by id."""
    found = [
        interest_as_json(one) for one in sorted(list_interests(connection, viewer), key=lambda one: one.id)
        if one.id > cursor and plan in (None, one.plan_id) and state in ("", one.state)
    ]  # fmt: skip
    return tagged(request, page_of_documents(found, limit))


@router.post("", status_code=201)
def express(viewer: SignedIn, sent: InterestToExpress) -> dict[str, Any]:
    """Tell a plan's team that the caller's organisation wants to fund an action."""
    return {"id": express_interest(viewer, sent.action, sent.message, sent.line)}


@router.get("/{interest_id}")
def get_one(request: Request, viewer: SignedIn, connection: Read, interest_id: Id) -> Response:
    """One interest with its history."""
    return tagged(request, interest_as_json(show_interest(connection, viewer, interest_id)))


@router.post("/{interest_id}/answers", status_code=204)
def answer(viewer: SignedIn, interest_id: Id, sent: Answer) -> None:
    """The next step, by the plan's team or the donor; only the team agrees."""
    answer_interest(viewer, interest_id, sent.state, sent.message)
