"""Transactions, budgets and planned disbursements, one row each."""

from datetime import date

from sqlmodel import Field, SQLModel

from app.models.columns import CLUSTERED, big, projected, projected_key


class Flow(SQLModel, table=True):
    """One flow. The reported amount is `whole` + `pico` * 10^-12 of `currency`, exact.

    `kind`: IATI TransactionType, 'budget', 'budget-revised' or 'planned'. `base_cents` is the
    amount in hundredths of the base currency at `rate` (that many base units for one), of `rate_date` from
    `rate_source`; None where there is no rate. `place`: the line, or Sheet!row, of the file.
    """

    __table_args__ = (CLUSTERED,)
    activity_id: int = projected_key()
    position: int = Field(primary_key=True)
    kind: str
    start: date | None = None
    end: date | None = None
    whole: int | None = big(nullable=True)
    pico: int | None = big(nullable=True)
    currency: str
    provider_id: int | None = projected(nullable=True)
    provider_activity: str = ""
    receiver_id: int | None = projected(nullable=True)
    receiver_activity: str = ""
    countries: str = ""
    base_cents: int | None = big(nullable=True)
    rate: str = ""
    rate_date: date | None = None
    rate_source: str = ""
    note: str = ""
    place: str = ""
