"""How long a country's overlap report takes in the server with 100,000 activities stored.

Makes activities with areas in 120 countries, the largest holding about 4 % of them, by 60 donors that work in
30 countries each, four years each; imports them; then times the report of a large, a middling and a small country.
Run alone: python -m benchmarks.report_speed [--activities 100000]
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

WANTED = 0.050
RUNS = 15
ACTIVITY = """<iati-activity default-currency="USD" last-updated-datetime="2024-05-01T00:00:00Z">
<iati-identifier>XX-{donor}-{number}</iati-identifier><reporting-org ref="XX-{donor}" type="10"><narrative>Donor {donor}</narrative></reporting-org>
<title><narrative>Protection of children {number}</narrative></title><description type="1"><narrative>Work of donor {donor}.</narrative></description>
<participating-org ref="XX-{donor}" role="1" type="10"/><activity-status code="2"/><activity-date iso-date="2019-01-01" type="1"/>
<recipient-country code="{country}"/>{tags}{money}</iati-activity>
"""
TAG = '<tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008" code="{}"/>'
PAID = (
    '<transaction><transaction-type code="3"/><transaction-date iso-date="{year}-03-01"/>'
    '<value value-date="{year}-03-01">{amount}</value></transaction>'
)
AREAS = ["O1", "O2", "O3", "O4", "N1", "N2", "N3", "N4", "N5", "N6", "R1", "R2", "I1", "I2", "D1"]


def write_activities(path: Path, count: int, countries: list[str]) -> None:
    """A deterministic file of `count` activities."""
    draw = random.Random(2012)
    weights = [1 / (rank + 10) for rank in range(len(countries))]
    donors_of = {country: [draw.randint(1, 60) for _ in range(15)] for country in countries}
    with path.open("w", encoding="utf-8") as out:
        out.write('<iati-activities version="2.03">\n')
        for number in range(count):
            tags = "".join(TAG.format(code) for code in draw.sample(AREAS, draw.choice((1, 1, 2, 3))))
            money = "".join(PAID.format(year=2016 + k, amount=draw.randint(10_000, 900_000)) for k in range(4))
            country = draw.choices(countries, weights)[0]
            donor = draw.choice(donors_of[country])
            out.write(ACTIVITY.format(donor=donor, number=number, country=country, tags=tags, money=money))
        out.write("</iati-activities>\n")


def time_report(countries: tuple[str, ...]) -> tuple[float, float]:
    """Median seconds of the report as the server makes it, down to the bytes of its JSON: the first time after the
    data changed, and from then on."""
    from app import database
    from app.queries.bulk import bump_data_version
    from app.services.report_overlap import OverlapFilter, report_overlap
    from app.services.write_overlap import write_overlap

    first: list[float] = []
    again: list[float] = []
    for run in range(2 * RUNS):
        if run % 2 == 0:
            with database.write() as connection:
                bump_data_version(connection)
        start = time.perf_counter()
        with database.read() as connection:
            write_overlap(report_overlap(connection, OverlapFilter(countries=countries)), "json")
        (again if run % 2 else first).append(time.perf_counter() - start)
    return statistics.median(first), statistics.median(again)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--activities", type=int, default=100_000)
    arguments, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA_DIR"] = folder
        os.environ.pop("TESSERA_DATABASE_URL", None)
        measure(Path(folder), arguments.activities)


def measure(folder: Path, count: int) -> None:
    from app.codelists import codes
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from app.services.migrate_database import migrate_database
    from importers.base import Source

    countries = [code for code in codes("Country") if len(code) == 2][:120]
    path = folder / "activities.xml"
    write_activities(path, count, countries)
    migrate_database()
    start = time.perf_counter()
    import_portfolio(ImportRequest([Source(path, path.name)], suggest=False))
    print(f"overlap report with {count} activities stored (imported in {time.perf_counter() - start:.0f} s)")
    for name, country in (("large", countries[0]), ("middling", countries[60]), ("small", countries[-1])):
        first, again = time_report((country,))
        print(
            f"  {name:<9} country {country}: {again * 1000:6.1f} ms, ratio to 50 ms {again / WANTED:.2f}; "
            f"{first * 1000:.1f} ms right after a change of the data, ratio {first / WANTED:.2f}"
        )


if __name__ == "__main__":
    main()
