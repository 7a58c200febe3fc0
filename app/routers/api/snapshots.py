"""Snapshots over the API."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.queries import snapshots
from app.routers.addresses import Text
from app.routers.api.documents import Cursor, FromRow, Limit, Listing, api_router, page_of, tagged
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.overlap import OverlapAddress
from app.services.compare_snapshots import compare_snapshots
from app.services.compared_files import comparison_as_json
from app.services.meeting_files import meeting_as_json
from app.services.open_snapshot import open_snapshot
from app.services.overlap_json import overlap_as_json
from app.services.show_freezing import show_freezing
from app.services.start_freezing import start_freezing

router = api_router("reports/snapshots")


class SnapshotHead(FromRow):
    """A snapshot without its figures."""

    id: int
    title: str
    note: str
    user_name: str
    at: datetime
    framework: str
    flow: str
    places: str
    first_year: int | None
    last_year: int | None
    currency: str
    data_version: int
    method: str


class NewSnapshot(BaseModel):
    """What to freeze: the filters of the report, as its page has them in its address."""

    title: Text
    note: Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")] = ""
    report: OverlapAddress = Field(default_factory=lambda: OverlapAddress.model_validate({}))


class Made(BaseModel):
    id: int


class Freezing(BaseModel):
    """A large report on its way. `state`: waiting, running, done, failed; `snapshot`: its number, once it is there."""

    job: int
    state: str
    done: int
    total: int
    snapshot: int | None
    refusal: str


@router.get("", response_model=Listing[SnapshotHead])
def list_snapshots(request: Request, _: SignedIn, connection: Read, limit: Limit = 100, cursor: Cursor = 0) -> Response:
    """Every snapshot, oldest first."""
    rows = snapshots.list_snapshots(connection, after=cursor, limit=limit + 1)
    return tagged(request, page_of(SnapshotHead, rows, limit))


@router.post(
    "", status_code=201, responses={202: {"model": Freezing, "description": "A large report: ask for its state"}}
)
def make_snapshot(viewer: SignedIn, sent: NewSnapshot, response: Response) -> Made | Freezing:
    """Freeze a report; a large one in the background."""
    made = start_freezing(viewer, sent.report.asked(), sent.title, sent.note)
    if made.snapshot:
        return Made(id=made.snapshot)
    response.status_code = 202
    return Freezing(job=made.job or 0, state="waiting", done=0, total=0, snapshot=None, refusal="")


@router.get("/freezing/{job}", response_model=Freezing)
def get_freezing(viewer: SignedIn, connection: Read, job: Id) -> Freezing:
    """How far it is; only for who asked for it."""
    found = show_freezing(connection, viewer, job)
    row = found.row
    return Freezing(
        job=row.id, state=row.state, done=row.done, total=row.total, snapshot=found.snapshot, refusal=found.refusal
    )


@router.get("/{number}", response_model=dict[str, Any])
def get_snapshot(request: Request, _: SignedIn, connection: Read, number: Id) -> Response:
    """The frozen report, as reports/overlap gives one, and what it says for the meeting."""
    snapshot = open_snapshot(connection, number)
    report = overlap_as_json(snapshot.report)
    head = SnapshotHead.model_validate(snapshot.row).model_dump(mode="json")
    meeting = meeting_as_json(snapshot.report, snapshot.meeting)
    return tagged(request, {"snapshot": head, **report, "meeting": meeting, "formulas": snapshot.formulas})


@router.get("/{number}/compare", response_model=dict[str, Any])
def compare(
    request: Request, _: SignedIn, connection: Read, number: Id,
    other: Annotated[str, Query(alias="with", pattern=r"^(now|[1-9][0-9]{0,17})$")] = "now",
) -> Response:  # fmt: skip
    """What changed between the snapshot and another one, or now, and why."""
    found = compare_snapshots(connection, number, None if other == "now" else int(other))
    return tagged(request, comparison_as_json(found))
