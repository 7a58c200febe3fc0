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
from app.services.freeze_snapshot import freeze_snapshot
from app.services.meeting_files import meeting_as_json
from app.services.open_snapshot import open_snapshot
from app.services.overlap_json import overlap_as_json

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


@router.get("", response_model=Listing[SnapshotHead])
def list_snapshots(request: Request, _: SignedIn, connection: Read, limit: Limit = 100, cursor: Cursor = 0) -> Response:
    """Every snapshot, oldest first."""
    rows = snapshots.list_snapshots(connection, after=cursor, limit=limit + 1)
    return tagged(request, page_of(SnapshotHead, rows, limit))


@router.post("", status_code=201)
def make_snapshot(viewer: SignedIn, sent: NewSnapshot) -> Made:
    """Freeze a report."""
    return Made(id=freeze_snapshot(viewer, sent.report.asked(), sent.title, sent.note))


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
