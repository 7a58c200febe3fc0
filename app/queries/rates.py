"""The exchange rates in force: the bundled series and what was uploaded."""

from decimal import Decimal

from sqlalchemy import Connection, select

from app.models.rate import ExchangeRate
from app.rates import Rates, UploadedRate
from app.settings import settings


def stored_rates(connection: Connection) -> Rates:
    """Rates into the base currency; uploaded ones win."""
    table = ExchangeRate.__table__  # type: ignore[attr-defined]
    rows = connection.execute(select(table.c.currency, table.c.day, table.c.rate, table.c.source))
    uploaded = [UploadedRate(currency, day, Decimal(rate), source) for currency, day, rate, source in rows]
    return Rates(settings().base_currency, uploaded=uploaded)
