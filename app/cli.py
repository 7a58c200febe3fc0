"""The `tessera` command: parses, calls a service, prints.

Exit status: 0 done, 1 the data was refused (with the reasons), 2 wrong usage. What a command needs is
imported when it runs, so that each starts quickly.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import Refused
from app.settings import SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.services.report_overlap import OverlapFilter

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the status to exit with."""
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


def build_parser() -> argparse.ArgumentParser:
    """Every command and option (docs/commands.md lists them; a test holds the two together)."""
    parser = argparse.ArgumentParser(prog="tessera", description="Who funds what, where: donor coordination.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_running(commands)
    _add_importing(commands)
    _add_mapping(commands)
    _add_reporting(commands)
    _add_funding(commands)
    _add_keeping(commands)
    return parser


def _add(commands: Any, name: str, help_text: str, command: Command) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(command=command)
    return parser


# --- running -------------------------------------------------------------------------------


def _add_running(commands: Any) -> None:
    serve = _add(commands, "serve", "serve the web pages and the API", _serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1)
    _add(commands, "worker", "run background jobs; any number, wherever database and data folder are at hand", _work)
    _add(commands, "migrate", "bring the database to this version", _migrate)
    user = _add(commands, "user", "accounts", _add_user).add_subparsers(required=True, metavar="ACTION")
    add = _add(user, "add", "add a person; prints the password once", _add_user)
    add.add_argument("email")
    add.add_argument("--role", required=True, choices=("reader", "editor", "admin"))
    add.add_argument("--org", metavar="REF")
    organisation = _add(commands, "organisation", "organisations", _add_organisation)
    named = _add(
        organisation.add_subparsers(required=True, metavar="ACTION"), "add", "name an organisation", _add_organisation
    )
    named.add_argument("ref")
    named.add_argument("name")
    named.add_argument("--type", default="", metavar="CODE", help="IATI OrganisationType, such as 10 for government")
    _add(commands, "token", "make an API token for a person", _make_token).add_argument("email")


def _serve(arguments: argparse.Namespace) -> int:
    import uvicorn

    from app.settings import settings

    settings().secret_key()
    if settings().is_embedded:
        _migrate(arguments)
    uvicorn.run(
        "app.main:create_app", factory=True, host=arguments.host, port=arguments.port, workers=arguments.workers,
        log_level=settings().log_level.lower(), server_header=False,
    )  # fmt: skip
    return 0


def _work(_: argparse.Namespace) -> int:
    import signal
    import threading

    from app.services.run_jobs import run_jobs

    _ready()
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    print("waiting for jobs", file=sys.stderr, flush=True)
    run_jobs(stop)
    return 0


def _migrate(_: argparse.Namespace) -> int:
    from app.services.migrate_database import migrate_database

    migrate_database()
    return 0


def _ready() -> None:
    """An embedded database brings itself to this version."""
    from app import database
    from app.settings import settings

    if settings().is_embedded and not database.is_current():
        _migrate(argparse.Namespace())


def _add_user(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.add_user import add_user

    _ready()
    with database.write() as connection:
        password = add_user(connection, arguments.email, arguments.role, arguments.org)
    print(f"{arguments.email}  {password}  ({arguments.role}{', ' + arguments.org if arguments.org else ''})")
    return 0


def _add_organisation(arguments: argparse.Namespace) -> int:
    from app import database
    from app.queries.organisations import name_organisation

    _ready()
    with database.write() as connection:
        name_organisation(connection, arguments.ref, arguments.name, arguments.type)
    return 0


def _make_token(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.create_token import create_token

    _ready()
    with database.write() as connection:
        print(create_token(connection, arguments.email))
    return 0


# --- importing -----------------------------------------------------------------------------


def _add_importing(commands: Any) -> None:
    importing = _add(commands, "import", "stage, check, compare and commit files", _import)
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
    fetch = _add(commands, "fetch", "download files and import them", _fetch)
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
    confirm = _add(commands, "confirm", "commit a previewed import", _confirm)
    confirm.add_argument("import_id", type=int)
    confirm.add_argument("--json", action="store_true")
    history = _add(commands, "imports", "list imports", _list_imports)
    history.add_argument("--json", action="store_true")
    undo = _add(commands, "undo", "take one import back", _undo)
    undo.add_argument("import_id", type=int)
    undo.add_argument("--json", action="store_true")


def _import(arguments: argparse.Namespace) -> int:
    from app.services.import_files import import_files

    _ready()
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
    _ready()
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

    _ready()
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

    _ready()
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

    _ready()
    return _print_import(undo_import(arguments.import_id), as_json=arguments.json)


# --- mapping -------------------------------------------------------------------------------


def _add_mapping(commands: Any) -> None:
    mapping = _add(commands, "map", "suggest areas for projects without confirmed ones", _map)
    mapping.add_argument("--framework", metavar="KEY")
    mapping.add_argument("--all", action="store_true", help="in every framework that has a word list")
    mapping.add_argument("--json", action="store_true")
    suggest = _add(commands, "suggest", "suggest areas for texts in JSON Lines; touches no database", _suggest)
    suggest.add_argument("file", type=Path, metavar="FILE.jsonl")
    suggest.add_argument("--framework", default="florence-2008", metavar="KEY")
    frameworks = _add(commands, "frameworks", "list frameworks, or load one", _list_frameworks)
    frameworks.add_argument("--json", action="store_true")
    load = _add(
        frameworks.add_subparsers(metavar="ACTION"), "load", "add a framework or bring it up to date", _load_framework
    )
    load.add_argument("file", type=Path)


def _map(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.list_mappings import list_mappings
    from app.services.suggest_areas import suggest_areas

    _ready()
    framework = None if arguments.all else arguments.framework or "florence-2008"
    changed = suggest_areas(framework)
    if arguments.json:
        with database.read() as connection:
            mapped = list_mappings(connection, OPERATOR, framework)
        print(json.dumps({"framework": framework, "projects": changed, "mappings": mapped}, ensure_ascii=False))
    else:
        print(f"{changed} projects have new suggestions.")
    return 0


def _suggest(arguments: argparse.Namespace) -> int:
    from app.services.suggest_lines import suggest_lines

    with arguments.file.open(encoding="utf-8") as lines:
        for answer in suggest_lines(lines, arguments.framework):
            print(json.dumps(answer, ensure_ascii=False))
    return 0


def _list_frameworks(arguments: argparse.Namespace) -> int:
    from app import database
    from app.queries.frameworks import list_frameworks

    _ready()
    with database.read() as connection:
        frameworks = list_frameworks(connection)
    if arguments.json:
        print(json.dumps([_framework_document(one) for one in frameworks], ensure_ascii=False, indent=1))
    for one in () if arguments.json else frameworks:
        print(f"{one.key:<28} {one.version:<8} {len(one.areas):>3} areas  {one.title}")
    return 0


def _framework_document(framework: Any) -> dict[str, Any]:
    areas = [{"code": area.code, "title": area.title, "group": area.group_code or None} for area in framework.areas]
    return {"key": framework.key, "version": framework.version, "title": framework.title,
            "primary": framework.is_primary, "areas": areas}  # fmt: skip


def _load_framework(arguments: argparse.Namespace) -> int:
    from app.services.load_framework_file import load_framework_file

    _ready()
    loaded = load_framework_file(arguments.file)
    print(f"{loaded.framework.key}: {len(loaded.framework.areas)} areas")
    for area in loaded.undecided:
        print(f"{area.code} {area.title}: no longer in the framework, {area.projects} projects need a decision")
    for match in loaded.unknown_matches:
        print(f"match {match.area} to {match.other_framework}/{match.other_area}: left out, that area is not here")
    return 0


# --- reports and exports ---------------------------------------------------------------------


def _add_reporting(commands: Any) -> None:
    report = _add(commands, "report", "reports", _report_overlap).add_subparsers(required=True, metavar="REPORT")
    overlap = _add(report, "overlap", "who funds which area where, and who overlaps", _report_overlap)
    overlap.add_argument("--framework", default="", metavar="KEY")
    for name, metavar in (("country", "CC"), ("region", "CODE"), ("donor", "REF")):
        overlap.add_argument(f"--{name}", action="append", default=[], metavar=metavar)
    overlap.add_argument("--from", dest="first_year", type=int, metavar="YEAR")
    overlap.add_argument("--to", dest="last_year", type=int, metavar="YEAR")
    overlap.add_argument("--flow", default="disbursement", choices=("commitment", "disbursement", "budget"))
    overlap.add_argument("--gross", action="store_true", help="count what is reported twice, twice")
    overlap.add_argument("--level", default="agency", choices=("agency", "government"))
    overlap.add_argument("--format", default="json", choices=("json", "csv", "xlsx", "pdf", "html"))
    overlap.add_argument("--lang", default="en", choices=("en", "fr", "es", "it", "pt", "ar"), help="of pdf and html")
    overlap.add_argument("-o", "--output", type=Path, metavar="FILE")
    export = _add(commands, "export", "write a portfolio to a file", _export)
    export.add_argument("format", choices=("iati", "xlsx", "csv", "json"))
    export.add_argument("--country", metavar="CC")
    export.add_argument("--org", metavar="REF")
    export.add_argument("--import", dest="import_id", type=int, metavar="ID")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    template = _add(commands, "template", "write the workbook to fill in", _write_template)
    template.add_argument("--lang", default="en", choices=("en", "fr", "es", "it", "pt", "ar"))
    template.add_argument("--filled", metavar="REF", help="with the current projects of this organisation")
    template.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.xlsx")


def _report_overlap(arguments: argparse.Namespace) -> int:
    from app import database
    from app.services.report_overlap import OverlapFilter, report_overlap
    from app.services.write_overlap import write_overlap

    _ready()
    asked = OverlapFilter(
        arguments.framework, tuple(code.upper() for code in arguments.country), tuple(arguments.region), tuple(arguments.donor),
        arguments.first_year, arguments.last_year, arguments.flow, arguments.gross, arguments.level,
    )  # fmt: skip
    with database.read() as connection:
        if arguments.format in ("pdf", "html"):
            content = _overlap_to_read(connection, asked, arguments)
        else:
            content = write_overlap(report_overlap(connection, asked), arguments.format)
    if arguments.output:
        arguments.output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    return 0


def _overlap_to_read(connection: "Connection", asked: "OverlapFilter", arguments: argparse.Namespace) -> bytes:
    """The report as the PDF of the meeting pack, or as one page."""
    from app.routers.overlap import OverlapAddress
    from app.routers.standalone import overlap_page
    from app.rules.permissions import OPERATOR
    from app.services.build_pack import PackOrder, build_pack
    from exports.meeting_pack import write_pack_pdf

    if arguments.format == "pdf":
        return write_pack_pdf(
            build_pack(connection, OPERATOR, PackOrder(asked, arguments.lang), datetime.now(UTC)).pack
        )
    asked.check()
    address = OverlapAddress.model_construct(
        framework=asked.framework, country=list(asked.countries), region=list(asked.regions), donor=list(asked.donors),
        first_year=asked.first_year, last_year=asked.last_year, flow=asked.flow, basis="gross" if asked.gross else "net",
        level=asked.level,
    )  # fmt: skip
    return overlap_page(connection, OPERATOR, address, arguments.lang)


def _export(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.export_portfolio import ExportFilter, export_to_file

    _ready()
    chosen = ExportFilter(
        country=(arguments.country or "").upper(), organisation=arguments.org or "", import_id=arguments.import_id
    )
    with database.read() as connection:
        count = export_to_file(connection, OPERATOR, arguments.format, chosen, arguments.output)
    print(f"{count} projects written to {arguments.output}", file=sys.stderr)
    return 0


def _write_template(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.whole_file import whole_file
    from app.services.write_template import write_filled_template, write_template

    with whole_file(arguments.output) as out:
        if not arguments.filled:
            write_template(out, arguments.lang)
            return 0
        _ready()
        with database.read() as connection:
            count = write_filled_template(connection, OPERATOR, arguments.filled, arguments.lang, out)
    print(f"{count} projects written to {arguments.output}", file=sys.stderr)
    return 0


# --- plans and funding lines -----------------------------------------------------------------


def _add_funding(commands: Any) -> None:
    opportunities = _add(commands, "opportunities", "funding lines that are not closed", _list_opportunities)
    opportunities.add_argument("--country", default="", metavar="CC")
    opportunities.add_argument("--area", default="", metavar="FRAMEWORK/CODE")
    opportunities.add_argument(
        "--amount", default="", metavar="AMOUNT", help="an award of this many of the base currency"
    )
    opportunities.add_argument("--applicant", default="", metavar="TYPE", help="IATI organisation type")
    opportunities.add_argument("--json", action="store_true")
    match = _add(commands, "match", "the actions of a plan against the funding lines, with reasons", _match)
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
    _ready()
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

    _ready()
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


# --- keeping the data ------------------------------------------------------------------------


def _add_keeping(commands: Any) -> None:
    _add(commands, "rebuild", "make every projection anew from the records", _rebuild)
    _add(commands, "check", "test every invariant of the stored data", _check)
    rates = _add(commands, "rates", "exchange rates", _load_rates).add_subparsers(required=True, metavar="ACTION")
    load = _add(rates, "load", "add rates from a CSV file: currency, date, rate", _load_rates)
    load.add_argument("file", type=Path)
    backup = _add(commands, "backup", "a consistent copy of the embedded database", _backup)
    backup.add_argument("file", type=Path)


def _rebuild(_: argparse.Namespace) -> int:
    from app.services.rebuild_projections import rebuild_projections

    _ready()
    print(f"{rebuild_projections()} projects rebuilt.")
    return 0


def _load_rates(arguments: argparse.Namespace) -> int:
    from app.services.load_rates import load_rates

    _ready()
    print(f"{load_rates(arguments.file)} rates loaded; every amount is converted anew.")
    return 0


def _check(_: argparse.Namespace) -> int:
    from app import database
    from app.services.check_data import check_data

    _ready()
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


if __name__ == "__main__":
    sys.exit(main())
