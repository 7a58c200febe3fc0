"""What waits for a decision: of one organisation's projects, or (`owner_id` None) of all."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select

from app.models.activity import Activity, ActivityCountry
from app.models.allocation import ALL_MONEY, UNNAMED, ActivityMoney, CellYear, Unconverted
from app.models.import_run import IN_FORCE
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.queries.activities import activities_visible_to
from app.queries.imports import RUN
from app.queries.places import is_country
from app.rules.effective_areas import CONFIRMED, SUGGESTED
from app.rules.permissions import Viewer

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
CELL = CellYear.__table__  # type: ignore[attr-defined]
PAID = ActivityMoney.__table__  # type: ignore[attr-defined]
UNCONVERTED = Unconverted.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]


def _current(owner_id: int | None) -> ColumnElement[bool]:
    is_current: ColumnElement[bool] = ACTIVITY.c.state == "current"
    return is_current if owner_id is None else and_(is_current, ACTIVITY.c.owner_id == owner_id)


class Headline(NamedTuple):
    """What the database holds; `spent` is net, in hundredths of the base currency."""

    projects: int
    donors: int
    countries: int
    spent: int


def read_headline(connection: Connection, viewer: Viewer) -> Headline:
    """Projects that the viewer may see; donors with money, countries with money, disbursements."""
    projects = connection.execute(activities_visible_to(viewer, func.count())).scalar_one()
    c = CELL.c
    query = select(
        func.count(case((c.donor_id != UNNAMED, c.donor_id)).distinct()),
        func.count(case((is_country(c.country), c.country)).distinct()),
        func.sum(case((c.flow_type == "disbursement", c.net), else_=0)),
    ).where(c.framework_id == ALL_MONEY)
    return Headline(projects, *(int(value or 0) for value in connection.execute(query).one()))


def newest_run(connection: Connection) -> Any:
    """The last import that is in the database, or None."""
    query = select(RUN).where(RUN.c.state == "committed").order_by(RUN.c.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def has_projects(connection: Connection, owner_id: int) -> bool:
    """Whether the organisation has imported anything that is still there."""
    return bool(connection.execute(select(exists().where(_current(owner_id)))).scalar())


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
        later.c.state.in_(["previewed", "confirming", *IN_FORCE]),
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
    query = query.where(is_country(COUNTRY.c.code)).group_by(COUNTRY.c.code)
    return list(connection.execute(query.order_by(func.count().desc(), COUNTRY.c.code).limit(limit)).scalars())
