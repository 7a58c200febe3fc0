"""Recommendation frameworks, their areas, and the crosswalk between areas."""

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


class AreaMatch(SQLModel, table=True):
    """How one area answers to another (SKOS: close, broad, narrow, related)."""

    __tablename__ = "area_match"
    from_area_id: int = references("area.id", key=True)
    to_area_id: int = references("area.id", key=True)
    match: str
