"""Recommendation frameworks, their areas, and the crosswalk between areas."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import primary_id, references, text


class Framework(SQLModel, table=True):
    """A recommendation framework; `definition` holds the whole of it as JSON."""

    id: int = primary_id()
    key: str = Field(unique=True)
    version: str = ""
    title: str
    short_title: str
    is_primary: bool = False
    definition: str = text()


class Area(SQLModel, table=True):
    """One recommendation area, in the framework's own order."""

    __table_args__ = (UniqueConstraint("framework_id", "code"),)
    id: int = primary_id()
    framework_id: int = references("framework.id")
    code: str
    title: str
    group_code: str = ""
    position: int = 0
    retired: bool = False


class FrameworkVersion(SQLModel, table=True):
    """Every definition that a framework had, as JSON. `source`: built-in, file or page."""

    __tablename__ = "framework_version"
    id: int = primary_id()
    framework_id: int = references("framework.id", index=True)
    version: str
    definition: str = text()
    source: str
    user_id: int | None = None
    at: datetime


class AreaMatch(SQLModel, table=True):
    """How one area answers to another (SKOS: exact, close, broad, narrow, related).

    `source`: built-in, file or person. What a person took out stays as "none", so that no update brings it back.
    """

    __tablename__ = "area_match"
    from_area_id: int = references("area.id", key=True)
    to_area_id: int = references("area.id", key=True)
    match: str
    source: str = "built-in"
