"""Funding lines and plans."""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any

from app.commands.base import add_command, make_ready


def add_funding(commands: Any) -> None:
    opportunities = add_command(commands, "opportunities", "funding lines that are not closed", _list_opportunities)
    opportunities.add_argument("--country", default="", metavar="CC")
    opportunities.add_argument("--area", default="", metavar="FRAMEWORK/CODE")
    opportunities.add_argument(
        "--amount", default="", metavar="AMOUNT", help="an award of this many of the base currency"
    )
    opportunities.add_argument("--applicant", default="", metavar="TYPE", help="IATI organisation type")
    opportunities.add_argument("--json", action="store_true")
    match = add_command(commands, "match", "the actions of a plan against the funding lines, with reasons", _match)
    match.add_argument("--plan", type=int, required=True, metavar="ID")
    match.add_argument("--json", action="store_true")


def _list_opportunities(arguments: argparse.Namespace) -> int:
    from decimal import Decimal, InvalidOperation

    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.funding_json import line_as_json
    from app.services.search_lines import LineFilter, search_lines

    try:
        amount = int(Decimal(arguments.amount) * 100) if arguments.amount else None
    except (InvalidOperation, ValueError, OverflowError):
        print(f"tessera: “{arguments.amount}” is no amount", file=sys.stderr)
        return 2
    make_ready(with_areas=True)
    areas = (arguments.area,) if arguments.area else ()
    statuses = ("open", "closing soon", "rolling", "forecast", "unknown")
    asked = LineFilter("", arguments.country.upper(), areas, arguments.applicant, amount, statuses=statuses)
    with database.read() as connection:
        lines = search_lines(connection, OPERATOR, asked, datetime.now(UTC), limit=None).lines
    if arguments.json:
        print(json.dumps([line_as_json(one) for one in lines], ensure_ascii=False, indent=1))
    for one in () if arguments.json else lines:
        print(
            f"{one.id:>5}  {one.status.status:<12} {one.line.closes:<16} {one.donor_name or one.donor}: {one.line.title}"
        )
    return 0


def _match(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.funding_json import match_as_json
    from app.services.match_funding import match_funding

    make_ready(with_areas=True)
    with database.read() as connection:
        found = match_funding(connection, OPERATOR, datetime.now(UTC), plan_id=arguments.plan)
    if arguments.json:
        print(json.dumps([match_as_json(one) for one in found], ensure_ascii=False, indent=1))
    for one in () if arguments.json else found:
        print(
            f"{one.fit.verdict:<7} {one.fit.score:>2}/10  {one.action.code} {one.action.title}: {one.line.line.title} ({one.line.donor})"
        )
        for words in one.fit.missing:
            print(f"          {words}")
    return 0
