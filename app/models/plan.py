"""National plans of action: their actions, what these cost, and the projects that pay for them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, big, primary_id, references, text


class Plan(SQLModel, table=True):
    """One plan of a country, kept by `owner_id`. `edition` is the plan's own version, `version` counts our edits.

    `fiscal_year_start` is the month that its fiscal years begin in; `languages` (JSON) are those its team can write
    an application in, `applicant_type` the organisation type that it applies as.
    """

    id: int = primary_id()
    owner_id: int = references("organisation.id", index=True)
    country: str = Field(index=True)
    reference: str
    title: str = text()
    first_year: int | None = None
    last_year: int | None = None
    document: str = text()
    edition: str
    currency: str
    fiscal_year_start: int
    languages: str = text(default="[]")
    applicant_type: str
    visibility: str
    state: str
    version: int
    created_at: datetime
    updated_at: datetime


class PlanAction(SQLModel, table=True):
    """One action of a plan. `indicators` (JSON): [title, baseline, target] each; `applicant_type` "": the plan's."""

    __tablename__ = "plan_action"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)
    id: int = primary_id()
    plan_id: int = references("plan.id")
    position: int
    code: str
    title: str = text()
    description: str = text()
    responsible: str = text()
    applicant_type: str
    priority: str
    indicators: str = text(default="[]")
    state: str


class PlanActionArea(SQLModel, table=True):
    """An area of an action (FRAMEWORK/CODE); `share` in millionths within its framework, None: equal."""

    __tablename__ = "plan_action_area"
    __table_args__ = (Index("ix_plan_action_area_area", "area"), CLUSTERED)
    action_id: int = references("plan_action.id", key=True)
    position: int = Field(primary_key=True)
    area: str
    share: int | None = None


class PlanCost(SQLModel, table=True):
    """What an action costs in a fiscal year, or what the budget pays of it (`kind`: cost, budget).

    `fiscal_year` is the calendar year in which it begins; `amount` in hundredths of `currency`; `base_cents` the same
    in hundredths of the base currency, None where `rate_note` says that there is no rate.
    """

    __tablename__ = "plan_cost"
    __table_args__ = (CLUSTERED,)
    action_id: int = references("plan_action.id", key=True)
    position: int = Field(primary_key=True)
    kind: str
    fiscal_year: int
    amount: int = big()
    currency: str
    base_cents: int | None = big(nullable=True)
    rate_note: str


class ActionLink(SQLModel, table=True):
    """A project that pays for an action. `state`: proposed, confirmed, rejected; `share` in millionths of the project,
    None: equal among its actions; `reasons` (JSON): what spoke for it."""

    __tablename__ = "action_link"
    __table_args__ = (UniqueConstraint("action_id", "activity_id"),)
    id: int = primary_id()
    action_id: int = references("plan_action.id")
    activity_id: int = references("activity.id", index=True)
    state: str
    share: int | None = None
    reasons: str = text(default="[]")
    user_id: int | None = None
    at: datetime
