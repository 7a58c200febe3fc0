"""Reports frozen under a lasting address."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from app.models.columns import big, primary_id, text


class Snapshot(SQLModel, table=True):
    """A report as it was on one day; it needs no other table to be shown again.

    `document` is the whole report and the formulas behind it (JSON, compressed), `money` the amounts of its
    projects that it adds up (the same). The other columns say of them what lists show: `places` are codes with
    blanks between them, `counted` is in hundredths of `currency`. No foreign key: a snapshot outlives what it is of.
    """

    id: int = primary_id()
    title: str
    note: str = text()
    user_id: int | None = None
    user_name: str = ""
    at: datetime
    framework: str
    flow: str
    places: str = text()
    first_year: int | None = None
    last_year: int | None = None
    currency: str
    counted: int = big()
    data_version: int = big()
    method: str
    document: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    money: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
