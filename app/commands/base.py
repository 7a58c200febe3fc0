"""What the commands of every kind share."""

import argparse
from collections.abc import Callable
from typing import Any

Command = Callable[[argparse.Namespace], int]


def add_command(commands: Any, name: str, help_text: str, command: Command) -> argparse.ArgumentParser:
    """A command with its help, carried out by `command`."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(command=command)
    return parser


def make_ready(*, with_areas: bool = False) -> None:
    """An embedded database brings itself to this version. `with_areas`: areas that are still to be suggested are."""
    from app import database
    from app.settings import settings

    if settings().is_embedded and not database.is_current():
        from app.services.migrate_database import migrate_database

        migrate_database()
    if with_areas:
        from app.services.run_suggesting import finish_suggesting

        finish_suggesting()
