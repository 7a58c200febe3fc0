"""Load exchange rates that an operator brings, for currencies or days that the bundled series lack."""

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sqlalchemy import delete

from app import database
from app.codelists.currencies import is_currency
from app.errors import InvalidInput
from app.models.rate import ExchangeRate
from app.queries.bulk import insert_models
from app.services.rebuild_projections import rebuild_projections

RATE = ExchangeRate.__table__  # type: ignore[attr-defined]


def load_rates(path: Path) -> int:
    """Add the rates of a CSV file with the columns currency, date, rate; how many.

    `rate` is the value of one unit of the currency in the base currency. A rate of the same currency and day
    gives way. All amounts are converted anew. Raises InvalidInput naming every line that can't be read.
    """
    rows, problems = [], []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            try:
                rows.append(_read(row, path.name))
            except (ValueError, InvalidOperation) as error:
                problems.append(f"line {number}: {error}")
    if problems:
        raise InvalidInput("\n".join(problems))
    if not rows:
        raise InvalidInput("The file holds no rates: it needs the columns currency, date, rate.")
    with database.write() as connection:
        for currency, day, _, _ in rows:
            connection.execute(delete(RATE).where(RATE.c.currency == currency, RATE.c.day == day))
        insert_models(connection, ExchangeRate, rows)
    rebuild_projections()
    return len(rows)


def _read(row: dict[str, str], name: str) -> tuple[str, date, str, str]:
    currency, day, text = ((row.get(key) or "").strip() for key in ("currency", "date", "rate"))
    if not is_currency(currency.upper()):
        raise ValueError(f"“{currency}” is not a currency code.")
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"“{text}” is not a rate: write digits with a point before decimals.") from None
    if not rate.is_finite() or rate <= 0:
        raise ValueError(f"A rate is above 0, not {text}.")
    return currency.upper(), date.fromisoformat(day), str(rate), name
