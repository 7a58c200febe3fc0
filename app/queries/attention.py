"""What waits for a decision: of one organisation's projects, or (`owner_id` None) of all."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select

from app.models.activity import Activity, ActivityCountry
from app.models.allocation import ActivityMoney, Allocation, Unconverted
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.queries.imports import RUN
from app.rules.effective_areas import CONFIRMED, SUGGESTED

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
UNCONVERTED = Unconverted.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]


def _current(owner_id: int | None) -> ColumnElement[bool]:
    is_current: ColumnElement[bool] = ACTIVITY.c.state == "current"
    return is_current if owner_id is None else and_(is_current, ACTIVITY.c.owner_id == owner_id)


def previewed_runs(connection: Connection, owner_id: int | None, limit: int) -> list[Any]:
    """Previews that nobody confirmed or discarded, newest first."""
    query = select(RUN).where(RUN.c.state == "previewed").order_by(RUN.c.id.desc()).limit(limit)
    return list(connection.execute(query if owner_id is None else query.where(RUN.c.owner_id == owner_id)))


def refused_runs(connection: Connection, owner_id: int | None, limit: int) -> list[Any]:
    """Refused imports whose file did not get in later, newest first; a discarded preview is settled."""
    later = RUN.alias()
    got_in = exists().where(
        later.c.id > RUN.c.id,
        later.c.file_name == RUN.c.file_name,
        later.c.state.in_(["committed", "previewed"]),
        later.c.owner_id.is_not_distinct_from(RUN.c.owner_id),
    )
    query = select(RUN).where(RUN.c.state == "refused", RUN.c.issue_counts != "{}", ~got_in)
    query = query.order_by(RUN.c.id.desc()).limit(limit)
    return list(connection.execute(query if owner_id is None else query.where(RUN.c.owner_id == owner_id)))


def unknown_donors(connection: Connection, owner_id: int | None, limit: int) -> list[Any]:
    """Donors of money that nobody has confirmed: (ref, name, projects), most projects first."""
    c, o = PAID.c, ORGANISATION.c
    projects = func.count(c.activity_id.distinct())
    query = (
        select(o.ref, o.name, projects.label("projects"))
        .join(PAID, c.donor_id == o.id)
        .join(ACTIVITY, and_(ACTIVITY.c.id == c.activity_id, _current(owner_id)))
        .where(o.known.is_(False))
        .group_by(o.ref, o.name)
        .order_by(projects.desc(), o.name)
        .limit(limit)
    )
    return list(connection.execute(query))


def count_unmapped(connection: Connection, owner_id: int | None, framework_id: int) -> tuple[int, int]:
    """Projects without any area of the framework, and projects whose areas are all mere suggestions."""
    of = and_(MAPPING.c.activity_id == ACTIVITY.c.id, MAPPING.c.framework_id == framework_id)
    has_confirmed = exists().where(of, MAPPING.c.state == CONFIRMED)
    has_suggested = exists().where(of, MAPPING.c.state == SUGGESTED)
    query = select(func.count()).select_from(ACTIVITY).where(_current(owner_id), ~has_confirmed)
    return (
        int(connection.execute(query.where(~has_suggested)).scalar_one()),
        int(connection.execute(query.where(has_suggested)).scalar_one()),
    )


def left_out_amounts(connection: Connection, owner_id: int | None, limit: int) -> list[Any]:
    """Projects with amounts that no total holds: (id, title, why, amounts), most amounts first."""
    joined = and_(ACTIVITY.c.id == UNCONVERTED.c.activity_id, _current(owner_id))
    count = func.count().label("amounts")
    query: Select[Any] = select(ACTIVITY.c.id, ACTIVITY.c.title, UNCONVERTED.c.why, count).join(ACTIVITY, joined)
    query = query.group_by(ACTIVITY.c.id, ACTIVITY.c.title, UNCONVERTED.c.why)
    return list(connection.execute(query.order_by(count.desc(), ACTIVITY.c.id).limit(limit)))


def count_left_out(connection: Connection, owner_id: int | None) -> list[Any]:
    """(why, amounts, projects) of all amounts that no total holds."""
    joined = and_(ACTIVITY.c.id == UNCONVERTED.c.activity_id, _current(owner_id))
    query = select(
        UNCONVERTED.c.why,
        func.count().label("amounts"),
        func.count(ACTIVITY.c.id.distinct()).label("projects"),
    ).join(ACTIVITY, joined)
    return list(connection.execute(query.group_by(UNCONVERTED.c.why).order_by(UNCONVERTED.c.why)))


def countries_of_owner(connection: Connection, owner_id: int, limit: int) -> list[str]:
    """Countries in which the organisation has most projects."""
    query = select(COUNTRY.c.code).join(ACTIVITY, and_(ACTIVITY.c.id == COUNTRY.c.activity_id, _current(owner_id)))
    query = query.where(func.length(COUNTRY.c.code) == 2).group_by(COUNTRY.c.code)
    return list(connection.execute(query.order_by(func.count().desc(), COUNTRY.c.code).limit(limit)).scalars())
