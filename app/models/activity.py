"""Activities, the versions of their records, and the projections made from them."""

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, primary_id, projected, projected_key, references, text


class Activity(SQLModel, table=True):
    """One project as one owner's copy of one reporter's report. `state`: current or removed.

    The row outlives its record, so that decisions about the project survive a removal or an undo.
    """

    __table_args__ = (UniqueConstraint("identifier", "owner_id", "reporter_id"),)
    id: int = primary_id()
    identifier: str
    owner_id: int = references("organisation.id", index=True)
    reporter_id: int = references("organisation.id", index=True)
    version_id: int = Field(index=True)
    import_id: int = Field(index=True)
    title: str
    language: str = ""
    status: str = ""
    start: date | None = None
    end: date | None = None
    last_updated: str = ""
    hierarchy: int | None = None
    secondary: bool = False
    visibility: str = "shared"
    state: str = "current"
    record_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ActivityVersion(SQLModel, table=True):
    """One state of a record: what an import brought (staged, committed or undone).

    `record` is the element as compressed XML, None for a removal; `change`: new, changed,
    unchanged, removed; `previous_id`: the version that it took the place of.
    """

    __tablename__ = "activity_version"
    id: int = primary_id()
    activity_id: int | None = Field(default=None, index=True)
    import_id: int = references("import_run.id", index=True)
    identifier: str
    reporter_id: int = references("organisation.id")
    change: str
    previous_id: int | None = None
    record: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    record_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    places: str = text()
    partial: bool = False
    created_at: datetime


class ActivityCountry(SQLModel, table=True):
    """A country (ISO 3166-1 alpha-2) or region (DAC code) of an activity; `share` in millionths."""

    __tablename__ = "activity_country"
    __table_args__ = (Index("ix_activity_country_code", "code"), CLUSTERED)
    activity_id: int = projected_key()
    position: int = Field(primary_key=True)
    code: str
    share: int
    rule: str


class ActivitySector(SQLModel, table=True):
    """A sector of an activity; `share` in millionths within its vocabulary."""

    __tablename__ = "activity_sector"
    __table_args__ = (Index("ix_activity_sector_code", "code"), CLUSTERED)
    activity_id: int = projected_key()
    position: int = Field(primary_key=True)
    vocabulary: str
    code: str
    share: int
    rule: str


class ActivityOrganisation(SQLModel, table=True):
    """An organisation's part in an activity; `role`: IATI OrganisationRole, or 'reporter'."""

    __tablename__ = "activity_organisation"
    __table_args__ = (Index("ix_activity_organisation_organisation_id", "organisation_id"), CLUSTERED)
    activity_id: int = projected_key()
    position: int = Field(primary_key=True)
    role: str
    organisation_id: int = projected()


class ActivityRelation(SQLModel, table=True):
    """A related activity by its identifier: RelatedActivityType 1..5, or 'provider'/'receiver' of money."""

    __tablename__ = "activity_relation"
    __table_args__ = (Index("ix_activity_relation_ref", "ref"), CLUSTERED)
    activity_id: int = projected_key()
    type: str = Field(primary_key=True)
    ref: str = Field(primary_key=True)
