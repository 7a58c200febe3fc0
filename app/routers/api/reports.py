"""Reports over the API."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from app.routers.addresses import Country, Text
from app.routers.api.documents import api_router, tagged
from app.routers.dependencies import Read, SignedIn, Words
from app.services.overlap_json import overlap_as_json
from app.services.report_overlap import OverlapFilter, report_overlap

router = api_router("reports")
Many = Annotated[list[Text], Query(default_factory=list, max_length=300)]
FirstYear = Annotated[int | None, Query(alias="from", ge=1900, le=2200)]
LastYear = Annotated[int | None, Query(alias="to", ge=1900, le=2200)]


@router.get("/overlap", response_model=dict[str, Any])
def get_overlap(
    request: Request,
    _: SignedIn,
    connection: Read,
    country: Annotated[list[Country], Query(default_factory=list, max_length=300)],
    region: Many,
    donor: Many,
    first_year: FirstYear = None,
    last_year: LastYear = None,
    framework: Words = "",
    gross: bool = False,
    flow: Literal["commitment", "disbursement", "budget"] = "disbursement",
    level: Literal["agency", "government"] = "agency",
) -> Response:
    """The overlap report: the same document as `tessera report overlap --format json`."""
    places = tuple(country), tuple(region), tuple(donor)
    asked = OverlapFilter(framework, *places, first_year, last_year, flow, gross, level)
    return tagged(request, overlap_as_json(report_overlap(connection, asked)))
