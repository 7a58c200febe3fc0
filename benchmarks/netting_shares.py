"""What counts of the money in files: gross, net, and the share that each reason takes away, by flow.

Imports the files, one after the other, into a fresh database: python -m benchmarks.netting_shares FILE... [--as REF]
"""

import argparse
import json
import os
import tempfile
from collections import Counter
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--as", dest="owner", metavar="REF")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tessera-netting-") as folder:
        os.environ["TESSERA_DATA_DIR"] = folder
        os.environ.pop("TESSERA_DATABASE_URL", None)
        for path in arguments.files:
            take(path, arguments.owner)
        tell()


def take(path: Path, owner: str | None) -> None:
    """Import one file; projects with errors are left out, and counted."""
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from app.services.migrate_database import migrate_database
    from importers.base import Source

    migrate_database()
    result = import_portfolio(ImportRequest([Source(path, path.name)], owner, keep_good=True, suggest=False))
    print(
        f"{path.name}: {result.state}, {result.counts.read} read, {result.counts.new} new, {result.counts.rejected} rejected"
    )


def tell() -> None:
    """Gross, net and reasons by flow, in the base currency; and how many likely twins wait for a person."""
    from app import database
    from app.services.find_stored_twins import find_stored_twins
    from app.settings import settings

    _, pairs = find_stored_twins()
    gross, net, linked = Counter[str](), Counter[str](), Counter[str]()
    by_reason: dict[str, Counter[str]] = {}
    with database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT flow_type, reasons, SUM(gross), SUM(net), SUM(linked) FROM allocation WHERE framework_id = 0"
            " GROUP BY flow_type, reasons"
        )
        for flow, reasons, all_, counted, traced in rows:
            gross[flow] += all_
            net[flow] += counted
            linked[flow] += traced
            # What is left out whole names one reason first; a part that is passed on names no other one.
            code = json.loads(reasons)[0][0] if reasons else ""
            by_reason.setdefault(flow, Counter())[code] += all_ - counted
    currency = settings().base_currency
    for flow in sorted(gross):
        print(f"{flow}: gross {gross[flow] / 100:,.2f} {currency}, net {net[flow] / 100:,.2f} ({_share(net[flow], gross[flow])})"
              f", traceable to another project {_share(linked[flow], gross[flow])}")  # fmt: skip
        for code, cents in by_reason[flow].most_common():
            if code:
                print(f"  {code:<20} {cents / 100:>20,.2f}  {_share(cents, gross[flow])}")
    print(f"likely twins that wait for a person: {pairs}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "no money"


if __name__ == "__main__":
    main()
