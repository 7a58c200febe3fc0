"""The data kept, checked and copied."""

import argparse
import sys
from pathlib import Path
from typing import Any

from app.commands.base import add_command, make_ready


def add_keeping(commands: Any) -> None:
    add_command(commands, "rebuild", "make every projection anew from the records", _rebuild)
    add_command(commands, "check", "test every invariant of the stored data", _check)
    rates = add_command(commands, "rates", "exchange rates", _load_rates).add_subparsers(
        required=True, metavar="ACTION"
    )
    load = add_command(rates, "load", "add rates from a CSV file: currency, date, rate", _load_rates)
    load.add_argument("file", type=Path)
    backup = add_command(commands, "backup", "a consistent copy of the embedded database", _backup)
    backup.add_argument("file", type=Path)


def _rebuild(_: argparse.Namespace) -> int:
    from app.services.rebuild_projections import rebuild_projections

    make_ready()
    print(f"{rebuild_projections()} projects rebuilt.")
    return 0


def _load_rates(arguments: argparse.Namespace) -> int:
    from app.services.load_rates import load_rates

    make_ready()
    print(f"{load_rates(arguments.file)} rates loaded; every amount is converted anew.")
    return 0


def _check(_: argparse.Namespace) -> int:
    from app import database
    from app.services.check_data import check_data

    make_ready()
    with database.read() as connection:
        findings = check_data(connection)
    for finding in findings:
        print(finding)
    print("no fault found" if not findings else f"{len(findings)} faults found", file=sys.stderr)
    return 1 if findings else 0


def _backup(arguments: argparse.Namespace) -> int:
    from app.services.back_up import back_up

    back_up(arguments.file)
    return 0
