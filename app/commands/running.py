"""Serving, working, naming organisations."""

import argparse
import sys
from typing import Any

from app.commands.base import add_command, make_ready


def add_running(commands: Any) -> None:
    serve = add_command(commands, "serve", "serve the web pages and the API", _serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1)
    add_command(
        commands, "worker", "run background jobs; any number, wherever database and data folder are at hand", _work
    )
    add_command(commands, "migrate", "bring the database to this version", _migrate)
    organisation = add_command(commands, "organisation", "organisations", _add_organisation)
    named = add_command(
        organisation.add_subparsers(required=True, metavar="ACTION"), "add", "name an organisation", _add_organisation
    )
    named.add_argument("ref")
    named.add_argument("name")
    named.add_argument("--type", default="", metavar="CODE", help="IATI OrganisationType, such as 10 for government")


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

    from app.services.collector import spare_collector
    from app.services.run_jobs import run_jobs

    make_ready()
    spare_collector()
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


def _add_organisation(arguments: argparse.Namespace) -> int:
    from app import database
    from app.queries.organisations import name_organisation

    make_ready()
    with database.write() as connection:
        name_organisation(connection, arguments.ref, arguments.name, arguments.type)
    return 0
