"""What lines and plans are checked and matched by: the areas that there are and how they answer to each other."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from app.queries.area_links import list_area_keys, read_area_links
from app.rates import Rates

__all__ = ["list_area_keys", "read_area_links", "to_base"]


def to_base(rates: Rates, cents: int | None, currency: str, on: date) -> tuple[int | None, str]:
    """An amount in hundredths of the base currency, and the rate in words."""
    if cents is None or not currency:
        return None, ""
    rate = rates.rate(currency, on)
    if rate is None:
        return None, f"no rate for {currency}"
    value = (Decimal(cents) * rate.value).quantize(Decimal(1), ROUND_HALF_EVEN)
    return int(value), f"{rate.value.normalize():f} on {rate.date.isoformat()} ({rate.source})"
