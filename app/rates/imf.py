"""Yearly average rates of the International Monetary Fund, 1990 on (series ENDA, units per US dollar)."""

import csv
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

SERIES = Path(__file__).parent / "imf_yearly.csv"


def units_per_dollar(currency: str, year: int) -> Decimal | None:
    """Average units of `currency` for one US dollar in `year`; None where the IMF gives none."""
    text = _series().get(currency, {}).get(str(year))
    return Decimal(text) if text else None


@lru_cache
def _series() -> dict[str, dict[str, str]]:
    with SERIES.open(encoding="utf-8", newline="") as file:
        return {row["currency"]: row for row in csv.DictReader(file)}
