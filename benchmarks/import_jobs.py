"""The two jobs that import_speed compares, each run in a process of its own: JOB FILE FOLDER."""

import json
import resource
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from lxml import etree

BATCH = 1000
TABLES = {
    "activities": "identifier, title, reporter, status",
    "transactions": "activity, type, date, value, currency",
    "sectors": "activity, code, vocabulary, percentage",
    "countries": "activity, code, percentage",
}


def import_bare(path: Path, folder: Path) -> int:
    """iterparse and plain executemany into four tables without keys: the least that a reader can do."""
    connection = sqlite3.connect(folder / "bare.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    count = 0
    for _, element in etree.iterparse(
        str(path), events=("end",), tag="iati-activity", huge_tree=True, resolve_entities=False, no_network=True
    ):
        _take(element, rows)
        count += 1
        if count % BATCH == 0:
            _flush(connection, rows)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    _flush(connection, rows)
    connection.commit()
    return count


def _take(element: etree._Element, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    identifier = element.findtext("iati-identifier")
    reporter, status = element.find("reporting-org"), element.find("activity-status")
    rows["activities"].append((
        identifier, element.findtext("title/narrative"), None if reporter is None else reporter.get("ref"),
        None if status is None else status.get("code"),
    ))  # fmt: skip
    for transaction in element.findall("transaction"):
        kind, day, value = (transaction.find(tag) for tag in ("transaction-type", "transaction-date", "value"))
        rows["transactions"].append((
            identifier, None if kind is None else kind.get("code"), None if day is None else day.get("iso-date"),
            None if value is None else value.text, None if value is None else value.get("currency"),
        ))  # fmt: skip
    for sector in element.findall("sector"):
        rows["sectors"].append((identifier, sector.get("code"), sector.get("vocabulary"), sector.get("percentage")))
    for country in element.findall("recipient-country"):
        rows["countries"].append((identifier, country.get("code"), country.get("percentage")))


def _flush(connection: sqlite3.Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    for name, some in rows.items():
        if some:
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(some[0]))})", some)
            some.clear()


def import_tessera(path: Path, _: Path) -> int:
    """The product's own import, committed: record, versions, projections, allocations, roll-ups, full text."""
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from importers.base import Source

    result = import_portfolio(ImportRequest([Source(path, path.name)], suggest=False))
    assert result.state == "committed", result.issues[:3]
    return result.counts.new


def peak_megabytes() -> float:
    """The most memory that this process has had resident; getrusage would count that of its parent, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    job, path, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if job == "tessera":
        # Both have an empty database and the code that they need before the clock starts.
        import app.services.import_portfolio  # noqa: F401
        from app.services.collector import hold_collector
        from app.services.migrate_database import migrate_database

        hold_collector()  # as the command does
        migrate_database()
    run = import_bare if job == "bare" else import_tessera
    start = time.perf_counter()
    count = run(path, folder)
    seconds = time.perf_counter() - start
    # A second process may read ahead; the pages that it shares with the first count in both.
    own, ahead = peak_megabytes(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": own, "ahead": ahead, "activities": count}))


if __name__ == "__main__":
    main()
