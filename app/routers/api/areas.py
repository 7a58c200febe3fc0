"""Recommendation areas over the API."""

from fastapi import Request, Response

from app.queries.frameworks import get_framework
from app.routers.api.documents import FromRow, Listing, api_router, tagged
from app.routers.dependencies import Read, SignedIn, Words

router = api_router("areas")


class AreaItem(FromRow):
    id: int
    code: str
    title: str
    group_code: str
    summary: str


@router.get("", response_model=Listing[AreaItem])
def list_areas(request: Request, _: SignedIn, connection: Read, framework: Words = "") -> Response:
    """The areas of one framework (the primary one unless asked for another), in its own order."""
    areas = get_framework(connection, framework).areas
    return tagged(request, Listing(items=[AreaItem.model_validate(area) for area in areas]))
