"""The `tessera` command: parses, calls a service, prints.

Exit status: 0 done, 1 the data was refused (with the reasons), 2 wrong usage. What a command needs is
imported when it runs, so that each starts quickly. The commands themselves are in `app/commands/`.
"""

import argparse
import logging
import sys
from collections.abc import Sequence

from app.commands.accounts import add_accounts
from app.commands.base import Command
from app.commands.funding import add_funding
from app.commands.importing import add_importing
from app.commands.keeping import add_keeping
from app.commands.mapping import add_mapping
from app.commands.reporting import add_reporting
from app.commands.running import add_running
from app.commands.twins import add_twins
from app.commands.watching import add_watching
from app.errors import Refused
from app.services.collector import hold_collector, leave_collector
from app.settings import SettingsError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the status to exit with."""
    hold_collector()
    arguments = build_parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    command: Command = arguments.command
    try:
        return command(arguments)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except (Refused, SettingsError) as refusal:
        print(f"tessera: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"tessera: {error.filename or 'the database'}: {error.strerror}", file=sys.stderr)
        return 2
    finally:
        if argv is None:
            leave_collector()


def build_parser() -> argparse.ArgumentParser:
    """Every command and option (docs/commands.md lists them; a test holds the two together)."""
    parser = argparse.ArgumentParser(prog="tessera", description="Who funds what, where: donor coordination.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_running(commands)
    add_accounts(commands)
    add_importing(commands)
    add_mapping(commands)
    add_twins(commands)
    add_reporting(commands)
    add_funding(commands)
    add_watching(commands)
    add_keeping(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
