"""Lines and actions that fit, over the API."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response

from app.routers.api.documents import Limit, api_router, tagged
from app.routers.dependencies import LARGEST, Read, SignedIn, Words
from app.services.funding_json import match_as_json
from app.services.match_funding import Match, match_funding, place_of

router = api_router("matches")
Number = Annotated[int | None, Query(ge=1, le=LARGEST)]
# Where the last page ended in the order of matches; to its user it is just what that page gave.
Place = Annotated[str, Query(pattern=r"^([01](\.[0-9]{1,18}){3})?$")]


@router.get("")
def list_matches(
    request: Request, viewer: SignedIn, connection: Read, plan: Number = None, action: Number = None, line: Number = None,
    donor: Words = "", verdict: Literal["", "fits", "almost"] = "", limit: Limit = 100, cursor: Place = "",
) -> Response:  # fmt: skip
    """What fits, or almost, best first: for one plan, action, line or donor; every condition with its reason."""
    verdicts = (verdict,) if verdict else ("fits", "almost")
    found = match_funding(
        connection,
        viewer,
        datetime.now(UTC),
        plan_id=plan,
        action_id=action,
        line_id=line,
        donor=donor,
        verdicts=verdicts,
    )
    if cursor:
        rest, score, *ids = map(int, cursor.split("."))
        found = [match for match in found if place_of(match) > (False, bool(rest), -score, *ids)]
    items = [match_as_json(one) for one in found[:limit]]
    return tagged(request, {"items": items, "next_cursor": _cursor(found[limit - 1]) if len(found) > limit else None})


def _cursor(match: Match) -> str:
    _, rest, score, line, action = place_of(match)
    return f"{int(rest)}.{-score}.{line}.{action}"
