"""Work that is done in the background."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import primary_id, references, text


class Job(SQLModel, table=True):
    """One piece of work. `state`: waiting, running, done, failed.

    Who runs it (`worker`) holds it until `lease_until` and says by `heartbeat_at` that it still does; after that
    anybody may take it up again. `dedupe_key` is unique among jobs that are not settled. `arguments`: JSON.
    """

    __tablename__ = "job"
    id: int = primary_id()
    kind: str
    arguments: str = text(default="{}")
    import_id: int | None = references("import_run.id", nullable=True, index=True)
    state: str = Field(default="waiting", index=True)
    worker: str = ""
    lease_until: datetime | None = None
    heartbeat_at: datetime | None = None
    attempts: int = 0
    dedupe_key: str | None = Field(default=None, unique=True)
    error: str = text()
    done: int = 0
    total: int = 0
    created_at: datetime
    finished_at: datetime | None = None
