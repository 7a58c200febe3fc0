"""Imports: what was read, what it said, what it changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, big, primary_id, projected, projected_key, references, text

# The states in which what an import brought is in the data.
IN_FORCE = ("committed", "undoing")


@dataclass(slots=True)
class Counts:
    """Activities by what became of them, as the contract names them."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0


class ImportRun(SQLModel, table=True):
    """One import. `state`: queued, running, previewed, confirming, committed, undoing, refused, undone; counts as in
    the contract.

    `done` of `total` projects are read (`total` is estimated, 0: unknown), or rows of sheets; `files_digest` is the same for the same
    files; `profile` names the answers that it reads and remembers, `answers` are those given for this import.
    JSON: answers, questions, mode_effects ({mode: counts}), totals ({mode: [[flow, currency, year, before, after]]}).
    """

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
    keep_good: bool = False
    asked_format: str = "auto"
    profile: str = "default"
    answers: str = text(default="{}")
    files_digest: str = Field(default="", index=True)
    questions: str = text(default="[]")
    mode_effects: str = text(default="{}")
    totals: str = text(default="{}")
    done: int = 0
    total: int = 0
    created_at: datetime
    finished_at: datetime | None = None


class ImportFile(SQLModel, table=True):
    """A file of an import: its bytes are kept once under its SHA-256, whoever sends them."""

    __tablename__ = "import_file"
    import_id: int = references("import_run.id", key=True)
    position: int = Field(primary_key=True)
    name: str
    sha256: str
    size: int = big()


class StagedActivity(SQLModel, table=True):
    """A project of an import that waits for confirmation, or one that it would archive (`record` None).

    `in_add`, `in_update`, `in_replace`: what each mode would make of it: new, changed, unchanged, archived,
    rejected; '' where it is no matter. `activity_id` and `previous_id`: what is stored, and its version.
    `kept` (JSON): the parts of the stored record that are to stay.
    """

    __tablename__ = "staged_activity"
    import_id: int = references("import_run.id", key=True)
    position: int = Field(primary_key=True)
    identifier: str
    title: str = text()
    in_add: str = ""
    in_update: str = ""
    in_replace: str = ""
    activity_id: int | None = projected(nullable=True)
    previous_id: int | None = projected(nullable=True)
    partial: bool = False
    left_out: bool = False
    kept: str = text(default="[]")
    places: str = text()
    record: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class ImportTwin(SQLModel, table=True):
    """A new project of an import that looks like `activity_id`, which another reporter has; `score` in percent.

    `reasons` (JSON): why, as texts.
    """

    __tablename__ = "import_twin"
    __table_args__ = (CLUSTERED,)
    import_id: int = references("import_run.id", key=True)
    identifier: str = Field(primary_key=True)
    activity_id: int = projected_key()
    title: str = text()
    score: int
    reasons: str = text(default="[]")


class ImportIssue(SQLModel, table=True):
    """One issue of one import (see app.models.issue.Issue for the fields).

    `wording` (JSON): how message and hint were put together, see app.models.worded; None where neither was.
    """

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
    wording: str | None = text(default=None)


class HeadingProfile(SQLModel, table=True):
    """An owner's answers about its files (heading mapping, date order...), remembered (JSON)."""

    __tablename__ = "heading_profile"
    __table_args__ = (UniqueConstraint("owner_id", "name", name="uq_heading_profile"),)
    id: int = primary_id()
    owner_id: int = references("organisation.id", index=True)
    name: str
    answers: str = text()
