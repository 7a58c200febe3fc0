"""How long the review page takes in the server with 100,000 open suggestions stored.

Imports the activities of benchmarks.report_speed with their areas as suggestions, two thirds of them of one
organisation; then times the whole page, from the request to the bytes of its HTML, as an editor of that organisation
sees it: the first project, one far down, with a filter by country, by words, and for an admin.
On SQLite, then on a PostgreSQL server of its own where one is installed.
Run alone: python -m benchmarks.queue_speed [--suggestions 100000] [--database sqlite]
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.postgres import create_database, postgres_server

WANTED = 0.100
RUNS = 15
OWNER = "XX-1"
ACTIVITY = """<iati-activity default-currency="USD" xml:lang="en" xmlns:tessera="https://tessera.example/ns/iati">
<iati-identifier>{owner}-{number}</iati-identifier><reporting-org ref="{owner}" type="10"><narrative>Donor {owner}</narrative></reporting-org>
<title><narrative>Protection of children {number}</narrative></title><description type="1"><narrative>Legal aid and shelter for children in district {district}.</narrative></description>
<participating-org ref="{owner}" role="1" type="10"/><activity-status code="2"/><activity-date iso-date="2019-01-01" type="1"/>
<recipient-country code="{country}"/>{tags}<transaction><transaction-type code="3"/><transaction-date iso-date="2019-03-01"/>
<value value-date="2019-03-01">{amount}</value></transaction></iati-activity>
"""
TAG = (
    '<tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008" code="{}" '
    'tessera:share="{}" tessera:state="suggested" tessera:source="suggestion" tessera:confidence="0.{}" tessera:evidence="legal aid"/>'
)
AREAS = ["O1", "O2", "N1", "N2", "N3", "N4", "N5", "R1"]
COUNTRIES = ["KH", "KE", "PE", "NP", "BD", "UG", "MA", "BO", "LA", "PH"]


def write_suggested(path: Path, suggestions: int) -> int:
    """A deterministic file with as many suggested areas; how many activities they belong to."""
    draw = random.Random(2008)
    count = written = 0
    with path.open("w", encoding="utf-8") as out:
        out.write('<iati-activities version="2.03">\n')
        while written < suggestions:
            codes = draw.sample(AREAS, min(draw.choice((1, 1, 2)), suggestions - written))
            tags = "".join(TAG.format(code, 100 // len(codes), draw.randint(10, 95)) for code in codes)
            owner = OWNER if draw.random() < 2 / 3 else "XX-2"
            out.write(ACTIVITY.format(owner=owner, number=count, district=draw.randint(1, 500), tags=tags,
                                      country=draw.choice(COUNTRIES), amount=draw.randint(1_000, 900_000)))  # fmt: skip
            count, written = count + 1, written + len(codes)
        out.write("</iati-activities>\n")
    return count


def sign_in(role: str, organisation: str) -> Any:
    """A client with a session of a new person."""
    from starlette.testclient import TestClient

    from app import database
    from app.main import create_app
    from app.queries import imports, users

    with database.write() as connection:
        number = imports.organisation_id(connection, organisation)
        users.insert_user(connection, email=f"{role}@example.org", role=role, password_hash="", organisation_id=number)
        user = users.find_user(connection, f"{role}@example.org")
        users.insert_session(connection, role, user.id, timedelta(hours=1))
    return TestClient(create_app(), base_url="http://testserver", cookies={"tessera_session": role})


def time_page(client: Any, address: str) -> tuple[float, float]:
    """Median seconds of the page: on the clock, and of this process at work (without a database server's)."""
    seconds, worked = [], []
    for _ in range(RUNS):
        start, begun = time.perf_counter(), time.process_time()
        answer = client.get(address)
        seconds.append(time.perf_counter() - start)
        worked.append(time.process_time() - begun)
        assert answer.status_code == 200
        assert "Accept ticked" in answer.text
    return statistics.median(seconds), statistics.median(worked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suggestions", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    arguments, _ = parser.parse_known_args()
    if arguments.database is None:
        for kind in ("sqlite", "postgresql"):  # each in a process of its own: settings are read once
            said = ["--suggestions", str(arguments.suggestions), "--database", kind]
            subprocess.run([sys.executable, "-m", "benchmarks.queue_speed", *said], check=True)
        return
    with tempfile.TemporaryDirectory() as folder, _address(arguments.database) as address:
        os.environ["TESSERA_DATA_DIR"] = folder
        os.environ["TESSERA_DATABASE_URL"] = address
        os.environ["TESSERA_SECRET_KEY"] = "x" * 40
        print(arguments.database)
        measure(Path(folder), arguments.suggestions)


@contextmanager
def _address(kind: str) -> Iterator[str]:
    """The address of an empty database; "" for the embedded one."""
    if kind == "sqlite":
        yield ""
    else:
        with postgres_server() as folder:
            yield create_database(folder, "queue")


def measure(folder: Path, suggestions: int) -> None:
    from app import database
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from app.services.migrate_database import migrate_database
    from importers.base import Source

    path = folder / "suggested.xml"
    count = write_suggested(path, suggestions)
    migrate_database()
    result = import_portfolio(ImportRequest([Source(path, path.name)], suggest=False))
    assert result.state == "committed", result.issues[:3]
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT COUNT(*) FROM area_mapping WHERE state = 'suggested'").scalar()
        middle = connection.exec_driver_sql(
            "SELECT activity_id FROM mapping_review r JOIN organisation o ON o.id = r.owner_id WHERE o.ref = 'XX-1'"
            " ORDER BY priority LIMIT 1 OFFSET (SELECT COUNT(*) / 3 FROM mapping_review)"
        ).scalar()
    print(f"review page with {stored} open suggestions of {count} projects")
    editor, admin = sign_in("editor", OWNER), sign_in("admin", OWNER)
    for name, client, address in (
        ("first", editor, "/mapping"), ("far down", editor, f"/mapping?at={middle}"),
        ("country", editor, "/mapping?country=KH"), ("words", editor, "/mapping?q=legal+aid+district+7"),
        ("admin", admin, "/mapping"), ("admin, words", admin, "/mapping?q=legal+aid"),
    ):  # fmt: skip
        seconds, worked = time_page(client, address)
        print(
            f"  {name:<14} {seconds * 1000:6.1f} ms, at work {worked * 1000:.1f} ms, ratio to 100 ms {seconds / WANTED:.2f}"
        )


if __name__ == "__main__":
    main()
