"""Column types that several tables share."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Text
from sqlmodel import Field

# SQLite counts up by itself only in a column that is declared INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


def primary_id() -> Any:
    """An integer primary key."""
    return Field(default=None, sa_column=Column(BigId, primary_key=True))


def references(target: str, *, nullable: bool = False, key: bool = False, index: bool = False) -> Any:
    """A foreign key to `target` ('table.column')."""
    return Field(sa_column=Column(BigId, ForeignKey(target), nullable=nullable, primary_key=key, index=index))


def projected_key() -> Any:
    """The activity's part of a projection's key. No foreign key: a projection is written by one function,
    erased with its record and checked by `tessera check`; the look-ups would cost a third of an import."""
    return Field(sa_column=Column(BigId, primary_key=True))


def projected(*, nullable: bool = False) -> Any:
    """The id of another table's row in a projection, without a foreign key for the same reason."""
    return Field(sa_column=Column(BigId, nullable=nullable))


def big(*, default: int = 0, nullable: bool = False) -> Any:
    """A 64-bit integer: money in hundredths of the base currency, or parts of an amount."""
    return Field(default=None if nullable else default, sa_column=Column(BigInteger, nullable=nullable))


def text(*, default: str | None = "", index: bool = False) -> Any:
    """A text of any length."""
    return Field(default=default, sa_column=Column(Text, nullable=default is None, index=index))


# A table that is read in the order of its key is stored in that order.
CLUSTERED = {"sqlite_with_rowid": False}
