"""Portfolios as files over the API."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response

from app.routers.addresses import Country
from app.routers.api.documents import api_router
from app.routers.dependencies import LARGEST, Read, SignedIn, Words
from app.routers.rendering import file_response, temporary_file
from app.services.export_portfolio import ExportFilter, export_portfolio
from exports.registry import EXPORTERS

router = api_router("exports")
ImportNumber = Annotated[int | None, Query(alias="import", ge=1, le=LARGEST)]
Format = Annotated[Literal["iati", "xlsx", "csv", "json"], Path()]


@router.get("/{format}", response_class=Response)
def get_export(
    viewer: SignedIn,
    connection: Read,
    format: Format,  # noqa: A002
    country: Country = "",
    org: Words = "",
    import_id: ImportNumber = None,
) -> Response:
    """The projects that the asker may see, as one file. It is finished before its first byte leaves."""
    out, exporter = temporary_file(), EXPORTERS[format]
    export_portfolio(connection, viewer, format, ExportFilter(country, org, import_id), out)
    return file_response(out, exporter.media_type, f"tessera{exporter.suffix}")
