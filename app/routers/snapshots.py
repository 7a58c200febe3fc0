"""Snapshots: reports frozen under a lasting address, and what changed between two of them."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from app.queries import snapshots
from app.routers.addresses import Address, Countries, Text, Texts, page_words
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.overlap import OverlapAddress, ViewAddress
from app.routers.rendering import render, render_progress, table_response
from app.rules.compare_money import REASONS
from app.rules.compare_reports import largest_changes
from app.rules.netting import EXPLANATIONS
from app.services.compare_snapshots import compare_snapshots
from app.services.compared_files import comparison_as_json, comparison_tables
from app.services.list_frozen_projects import contributions, list_frozen_projects
from app.services.meeting_files import meeting_as_json, meeting_tables
from app.services.open_snapshot import open_snapshot
from app.services.overlap_json import overlap_as_json
from app.services.overlap_tables import areas_table, overlap_tables, projects_table
from app.services.overlap_view import area_codes, donor_refs, view_overlap
from app.services.show_freezing import show_freezing
from app.services.start_freezing import start_freezing

router = APIRouter(prefix="/reports/snapshots")
Note = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
Format = Literal["", "html", "csv", "xlsx", "json"]


class Title(BaseModel):
    title: Text = ""
    note: Note = ""


class FormatAddress(Address):
    format: Format = ""


class ShownAddress(FormatAddress, ViewAddress):
    """The snapshot's page: its form, and what its maps show."""


class BehindAddress(FormatAddress):
    """A figure of a snapshot: the area (its code, 'mapped' or 'unmapped'), countries, donors."""

    area: Text = ""
    country: Countries = Field(default_factory=list)
    donor: Texts = Field(default_factory=list)


class CompareAddress(FormatAddress):
    """What the snapshot is compared with: the number of another one, or now."""

    other: Annotated[str, Field(alias="with", pattern=r"^(now|[1-9][0-9]{0,17})$")] = "now"


@router.get("")
def show_snapshots(request: Request, viewer: SignedIn, connection: Read) -> Response:
    """Every snapshot, newest first."""
    rows = snapshots.list_snapshots(connection)
    return render(request, viewer, "snapshots.html", rows=rows, **page_words(request))


@router.post("")
def freeze(viewer: SignedIn, address: Annotated[OverlapAddress, Query()], sent: Annotated[Title, Form()]) -> Response:
    """Freeze the report of this address; a large one in the background."""
    made = start_freezing(viewer, address.asked(), sent.title, sent.note)
    return RedirectResponse(f"/reports/snapshots/{made.snapshot or f'freezing/{made.job}'}", 303)


@router.get("/freezing/{job}")
def show_job(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    """How far it is; at its end the snapshot."""
    found = show_freezing(connection, viewer, job)
    if found.snapshot:
        return RedirectResponse(f"/reports/snapshots/{found.snapshot}", 303)
    return render(request, viewer, "freezing.html", found=found)


@router.get("/freezing/{job}/progress")
def show_progress(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    found = show_freezing(connection, viewer, job)
    return render_progress(request, viewer, "freezing_waiting.html", is_over=found.is_over, found=found)


@router.get("/{number}")
def show_snapshot(
    request: Request, viewer: SignedIn, connection: Read, number: Id, address: Annotated[ShownAddress, Query()]
) -> Response:
    """The report as it was."""
    snapshot = open_snapshot(connection, number)
    report = snapshot.report
    if address.format == "json":
        return JSONResponse({**overlap_as_json(report), "meeting": meeting_as_json(report, snapshot.meeting)})
    if address.format == "csv":
        return table_response([areas_table(report)], "csv", f"snapshot-{number}-areas")
    if address.format == "xlsx":
        lines = contributions(report, list_frozen_projects(snapshot))
        tables = [*overlap_tables(report, lines), *meeting_tables(report, snapshot.meeting)]
        return table_response(tables, "xlsx", f"snapshot-{number}")
    words = page_words(request)
    return render(
        request, viewer, "overlap.html", report=report, shown=view_overlap(report),
        asked=report.asked, refs=partial(donor_refs, report), codes_of=partial(area_codes, report),
        snapshot=snapshot, meeting=snapshot.meeting, others=snapshots.list_snapshots(connection),
        agreements=[], may_freeze=False,
        **address.shown(report, words["link"], f"/reports/snapshots/{number}/projects"), **words,
    )  # fmt: skip


@router.get("/{number}/projects")
def show_frozen_projects(
    request: Request, viewer: SignedIn, connection: Read, number: Id, address: Annotated[BehindAddress, Query()]
) -> Response:
    """The projects behind one figure of the snapshot."""
    snapshot = open_snapshot(connection, number)
    lines = list_frozen_projects(snapshot, address.area, address.country, address.donor)
    table = projects_table(contributions(snapshot.report, lines), snapshot.report.currency)
    if address.format == "json":
        rows = [dict(zip(table.headings, map(str, row), strict=True)) for row in table.rows]
        return JSONResponse({"currency": snapshot.report.currency, "projects": rows})
    if address.format in ("csv", "xlsx"):
        return table_response([table], address.format, f"snapshot-{number}-projects")
    return render(
        request, viewer, "snapshot_projects.html", snapshot=snapshot, lines=lines, area_code=address.area,
        countries=address.country, donors=address.donor, explanations=EXPLANATIONS, **page_words(request),
    )  # fmt: skip


@router.get("/{number}/compare")
def show_comparison(
    request: Request, viewer: SignedIn, connection: Read, number: Id, address: Annotated[CompareAddress, Query()]
) -> Response:
    """What changed between the snapshot and another one, or now, and why."""
    compared = compare_snapshots(connection, number, None if address.other == "now" else int(address.other))
    if address.format == "json":
        return JSONResponse(comparison_as_json(compared))
    if address.format in ("csv", "xlsx"):
        return table_response(comparison_tables(compared), address.format, f"snapshot-{number}-changes")
    return render(
        request, viewer, "comparison.html", compared=compared, number=number, other=address.other,
        others=snapshots.list_snapshots(connection), order=REASONS, largest=largest_changes, **page_words(request),
    )  # fmt: skip
