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

INITDB_OPTIONS = ("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
# Nothing here outlives the run, so nothing has to survive a power cut.
SERVER_OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# Idle connections are those of the engine's pool: the next test goes on with them.
END_OTHERS: LiteralString = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""
LARGE_TABLES: LiteralString = "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 1000000"


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


def create_database(socket_folder: Path, name: str) -> str:
    """Creates an empty database `name`; returns its URL."""
    with _connected(socket_folder, "postgres") as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return database_address(socket_folder, name)


class Restorable:
    """A database that is put back to what it holds now, in a twentieth of the time of a new one from a template."""

    def __init__(self, socket_folder: Path, name: str) -> None:
        self.url = database_address(socket_folder, name)
        self._connection = _connected(socket_folder, name)
        self._connection.execute("SET session_replication_role = replica")  # the order of tables plays no part
        tables = self._names("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        full = [one for one in tables if self._run(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(one)).fetchone()]
        self._run(sql.SQL("CREATE SCHEMA kept"))
        for table in full:
            self._run(sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(table))
        sequences = self._connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
        self._script = sql.SQL("; ").join([
            *(sql.SQL("DELETE FROM {}").format(table) for table in tables),
            *(sql.SQL("INSERT INTO public.{0} TABLE kept.{0}").format(table) for table in full),
            *(sql.SQL("SELECT setval({}, {}, {})").format(sequence, last or 1, last is not None)
              for sequence, last in sequences),
        ])  # fmt: skip

    def put_back(self) -> None:
        """Ends what a test may have left at work in the background, then empties and fills the tables."""
        self._connection.execute(END_OTHERS)
        self._run(self._script)
        large = self._names(LARGE_TABLES)
        if large:
            self._run(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(large)))

    def _run(self, command: sql.SQL | sql.Composed) -> psycopg.Cursor:
        return self._connection.execute(command)

    def _names(self, query: LiteralString) -> list[sql.Identifier]:
        return [sql.Identifier(name) for (name,) in self._connection.execute(query).fetchall()]


def _connected(socket_folder: Path, name: str) -> psycopg.Connection:
    return psycopg.connect(f"host={socket_folder} user=tessera dbname={name}", autocommit=True)


def _server_account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: then as the account that Debian made for it, or as nobody."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
