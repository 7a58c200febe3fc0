"""How long an overlap report takes in the server: of a country within 50 ms, of the world within 300 ms.

On both databases, of 100,000 activities and, with --million, of 1,000,000 (see large_portfolio.py). A database is
built once and kept in --cache, by default in the system's folder for temporary files. Each report is made right
after a change of the data (nothing is known of it yet) and again; then 1,000 activities are imported and taken back.
Run alone: python -m benchmarks.report_speed [--million] [--database sqlite|postgresql] [--cache FOLDER]
"""

import argparse
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.large_portfolio import large_portfolio, ranked_countries, ranked_donors, write_activities

COUNTRY, WORLD = 0.050, 0.300
RUNS, PAGE_RUNS = 7, 5
DATABASES = ("sqlite", "postgresql")


def questions() -> list[tuple[str, float, dict[str, Any]]]:
    """What is asked, within which time, by which filters."""
    largest, middling = ranked_countries()[0], ranked_countries()[75]
    one, many = {"countries": (largest,)}, {"regions": ("298",)}
    years = {"first_year": 2015, "last_year": 2020}
    return [
        ("largest country", COUNTRY, one),
        ("  in six years", COUNTRY, {**one, **years}),
        ("  gross, by government", COUNTRY, {**one, "gross": True, "level": "government"}),
        ("  of one donor", COUNTRY, {**one, "donors": (ranked_donors()[0],)}),
        ("middling country", COUNTRY, {"countries": (middling,)}),
        ("world", WORLD, {}),
        ("  in six years", WORLD, years),
        ("  gross, by government", WORLD, {"gross": True, "level": "government"}),
        ("  of one donor", WORLD, {"donors": (ranked_donors()[0],)}),
        ("region", WORLD, many),
    ]


def time_report(asked: dict[str, Any]) -> tuple[float, float]:
    """Median seconds of the report with what its page shows first: right after the data changed, and from then on."""
    from app import database
    from app.services.overlap_heat import heat_map
    from app.services.overlap_view import view_overlap
    from app.services.report_overlap import OverlapFilter, report_overlap

    def make() -> None:
        with database.read() as connection:
            report = report_overlap(connection, OverlapFilter(framework="florence-2008", **asked))
        heat_map(report)
        view_overlap(report)

    return time_both(make, RUNS)


def time_page(client: Any, address: str) -> tuple[float, float]:
    """The same of the whole page as it is served."""

    def load() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")

    return time_both(load, PAGE_RUNS)


def time_both(make: Callable[[], None], runs: int) -> tuple[float, float]:
    from app import database
    from app.queries.bulk import bump_data_version

    times: tuple[list[float], list[float]] = [], []
    for run in range(2 * runs):
        if run % 2 == 0:
            with database.write() as connection:
                bump_data_version(connection)
        start = time.perf_counter()
        make()
        times[run % 2].append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def sign_in() -> Any:
    """A client of the pages, signed in."""
    from starlette.testclient import TestClient

    from app import database
    from app.main import create_app
    from app.queries import imports, users

    token = secrets.token_hex(16)
    with database.write() as connection:
        organisation = imports.organisation_id(connection, "XX-BENCHMARK")
        email = f"{token}@example.org"
        users.insert_user(connection, email=email, role="reader", organisation_id=organisation, password_hash="")
        users.insert_session(connection, token, users.find_user(connection, email).id, timedelta(hours=1))
    client = TestClient(create_app(), base_url="http://testserver", follow_redirects=False)
    client.cookies.set("tessera_session", token)
    return client


def time_change(folder: Path) -> tuple[float, float]:
    """Seconds of an import of 1,000 new activities, and of taking it back."""
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from app.services.undo_import import undo_import
    from importers.base import Source

    path = folder / "more.xml"
    write_activities(path, 1000, prefix="more-")
    start = time.perf_counter()
    result = import_portfolio(ImportRequest([Source(path, path.name)], suggest=False))
    imported = time.perf_counter() - start
    undo_import(result.import_id)
    return imported, time.perf_counter() - start - imported


def measure(kind: str, count: int, cache: Path) -> None:
    from app.services.collector import spare_collector

    with large_portfolio(kind, count, cache):
        spare_collector()  # as in the server
        print(f"overlap report on {kind} with {count} activities stored")
        for name, limit, asked in questions():
            first, again = time_report(asked)
            print(
                f"  {name:<24} {first * 1000:6.1f} ms right after a change of the data, ratio to {limit * 1000:.0f} ms "
                f"{first / limit:.2f}; again {again * 1000:.1f} ms, ratio {again / limit:.2f}"
            )
        client = sign_in()
        for name, address in (("largest country", f"?country={ranked_countries()[0]}"), ("world", "")):
            first, again = time_page(client, f"/reports/overlap{address}")
            print(
                f"  page, {name:<18} {first * 1000:6.1f} ms right after a change of the data, again {again * 1000:.1f} ms"
            )
        with tempfile.TemporaryDirectory() as folder:
            imported, undone = time_change(Path(folder))
        print(f"  import of 1000 activities {imported:.1f} s, undo {undone:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true", help="1,000,000 activities too: building them takes a while")
    parser.add_argument("--database", choices=DATABASES, help="one kind of database only")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "tessera-benchmarks"))
    arguments, _ = parser.parse_known_args()
    before = {name: os.environ.get(name) for name in ("TESSERA_DATABASE_URL", "TESSERA_DATA_DIR")}
    for count in (100_000, 1_000_000) if arguments.million else (100_000,):
        for kind in [arguments.database] if arguments.database else DATABASES:
            measure(kind, count, arguments.cache)
    _restore(before)


def _restore(before: dict[str, str | None]) -> None:
    """What runs after this finds the settings that it would have found without."""
    from app.settings import settings

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    settings.cache_clear()


if __name__ == "__main__":
    main()
