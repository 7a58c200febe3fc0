"""Exchange rates that an operator or a user brought."""

from datetime import date

from sqlmodel import Field, SQLModel


class ExchangeRate(SQLModel, table=True):
    """`rate` (decimal text): units of the base currency for one unit of `currency` on `day`."""

    __tablename__ = "exchange_rate"
    currency: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    rate: str
    source: str
