"""Accounts and tokens, for whoever works at the machine: also where no admin can sign in any more."""

import argparse
import json
from typing import Any

from app.commands.base import add_command, make_ready


def add_accounts(commands: Any) -> None:
    user = add_command(commands, "user", "accounts", _list).add_subparsers(required=True, metavar="ACTION")
    add = add_command(user, "add", "add a person; prints the password once", _add)
    add.add_argument("email")
    add.add_argument("--role", required=True, choices=("reader", "editor", "admin"))
    add.add_argument("--org", metavar="REF")
    listed = add_command(user, "list", "who can sign in", _list)
    listed.add_argument("--json", action="store_true")
    for name, words, command in (
        ("password", "make a new password for a person; prints it once", _reset),
        ("close", "let nobody in with an account any more; what its person decided stays", _close),
        ("open", "open a closed account again", _open),
    ):
        add_command(user, name, words, command).add_argument("email")
    add_command(commands, "token", "make an API token for a person", _make_token).add_argument("email")


def _add(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.add_user import add_user

    make_ready()
    with database.write() as connection:
        password = add_user(connection, arguments.email, arguments.role, arguments.org)
    print(f"{arguments.email}  {password}  ({arguments.role}{', ' + arguments.org if arguments.org else ''})")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from app import database
    from app.queries.accounts import list_accounts
    from app.rules.permissions import OPERATOR
    from app.services.list_accounts import account_as_json

    make_ready()
    with database.read() as connection:
        rows, _ = list_accounts(connection, OPERATOR)
    if arguments.json:
        print(json.dumps([account_as_json(row) for row in rows], ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        print(f"{row.email}  {row.role}{', ' + row.ref if row.ref else ''}{'  closed' if row.closed_at else ''}")
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    from app.services.reset_password import reset_password

    print(_change(reset_password, arguments))
    return 0


def _close(arguments: argparse.Namespace) -> int:
    from app.services.close_account import close_account

    _change(close_account, arguments)
    print(f"{arguments.email}: closed")
    return 0


def _open(arguments: argparse.Namespace) -> int:
    from app.services.close_account import reopen_account

    _change(reopen_account, arguments)
    print(f"{arguments.email}: open")
    return 0


def _change(service: Any, arguments: argparse.Namespace) -> Any:
    """Carry a service out on the account of this address. Raises NotFound."""
    from app import database
    from app.queries.users import get_user
    from app.rules.permissions import OPERATOR

    make_ready()
    with database.write() as connection:
        return service(connection, OPERATOR, get_user(connection, arguments.email).id)


def _make_token(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.create_token import create_token

    make_ready()
    with database.write() as connection:
        print(create_token(connection, arguments.email))
    return 0
