"""Reports over the API."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from app.routers.addresses import Country, Text
from app.routers.api.documents import api_router, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn, Words
from app.services.build_pack import PackOrder
from app.services.overlap_files import overlap_document, read_beside
from app.services.report_overlap import OverlapFilter, report_overlap
from app.services.show_pack import get_pack_file, show_pack
from app.services.start_pack import start_pack

router = api_router("reports")
Many = Annotated[list[Text], Query(default_factory=list, max_length=300)]
FirstYear = Annotated[int | None, Query(alias="from", ge=1900, le=2200)]
LastYear = Annotated[int | None, Query(alias="to", ge=1900, le=2200)]


@router.get("/overlap", response_model=dict[str, Any])
def get_overlap(
    request: Request,
    viewer: SignedIn,
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
    report = report_overlap(connection, asked)
    beside = read_beside(connection, viewer, report, datetime.now(UTC).date())
    return tagged(request, overlap_document(report, beside))


class PackAsked(BaseModel):
    """What a meeting pack is asked for: the filters of the report, a language, and a snapshot to say changes from."""

    framework: Text = ""
    country: list[Country] = Field(default_factory=list, max_length=300)
    region: list[Text] = Field(default_factory=list, max_length=300)
    donor: list[Text] = Field(default_factory=list, max_length=300)
    first_year: Annotated[int | None, Field(alias="from", ge=1900, le=2200)] = None
    last_year: Annotated[int | None, Field(alias="to", ge=1900, le=2200)] = None
    flow: Literal["commitment", "disbursement", "budget"] = "disbursement"
    gross: bool = False
    level: Literal["agency", "government"] = "agency"
    language: Literal["en", "fr", "es", "it", "pt", "ar"] = "en"
    since: Annotated[int | None, Field(ge=1, le=LARGEST)] = None


class PackState(BaseModel):
    """How far a meeting pack is. `state`: waiting, running, done, failed; `refusal`: why it failed, if it was refused."""

    id: int
    state: str
    done: int
    total: int
    size: int | None
    refusal: str


@router.post("/overlap/pack", response_model=PackState, status_code=202)
def order_pack(viewer: SignedIn, asked: PackAsked) -> PackState:
    """Have a meeting pack made; ask for its state until it is done, then for its file."""
    places = tuple(asked.country), tuple(asked.region), tuple(asked.donor)
    filters = OverlapFilter(
        asked.framework, *places, asked.first_year, asked.last_year, asked.flow, asked.gross, asked.level
    )
    job = start_pack(viewer, PackOrder(filters, asked.language, asked.since))
    return PackState(id=job, state="waiting", done=0, total=0, size=None, refusal="")


@router.get("/overlap/pack/{number}", response_model=PackState)
def get_pack(viewer: SignedIn, connection: Read, number: Id) -> PackState:
    """How far it is; only for who asked for it."""
    pack = show_pack(connection, viewer, number)
    row, size = pack.row, pack.file.size if pack.file else None
    return PackState(id=row.id, state=row.state, done=row.done, total=row.total, size=size, refusal=pack.refusal)


@router.get("/overlap/pack/{number}/file", response_class=FileResponse)
def get_pack_archive(viewer: SignedIn, connection: Read, number: Id) -> FileResponse:
    """The archive."""
    file = get_pack_file(connection, viewer, number)
    return FileResponse(file.path, media_type="application/zip", filename=file.name)
