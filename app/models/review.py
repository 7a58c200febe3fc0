"""What reviewing area mappings needs: the queue, who decided what before, comments, and wording of the lexicon."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.columns import big, primary_id, references, text


class MappingReview(SQLModel, table=True):
    """One project in one framework as reviewers meet it.

    `is_open`, `priority` (hundredths of the base currency whose area is uncertain) and `why` (suggested,
    text-changed, retired, opinion; separated by blanks) are read off mappings and money. `decided_version_id` is
    the version of the record on which a person last decided; `asked_by` and `asked_of` are users: who wants a
    second opinion, and whose (None: of any colleague).
    """

    __tablename__ = "mapping_review"
    __table_args__ = (
        Index("ix_mapping_review_queue", "framework_id", "owner_id", "is_open", "priority", "activity_id"),
        Index("ix_mapping_review_all", "framework_id", "is_open", "priority", "activity_id"),
    )
    activity_id: int = references("activity.id", key=True)
    framework_id: int = references("framework.id", key=True)
    owner_id: int = references("organisation.id")
    is_open: bool = False
    priority: int = big()
    why: str = ""
    decided_version_id: int | None = None
    asked_by: int | None = None
    asked_of: int | None = None


class MappingDecision(SQLModel, table=True):
    """What one decision changed, so that it can be taken back; those of one click share a `batch`.

    `before` holds the project's mappings in the framework, and the version decided on, before it (JSON).
    """

    __tablename__ = "mapping_decision"
    id: int = primary_id()
    batch: int = Field(index=True)
    activity_id: int = references("activity.id", index=True)
    framework_id: int = references("framework.id")
    user_id: int | None = Field(default=None, index=True)
    before: str = text()
    is_undone: bool = False
    at: datetime


class ReviewComment(SQLModel, table=True):
    """What a reviewer wrote about a project's areas."""

    __tablename__ = "review_comment"
    id: int = primary_id()
    activity_id: int = references("activity.id", index=True)
    framework_id: int = references("framework.id")
    user_id: int | None = None
    text: str = text()
    at: datetime


class TextRelease(SQLModel, table=True):
    """The owner has looked at what was taken for personal data and says that it is none.

    `digest` stands for just those words: others are held again.
    """

    __tablename__ = "text_release"
    activity_id: int = references("activity.id", key=True)
    digest: str
    user_id: int | None = None
    at: datetime


class LexiconOverride(SQLModel, table=True):
    """The wording of one area in one language as a coordinator wants it, in place of the built-in list.

    `kind`: terms or hints; `phrases`: one a line.
    """

    __tablename__ = "lexicon_override"
    lexicon: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    phrases: str = text()
    version: int
    user_id: int | None = None
    at: datetime
