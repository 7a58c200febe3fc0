"""Recommendation frameworks over the API."""

from fastapi import Request, Response

from app.queries.frameworks import list_frameworks
from app.routers.api.documents import FromRow, Listing, api_router, tagged
from app.routers.dependencies import Read, SignedIn

router = api_router("frameworks")


class FrameworkItem(FromRow):
    """`is_primary`: the one that pages show unless asked for another."""

    key: str
    title: str
    short_title: str
    version: str
    is_primary: bool


@router.get("", response_model=Listing[FrameworkItem])
def list_all_frameworks(request: Request, _: SignedIn, connection: Read) -> Response:
    """All frameworks; there are few, so they come in one page."""
    rows = list_frameworks(connection)
    return tagged(request, Listing(items=[FrameworkItem.model_validate(row) for row in rows]))
