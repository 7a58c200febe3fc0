"""Organisations."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from app.routers.addresses import Address, PageNumber, Text, page_words
from app.routers.dependencies import Read, SignedIn
from app.routers.rendering import render, table_response
from app.services.overlap_json import money_text
from app.services.show_country import money_json
from app.services.show_organisation import (
    list_organisations,
    organisation_tables,
    organisations_table,
    show_organisation,
)
from app.settings import settings

router = APIRouter()


class OrganisationsAddress(Address):
    """Search in the list; `known` "no": only those that nobody has confirmed."""

    q: Text = ""
    known: Literal["", "no"] = ""
    framework: Text = ""
    page: PageNumber = 1
    format: Literal["", "html", "csv", "xlsx", "json"] = ""


@router.get("/organisations")
def show_organisations(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[OrganisationsAddress, Query()]
) -> Response:
    """Organisations that take part in projects."""
    page, currency = address.page if address.format in ("", "html") else None, settings().base_currency
    found = list_organisations(connection, address.q, unknown_only=address.known == "no", page=page)
    if address.format == "json":
        listed = [
            {"ref": row.ref, "name": row.name, "type": row.type, "known": row.known, "projects": row.projects,
             "disbursement": money_text(int(row.cents))}
            for row in found.rows
        ]  # fmt: skip
        return JSONResponse({"currency": currency, "organisations": listed})
    if address.format in ("csv", "xlsx"):
        return table_response([organisations_table(found, currency)], address.format, "organisations")
    return render(request, viewer, "organisations.html", found=found, asked=address, **page_words(request))


@router.get("/organisations/{ref:path}")
def show_one_organisation(
    request: Request,
    viewer: SignedIn,
    connection: Read,
    ref: str,
    address: Annotated[OrganisationsAddress, Query()],
) -> Response:
    """One organisation: roles, money as a donor, countries, areas, projects."""
    page, currency = show_organisation(connection, viewer, ref, address.framework), settings().base_currency
    if address.format == "json":
        countries = [{"country": code, **money_json(money)} for code, money in page.countries]
        areas = [{"area": code, **money_json(money)} for code, _, money in page.areas]
        head = {"ref": page.row.ref, "name": page.row.name, "currency": currency, "roles": page.roles}
        return JSONResponse({**head, "countries": countries, "areas": areas})
    if address.format in ("csv", "xlsx"):
        return table_response(organisation_tables(page, currency), address.format, "organisation")
    return render(request, viewer, "organisation.html", page=page, currency=currency, **page_words(request))
