"""Pairs of reports that may be of the same money, and what was said about them; seen by one viewer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, update

from app.errors import NotFound
from app.models.activity import ActivityCountry
from app.models.link import ActivityLink, ActivityLinkAnswer
from app.models.organisation import Organisation
from app.models.user import User
from app.models.worded import worded
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import in_chunks, one_of, take_ids
from app.rules.claims import OPEN, Answer
from app.rules.permissions import Viewer

LINK = ActivityLink.__table__  # type: ignore[attr-defined]
ANSWER = ActivityLinkAnswer.__table__  # type: ignore[attr-defined]
COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
USER = User.__table__  # type: ignore[attr-defined]
ALL = "all"


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which pairs; '' and None mean any. `state`: one of rules.claims, 'open' or 'all'; `organisation`: a reference."""

    state: str = "open"
    country: str = ""
    organisation: str = ""
    project: int | None = None

    @property
    def states(self) -> tuple[str, ...]:
        return OPEN if self.state == "open" else () if self.state in (ALL, "") else (self.state,)


def list_claims(
    connection: Connection, viewer: Viewer, asked: ClaimFilter, limit: int | None = None, offset: int = 0
) -> list[Any]:
    """Pairs both of whose reports the viewer may see, with `one_id` and `other_id`: disputed ones first, then the
    most alike."""
    k = LINK.c
    order = (k.state != "disputed", k.points.desc(), k.id)
    return list(connection.execute(_pairs(viewer, asked).order_by(*order).limit(limit).offset(offset or None)))


def page_claims(connection: Connection, viewer: Viewer, asked: ClaimFilter, after: int, limit: int) -> list[Any]:
    """The same by number, from the one after `after`."""
    query = _pairs(viewer, asked).where(LINK.c.id > after).order_by(LINK.c.id)
    return list(connection.execute(query.limit(limit)))


def count_claims(connection: Connection, viewer: Viewer, asked: ClaimFilter) -> int:
    """How many pairs `list_claims` finds."""
    pairs = _pairs(viewer, asked).order_by(None).subquery()
    return int(connection.execute(select(func.count()).select_from(pairs)).scalar_one())


def get_claims(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> list[Any]:
    """These pairs, in this order. Raises NotFound where one is not there, or not to be seen."""
    query = _pairs(viewer, ClaimFilter(ALL)).where(one_of(LINK.c.id, ids))
    found = {row.id: row for row in connection.execute(query)}
    if missing := [number for number in ids if number not in found]:
        raise NotFound(
            worded("There is no pair %(missing)s, or one of its projects is not shared with you.", missing=missing[0])
        )
    return [found[number] for number in ids]


def _pairs(viewer: Viewer, asked: ClaimFilter) -> Select[Any]:
    """Several owners may have a copy of one report: the first that is to be seen stands for it."""
    k, a = LINK.c, ACTIVITY.c
    seen = activities_visible_to(viewer, a.id, a.identifier, a.reporter_id, a.owner_id)
    one, other = seen.subquery("one"), seen.subquery("other")
    query = (
        select(LINK, func.min(one.c.id).label("one_id"), func.min(other.c.id).label("other_id"))
        .join(one, (one.c.identifier == k.identifier) & (one.c.reporter_id == k.reporter_id))
        .join(other, (other.c.identifier == k.other_identifier) & (other.c.reporter_id == k.other_reporter_id))
        .group_by(k.id)
    )
    if asked.states:
        query = query.where(k.state.in_(asked.states))
    if asked.project is not None:
        query = query.where(or_(one.c.id == asked.project, other.c.id == asked.project))
    if asked.country:
        there = select(COUNTRY.c.activity_id).where(COUNTRY.c.code == asked.country)
        query = query.where(or_(one.c.id.in_(there), other.c.id.in_(there)))
    if asked.organisation:
        theirs = select(ORGANISATION.c.id).where(ORGANISATION.c.ref == asked.organisation)
        columns = (k.reporter_id, k.other_reporter_id, one.c.owner_id, other.c.owner_id)
        query = query.where(or_(*(column.in_(theirs) for column in columns)))
    return query


def find_visible(connection: Connection, viewer: Viewer, identifier: str) -> int | None:
    """The first project of this identifier that the viewer may see."""
    query = activities_visible_to(viewer, ACTIVITY.c.id).where(ACTIVITY.c.identifier == identifier)
    return connection.execute(query.order_by(ACTIVITY.c.id).limit(1)).scalar()


def find_claim(connection: Connection, one: Any, other: Any) -> int | None:
    """The pair of these two reports (rows with `identifier` and `reporter_id`), whichever stands first."""
    query = select(LINK.c.id).where(or_(_is(one, other), _is(other, one)))
    return connection.execute(query).scalar()


def _is(one: Any, other: Any) -> Any:
    k = LINK.c
    return (
        (k.identifier == one.identifier) & (k.reporter_id == one.reporter_id)
        & (k.other_identifier == other.identifier) & (k.other_reporter_id == other.reporter_id)
    )  # fmt: skip


def insert_claim(connection: Connection, one: Any, other: Any) -> int:
    """A pair that a person put side by side."""
    number = take_ids(connection, "activity_link", 1)
    values = {
        "id": number, "identifier": one.identifier, "reporter_id": one.reporter_id, "other_identifier": other.identifier,
        "other_reporter_id": other.reporter_id, "state": "proposed", "kind": "same", "leads": "one", "points": 0,
        "evidence": "[]", "changes": 0,
    }  # fmt: skip
    connection.execute(LINK.insert().values(**values))
    return number


def update_claim(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(LINK).where(LINK.c.id == number).values(**values, changes=LINK.c.changes + 1))


def read_answers(connection: Connection, ids: Sequence[int]) -> dict[int, list[Answer]]:
    """pair -> the answers that stand."""
    n, found = ANSWER.c, dict[int, list[Answer]]()
    columns = (n.link_id, n.organisation_id, n.answer, n.kind, n.leads, n.user_id, n.at)
    for some in in_chunks(ids):
        query = select(*columns).where(one_of(n.link_id, some), n.ended_at.is_(None))
        for number, *values in connection.execute(query.order_by(n.id)):
            found.setdefault(number, []).append(Answer(*values))
    return found


def read_history(connection: Connection, ids: Sequence[int]) -> dict[int, list[Any]]:
    """pair -> every answer with `organisation` (name), `ref` and `user_name`, newest first."""
    n, found = ANSWER.c, dict[int, list[Any]]()
    query = select(
        ANSWER, ORGANISATION.c.name.label("organisation"), ORGANISATION.c.ref, USER.c.name.label("user_name")
    )
    query = query.outerjoin(ORGANISATION, ORGANISATION.c.id == n.organisation_id)
    query = query.outerjoin(USER, USER.c.id == n.user_id)
    for row in connection.execute(query.where(one_of(n.link_id, ids)).order_by(n.id.desc())):
        found.setdefault(row.link_id, []).append(row)
    return found


def end_answers(connection: Connection, ids: Sequence[int], organisation: int | None, at: datetime) -> int:
    """What this organisation said of these pairs stands no more; how many answers that were."""
    n = ANSWER.c
    mine = n.organisation_id.is_(None) if organisation is None else n.organisation_id == organisation
    chosen = one_of(n.link_id, ids)
    ended = update(ANSWER).where(chosen, mine, n.ended_at.is_(None)).values(ended_at=at)
    return int(connection.execute(ended).rowcount)


def insert_answers(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(ANSWER.insert(), list(rows))


def read_deciders(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """pair -> (id, decided_at, name, organisation): who decided for whom, and when; an admin has no organisation."""
    query = select(LINK.c.id, LINK.c.decided_at, USER.c.name, ORGANISATION.c.name.label("organisation"))
    query = query.outerjoin(USER, USER.c.id == LINK.c.decided_by)
    query = query.outerjoin(ORGANISATION, ORGANISATION.c.id == USER.c.organisation_id)
    found: dict[int, Any] = {}
    for some in in_chunks(ids):
        rows = connection.execute(query.where(one_of(LINK.c.id, some)))
        found.update({row.id: row for row in rows})
    return found
