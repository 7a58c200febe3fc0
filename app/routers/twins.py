"""Likely twins: reports of two organisations that may be of the same money, side by side, and what people say of them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import Field

from app.queries.claims import ClaimFilter
from app.routers.addresses import Address, Country, Number, PageNumber, Text, address_of, page_words
from app.routers.dependencies import Read, SignedIn, Write
from app.routers.rendering import render, table_response
from app.services.decide_claims import Said, decide_claims, pair_projects, withdraw_claims
from app.services.list_portfolio import read_portfolio_choices
from app.services.list_twins import list_twins
from app.services.twin_documents import twin_as_json, twins_table
from app.settings import settings

router = APIRouter(prefix="/twins")
State = Literal["open", "all", "proposed", "accepted", "rejected", "unsure", "disputed"]
Pair = Annotated[str, Field(pattern=r"^[1-9]\d{0,9}(\.\d{1,9})?$")]
Note = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
Relation = Literal[
    "", "same one", "same other", "funds one", "funds other", "parent one", "parent other"
]  # fmt: skip


class TwinsAddress(Address):
    """The filters as the address says them; `done` and `pair` tell what was just decided."""

    state: State = "open"
    country: Country = ""
    organisation: Text = ""
    project: Number = None
    page: PageNumber = 1
    done: Text = ""
    pair: list[Pair] = Field(default_factory=list, max_length=100)

    def asked(self) -> ClaimFilter:
        return ClaimFilter(self.state, self.country, self.organisation, self.project)

    def queue(self, **changes: Any) -> str:
        """The address of this page with the same filters."""
        filters = {name: getattr(self, name) for name in ("country", "organisation", "project")}
        kept = {
            **filters,
            "state": "" if self.state == "open" else self.state,
            "page": "" if self.page == 1 else self.page,
        }
        return address_of("/twins", **{**kept, **changes})


class Asked(TwinsAddress):
    format: Literal["", "html", "csv", "xlsx", "json"] = ""


@router.get("")
def show_twins(request: Request, viewer: SignedIn, connection: Read, address: Annotated[Asked, Query()]) -> Response:
    """The queue; a file holds all its pages."""
    is_file, currency = address.format in ("csv", "xlsx", "json"), settings().base_currency
    page = list_twins(connection, viewer, address.asked(), None if is_file else address.page)
    if address.format == "json":
        return JSONResponse({"pairs": [twin_as_json(line, currency) for line in page.lines]})
    if is_file:
        return table_response([twins_table(page.lines, currency)], address.format, "twins")
    return render(
        request, viewer, "twins.html", page=page, asked=address, choices=read_portfolio_choices(connection),
        currency=currency, **page_words(request),
    )  # fmt: skip


class Decision(TwinsAddress):
    """What the buttons send: `pair` as number, or number.changes as the page showed it; `relation`: what they are and
    which of the two leads, '' as proposed."""

    answer: Literal["accepted", "rejected", "unsure"]
    relation: Relation = ""
    note: Note = ""

    def said(self) -> Said:
        kind, _, leads = self.relation.partition(" ")
        return Said(self.answer, kind, leads, self.note)


@router.post("/decide")
def decide(viewer: SignedIn, connection: Write, sent: Annotated[Decision, Form()]) -> Response:
    """Answer one pair, or all that are ticked."""
    seen = {
        int(number): int(changes) if changes else None for number, _, changes in (p.partition(".") for p in sent.pair)
    }
    decide_claims(connection, viewer, seen, sent.said())
    return RedirectResponse(sent.queue(done=sent.answer, pair=list(seen)), 303)


@router.post("/withdraw")
def withdraw(viewer: SignedIn, connection: Write, sent: Annotated[TwinsAddress, Form()]) -> Response:
    """Take one's answer back."""
    withdraw_claims(connection, viewer, [int(pair.partition(".")[0]) for pair in sent.pair])
    return RedirectResponse(sent.queue(done="withdrawn"), 303)


class TwoProjects(Address):
    """`other`: an identifier."""

    one: Annotated[int, Field(ge=1, le=2**31 - 1)]
    other: Text


@router.post("/pairs")
def put_side_by_side(viewer: SignedIn, connection: Write, sent: Annotated[TwoProjects, Form()]) -> Response:
    """Put two projects side by side that the search has not found."""
    pair_projects(connection, viewer, sent.one, str(sent.other))
    return RedirectResponse(address_of("/twins", project=sent.one, state="all"), 303)
