"""Files in, and back out of the data."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from app.commands.base import add_command, make_ready


def add_importing(commands: Any) -> None:
    importing = add_command(commands, "import", "stage, check, compare and commit files", _import)
    importing.add_argument("files", nargs="+", metavar="FILE", type=Path)
    importing.add_argument("--as", dest="owner", metavar="ORG_REF", help="the organisation whose portfolio this is")
    importing.add_argument("--format", default="auto")
    importing.add_argument("--mode", default="update", choices=("add", "update", "replace"))
    importing.add_argument("--mapping", metavar="NAME", help="the name of remembered answers")
    importing.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="answer a question; remembered for the organisation",
    )
    importing.add_argument("--preview", action="store_true", help="stop before the commit")
    importing.add_argument("--keep-good", action="store_true", help="leave out projects with errors, keep the rest")
    importing.add_argument("--json", action="store_true")
    fetch = add_command(commands, "fetch", "download files and import them", _fetch)
    fetch.add_argument("url", nargs="?", default="", metavar="URL")
    fetch.add_argument("--publisher", default="", metavar="REF", help="all activity files of this publisher")
    fetch.add_argument("--registry", default="", metavar="URL", help="the registry that knows the publisher")
    fetch.add_argument(
        "--as", dest="owner", default="", metavar="ORG_REF", help="the organisation whose portfolio this is"
    )
    fetch.add_argument("--mode", default="update", choices=("add", "update", "replace"))
    fetch.add_argument("--preview", action="store_true", help="stop before the commit")
    fetch.add_argument("--keep-good", action="store_true", help="leave out what has errors or can't be fetched")
    fetch.add_argument("--json", action="store_true")
    confirm = add_command(commands, "confirm", "commit a previewed import", _confirm)
    confirm.add_argument("import_id", type=int)
    confirm.add_argument("--json", action="store_true")
    history = add_command(commands, "imports", "list imports", _list_imports)
    history.add_argument("--json", action="store_true")
    undo = add_command(commands, "undo", "take one import back", _undo)
    undo.add_argument("import_id", type=int)
    undo.add_argument("--json", action="store_true")


def _import(arguments: argparse.Namespace) -> int:
    from app.services.import_files import import_files

    make_ready()
    missing = [str(path) for path in arguments.files if not path.is_file()]
    if missing:
        print(f"tessera: no such file: {', '.join(missing)}", file=sys.stderr)
        return 2
    # A heading may have the sign = in it, a value hardly ever.
    answers = [answer.rpartition("=") for answer in arguments.answer]
    if any(not path for path, _, _ in answers):
        print("tessera: --answer takes PATH=VALUE, such as date_order=dmy", file=sys.stderr)
        return 2
    result = import_files(
        arguments.files, owner=arguments.owner, format_key=arguments.format, mode=arguments.mode,
        mapping=arguments.mapping, preview=arguments.preview, keep_good=arguments.keep_good,
        answers={path: value for path, _, value in answers},
    )  # fmt: skip
    return _print_import(result, as_json=arguments.json)


def _fetch(arguments: argparse.Namespace) -> int:
    from app.services.fetch_files import FetchRequest
    from app.services.import_fetched import import_fetched

    if bool(arguments.url) == bool(arguments.publisher):
        print("tessera: give an address or --publisher, one of the two", file=sys.stderr)
        return 2
    make_ready()
    asked = FetchRequest(
        arguments.url, arguments.publisher, arguments.registry, arguments.owner, arguments.mode, arguments.keep_good
    )
    result, fetched = import_fetched(asked, preview=arguments.preview)
    for refusal in fetched.refusals:
        print(f"left out: {refusal}", file=sys.stderr)
    if result is not None:
        return _print_import(result, as_json=arguments.json)
    document = {"import_id": fetched.same_as, "state": "not-modified"}
    same = f"not modified: import {fetched.same_as} has it already"
    print(json.dumps(document) if arguments.json else same)
    return 0


def _confirm(arguments: argparse.Namespace) -> int:
    from app.services.confirm_import import confirm_import

    make_ready()
    return _print_import(confirm_import(arguments.import_id), as_json=arguments.json)


def _print_import(result: Any, *, as_json: bool) -> int:
    document = result.as_json()
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        for issue in document["issues"]:
            print(_issue_line(issue))
        for question in document["questions"]:
            print(_question_line(question))
        counts = ", ".join(f"{document[name]} {name}" for name in _COUNTS)
        print(f"import {document['import_id']}: {document['state']} ({counts})")
    return 1 if result.state == "refused" else 0


_COUNTS = ("read", "new", "changed", "unchanged", "removed", "rejected")


def _issue_line(issue: dict[str, Any]) -> str:
    place = f"line {issue['line']}" if issue["line"] else " ".join(
        str(part) for part in (issue["sheet"], issue["cell"] or (issue["row"] and f"row {issue['row']}"), issue["column"]) if part
    )  # fmt: skip
    return f"{issue['level']}: {place or 'file'}: {issue['message']} {issue['hint']}"


def _question_line(question: dict[str, Any]) -> str:
    values = [value for value, _ in question["options"]]
    told = f" ({' or '.join(values) if len(values) < 9 else ', '.join([*values[:8], '...'])})" if values else ""
    return f'question: {question["text"]} Answer: --answer "{question["answer"]}=VALUE"{told}'


def _list_imports(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.list_imports import list_imports

    make_ready()
    with database.read() as connection:
        rows = list_imports(connection)
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    for row in () if arguments.json else rows:
        counts = ", ".join(f"{row[name]} {name}" for name in _COUNTS)
        print(f"{row['import_id']:>5}  {row['created_at'][:16]}  {row['state']:<10} {row['file']}  ({counts})")
    return 0


def _undo(arguments: argparse.Namespace) -> int:
    from app.services.undo_import import undo_import

    make_ready()
    return _print_import(undo_import(arguments.import_id), as_json=arguments.json)
