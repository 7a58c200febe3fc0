"""What the API's lists and answers have in common: pages, entity tags, problem documents."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors import InvalidInput
from app.routers.dependencies import LARGEST

Item = TypeVar("Item")
Changed = TypeVar("Changed", bound=BaseModel)
Limit = Annotated[int, Query(ge=1, le=500)]
# A cursor is the id after which the list goes on; to its user it is just what the last page gave.
Cursor = Annotated[int, Query(ge=0, le=LARGEST)]


class Problem(BaseModel):
    """An error as RFC 9457 describes it; `code` names the kind of refusal."""

    type: str
    title: str
    status: int
    detail: str
    code: str = ""


class Listing(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is None on the last."""

    items: list[Item]
    next_cursor: str | None = None


class FromRow(BaseModel):
    """Filled from a row's columns of the same names."""

    model_config = ConfigDict(from_attributes=True)


def api_router(name: str) -> APIRouter:
    """The router of one resource, with what every one of them may answer."""
    problems = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    answers: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, **problems} for status in (400, 401, 403, 404, 409, 413, 422)
    }
    answers[304] = {"description": "As the sender of If-None-Match knows it"}
    bearer = Depends(HTTPBearer(auto_error=False, description="A token made by `tessera token EMAIL`"))
    return APIRouter(prefix=f"/{name}", tags=[name], responses=answers, dependencies=[bearer])


def page_of(model: type[BaseModel], rows: Sequence[Any], limit: int) -> Listing[Any]:
    """A page of at most `limit` of `rows`; one more of them was asked for, to see whether there are more."""
    items = [model.model_validate(row) for row in rows[:limit]]
    cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return Listing(items=items, next_cursor=cursor)


def page_of_documents(items: Sequence[dict[str, Any]], limit: int) -> dict[str, Any]:
    """The same of documents that are JSON already."""
    cursor = str(items[limit - 1]["id"]) if len(items) > limit else None
    return {"items": list(items[:limit]), "next_cursor": cursor}


def changed_document(model: type[Changed], stored: dict[str, Any], sent: dict[str, Any]) -> Changed:
    """What is stored, with the fields that were sent in their place (PATCH).

    Raises InvalidInput for a name that there is not, RequestValidationError for what a field can't be.
    """
    if unknown := sorted(set(sent) - set(model.model_fields)):
        raise InvalidInput(f"There is no field “{unknown[0][:80]}”: there are {', '.join(model.model_fields)}.")
    try:
        return model.model_validate(stored | sent)
    except ValidationError as error:
        wrong = [one | {"loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(wrong) from error


def tagged(request: Request, document: BaseModel | dict[str, Any]) -> Response:
    """The document with an entity tag of its content; 304 if the asker has just that."""
    content = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
    answer = JSONResponse(content)
    tag = f'"{hashlib.blake2b(bytes(answer.body), digest_size=12).hexdigest()}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers={"ETag": tag})
    answer.headers["ETag"] = tag
    return answer
