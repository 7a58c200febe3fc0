"""Funding lines over the API: entered, changed, removed and brought back by their donor, read by everybody."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.errors import InvalidInput
from app.models.line_document import LineDocument, line_of
from app.queries.funding_lines import LineFilter
from app.routers.addresses import Country, Text, Texts
from app.routers.api.documents import api_router, changed_document, page_of_documents, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn
from app.services.document_kinds import LINE
from app.services.funding_json import line_as_json
from app.services.read_line_filter import NOT_CLOSED, read_line_filter
from app.services.remove_document import remove_document, restore_document
from app.services.save_document import Saved, save_document
from app.services.search_lines import search_lines, show_line

router = api_router("funding-lines")
opportunities = api_router("opportunities")
Long = Annotated[str, Field(max_length=100_000, pattern=r"^[^\x00]*$")]
Many = Annotated[list[Text], Field(max_length=400)]
Amount = Annotated[Decimal, Field(ge=0, lt=10**13, max_digits=15, decimal_places=2)]


class DocumentToSave(BaseModel):
    title: Text
    url: Text


class LineToSave(BaseModel):
    """A line as in docs/api.md; amounts in `currency`, `own_share` a part of 1. `version`: of the line that is changed."""

    reference: Text
    title: Text
    description: Long = ""
    type: Text = "call"
    countries: Many = []
    excluded: Many = []
    areas: Many = []
    applicant_types: Many = []
    nationalities: Many = []
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
    languages: Many = []
    link: Text = ""
    contact: Text = ""
    documents: Annotated[list[DocumentToSave], Field(max_length=100)] = []
    visibility: Literal["private", "shared"] = "shared"
    version: int | None = None

    def document(self) -> LineDocument:
        values = self.model_dump()
        cents = {
            name: None if values[name] is None else int(values[name] * 100) for name in ("total", "minimum", "maximum")
        }
        share = None if self.own_share is None else int(self.own_share * 1_000_000)
        documents = tuple((one.title, one.url) for one in self.documents)
        return line_of({**values, **cents, "own_share": share, "documents": documents})


class LineAddress(BaseModel):
    """The filters of a list of lines: those of the page, by the same names."""

    q: Text = ""
    country: Country = ""
    area: Texts = Field(default_factory=list)
    applicant: Text = ""
    amount: Text = ""
    closes_after: Text = ""
    closes_by: Text = ""
    donor: Text = ""
    type: Text = ""
    status: Texts = Field(default_factory=list)
    reference: Text = ""
    currency: Text = ""
    language: Text = ""
    visibility: Text = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[int, Field(ge=0, le=LARGEST)] = 0

    def asked(self) -> LineFilter:
        """Raises InvalidInput."""
        said = self.model_dump(exclude={"limit", "cursor"})
        return read_line_filter({name: one if isinstance(one, list) else [one] for name, one in said.items()})


def saved_as_json(saved: Saved) -> dict[str, Any]:
    """The number of what was saved, and what is doubtful in it. Raises InvalidInput with everything that is wrong."""
    if saved.id is None:
        raise InvalidInput(
            " ".join(f"{fault.message} {fault.hint}" for fault in saved.faults if fault.level == "error")
        )
    return {"id": saved.id, "warnings": [fault._asdict() for fault in saved.faults]}


@router.get("")
def list_funding_lines(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[LineAddress, Query()]
) -> Response:
    """Every line that the caller may see, closed ones too, by id."""
    return _list(request, viewer, connection, address)


def _list(request: Request, viewer: SignedIn, connection: Read, address: LineAddress) -> Response:
    limit, now = address.limit, datetime.now(UTC)
    page = search_lines(connection, viewer, address.asked(), now, limit + 1, after=address.cursor)
    items = [line_as_json(one) for one in page.lines]
    return tagged(request, {**page_of_documents(items, limit), "total": page.total})


@router.get("/{line_id}")
def get_funding_line(request: Request, viewer: SignedIn, connection: Read, line_id: Id) -> Response:
    """One line."""
    return tagged(request, line_as_json(show_line(connection, viewer, line_id, datetime.now(UTC))))


@router.post("", status_code=201)
def add_funding_line(viewer: SignedIn, sent: LineToSave) -> dict[str, Any]:
    """Enter a line of the caller's own organisation."""
    return saved_as_json(save_document(viewer, sent.document()))


@router.put("/{line_id}")
def replace_funding_line(viewer: SignedIn, line_id: Id, sent: LineToSave) -> dict[str, Any]:
    """Put a line in the place of what is stored; what is left out is empty then."""
    return saved_as_json(save_document(viewer, sent.document(), line_id, sent.version))


@router.patch("/{line_id}")
def change_funding_line(viewer: SignedIn, connection: Read, line_id: Id, sent: dict[str, Any]) -> dict[str, Any]:
    """Change just the fields that are sent."""
    stored = line_as_json(show_line(connection, viewer, line_id, datetime.now(UTC)))
    line = changed_document(LineToSave, stored, sent)
    return saved_as_json(save_document(viewer, line.document(), line_id, line.version))


@router.delete("/{line_id}", status_code=204)
def remove_funding_line(viewer: SignedIn, line_id: Id) -> None:
    """Take a line out of every list."""
    remove_document(viewer, LINE, line_id)


@router.post("/{line_id}/restore", status_code=204)
def restore_funding_line(viewer: SignedIn, line_id: Id) -> None:
    """Bring back a line that was removed."""
    restore_document(viewer, LINE, line_id)


@opportunities.get("")
def list_opportunities(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[LineAddress, Query()]
) -> Response:
    """Lines that are not closed, by id; another `status` if asked for."""
    return _list(request, viewer, connection, address.model_copy(update={"status": address.status or list(NOT_CLOSED)}))
