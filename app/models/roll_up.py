"""Roll-ups of the allocations in packed form: what lets a report of the whole world be read in one go."""

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, projected_key

MONEY, SUMS, NET, GROSS, TOLD = "money", "sums", "net", "gross", "told"
# What the first four come to over all years: all that most reports need, and a tenth of their size.
WHOLE = {kind: f"{kind}-whole" for kind in (MONEY, SUMS, NET, GROSS)}


class RollUpSheet(SQLModel, table=True):
    """All that one donor does in one country within a framework and flow type, as one packed list (rules/sheets).

    `kind` says of what: `money` by area and year; `sums` of all columns by year; `net` and `gross`: projects by area
    with the years of their money; `told`: who reported, who is named as funder and on which days, by year (of all
    flows and years: flow type ''). Those of WHOLE are made of the sheet of the same name.
    A row for each amount would be millions of rows for the world, and no sum of counts tells how many projects
    there are in several countries, of several donors, in some years.
    """

    __tablename__ = "roll_up_sheet"
    __table_args__ = (CLUSTERED,)
    kind: str = Field(primary_key=True)
    framework_id: int = Field(primary_key=True)
    flow_type: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    donor_id: int = Field(primary_key=True)
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RolledUp(SQLModel, table=True):
    """What of an activity the roll-ups hold, as JSON: taken out of them again once the activity has changed."""

    __tablename__ = "rolled_up"
    activity_id: int = projected_key()
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
