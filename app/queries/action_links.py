"""The projects that are linked to actions of plans, and the money that they bring."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.errors import NotFound
from app.models.allocation import ALL_MONEY, Allocation
from app.models.plan import ActionLink
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import in_chunks, one_of
from app.queries.plans import ACTION, CURRENT, PLAN
from app.rules.funding_gap import Paid
from app.rules.permissions import Viewer
from app.rules.split import apportion

LINK = ActionLink.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]


def list_links(connection: Connection, viewer: Viewer | None, action_ids: Sequence[int], state: str = "") -> list[Any]:
    """Links of actions to projects that the viewer may see, with identifier and title; nobody sees none."""
    if viewer is None:
        return []
    seen = activities_visible_to(viewer, ACTIVITY.c.id, ACTIVITY.c.identifier, ACTIVITY.c.title).subquery()
    query = select(LINK, seen.c.identifier, seen.c.title).join(seen, seen.c.id == LINK.c.activity_id)
    query = query.where(one_of(LINK.c.action_id, action_ids))
    return list(
        connection.execute(
            (query.where(LINK.c.state == state) if state else query).order_by(LINK.c.action_id, LINK.c.id)
        )
    )


def confirmed_links(connection: Connection, action_ids: Sequence[int]) -> list[tuple[int, int, int | None]]:
    """(action, activity, share) of every confirmed link of the projects that are linked to these actions.

    Links to actions of other plans are among them: they share the same project's money.
    """
    projects = select(LINK.c.activity_id).where(one_of(LINK.c.action_id, action_ids), LINK.c.state == "confirmed")
    query = (
        select(LINK.c.action_id, LINK.c.activity_id, LINK.c.share)
        .join(ACTION, ACTION.c.id == LINK.c.action_id)
        .join(PLAN, PLAN.c.id == ACTION.c.plan_id)
    )
    query = query.where(
        LINK.c.state == "confirmed",
        LINK.c.activity_id.in_(projects),
        ACTION.c.state == CURRENT,
        PLAN.c.state == CURRENT,
    )
    query = query.join(ACTIVITY, ACTIVITY.c.id == LINK.c.activity_id).where(ACTIVITY.c.state == "current")
    return [(action, activity, share) for action, activity, share in connection.execute(query.order_by(LINK.c.id))]


def shares_elsewhere(connection: Connection, action_id: int, activity_id: int) -> int:
    """The shares of a project that its confirmed links to other actions name, together."""
    query = select(func.sum(LINK.c.share)).where(
        LINK.c.activity_id == activity_id, LINK.c.action_id != action_id, LINK.c.state == "confirmed"
    )
    return int(connection.execute(query).scalar() or 0)


def linked_money(connection: Connection, weights: dict[tuple[int, int], Any], country: str, flow: str) -> list[Paid]:
    """Net money in the country of the linked projects, split over their actions by `weights` (percent)."""
    by_activity: dict[int, list[tuple[int, Any]]] = {}
    for (action, activity), weight in weights.items():
        by_activity.setdefault(activity, []).append((action, weight))
    found: list[Paid] = []
    for some in in_chunks(list(by_activity)):
        query = select(ALLOCATION.c.activity_id, ALLOCATION.c.donor_id, ALLOCATION.c.year, func.sum(ALLOCATION.c.net))
        query = query.where(
            one_of(ALLOCATION.c.activity_id, some), ALLOCATION.c.framework_id == ALL_MONEY,
            ALLOCATION.c.country == country, ALLOCATION.c.flow_type == flow,
        )  # fmt: skip
        for activity, donor, year, cents in connection.execute(
            query.group_by(ALLOCATION.c.activity_id, ALLOCATION.c.donor_id, ALLOCATION.c.year)
        ):
            found += _split(by_activity[activity], donor, year, int(cents))
    return found


def _split(parts: list[tuple[int, Any]], donor: int, year: int, cents: int) -> list[Paid]:
    rest = 100 - sum(weight for _, weight in parts)
    *shared, _ = apportion(cents, [*(weight for _, weight in parts), max(rest, 0)])
    return [Paid(action, donor, year, part) for (action, _), part in zip(parts, shared, strict=True)]


def project_candidates(connection: Connection, viewer: Viewer, country: str) -> list[Any]:
    """Projects with money in the country: id, title, first and last year with money, and areas FRAMEWORK/CODE (with ids)."""
    seen = activities_visible_to(viewer, ACTIVITY.c.id, ACTIVITY.c.title).subquery()
    query = (
        select(
            seen.c.id,
            seen.c.title,
            func.min(ALLOCATION.c.year).label("first"),
            func.max(ALLOCATION.c.year).label("last"),
        )
        .join(ALLOCATION, ALLOCATION.c.activity_id == seen.c.id)
        .where(ALLOCATION.c.country == country, ALLOCATION.c.framework_id == ALL_MONEY)
        .group_by(seen.c.id, seen.c.title)
    )
    return list(connection.execute(query.order_by(seen.c.id)))


def get_link(connection: Connection, link_id: int) -> Any:
    """Raises NotFound."""
    row = connection.execute(select(LINK).where(LINK.c.id == link_id)).first()
    if row is None:
        raise NotFound("There is no such link.")
    return row


def insert_links(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(LINK), list(rows))


def update_link(connection: Connection, link_id: int, **values: Any) -> None:
    connection.execute(update(LINK).where(LINK.c.id == link_id).values(**values))


def known_links(connection: Connection, action_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Every (action, activity) that is proposed or decided already."""
    return {
        (action, activity)
        for action, activity in connection.execute(
            select(LINK.c.action_id, LINK.c.activity_id).where(one_of(LINK.c.action_id, action_ids))
        )
    }
