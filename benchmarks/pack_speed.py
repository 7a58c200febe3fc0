"""Seconds, memory and bytes of a meeting pack: 20 donors x 15 areas x 3 countries, 900 projects.

Imports made-up projects into a new SQLite database, has the pack made by the functions of the job, in English, French
and Arabic, and says the slowest. Run alone: python -m benchmarks.pack_speed
"""

import io
import os
import random
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

WANTED_BYTES = 5_000_000
AREAS = ["O1", "O2", "O3", "O4", "N1", "N2", "N3", "N4", "N5", "N6", "R1", "R2", "I1", "I2", "D1"]
ACTIVITY = """<iati-activity default-currency="USD" xml:lang="en" xmlns:tessera="https://tessera.example/ns/iati">
<iati-identifier>XX-{number}</iati-identifier><reporting-org ref="XX-{donor}" type="10"><narrative>Donor number {donor}</narrative></reporting-org>
<title><narrative>Protection of children in district {number}</narrative></title>
<participating-org ref="XX-{donor}" role="1" type="10"><narrative>Donor number {donor}</narrative></participating-org>
<activity-status code="2"/><activity-date iso-date="2019-01-01" type="1"/><recipient-country code="{country}"/>
<tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008" code="{area}" tessera:share="100" tessera:state="confirmed"/>
<transaction><transaction-type code="3"/><transaction-date iso-date="2019-03-01"/><value value-date="2019-03-01">{amount}</value></transaction>
</iati-activity>
"""


def write_projects(path: Path) -> None:
    """A project for each donor, area and country."""
    draw, number = random.Random(2008), 0
    with path.open("w", encoding="utf-8") as out:
        out.write('<iati-activities version="2.03">\n')
        for country in ("KH", "KE", "NP"):
            for area in AREAS:
                for donor in range(1, 21):
                    number += 1
                    amount = draw.randint(1_000, 900_000)
                    out.write(ACTIVITY.format(number=number, donor=donor, country=country, area=area, amount=amount))
        out.write("</iati-activities>\n")


def measure() -> None:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.build_pack import PackOrder, build_pack
    from app.services.report_overlap import OverlapFilter
    from app.services.write_pack import write_pack

    slowest, largest = 0.0, 0
    for locale in ("en", "fr", "ar"):
        start, out = time.perf_counter(), io.BytesIO()
        with database.read() as connection:
            content = build_pack(connection, OPERATOR, PackOrder(OverlapFilter(), locale), datetime.now(UTC))
        write_pack(content, out)
        slowest, largest = max(slowest, time.perf_counter() - start), max(largest, len(out.getvalue()))
    server, child = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    verdict = "ok" if largest < WANTED_BYTES else "TOO LARGE"
    print(f"meeting pack, {len(content.report.figures.cells)} cells, {content.report.figures.projects} projects: "
          f"{slowest:.1f} s, {largest / 1e6:.1f} MB (wanted below {WANTED_BYTES / 1e6:.0f}: {verdict}), "
          f"{server:.0f} MB of memory here, {child:.0f} MB in the process that sets the pages")  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA_DIR"] = folder
        os.environ.pop("TESSERA_DATABASE_URL", None)
        from app.services.import_portfolio import ImportRequest, import_portfolio
        from app.services.migrate_database import migrate_database
        from app.settings import settings
        from importers.base import Source

        settings.cache_clear()
        migrate_database(settings().database_url)
        path = Path(folder) / "made-up.xml"
        write_projects(path)
        result = import_portfolio(ImportRequest([Source(path, path.name)], "XX-1"))
        assert result.state == "committed", result.issues
        measure()


if __name__ == "__main__":
    main()
