"""The list of projects."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from app.queries.portfolio import PortfolioFilter
from app.routers.addresses import Address, Country, Number, PageNumber, Text, Year, page_words
from app.routers.dependencies import Read, SignedIn
from app.routers.rendering import render, table_response
from app.services.list_portfolio import (
    list_portfolio,
    list_whole_portfolio,
    portfolio_table,
    project_row_as_json,
    read_portfolio_choices,
)
from app.settings import settings

router = APIRouter()


class PortfolioAddress(Address):
    """The filters of the list as its address says them."""

    q: Text = ""
    country: Country = ""
    region: Text = ""
    organisation: Text = ""
    owner: Text = ""
    framework: Text = ""
    area: Text = ""
    status: Text = ""
    first_year: Year = Field(None, alias="from")
    last_year: Year = Field(None, alias="to")
    sector: Text = ""
    import_id: Number = Field(None, alias="import")
    mapping: Literal["", "confirmed", "suggested", "none"] = ""
    left_out: Literal["", "no-rate", "no-date", "no-currency"] = ""
    sort: Literal["newest", "title", "start", "commitment", "disbursement"] = "newest"
    page: PageNumber = 1
    format: Literal["", "html", "csv", "xlsx", "json"] = ""

    def asked(self) -> PortfolioFilter:
        return PortfolioFilter(
            words=self.q,
            country=self.country,
            region=self.region,
            organisation=self.organisation,
            owner=self.owner,
            area=self.area,
            status=self.status,
            first_year=self.first_year,
            last_year=self.last_year,
            sector=self.sector,
            import_id=self.import_id,
            mapping=self.mapping,
            left_out=self.left_out,
            sort=self.sort,
        )


@router.get("/portfolio")
def show_portfolio(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[PortfolioAddress, Query()]
) -> Response:
    """Search and filter projects; a download holds all pages."""
    asked, currency = address.asked(), settings().base_currency
    if address.format in ("csv", "xlsx", "json"):
        rows = list(list_whole_portfolio(connection, viewer, asked, address.framework))
        if address.format == "json":
            return JSONResponse({"currency": currency, "projects": [project_row_as_json(row) for row in rows]})
        return table_response([portfolio_table(rows, currency)], address.format, "portfolio")
    found = list_portfolio(connection, viewer, asked, address.framework, address.page)
    return render(
        request,
        viewer,
        "portfolio.html",
        found=found,
        asked=address,
        currency=currency,
        choices=read_portfolio_choices(connection),
        **page_words(request),
    )
