"""Snapshots, what changed between them, and agreements: `tessera report snapshot`, `snapshots`, `compare`, `agreements`."""

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.commands.base import add_command, make_ready

if TYPE_CHECKING:
    from app.services.report_overlap import OverlapFilter


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Which money a report is about."""
    parser.add_argument("--framework", default="", metavar="KEY")
    for name, metavar in (("country", "CC"), ("region", "CODE"), ("donor", "REF")):
        parser.add_argument(f"--{name}", action="append", default=[], metavar=metavar)
    parser.add_argument("--from", dest="first_year", type=int, metavar="YEAR")
    parser.add_argument("--to", dest="last_year", type=int, metavar="YEAR")
    parser.add_argument("--flow", default="disbursement", choices=("commitment", "disbursement", "budget"))
    parser.add_argument("--gross", action="store_true", help="count what is reported twice, twice")
    parser.add_argument("--level", default="agency", choices=("agency", "government"))


def asked_for(arguments: argparse.Namespace) -> "OverlapFilter":
    """The report that these options describe."""
    from app.services.report_overlap import OverlapFilter

    return OverlapFilter(
        arguments.framework, tuple(code.upper() for code in arguments.country), tuple(arguments.region),
        tuple(arguments.donor), arguments.first_year, arguments.last_year, arguments.flow, arguments.gross,
        arguments.level,
    )  # fmt: skip


def add_meetings(report: Any) -> None:
    freeze = add_command(report, "snapshot", "freeze an overlap report under a number of its own", _freeze)
    freeze.add_argument("title")
    freeze.add_argument("--note", default="")
    add_filters(freeze)
    listed = add_command(report, "snapshots", "frozen reports", _list_snapshots)
    compare = add_command(report, "compare", "what changed since a snapshot, and why", _compare)
    compare.add_argument("snapshot", type=int, metavar="NUMBER")
    compare.add_argument(
        "other", nargs="?", type=int, metavar="OTHER", help="another snapshot (default: the data of now)"
    )
    agreed = add_command(report, "agreements", "what meetings agreed, and what the data say since", _list_agreements)
    agreed.add_argument("--country", action="append", default=[], metavar="CC")
    agreed.add_argument("--state", default="", choices=("open", "kept", "dropped"))
    for parser in (freeze, listed, compare, agreed):
        parser.add_argument("--json", action="store_true")


def _freeze(arguments: argparse.Namespace) -> int:
    from app.rules.permissions import OPERATOR
    from app.services.freeze_snapshot import freeze_snapshot

    make_ready(with_areas=True)
    number = freeze_snapshot(OPERATOR, asked_for(arguments), arguments.title, arguments.note)
    print(json.dumps({"id": number}) if arguments.json else f"snapshot {number}")
    return 0


def _list_snapshots(arguments: argparse.Namespace) -> int:
    from app import database
    from app.queries.snapshots import list_snapshots

    make_ready()
    with database.read() as connection:
        rows = [{**row._mapping, "at": row.at.isoformat()} for row in list_snapshots(connection)]
    if arguments.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        years = f"{row['first_year'] or ''}-{row['last_year'] or ''}"
        print(f"{row['id']}\t{row['at'][:10]}\t{row['title']}\t{row['flow']}\t{years}\t{row['places']}")
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.compare_snapshots import compare_snapshots
    from app.services.compared_files import REASON_WORDS, comparison_as_json

    make_ready(with_areas=True)
    with database.read() as connection:
        document = comparison_as_json(compare_snapshots(connection, arguments.snapshot, arguments.other))
    total = document["total"]
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False))
        return 0
    print(f"then {total['then']}, now {total['now']} {document['currency']}")
    for reason, amount in total["reasons"].items():
        print(f"{amount}\t{REASON_WORDS[reason]}")
    return 0


def _list_agreements(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.list_agreements import agreement_as_json, list_agreements

    make_ready(with_areas=True)
    countries = [code.upper() for code in arguments.country]
    with database.read() as connection:
        lines = list_agreements(connection, OPERATOR, datetime.now(UTC).date(), countries, state=arguments.state)
    said = [agreement_as_json(line) for line in lines]
    if arguments.json:
        print(json.dumps(said, ensure_ascii=False))
        return 0
    for one in said:
        parties = "; ".join(f"{party['name']} {party['role']}: {party['verdict']}" for party in one["parties"])
        late = ", late" if one["late"] else ""
        print(
            f"{one['id']}\t{one['country']} {one['area'] or ''}\t{one['state']}{late}\t{one['description']}\t{parties}"
        )
    return 0
