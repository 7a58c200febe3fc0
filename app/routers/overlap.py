"""The overlap report, and the projects behind each of its figures."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from app.routers.addresses import Address, Countries, Number, PageNumber, Text, Texts, Year, page_words
from app.routers.dependencies import Read, SignedIn
from app.routers.rendering import render, table_response
from app.rules.overlap import EU_SHARED_MAX
from app.rules.permissions import may_keep_minutes
from app.services.list_agreements import list_agreements
from app.services.list_overlap_projects import list_overlap_projects
from app.services.meeting_files import meeting_as_json, meeting_tables
from app.services.overlap_heat import heat_map
from app.services.overlap_json import overlap_as_json
from app.services.overlap_projects_json import overlap_projects_as_json
from app.services.overlap_tables import areas_table, overlap_tables, projects_table
from app.services.overlap_view import area_codes, donor_refs, read_choices, view_overlap
from app.services.report_meeting import report_meeting
from app.services.report_overlap import OverlapFilter, report_overlap
from app.settings import settings

router = APIRouter()


class OverlapAddress(Address):
    """The filters of the report as its address says them."""

    framework: Text = ""
    country: Countries = Field(default_factory=list)
    region: Texts = Field(default_factory=list)
    donor: Texts = Field(default_factory=list)
    first_year: Year = Field(None, alias="from")
    last_year: Year = Field(None, alias="to")
    flow: Literal["commitment", "disbursement", "budget"] = "disbursement"
    basis: Literal["net", "gross"] = "net"
    level: Literal["agency", "government"] = "agency"
    crowded: Number = None
    format: Literal["", "html", "csv", "xlsx", "json"] = ""

    def asked(self) -> OverlapFilter:
        return OverlapFilter(
            self.framework, tuple(self.country), tuple(self.region), tuple(self.donor), self.first_year,
            self.last_year, self.flow, self.basis == "gross", self.level, self.crowded or EU_SHARED_MAX,
        )  # fmt: skip


class BehindAddress(OverlapAddress):
    """A figure of the report: the report's filters, and the area (its code, 'mapped' or 'unmapped')."""

    area: Text = ""
    page: PageNumber = 1


@router.get("/reports/overlap")
def show_overlap(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[OverlapAddress, Query()]
) -> Response:
    """Who funds which area where."""
    report, today = report_overlap(connection, address.asked()), datetime.now(UTC).date()
    if address.format == "csv":
        return table_response([areas_table(report)], "csv", "overlap-areas")
    meeting = report_meeting(connection, report, today)
    if address.format == "json":
        return JSONResponse({**overlap_as_json(report), "meeting": meeting_as_json(report, meeting)})
    if address.format == "xlsx":
        projects = list_overlap_projects(connection, viewer, address.asked(), page=None)
        tables = [*overlap_tables(report, projects.lines), *meeting_tables(report, meeting)]
        return table_response(tables, "xlsx", "overlap")
    agreed = list_agreements(connection, viewer, today, report.countries, report.framework.key)
    return render(
        request, viewer, "overlap.html", report=report, heat=heat_map(report), shown=view_overlap(report),
        choices=read_choices(connection), asked=address.asked(), refs=partial(donor_refs, report),
        codes_of=partial(area_codes, report), snapshot=None, meeting=meeting, agreements=agreed,
        may_freeze=may_keep_minutes(viewer), **page_words(request),
    )  # fmt: skip


@router.get("/reports/overlap/projects")
def show_projects_behind(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[BehindAddress, Query()]
) -> Response:
    """The projects behind one figure of the report."""
    page = None if address.format in ("csv", "xlsx", "json") else address.page
    found = list_overlap_projects(connection, viewer, address.asked(), address.area, page)
    if address.format == "json":
        return JSONResponse(overlap_projects_as_json(found, settings().base_currency))
    if address.format in ("csv", "xlsx"):
        tables = [projects_table(found.lines, settings().base_currency)]
        return table_response(tables, address.format, "overlap-projects")
    context: dict[str, Any] = {"found": found, "asked": address.asked(), "area_code": address.area}
    return render(request, viewer, "overlap_projects.html", **context, **page_words(request))
