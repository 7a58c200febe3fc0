"""Funding lines: search, one line with the actions that it fits."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.errors import InvalidInput
from app.languages import LOCALE
from app.models.line_document import LINE_TYPES
from app.models.worded import worded
from app.queries.frameworks import area_titles
from app.queries.funding_lines import list_line_changes
from app.routers.addresses import address_of, page_words
from app.routers.dependencies import Id, Read, SignedIn
from app.routers.rendering import render, table_response
from app.rules.opportunity_status import STATUSES
from app.rules.permissions import may_import
from app.services.alert_words import plain_amount
from app.services.document_kinds import LINE
from app.services.funding_choices import funding_choices
from app.services.funding_json import line_as_json
from app.services.keep_shortlist import find_shortlisted
from app.services.line_tables import line_table
from app.services.match_funding import match_funding
from app.services.read_line_filter import NAMES, read_line_filter
from app.services.remove_document import list_removed
from app.services.save_document import list_doubts
from app.services.search_lines import search_lines, show_line
from app.settings import settings

router = APIRouter()
PAGE = 50


def said_in(request: Request, names: Sequence[str] = NAMES) -> dict[str, list[str]]:
    """The filters of an address."""
    return {name: [one for one in request.query_params.getlist(name) if one] for name in names}


def funding_words(request: Request) -> dict[str, Any]:
    """What the templates of lines and plans share."""
    return {**page_words(request), "plain_amount": plain_amount, "currency": settings().base_currency}


@router.get("/opportunities")
def list_opportunities(request: Request, viewer: SignedIn, connection: Read) -> Response:
    """Search lines; a download holds all pages."""
    said, now, form = said_in(request), datetime.now(UTC), request.query_params.get("format", "")
    asked = read_line_filter(said)
    if form in ("csv", "xlsx", "json"):
        lines = search_lines(connection, viewer, asked, now, limit=None).lines
        if form == "json":
            return JSONResponse({"lines": [line_as_json(line) for line in lines]})
        return table_response([line_table(lines)], form, "funding-lines")
    page = page_number(request.query_params.get("page", "1"))
    found = search_lines(connection, viewer, asked, now, PAGE, (page - 1) * PAGE)
    return render(
        request, viewer, "opportunities.html", found=found, said=said, page=page, pages=-(-found.total // PAGE) or 1,
        choices=funding_choices(connection, viewer, LOCALE.get()), statuses=STATUSES, types=LINE_TYPES,
        may_enter=may_import(viewer), removed=list_removed(connection, viewer, LINE),
        saved=address_of("/alerts/searches", **said), **funding_words(request),
    )  # fmt: skip


def page_number(text: str) -> int:
    """Raises InvalidInput."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 10**6:
        raise InvalidInput(worded("“%(text)s” is no number of a page.", text=text[:40]))
    return int(text)


@router.get("/opportunities/{number}")
def show_opportunity(request: Request, viewer: SignedIn, connection: Read, number: Id) -> Response:
    now = datetime.now(UTC)
    shown = show_line(connection, viewer, number, now)
    if request.query_params.get("format") == "json":
        return JSONResponse(line_as_json(shown))
    return render(
        request, viewer, "opportunity.html", shown=shown, matches=match_funding(connection, viewer, now, line_id=number),
        kept=find_shortlisted(connection, viewer, number, now), area_titles=area_titles(connection),
        doubts=list_doubts(connection, shown.line, number) if shown.may_edit else [],
        changes=list_line_changes(connection, number), **funding_words(request),
    )  # fmt: skip
