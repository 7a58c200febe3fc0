"""What an organisation answered about its files: seen, changed, forgotten."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from app.errors import InvalidInput, Refused
from app.routers.dependencies import Read, SignedIn, Words
from app.routers.form_fields import name_of, parts_of
from app.routers.import_fields import field_groups, sheet_kinds
from app.routers.rendering import render
from app.rules.permissions import Viewer, may_import
from app.services.change_answer import change_answer
from app.services.list_answers import list_answers

router = APIRouter(prefix="/imports/answers")
Line = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


@router.get("")
def show_answers(request: Request, viewer: SignedIn, connection: Read, owner: Words = "") -> Response:
    return _page(request, viewer, connection, owner)


def _page(
    request: Request, viewer: Viewer, connection: Connection, owner: str, refusal: Refused | None = None
) -> Response:
    answers = list_answers(connection, viewer, owner)
    return render(
        request, viewer, "import_answers.html", 422 if refusal else 200, answers=answers, owner=owner,
        refusal=refusal and refusal.sentence,
        may_settle=may_import(viewer), name_of=name_of, field_groups=field_groups(), sheet_kinds=sheet_kinds(),
    )  # fmt: skip


class AnswerChange(BaseModel):
    """What the buttons beside an answer send; `path` as form_fields.name_of spells it."""

    path: Line
    mapping: Line = "default"
    owner: Line = ""
    value: Line = ""
    decision: Literal["change", "forget"]


@router.post("")
def change_one(request: Request, viewer: SignedIn, connection: Read, sent: Annotated[AnswerChange, Form()]) -> Response:
    value = None if sent.decision == "forget" else sent.value
    try:
        change_answer(viewer, sent.owner, parts_of(sent.path), value, sent.mapping)
    except InvalidInput as refusal:
        return _page(request, viewer, connection, sent.owner, refusal)
    return RedirectResponse(f"/imports/answers?owner={quote(sent.owner, safe='')}", 303)
