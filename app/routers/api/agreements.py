"""Agreements over the API."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from app.routers.addresses import Country, Text
from app.routers.api.documents import Cursor, Limit, Listing, api_router, tagged
from app.routers.dependencies import LARGEST, Id, Read, SignedIn, Words, Write
from app.services.add_agreement import add_agreement
from app.services.change_agreement import change_agreement
from app.services.list_agreements import agreement_as_json, list_agreements, show_agreement
from app.services.write_agreement import AgreementForm

router = api_router("agreements")
Long = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
Snapshot = Annotated[int, Field(ge=1, le=LARGEST)]


class Party(BaseModel):
    organisation: Text
    role: Literal["lead", "join", "leave"]


class NewAgreement(BaseModel):
    """What was agreed; without `area` it is about the whole country."""

    country: Country
    description: Long
    decided_on: date
    framework: Text = ""
    area: Text = ""
    due: date | None = None
    parties: list[Party] = Field(default_factory=list, max_length=100)
    snapshot: Snapshot | None = None

    def form(self) -> AgreementForm:
        parties = {party.organisation: party.role for party in self.parties}
        return AgreementForm(
            self.country, self.description, self.decided_on, self.framework, self.area, self.due, dict(parties),
            self.snapshot,
        )  # fmt: skip


class AgreementChange(BaseModel):
    """How an agreement stands now, a comment, or what it says in place of what it said."""

    state: Literal["", "open", "kept", "dropped"] = ""
    comment: Long = ""
    agreement: NewAgreement | None = None


def _today() -> date:
    return datetime.now(UTC).date()


@router.get("", response_model=Listing[dict[str, Any]])
def list_all(
    request: Request, viewer: SignedIn, connection: Read, country: Annotated[Country, Query()] = "",
    framework: Words = "", state: Literal["", "open", "kept", "dropped"] = "", limit: Limit = 100, cursor: Cursor = 0,
) -> Response:  # fmt: skip
    """Agreements, oldest first, with what the data say since."""
    countries = [country] if country else []
    lines = list_agreements(connection, viewer, _today(), countries, framework, state, cursor, limit + 1)
    following = str(lines[limit - 1].row.id) if len(lines) > limit else None
    items = [agreement_as_json(line) for line in lines[:limit]]
    return tagged(request, Listing[dict[str, Any]](items=items, next_cursor=following))


@router.post("", status_code=201, response_model=dict[str, Any])
def add(viewer: SignedIn, connection: Write, sent: NewAgreement) -> dict[str, Any]:
    """Enter an agreement."""
    number = add_agreement(connection, viewer, sent.form())
    return agreement_as_json(show_agreement(connection, viewer, number, _today()).line)


@router.get("/{number}", response_model=dict[str, Any])
def get_one(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    """One agreement with its history, newest first."""
    page = show_agreement(connection, viewer, number, _today())
    history = [
        {"by": one.user_name, "at": one.at.isoformat(), "state": one.state, "comment": one.comment, "before": before}
        for one, before in page.changes
    ]
    return tagged(request, {**agreement_as_json(page.line), "history": history})


@router.post("/{number}/changes", response_model=dict[str, Any])
def change(viewer: SignedIn, connection: Write, number: Id, sent: AgreementChange) -> dict[str, Any]:
    """Change its state, comment on it, or correct it."""
    form = sent.agreement.form() if sent.agreement else None
    change_agreement(connection, viewer, number, sent.state, sent.comment, form)
    return agreement_as_json(show_agreement(connection, viewer, number, _today()).line)
