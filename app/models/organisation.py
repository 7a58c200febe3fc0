"""Organisations: donors, reporters, partners."""

from sqlmodel import Field, SQLModel

from app.models.columns import primary_id, references


class Organisation(SQLModel, table=True):
    """One organisation. `ref` is its identifier as reports give it; `key` is what tells organisations apart:
    the reference that stands for all of a well-known donor's, or 'name:...' where reports give only a name."""

    id: int = primary_id()
    key: str = Field(unique=True)
    ref: str = Field(index=True)
    name: str = Field(index=True)
    normal_name: str = Field(index=True)
    type: str = ""
    country: str = ""
    parent_id: int | None = references("organisation.id", nullable=True)
    known: bool = False
