"""A throw-away PostgreSQL server: made by initdb, reached through a socket, gone after the run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

TEMPLATE = "migrated"
INITDB_OPTIONS = ("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
# Nothing here outlives the run, so nothing has to survive a power cut.
SERVER_OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
DISCONNECT_ALL: LiteralString = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl: Debian keeps the newest off the PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def missing_postgres() -> str | None:
    """What to install so that PostgreSQL tests can run; None when all is there."""
    return None if find_programs() else "PostgreSQL is missing (Debian: apt-get install postgresql)"


@contextmanager
def postgres_server() -> Iterator[Path]:
    """Yields the folder of the socket of a running server; raises CalledProcessError if it can't start."""
    programs = find_programs()
    assert programs is not None, missing_postgres()
    # The socket's path may have at most 107 characters: pytest's own temporary folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="tessera-pg-", dir="/tmp"))
    account = _server_account()
    shutil.chown(folder, account.pw_uid, account.pw_gid)
    data = str(folder / "data")

    def run(*command: str) -> None:
        subprocess.run(
            [str(programs / command[0]), *command[1:]],
            check=True,
            cwd=folder,
            user=account.pw_uid if os.geteuid() == 0 else None,
            group=account.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            stdout=subprocess.DEVNULL,
        )

    log = str(folder / "log")
    try:
        run("initdb", "-D", data, "-U", "tessera", "-A", "trust", *INITDB_OPTIONS)
        run("pg_ctl", "-D", data, "-l", log, "-w", "-o", f"-k {folder} {SERVER_OPTIONS}", "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def database_address(socket_folder: Path, name: str) -> str:
    """The SQLAlchemy URL of database `name` on the server at `socket_folder`."""
    return f"postgresql+psycopg://tessera@/{name}?host={socket_folder}"


def create_database(socket_folder: Path, name: str, template: str = "template0") -> str:
    """Creates database `name` as a copy of `template`; returns its URL."""
    # A template with an open connection can't be copied; pools of earlier tests may still hold one.
    _command(socket_folder, DISCONNECT_ALL, template)
    _command(socket_folder, "CREATE DATABASE {} TEMPLATE {}", sql.Identifier(name), sql.Identifier(template))
    return database_address(socket_folder, name)


def drop_database(socket_folder: Path, name: str) -> None:
    _command(socket_folder, "DROP DATABASE {} WITH (FORCE)", sql.Identifier(name))


def _command(socket_folder: Path, text: LiteralString, *parts: str | sql.Identifier) -> None:
    address = f"host={socket_folder} user=tessera dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL(text).format(*parts))


def _server_account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: then as the account that Debian made for it, or as nobody."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
