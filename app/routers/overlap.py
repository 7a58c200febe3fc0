"""The overlap report, and the projects behind each of its figures."""

from collections.abc import Callable
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
from app.services.list_overlap_projects import list_overlap_projects
from app.services.overlap_files import overlap_document, overlap_workbook, read_beside
from app.services.overlap_heat import HeatView, country_heat, heat_map
from app.services.overlap_map import MapChoice, map_title, world_map
from app.services.overlap_projects_json import overlap_projects_as_json
from app.services.overlap_tables import areas_table, projects_table
from app.services.overlap_view import area_codes, donor_refs, read_choices, view_overlap
from app.services.report_overlap import OverlapFilter, OverlapReport, report_overlap
from app.settings import settings

router = APIRouter()


class ViewAddress(Address):
    """What the heat maps and the map of a report show."""

    cells: Literal["", "money", "projects"] = ""
    share: Literal["", "area", "column"] = ""
    map_by: Literal["", "money", "donors", "status"] = ""
    map_area: Text = ""

    def shown(self, report: OverlapReport, link: Callable[..., str], page: str) -> dict[str, Any]:
        """Heat maps and map for the template; a country of the map leads to `page`, with the report's other filters."""
        view, choice = HeatView(self.cells or "money", self.share), MapChoice(self.map_by or "money", self.map_area)
        country_link = partial(_country_link, link, page)
        return {
            "heat": heat_map(report, view=view), "by_country": country_heat(report, view=view), "view": view,
            "world": world_map(report, choice, country_link) if len(report.figures.places) > 1 else None,
            "world_title": map_title(report, choice), "country_link": country_link,
        }  # fmt: skip


def _country_link(link: Callable[..., str], page: str, code: str) -> str:
    return link(page, country=code, region=None)


class OverlapAddress(ViewAddress):
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
    beside = read_beside(connection, viewer, report, today)
    if address.format == "json":
        return JSONResponse(overlap_document(report, beside))
    if address.format == "xlsx":
        return table_response(overlap_workbook(connection, viewer, report, beside), "xlsx", "overlap")
    words = page_words(request)
    return render(
        request, viewer, "overlap.html", report=report, shown=view_overlap(report),
        choices=read_choices(connection), asked=address.asked(), refs=partial(donor_refs, report),
        codes_of=partial(area_codes, report), snapshot=None, meeting=beside.meeting, agreements=beside.agreements,
        may_freeze=may_keep_minutes(viewer), **address.shown(report, words["link"], "/reports/overlap"), **words,
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
