"""Agreements of coordination meetings: what was decided, and what became of it."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import Connection

from app.queries import snapshots
from app.queries.agreements import list_party_choices
from app.queries.frameworks import list_frameworks
from app.queries.places import list_places_with_money
from app.routers.addresses import Address, Countries, Country, Number, Text, Texts, page_words
from app.routers.dependencies import Id, Read, SignedIn, Write
from app.routers.rendering import render, table_response
from app.rules.follow_agreement import JOIN, LEAD, LEAVE
from app.rules.permissions import may_keep_minutes
from app.services.add_agreement import add_agreement
from app.services.agreement_tables import agreements_table
from app.services.change_agreement import change_agreement
from app.services.list_agreements import agreement_as_json, list_agreements, show_agreement
from app.services.write_agreement import AgreementForm

router = APIRouter(prefix="/agreements")
Long = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
Day = Annotated[date | None, BeforeValidator(lambda value: value or None)]
State = Literal["", "open", "kept", "dropped"]


class AgreementsAddress(Address):
    """Which agreements; `area` and `snapshot` are first choices of the form."""

    country: Countries = Field(default_factory=list)
    framework: Text = ""
    area: Text = ""
    state: State = ""
    snapshot: Number = None
    format: Literal["", "html", "csv", "xlsx", "json"] = ""


class Sent(BaseModel):
    """An agreement as the form sends it; `about`: the framework's key and the area's code with a stroke between."""

    country: Country = ""
    about: Text = ""
    description: Long = ""
    decided_on: Day = None
    due: Day = None
    lead: Text = ""
    join: Texts = Field(default_factory=list)
    leave: Texts = Field(default_factory=list)
    snapshot: Number = None

    def form(self) -> AgreementForm:
        # Who is named twice has the first of lead, join, leave.
        parties = dict.fromkeys(self.leave, LEAVE) | dict.fromkeys(self.join, JOIN)
        if self.lead:
            parties[self.lead] = LEAD
        framework, _, area = self.about.partition("/")
        decided_on = self.decided_on or datetime.now(UTC).date()
        return AgreementForm(
            self.country, self.description, decided_on, framework, area, self.due, parties, self.snapshot
        )


class Said(BaseModel):
    """How an agreement stands."""

    state: State = ""
    comment: Long = ""


def _today() -> date:
    return datetime.now(UTC).date()


def _choices(connection: Connection) -> dict[str, Any]:
    """What the form offers."""
    return {
        "today": _today(), "frameworks": list_frameworks(connection),
        "places": list_places_with_money(connection),
        "parties": list_party_choices(connection), "snapshots": snapshots.list_snapshots(connection, limit=50),
    }  # fmt: skip


@router.get("")
def show_agreements(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[AgreementsAddress, Query()]
) -> Response:
    """All agreements, open ones first, and the form for a new one."""
    lines = list_agreements(connection, viewer, _today(), address.country, address.framework, address.state)
    if address.format == "json":
        return JSONResponse({"agreements": [agreement_as_json(line) for line in lines]})
    if address.format in ("csv", "xlsx"):
        return table_response([agreements_table(lines)], address.format, "agreements")
    return render(
        request, viewer, "agreements.html", lines=lines, address=address,
        may_write=may_keep_minutes(viewer), choices=_choices(connection), **page_words(request),
    )  # fmt: skip


@router.post("")
def add(viewer: SignedIn, connection: Write, sent: Annotated[Sent, Form()]) -> Response:
    """Enter an agreement."""
    return RedirectResponse(f"/agreements/{add_agreement(connection, viewer, sent.form())}", 303)


@router.get("/{number}")
def show_one(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    """One agreement: what the data say since, and its history."""
    page = show_agreement(connection, viewer, number, _today())
    return render(
        request, viewer, "agreement.html", page=page, line=page.line, may_write=may_keep_minutes(viewer),
        choices=_choices(connection), **page_words(request),
    )  # fmt: skip


@router.post("/{number}")
def correct(viewer: SignedIn, connection: Write, number: Id, sent: Annotated[Sent, Form()]) -> Response:
    """Correct what an agreement says."""
    change_agreement(connection, viewer, number, form=sent.form())
    return RedirectResponse(f"/agreements/{number}", 303)


@router.post("/{number}/state")
def say(viewer: SignedIn, connection: Write, number: Id, sent: Annotated[Said, Form()]) -> Response:
    """Say how it stands, or comment on it."""
    change_agreement(connection, viewer, number, sent.state, sent.comment)
    return RedirectResponse(f"/agreements/{number}#history", 303)
