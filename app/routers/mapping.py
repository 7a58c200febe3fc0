"""Reviewing areas: the queue, one project at a time; decisions, in bulk too; and the last one taken back."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BeforeValidator, Field

from app.errors import InvalidInput
from app.languages import LOCALE
from app.routers.addresses import Address, Country, Number, Text, address_of, page_words
from app.routers.dependencies import Id, Read, SignedIn, Write
from app.routers.rendering import render, render_progress
from app.rules.permissions import may_import
from app.services.decide_areas import decide_areas
from app.services.decide_found import decide_found, preview_found
from app.services.list_portfolio import read_portfolio_choices
from app.services.review_project import ask_second_opinion, comment_areas, keep_decision
from app.services.show_mapping_work import show_mapping_work
from app.services.show_review import ReviewAsked, show_review
from app.services.undo_decision import undo_decision
from app.settings import settings

router = APIRouter(prefix="/mapping")
Kind = Literal["", "changed", "opinion", "retired"]
Share = Annotated[
    Annotated[Decimal, Field(gt=0, le=100)] | None, BeforeValidator(lambda text: str(text).strip().replace(",", ".") or None)
]  # fmt: skip


class ReviewAddress(Address):
    """The filters of the queue as its address says them; `done` names what was just done."""

    framework: Text = ""
    country: Country = ""
    organisation: Text = ""
    q: Text = ""
    kind: Kind = ""
    at: Number = None
    done: Text = ""

    def asked(self) -> ReviewAsked:
        return ReviewAsked(self.framework, self.country, self.organisation, self.q, self.kind, self.at)

    def queue(self, **changes: object) -> str:
        """The address of the queue with the same filters."""
        filters = {name: getattr(self, name) for name in ("framework", "country", "organisation", "q", "kind")}
        return address_of("/mapping", **{**filters, **changes})


@router.get("")
def show_queue(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[ReviewAddress, Query()]
) -> Response:
    """The project that waits most, or the one asked for."""
    page = show_review(connection, viewer, address.asked(), LOCALE.get())
    return render(
        request, viewer, "mapping.html", page=page, asked=address, choices=read_portfolio_choices(connection),
        currency=settings().base_currency, may_decide=may_import(viewer), **page_words(request),
    )  # fmt: skip


@router.get("/bulk")
def show_bulk(
    request: Request, viewer: SignedIn, connection: Read, address: Annotated[ReviewAddress, Query()], area: Text = ""
) -> Response:
    """What accepting one area for all projects found would do."""
    found = preview_found(connection, viewer, address.asked(), area)
    return render(
        request, viewer, "mapping_bulk.html", found=found, asked=address, choices=read_portfolio_choices(connection),
        area=area, currency=settings().base_currency, **page_words(request),
    )  # fmt: skip


class BulkDecision(ReviewAddress):
    area: Text
    digest: Text
    others: Literal["leave", "reject"] = "leave"


@router.post("/bulk")
def accept_all(viewer: SignedIn, connection: Write, sent: Annotated[BulkDecision, Form()]) -> Response:
    """Accept the area for the projects that were looked at."""
    job = decide_found(connection, viewer, sent.asked(), sent.area, sent.digest, sent.others)
    return RedirectResponse(f"/mapping/work/{job}" if job else sent.queue(done="bulk"), 303)


@router.get("/work/{job}")
def show_work(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    """How far a job on areas or words is, and what came of it."""
    return render(
        request, viewer, "mapping_work.html", work=show_mapping_work(connection, viewer, job), **page_words(request)
    )


@router.get("/work/{job}/progress")
def show_progress(request: Request, viewer: SignedIn, connection: Read, job: Id) -> Response:
    work = show_mapping_work(connection, viewer, job)
    return render_progress(request, viewer, "mapping_work_waiting.html", is_over=work.is_over, work=work)


@router.post("/undo")
def undo(viewer: SignedIn, connection: Write, sent: Annotated[ReviewAddress, Form()]) -> Response:
    """Take the viewer's last decision back, and show the project again."""
    numbers = undo_decision(connection, viewer)
    return RedirectResponse(sent.queue(at=numbers[0], done="undone"), 303)


class Review(ReviewAddress):
    """What the buttons of the review page send: a line for each area in `code` and `share`, the ticked in `keep`."""

    action: Literal["accept", "reject", "keep", "comment", "opinion"]
    next_: Number = Field(None, alias="next")
    code: list[Text] = Field(default_factory=list, max_length=500)
    share: list[Share] = Field(default_factory=list, max_length=500)
    keep: list[Text] = Field(default_factory=list, max_length=500)
    add: Text = ""
    add_share: Share = None
    comment: Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")] = ""
    colleague: Number = None

    def areas(self) -> dict[str, Decimal | None]:
        """code -> share of the areas that are ticked or added."""
        if len(self.code) != len(self.share):
            raise InvalidInput("The form came in parts. Load the page again.")
        ticked = {code: share for code, share in zip(self.code, self.share, strict=True) if code in self.keep}
        return {**ticked, self.add: self.add_share} if self.add else ticked


@router.post("/{number}")
def review(viewer: SignedIn, connection: Write, number: Id, sent: Annotated[Review, Form()]) -> Response:
    """Carry out one button; a decision leads on to the next project."""
    key, comment, stays = sent.framework, sent.comment, sent.action == "comment"
    if sent.action == "accept":
        if not sent.areas():
            raise InvalidInput("Tick the areas that fit, or say that none does.")
        decide_areas(connection, viewer, number, key, sent.areas(), comment)
    elif sent.action == "reject":
        decide_areas(connection, viewer, number, key, {}, comment)
    elif sent.action == "keep":
        keep_decision(connection, viewer, number, key)
    elif sent.action == "opinion":
        ask_second_opinion(connection, viewer, number, key, sent.colleague, comment)
    else:
        comment_areas(connection, viewer, number, key, comment)
    return RedirectResponse(sent.queue(at=number if stays else sent.next_, done=sent.action), 303)
