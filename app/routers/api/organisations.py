"""Organisations over the API."""

from fastapi import Request, Response

from app.queries.directory_pages import organisation_rows
from app.routers.addresses import Country
from app.routers.api.documents import Cursor, FromRow, Limit, Listing, api_router, page_of, tagged
from app.routers.dependencies import Read, SignedIn, Words

router = api_router("organisations")


class OrganisationItem(FromRow):
    """`parent`: the government it belongs to; `known`: somebody has confirmed it."""

    id: int
    ref: str
    name: str
    type: str
    country: str
    parent: str | None
    known: bool


@router.get("", response_model=Listing[OrganisationItem])
def list_organisations(
    request: Request, _: SignedIn, connection: Read, limit: Limit = 100, cursor: Cursor = 0,
    country: Country = "", type: Words = "", known: bool | None = None,  # noqa: A002
) -> Response:  # fmt: skip
    """Every organisation that reports name, by id."""
    rows = organisation_rows(connection, cursor, limit + 1, country, type, known)
    return tagged(request, page_of(OrganisationItem, rows, limit))
