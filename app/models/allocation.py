"""Comparable money: allocations, and the roll-up that reports read."""

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, big, projected_key, text

# framework_id and area_id of the rows that hold all money, mapped to an area or not.
ALL_MONEY = 0
# donor_id of money whose donor no report names.
UNNAMED = 0


class Allocation(SQLModel, table=True):
    """One amount of one project for one donor, country, area, year and flow type (METRICS 1).

    Hundredths of the base currency. `net` is what counts once the same money reported twice is
    taken out, `reasons` (JSON) why it differs from `gross`; `equal`: the part of `gross` that was
    split equally for want of percentages; `confirmed`: of `net`, under mappings a person or the
    file itself gave; `linked`: of `gross`, with a traceable chain to another activity.
    The rows of a project stand together, in the order in which they are written: a key that began with the
    country made an import several times slower. Reports find projects by country through ActivityMoney.
    """

    __table_args__ = (
        PrimaryKeyConstraint("activity_id", "framework_id", "area_id", "donor_id", "country", "flow_type", "year"),
        CLUSTERED,
    )
    framework_id: int = Field(primary_key=True)
    country: str = Field(primary_key=True)
    flow_type: str = Field(primary_key=True)
    area_id: int = Field(primary_key=True)
    donor_id: int = Field(primary_key=True)
    activity_id: int = projected_key()
    year: int = Field(primary_key=True)
    gross: int = big()
    net: int = big()
    equal: int = big()
    confirmed: int = big()
    linked: int = big()
    reasons: str = text()


class ActivityMoney(SQLModel, table=True):
    """Which projects have allocations from which donor in which country: the way in to Allocation."""

    __tablename__ = "activity_money"
    __table_args__ = (
        Index("ix_activity_money_donor_id", "donor_id"),
        Index("ix_activity_money_activity_id", "activity_id"),
        CLUSTERED,
    )
    country: str = Field(primary_key=True)
    donor_id: int = Field(primary_key=True)
    activity_id: int = projected_key()


class CellYear(SQLModel, table=True):
    """Allocations summed over projects: what each import keeps up to date for the reports; `amounts`: of how many."""

    __tablename__ = "cell_year"
    __table_args__ = (CLUSTERED,)
    framework_id: int = Field(primary_key=True)
    country: str = Field(primary_key=True)
    flow_type: str = Field(primary_key=True)
    area_id: int = Field(primary_key=True)
    donor_id: int = Field(primary_key=True)
    year: int = Field(primary_key=True)
    gross: int = big()
    net: int = big()
    equal: int = big()
    confirmed: int = big()
    linked: int = big()
    amounts: int = big()


class Unconverted(SQLModel, table=True):
    """Money that no rate turns into the base currency, or that has no year: counted apart.

    Exact like Flow: `whole` + `pico` * 10^-12 of `currency`; `why`: no-rate, no-date or no-currency.
    """

    __table_args__ = (Index("ix_unconverted_country", "country"), CLUSTERED)
    activity_id: int = projected_key()
    position: int = Field(primary_key=True)
    donor_id: int
    country: str
    flow_type: str
    year: int | None = None
    currency: str
    whole: int = big()
    pico: int = big()
    why: str
