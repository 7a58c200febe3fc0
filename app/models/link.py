"""Reports that may be of the same money: likely pairs, and what people decided about them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, primary_id, projected, projected_key, references, text


class ActivityLink(SQLModel, table=True):
    """Two reports, each named by its identifier and who reports it, so that a decision about them outlives every
    import, undo and rebuild.

    `state`: proposed, accepted, rejected, unsure, disputed; only accepted ones net. `kind`: same, funds, parent;
    `leads`: one or other, whose money counts (same), who pays (funds), who contains (parent). While nobody has
    decided both are a proposal. `points` and `evidence` (JSON) say why they look alike; 0: a person put them side by
    side. `decided_by`, `decided_at`: of the answer that counts. `changes` grows with every answer.
    """

    __tablename__ = "activity_link"
    __table_args__ = (
        UniqueConstraint("identifier", "reporter_id", "other_identifier", "other_reporter_id", name="uq_activity_link"),
        Index("ix_activity_link_other", "other_identifier", "other_reporter_id"),
    )
    id: int = primary_id()
    identifier: str
    reporter_id: int = references("organisation.id")
    other_identifier: str
    other_reporter_id: int = references("organisation.id")
    state: str = Field(index=True)
    kind: str
    leads: str
    points: int = 0
    evidence: str = text(default="[]")
    decided_by: int | None = None
    decided_at: datetime | None = None
    changes: int = 0


class ActivityLinkAnswer(SQLModel, table=True):
    """What one organisation (None: the coordinator) said of a pair: accepted, rejected or unsure. It stands until
    `ended_at`: answered anew, or taken back."""

    __tablename__ = "activity_link_answer"
    id: int = primary_id()
    link_id: int = references("activity_link.id", index=True)
    organisation_id: int | None = references("organisation.id", nullable=True)
    answer: str
    kind: str
    leads: str
    note: str = text()
    user_id: int | None = None
    at: datetime
    ended_at: datetime | None = None


class TwinLook(SQLModel, table=True):
    """Which version of an activity the search for pairs has seen: what differs is looked at again."""

    __tablename__ = "twin_look"
    __table_args__ = (CLUSTERED,)
    activity_id: int = projected_key()
    version_id: int = projected()
