"""Activities over the API."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AfterValidator, BaseModel

from app.errors import NotFound
from app.queries.directory_pages import activity_ids
from app.queries.frameworks import get_framework
from app.queries.portfolio import ProjectRow, read_rows
from app.routers.api.documents import Cursor, Limit, Listing, api_router, tagged
from app.routers.dependencies import Id, Read, SignedIn, Words
from app.services.overlap_json import money_text
from app.settings import settings

router = api_router("activities")
CountryCode = Annotated[
    str,
    Query(pattern=r"^([A-Za-z]{2}|[0-9]{2,5})?$", description="Country or DAC region code"),
    AfterValidator(str.upper),
]


class Named(BaseModel):
    ref: str
    name: str


class AreaShare(BaseModel):
    """An area of the primary framework; `state`: confirmed or suggested."""

    code: str
    title: str
    state: str


class ActivityItem(BaseModel):
    """One project; `money` is net by flow type, in `currency`."""

    id: int
    identifier: str
    title: str
    status: str
    start: date | None
    end: date | None
    reporter: Named
    donors: list[Named]
    countries: list[str]
    areas: list[AreaShare]
    currency: str
    money: dict[str, str]


@router.get("", response_model=Listing[ActivityItem])
def list_activities(
    request: Request, viewer: SignedIn, connection: Read, limit: Limit = 100, cursor: Cursor = 0,
    country: CountryCode = "", reporter: Words = "", q: Words = "",
) -> Response:  # fmt: skip
    """Projects that the asker may see, by id."""
    ids = activity_ids(connection, viewer, cursor, limit + 1, country, reporter, q)
    rows = read_rows(connection, ids[:limit], get_framework(connection).id)
    after = str(ids[limit - 1]) if len(ids) > limit else None
    return tagged(request, Listing(items=[_item(row) for row in rows], next_cursor=after))


@router.get("/{activity_id}", response_model=ActivityItem)
def get_activity(request: Request, viewer: SignedIn, connection: Read, activity_id: Id) -> Response:
    """One project."""
    if activity_ids(connection, viewer, activity_id - 1, 1) != [activity_id]:
        raise NotFound(f"There is no activity {activity_id}.")
    return tagged(request, _item(next(iter(read_rows(connection, [activity_id], get_framework(connection).id)))))


def _item(row: ProjectRow) -> ActivityItem:
    return ActivityItem(
        id=row.id,
        identifier=row.identifier,
        title=row.title,
        status=row.status,
        start=row.start,
        end=row.end,
        reporter=Named(ref=row.reporter[0], name=row.reporter[1]),
        donors=[Named(ref=ref, name=name) for ref, name in row.donors],
        countries=row.countries,
        areas=[AreaShare(code=code, title=title, state=state) for code, title, state in row.areas],
        currency=settings().base_currency,
        money={flow: money_text(cents) for flow, cents in row.money.items()},
    )
