"""Imports: what was read, what it said, what it changed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import primary_id, references, text


class ImportRun(SQLModel, table=True):
    """One import. `state`: previewed, committed, refused, undone; counts as in the contract."""

    __tablename__ = "import_run"
    id: int = primary_id()
    owner_id: int | None = references("organisation.id", nullable=True, index=True)
    user_id: int | None = None
    state: str
    format: str = ""
    mode: str
    file_name: str
    file_size: int = 0
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    issue_counts: str = text()
    created_at: datetime
    finished_at: datetime | None = None


class ImportIssue(SQLModel, table=True):
    """One issue of one import (see app.models.issue.Issue for the fields)."""

    __tablename__ = "import_issue"
    id: int = primary_id()
    import_id: int = references("import_run.id", index=True)
    level: str
    code: str = Field(index=True)
    message: str = text()
    hint: str = text()
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    line: int | None = None
    activity: str | None = None
    value: str | None = text(default=None)


class HeadingProfile(SQLModel, table=True):
    """An owner's answers about its files (heading mapping, date order...), remembered (JSON)."""

    __tablename__ = "heading_profile"
    id: int = primary_id()
    owner_id: int = references("organisation.id", index=True)
    name: str
    answers: str = text()
