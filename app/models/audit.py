"""Who did what, when; and the counters that the database keeps for us."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import big, primary_id, text


class AuditEntry(SQLModel, table=True):
    """One decision or write by a person."""

    __tablename__ = "audit_entry"
    id: int = primary_id()
    user_id: int | None = None
    action: str
    subject: str
    detail: str = text()
    at: datetime


class Counter(SQLModel, table=True):
    """Named counters: the next id of a bulk-written table, and 'data-version'."""

    name: str = Field(primary_key=True)
    value: int = big()
