"""Likely twins: listed, looked for at once, decided."""

import argparse
import json
from typing import Any

from app.commands.base import add_command, make_ready


def add_twins(commands: Any) -> None:
    twins = add_command(commands, "twins", "list projects of two reporters that may be of the same money", _list)
    twins.add_argument(
        "--state", default="open", choices=("open", "all", "proposed", "accepted", "rejected", "unsure", "disputed")
    )
    twins.add_argument("--country", default="", metavar="CC")
    twins.add_argument("--json", action="store_true")
    actions = twins.add_subparsers(metavar="ACTION")
    add_command(actions, "find", "compare new and changed projects with all others, now", _find)
    decide = add_command(actions, "decide", "say what a pair is, as the coordinator", _decide)
    decide.add_argument("number", type=int, metavar="PAIR")
    decide.add_argument("answer", choices=("accepted", "rejected", "unsure", "withdrawn"))
    decide.add_argument("--kind", default="", choices=("same", "funds", "parent"))
    decide.add_argument(
        "--leads", default="", choices=("one", "other"), help="which counts, pays or contains the other"
    )
    decide.add_argument("--note", default="")


def _list(arguments: argparse.Namespace) -> int:
    from app import database
    from app.queries.claims import ClaimFilter
    from app.rules.permissions import OPERATOR
    from app.services.list_twins import list_twins
    from app.services.twin_documents import twin_as_json
    from app.settings import settings

    make_ready()
    with database.read() as connection:
        lines = list_twins(connection, OPERATOR, ClaimFilter(arguments.state, arguments.country.upper()), None).lines
    if arguments.json:
        print(
            json.dumps([twin_as_json(line, settings().base_currency) for line in lines], ensure_ascii=False, indent=1)
        )
    for line in () if arguments.json else lines:
        print(
            f"{line.row.id:>6}  {line.row.state:<9} {line.row.points} points  {line.one.identifier}  {line.other.identifier}"
        )
    return 0


def _find(_: argparse.Namespace) -> int:
    from app.services.find_stored_twins import find_stored_twins

    make_ready()
    looked, found = find_stored_twins()
    print(f"{looked} projects compared, {found} new pairs.")
    return 0


def _decide(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.decide_claims import Said, decide_claims, withdraw_claims

    make_ready()
    with database.write() as connection:
        if arguments.answer == "withdrawn":
            withdraw_claims(connection, OPERATOR, [arguments.number])
        else:
            said = Said(arguments.answer, arguments.kind, arguments.leads, arguments.note)
            decide_claims(connection, OPERATOR, {arguments.number: None}, said)
    print(f"pair {arguments.number}: {arguments.answer}")
    return 0
