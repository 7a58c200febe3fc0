"""Countries and regions."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from app.queries.good_practices import PracticeFilter, count_practices
from app.routers.addresses import Address, Country, Text, page_words
from app.routers.dependencies import Read, SignedIn
from app.routers.rendering import render, table_response
from app.services.overlap_json import overlap_as_json
from app.services.overlap_tables import areas_table
from app.services.show_country import (
    countries_table,
    donors_table,
    list_countries,
    money_json,
    show_country,
    years_table,
)
from app.settings import settings

router = APIRouter()


class CountryAddress(Address):
    """Which framework the areas are of, and the form of the answer."""

    framework: Text = ""
    format: Literal["", "html", "csv", "xlsx", "json"] = ""


@router.get("/countries")
def show_countries(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[CountryAddress, Query()]
) -> Response:
    """Every country and region with money."""
    rows, currency = list_countries(connection, viewer, address.framework), settings().base_currency
    if address.format == "json":
        listed = [
            {"country": row.code, **money_json(row.money), "donors": row.donors, "projects": row.projects,
             "areas": row.statuses}
            for row in rows
        ]  # fmt: skip
        return JSONResponse({"currency": currency, "countries": listed})
    if address.format in ("csv", "xlsx"):
        return table_response([countries_table(rows, currency)], address.format, "countries")
    return render(request, viewer, "countries.html", rows=rows, currency=currency, **page_words(request))


@router.get("/countries/{code}")
def show_one_country(
    request: Request,
    viewer: SignedIn,
    connection: Read,
    code: Country,
    address: Annotated[CountryAddress, Query()],
) -> Response:
    """One country: donors, areas, money by year, projects."""
    page, currency = show_country(connection, viewer, code, address.framework), settings().base_currency
    if address.format == "json":
        donors = [{"donor": one.ref, "name": one.name, **money_json(one.money)} for one in page.donors]
        years = [{"year": year, **money_json(money)} for year, money in page.years.items()]
        return JSONResponse({"donors": donors, "years": years, "report": overlap_as_json(page.report)})
    if address.format in ("csv", "xlsx"):
        tables = [
            donors_table(page.donors, currency),
            areas_table(page.report),
            years_table(page.years, currency),
        ]
        return table_response(tables, address.format, f"country-{code}")
    practices = count_practices(connection, viewer, PracticeFilter(country=code))
    return render(
        request, viewer, "country.html", page=page, currency=currency, practices=practices, **page_words(request)
    )
