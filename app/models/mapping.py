"""Which areas a project covers: a decision, which every re-import leaves alone."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from app.models.columns import primary_id, references, text


class AreaMapping(SQLModel, table=True):
    """One area of one project. `share` in millionths of the project within the framework, None: equal.

    `source`: person, suggestion or file; `state`: confirmed, suggested or rejected; `evidence`:
    the words or codes that speak for it (JSON list); `confidence` 0..1 as text.
    """

    __tablename__ = "area_mapping"
    __table_args__ = (UniqueConstraint("activity_id", "area_id"),)
    id: int = primary_id()
    activity_id: int = references("activity.id")
    framework_id: int = references("framework.id", index=True)
    area_id: int = references("area.id")
    share: int | None = None
    source: str
    state: str
    confidence: str = ""
    evidence: str = text()
    user_id: int | None = None
    decided_at: datetime
