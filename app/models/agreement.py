"""What a coordination meeting agreed: decisions, which every re-import leaves alone."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.models.columns import primary_id, references, text


class Agreement(SQLModel, table=True):
    """One decision about an area of a country; `area_id` None: about the whole country.

    `state`: open, kept or dropped. `country` is a country's or a region's code; `snapshot_id`: the report
    that the meeting had before it.
    """

    __table_args__ = (Index("ix_agreement_country", "country", "framework_id"),)
    id: int = primary_id()
    framework_id: int = references("framework.id")
    country: str
    area_id: int | None = references("area.id", nullable=True)
    description: str = text()
    decided_on: date
    due: date | None = None
    state: str = "open"
    snapshot_id: int | None = references("snapshot.id", nullable=True)
    user_id: int | None = None
    created_at: datetime


class AgreementParty(SQLModel, table=True):
    """An organisation's part in an agreement. `role`: lead, join or leave."""

    __tablename__ = "agreement_party"
    agreement_id: int = references("agreement.id", key=True)
    organisation_id: int = references("organisation.id", key=True)
    role: str


class AgreementChange(SQLModel, table=True):
    """One entry of an agreement's history: who changed it, what it was before (JSON, '' for a comment alone), and why."""

    __tablename__ = "agreement_change"
    id: int = primary_id()
    agreement_id: int = references("agreement.id", index=True)
    user_id: int | None = None
    user_name: str = ""
    state: str
    comment: str = text()
    before: str = text()
    at: datetime
