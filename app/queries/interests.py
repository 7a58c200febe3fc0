"""Interests of donors in actions of plans."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.models.funding_line import Interest
from app.queries.plans import ACTION, ORGANISATION, PLAN

INTEREST = Interest.__table__  # type: ignore[attr-defined]


def insert_interest(connection: Connection, **values: Any) -> int:
    return int(connection.execute(insert(INTEREST).values(**values).returning(INTEREST.c.id)).scalar_one())


def update_interest(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(INTEREST).where(INTEREST.c.id == number).values(**values))


def list_interests(
    connection: Connection, owner_id: int | None = None, donor_id: int | None = None, number: int | None = None
) -> list[Any]:
    """Interests with their action, plan and donor; of a plan's owner, of a donor, or one."""
    query = (
        select(
            INTEREST, ACTION.c.code, ACTION.c.title, ACTION.c.plan_id, PLAN.c.owner_id, PLAN.c.title.label("plan_title"),
            ORGANISATION.c.ref.label("donor_ref"), ORGANISATION.c.name.label("donor_name"),
        )
        .join(ACTION, ACTION.c.id == INTEREST.c.action_id)
        .join(PLAN, PLAN.c.id == ACTION.c.plan_id)
        .join(ORGANISATION, ORGANISATION.c.id == INTEREST.c.donor_id)
    )  # fmt: skip
    for column, value in ((PLAN.c.owner_id, owner_id), (INTEREST.c.donor_id, donor_id), (INTEREST.c.id, number)):
        query = query if value is None else query.where(column == value)
    return list(connection.execute(query.order_by(INTEREST.c.id.desc())))
