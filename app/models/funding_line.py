"""Funding lines: what a donor offers, to whom, until when; and what people keep about them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, big, primary_id, references, text


class FundingLine(SQLModel, table=True):
    """One call, envelope, pooled fund or co-funding offer of a donor (`owner_id`).

    `total`, `minimum` and `maximum` are hundredths of `currency`, `*_base` the same in hundredths of the base
    currency at `rate_note`. `forecast`, `opens` and `closes` are what was said, a day or a minute in `time_zone`;
    `*_at` are the instants in UTC that this means: a day closes when it ends there. JSON lists: `countries` and
    `excluded` (countries and DAC regions, "*": any), `areas` (FRAMEWORK/CODE, "*": any), `applicant_types`
    (organisation types, "*"), `nationalities` (countries and regions of the applicant, "*"), `languages`, `documents`
    ([title, address] pairs). An empty list was not said, which is not the same as any. `own_share` (own contribution)
    in millionths. `words`: everything that search reads, folded. `version` counts the edits.
    """

    __tablename__ = "funding_line"
    id: int = primary_id()
    owner_id: int = references("organisation.id", index=True)
    reference: str
    title: str = text()
    description: str = text()
    type: str
    countries: str = text(default="[]")
    excluded: str = text(default="[]")
    areas: str = text(default="[]")
    applicant_types: str = text(default="[]")
    nationalities: str = text(default="[]")
    currency: str
    total: int | None = big(nullable=True)
    minimum: int | None = big(nullable=True)
    maximum: int | None = big(nullable=True)
    total_base: int | None = big(nullable=True)
    minimum_base: int | None = big(nullable=True)
    maximum_base: int | None = big(nullable=True)
    rate_note: str
    own_share: int | None = None
    forecast: str
    opens: str
    closes: str
    time_zone: str
    forecast_at: datetime | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = Field(default=None, index=True)
    rolling: bool = False
    months_min: int | None = None
    months_max: int | None = None
    languages: str = text(default="[]")
    link: str = text()
    contact: str = text()
    documents: str = text(default="[]")
    visibility: str
    state: str
    version: int
    words: str = text()
    created_at: datetime
    updated_at: datetime


class FundingLineTerm(SQLModel, table=True):
    """A place or area that a line names ("" where it names none): the way from an action to its lines."""

    __tablename__ = "funding_line_term"
    __table_args__ = (Index("ix_funding_line_term_line_id", "line_id"), CLUSTERED)
    kind: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    line_id: int = references("funding_line.id", key=True)


class FundingLineChange(SQLModel, table=True):
    """What happened to a line, for alerts. `kind`: new, deadline-moved, amount-changed, closed, reopened."""

    __tablename__ = "funding_line_change"
    id: int = primary_id()
    line_id: int = references("funding_line.id", index=True)
    kind: str
    before: str = text()
    after: str = text()
    at: datetime


class FundingEntry(SQLModel, table=True):
    """A line or plan of an import, staged or written. `kind`: line, plan; `change`: new, changed, unchanged,
    removed.

    `before` and `after` are the whole of it as JSON ("" where there was none): undo writes `before` again.
    """

    __tablename__ = "funding_entry"
    __table_args__ = (CLUSTERED,)
    import_id: int = references("import_run.id", key=True)
    position: int = Field(primary_key=True)
    kind: str
    key: str
    title: str = text()
    change: str
    target_id: int | None = None
    before: str = text()
    after: str = text()
    place: str


class Interest(SQLModel, table=True):
    """A donor's interest in an action. `state`: expressed, in-discussion, agreed, declined.

    `history` (JSON): [moment, user id, state, message] of each step, in order.
    """

    id: int = primary_id()
    action_id: int = references("plan_action.id", index=True)
    donor_id: int = references("organisation.id", index=True)
    line_id: int | None = references("funding_line.id", nullable=True)
    user_id: int | None = None
    state: str
    history: str = text(default="[]")
    at: datetime


class SavedSearch(SQLModel, table=True):
    """What somebody wants to be told of. `kind`: search (of lines; `query` as in the address) or plan.

    `frequency`: now, daily, weekly, never; `token` opens its feed and ends it in one click.
    """

    __tablename__ = "saved_search"
    id: int = primary_id()
    user_id: int = references("user_account.id", index=True)
    name: str
    kind: str
    query: str = text()
    plan_id: int | None = references("plan.id", nullable=True)
    frequency: str
    token: str = Field(unique=True)
    seen: str = text(default="[]")
    created_at: datetime
    sent_at: datetime | None = None


class Alert(SQLModel, table=True):
    """One thing that one saved search tells, once: `dedupe_key` is the same for the same change."""

    id: int = primary_id()
    search_id: int = references("saved_search.id", index=True)
    line_id: int = references("funding_line.id", index=True)
    dedupe_key: str = Field(unique=True)
    kind: str
    said: str = text()
    delivery: str = Field(default="", index=True)
    made_at: datetime
    sent_at: datetime | None = None


class ShortlistEntry(SQLModel, table=True):
    """A line that an organisation keeps an eye on, for one of its actions or in general."""

    __tablename__ = "shortlist_entry"
    __table_args__ = (UniqueConstraint("organisation_id", "line_id"),)
    id: int = primary_id()
    organisation_id: int = references("organisation.id")
    line_id: int = references("funding_line.id", index=True)
    action_id: int | None = references("plan_action.id", nullable=True)
    user_id: int | None = None
    at: datetime


class ShortlistNote(SQLModel, table=True):
    """What somebody tells the colleagues about a line on their shortlist."""

    __tablename__ = "shortlist_note"
    id: int = primary_id()
    entry_id: int = references("shortlist_entry.id", index=True)
    user_id: int | None = None
    description: str = text()
    at: datetime
