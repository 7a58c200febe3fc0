"""Links between reports that a person decided on."""

from datetime import datetime

from sqlmodel import SQLModel

from app.models.columns import primary_id, references


class ActivityLink(SQLModel, table=True):
    """Two reports of the same money, twins, or parent and child. `state`: proposed, confirmed, rejected."""

    __tablename__ = "activity_link"
    id: int = primary_id()
    activity_id: int = references("activity.id", index=True)
    other_id: int = references("activity.id", index=True)
    kind: str
    state: str
    reason: str = ""
    user_id: int | None = None
    decided_at: datetime
