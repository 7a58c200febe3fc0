"""Funding lines over the API: entered, changed and removed by their donor, read by everybody."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.errors import InvalidInput
from app.models.line_document import LineDocument, line_of
from app.routers.addresses import Country, Text
from app.routers.api.documents import api_router, tagged
from app.routers.dependencies import Id, Read, SignedIn, Words
from app.services.funding_json import line_as_json, match_as_json
from app.services.match_funding import match_funding
from app.services.remove_line import remove_line
from app.services.save_line import Saved, save_line
from app.services.search_lines import LineFilter, search_lines, show_line

router = api_router("funding-lines")
opportunities = api_router("opportunities")
matches = api_router("matches")
Long = Annotated[str, Field(max_length=100_000, pattern=r"^[^\x00]*$")]
Texts = Annotated[list[Text], Field(max_length=400)]
Amount = Annotated[Decimal, Field(ge=0, lt=10**13, max_digits=15, decimal_places=2)]
Offset = Annotated[int, Query(ge=0, le=10**6)]
Many = Annotated[int, Query(ge=1, le=500)]


class LineToSave(BaseModel):
    """A line as in docs/api.md; amounts in `currency`, `own_share` a part of 1. `version`: of the line that is changed."""

    reference: Text
    title: Text
    description: Long = ""
    type: Text = "call"
    countries: Texts = []
    excluded: Texts = []
    areas: Texts = []
    applicant_types: Texts = []
    nationalities: Texts = []
    currency: Text = ""
    total: Amount | None = None
    minimum: Amount | None = None
    maximum: Amount | None = None
    own_share: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=6)] | None = None
    forecast: Text = ""
    opens: Text = ""
    closes: Text = ""
    time_zone: Text = "UTC"
    rolling: bool = False
    months_min: Annotated[int, Field(ge=1, le=1200)] | None = None
    months_max: Annotated[int, Field(ge=1, le=1200)] | None = None
    languages: Texts = []
    link: Text = ""
    contact: Text = ""
    visibility: Literal["private", "shared"] = "shared"
    version: int | None = None

    def document(self) -> LineDocument:
        values = self.model_dump()
        cents = {
            name: None if values[name] is None else int(values[name] * 100) for name in ("total", "minimum", "maximum")
        }
        share = None if self.own_share is None else int(self.own_share * 1_000_000)
        return line_of({**values, **cents, "own_share": share})


def saved_as_json(saved: Saved) -> dict[str, Any]:
    """The number of what was saved, and what is doubtful in it. Raises InvalidInput with everything that is wrong."""
    if saved.id is None:
        raise InvalidInput(
            " ".join(f"{fault.message} {fault.hint}" for fault in saved.faults if fault.level == "error")
        )
    return {"id": saved.id, "warnings": [fault._asdict() for fault in saved.faults]}


@router.get("")
def list_funding_lines(
    request: Request, viewer: SignedIn, connection: Read, donor: Words = "", limit: Many = 100, offset: Offset = 0
) -> Response:
    """Every line that the caller may see, closed ones too; those that close first in front."""
    page = search_lines(connection, viewer, LineFilter(donor=donor), datetime.now(UTC), limit, offset)
    return tagged(request, {"items": [line_as_json(one) for one in page.lines], "total": page.total})


@router.get("/{line_id}")
def get_funding_line(request: Request, viewer: SignedIn, connection: Read, line_id: Id) -> Response:
    """One line."""
    return tagged(request, line_as_json(show_line(connection, viewer, line_id, datetime.now(UTC))))


@router.post("", status_code=201)
def add_funding_line(viewer: SignedIn, sent: LineToSave) -> dict[str, Any]:
    """Enter a line of the caller's own organisation."""
    return saved_as_json(save_line(viewer, sent.document()))


@router.put("/{line_id}")
def change_funding_line(viewer: SignedIn, line_id: Id, sent: LineToSave) -> dict[str, Any]:
    """Put a line in the place of what is stored; what is left out is empty then."""
    return saved_as_json(save_line(viewer, sent.document(), line_id, sent.version))


@router.delete("/{line_id}", status_code=204)
def remove_funding_line(viewer: SignedIn, line_id: Id) -> None:
    """Take a line out of every list."""
    remove_line(viewer, line_id)


@opportunities.get("")
def list_opportunities(
    request: Request, viewer: SignedIn, connection: Read, q: Words = "", country: Country = "", area: Words = "", applicant: Words = "",
    amount: Annotated[Decimal | None, Query(ge=0, lt=10**13)] = None, donor: Words = "",
    status: Words = "", limit: Many = 100, offset: Offset = 0,
) -> Response:  # fmt: skip
    """Lines that are not closed, by words, place, area, applicant and amount (of the base currency)."""
    statuses = (status,) if status else ("open", "closing soon", "rolling", "forecast", "unknown")
    cents = None if amount is None else int(amount * 100)
    asked = LineFilter(q, country, (area,) if area else (), applicant, cents, donor=donor, statuses=statuses)
    page = search_lines(connection, viewer, asked, datetime.now(UTC), limit, offset)
    return tagged(request, {"items": [line_as_json(one) for one in page.lines], "total": page.total})


@matches.get("")
def list_matches(
    request: Request, viewer: SignedIn, connection: Read, plan: Annotated[int | None, Query(ge=1)] = None,
    action: Annotated[int | None, Query(ge=1)] = None, line: Annotated[int | None, Query(ge=1)] = None, donor: Words = "",
) -> Response:  # fmt: skip
    """What fits, or almost: for one plan, action, line or donor; every condition with its reason."""
    found = match_funding(
        connection, viewer, datetime.now(UTC), plan_id=plan, action_id=action, line_id=line, donor=donor
    )
    return tagged(request, {"items": [match_as_json(one) for one in found]})
