"""Alerts, shortlists and interests, for one person at a time: what they see and do on the pages."""

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.commands.base import add_command, make_ready

if TYPE_CHECKING:
    from app.rules.permissions import Viewer


def add_watching(commands: Any) -> None:
    alerts = _add(commands, "alerts", "saved searches and plan watches of a person, and what they told", _alerts)
    what = alerts.add_mutually_exclusive_group()
    what.add_argument("--search", metavar="FILTERS", help="save a search, such as country=KH&q=shelter")
    what.add_argument("--plan", type=int, metavar="ID", help="watch a plan")
    what.add_argument("--remove", type=int, metavar="NUMBER")
    alerts.add_argument("--often", default="daily", choices=("now", "daily", "weekly", "never"))
    alerts.add_argument("--name", default="")
    shortlist = _add(commands, "shortlist", "funding lines that a person's organisation keeps an eye on", _shortlist)
    shortlist.add_argument("--line", type=int, metavar="ID", help="put a line on it, or write a note to it")
    shortlist.add_argument("--action", type=int, metavar="ID", help="the action that it is for")
    shortlist.add_argument("--note", default="")
    shortlist.add_argument("--remove", type=int, metavar="NUMBER")
    interests = _add(commands, "interests", "interests of donors in actions of plans", _interests)
    interests.add_argument("--action", type=int, metavar="ID", help="express the interest of the person's organisation")
    interests.add_argument("--answer", type=int, metavar="NUMBER", help="the next step of an interest")
    interests.add_argument("--state", default="in-discussion", choices=("in-discussion", "agreed", "declined"))
    interests.add_argument("--message", default="")


def _add(commands: Any, name: str, words: str, command: Any) -> argparse.ArgumentParser:
    parser = add_command(commands, name, words, command)
    parser.add_argument("email", metavar="EMAIL", help="whose")
    parser.add_argument("--json", action="store_true")
    return parser


def _person(email: str) -> "Viewer":
    """Raises NotFound."""
    from app import database
    from app.errors import NotFound
    from app.queries.users import find_user, get_viewer

    make_ready()
    with database.read() as connection:
        row = find_user(connection, email.strip().lower())
        if row is None:
            raise NotFound(f"Nobody has an account as {email}.")
        return get_viewer(connection, row.id)


def _print(documents: list[dict[str, Any]], line: str, is_json: bool) -> int:
    """As JSON, or each by a pattern."""
    if is_json:
        print(json.dumps(documents, ensure_ascii=False, indent=1))
    for one in () if is_json else documents:
        print(line.format_map(one))
    return 0


def _alerts(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.alert_json import list_alerts_as_json, search_as_json
    from app.services.read_line_filter import read_query
    from app.services.save_search import list_saved_searches, remove_search, save_search, watch_plan

    viewer = _person(arguments.email)
    if arguments.search is not None:
        save_search(viewer, arguments.name, read_query(arguments.search), arguments.often)
    if arguments.plan is not None:
        watch_plan(viewer, arguments.plan, arguments.often)
    if arguments.remove is not None:
        remove_search(viewer, arguments.remove)
    with database.read() as connection:
        rows = [one.row for one in list_saved_searches(connection, viewer)]
        found = [
            search_as_json(row) | {"alerts": list_alerts_as_json(connection, viewer, row.id, 0, 500)} for row in rows
        ]
    if arguments.json:
        return _print(found, "", is_json=True)
    for search in found:
        _print([search], "{id:>5}  {frequency:<6} {name}", is_json=False)
        _print(search["alerts"], "         {at:.10}  {title}: {words}", is_json=False)
    return 0


def _shortlist(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.alert_json import shortlisted_as_json
    from app.services.keep_shortlist import add_to_shortlist, list_shortlist, take_off_shortlist

    viewer = _person(arguments.email)
    if arguments.line is not None:
        add_to_shortlist(viewer, arguments.line, arguments.note, arguments.action)
    if arguments.remove is not None:
        take_off_shortlist(viewer, arguments.remove)
    with database.read() as connection:
        found = [shortlisted_as_json(one) for one in list_shortlist(connection, viewer, datetime.now(UTC))]
    return _print(found, "{id:>5}  {status!s:<12} {title!s} ({closes!s})", arguments.json)


def _interests(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.alert_json import interest_as_json
    from app.services.express_interest import answer_interest, express_interest, list_interests

    viewer = _person(arguments.email)
    if arguments.action is not None:
        express_interest(viewer, arguments.action, arguments.message)
    if arguments.answer is not None:
        answer_interest(viewer, arguments.answer, arguments.state, arguments.message)
    with database.read() as connection:
        found = [interest_as_json(one) for one in list_interests(connection, viewer)]
    return _print(
        found, "{id:>5}  {state:<13} {donor_name}: {action_code} {action_title} ({plan_title})", arguments.json
    )
