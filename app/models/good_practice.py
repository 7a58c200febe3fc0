"""What worked, and what did not: told by one organisation to all others."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import primary_id, references, text


class GoodPractice(SQLModel, table=True):
    """One good practice of an organisation (`owner_id`), as models/practice_document.py describes it.

    JSON lists: `countries`, `areas` (FRAMEWORK/CODE), `projects` (identifiers), `documents` ([title, address] pairs).
    `words`: everything that search reads, folded. `version` counts the edits.
    """

    __tablename__ = "good_practice"
    id: int = primary_id()
    owner_id: int = references("organisation.id", index=True)
    title: str = text()
    description: str = text()
    results: str = text()
    lessons: str = text()
    conditions: str = text()
    evidence: str
    countries: str = text(default="[]")
    areas: str = text(default="[]")
    projects: str = text(default="[]")
    documents: str = text(default="[]")
    contact: str = text()
    visibility: str
    state: str = Field(index=True)
    version: int
    words: str = text()
    created_at: datetime
    updated_at: datetime
