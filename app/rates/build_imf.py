"""Builds `imf_yearly.csv` from the IMF's yearly average rates (series ENDA, national currency per US dollar).

    python app/rates/build_imf.py SOURCE.csv

SOURCE has the columns Date, Rate, Currency, Frequency, Source, Country code, Country, one row a country
and year. It names each series by the country's present currency, which for some is not that of the figures;
the tables below say, country by country, what the figures are in.
"""

import csv
import sys
from collections.abc import Iterable
from decimal import Context, Decimal
from pathlib import Path

TARGET = Path(__file__).parent / "imf_yearly.csv"
FIRST_YEAR = 1990
DIGITS = Context(prec=8)

# Countries that share a currency, and the one whose series is taken. XOF: only Benin's is the parity to the
# euro throughout; the other members' figures for 2020 and 2022 deviate.
ISSUER = {
    "AUD": "AU", "BEF": "BE", "CHF": "CH", "DKK": "DK", "EUR": "U2", "FRF": "FR", "GBP": "GB", "ITL": "IT",
    "NLG": "NL", "USD": "US", "XAF": "CM", "XCD": "AG", "XCG": "CW", "XOF": "BJ", "XPF": "PF", "ZAR": "ZA",
}  # fmt: skip

# (currency in the source, country) -> (currency of the figures, first and last year that are in it).
RELABELLED = {
    ("HRD", "HR"): ("HRK", 1994, 2022),
    ("NLG", "AN"): ("ANG", 1990, 2009),
    ("TMT", "TM"): ("TMM", 1993, 2001),
    ("USD", "EC"): ("ECS", 1990, 1999),
    ("USD", "HT"): ("HTG", 1990, 9999),
    ("USD", "PA"): ("PAB", 1990, 9999),
    ("USD", "SV"): ("SVC", 1990, 2000),
    ("UYW", "UY"): ("UYU", 1990, 9999),
    ("VED", "VE"): ("VEF", 1990, 2017),
    ("ZAR", "LS"): ("LSL", 1990, 9999),
    ("ZAR", "NA"): ("NAD", 1993, 9999),
    ("ZWG", "ZW"): ("ZWL", 2020, 2023),
}


def build(rows: Iterable[dict[str, str]]) -> dict[str, dict[int, Decimal]]:
    """Units per US dollar by currency and year, rounded to 8 digits."""
    series: dict[str, dict[int, Decimal]] = {}
    for row in rows:
        year, label, country = int(row["Date"][:4]), row["Currency"], row["Country code"]
        currency, first, last = RELABELLED.get((label, country), (label, FIRST_YEAR, 9999))
        taken = currency != label or ISSUER.get(label, country) == country
        if taken and first <= year <= last:
            series.setdefault(currency, {})[year] = DIGITS.create_decimal(row["Rate"])
    return series


def write(series: dict[str, dict[int, Decimal]], target: Path) -> None:
    """One line a currency, one column a year; an empty cell is a year without a rate."""
    years = sorted({year for rates in series.values() for year in rates})
    with target.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["currency", *years])
        for currency, rates in sorted(series.items()):
            lines.writerow([currency, *(f"{rates[year].normalize():f}" if year in rates else "" for year in years)])


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as source:
        write(build(csv.DictReader(source)), TARGET)
