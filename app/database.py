"""Engines and transactions: the only place that commits.

`write(...)` and `read(...)` give one connection in one transaction. SQLite runs in WAL mode, and a
writer begins with BEGIN IMMEDIATE: with the default, two writers that both began by reading
deadlock and one fails "locked".
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app.errors import Busy
from app.settings import settings

BUSY_SECONDS = 60
_LOG_PAGES = 1000  # after which a commit of SQLite copies its log into its file: the default
_LOCKED = {"55P03", "40P01"}  # SQLSTATEs of PostgreSQL: a lock that was not to be had, a deadlock
MIGRATIONS = Path(__file__).parent / "migrations" / "versions"


def engine(url: str | None = None) -> Engine:
    """The engine of `url` (default: the settings' database), made once."""
    return _engine(url or settings().database_url)


@cache
def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(str(address), address.database)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return create_engine(address, pool_size=10, max_overflow=20, pool_pre_ping=True)


def _sqlite_engine(url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # None: the driver begins nothing of its own, so that _begin_sqlite alone decides how.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("page_size=8192", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-8000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")


def is_current(url: str | None = None) -> bool:
    """Whether the database has the newest migration, told without loading the machinery that migrates."""
    newest = max(path.name[:4] for path in MIGRATIONS.glob("[0-9]*.py"))
    with engine(url).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == newest


@contextmanager
def write(url: str | None = None) -> Iterator[Connection]:
    """One transaction that commits when the block ends and rolls back when it raises."""
    with engine(url).connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def write_much(url: str | None = None) -> Iterator[Connection]:
    """As `write`, for rows by the thousand: SQLite copies them from its log into its file once they are committed, in the
    background, so that nobody waits for it."""
    with engine(url).connect().execution_options(writes=True) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.dbapi_connection
        if is_sqlite:
            driver.execute("PRAGMA wal_autocheckpoint=0")
        try:
            with connection.begin():
                yield connection
        finally:
            if is_sqlite:
                driver.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    if is_sqlite:
        threading.Thread(target=_empty_log, args=(Path(connection.engine.url.database or ""),)).start()


def _empty_log(path: Path) -> None:
    # Whatever keeps this from it, the next commit of many pages does it, too.
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as own:
        own.execute("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def write_briefly(url: str | None = None) -> Iterator[Connection]:
    """As `write`, for somebody who waits on a page. Raises Busy where another writer does not let go in time."""
    try:
        with write(url) as connection:
            yield connection
    except OperationalError as error:
        code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
        if code in _LOCKED or str(code).startswith("SQLITE_BUSY"):
            raise Busy(
                "An import is being written that changes the same project or organisation. Nothing of yours was saved: "
                "try again in a minute."
            ) from error
        raise


@contextmanager
def read(url: str | None = None) -> Iterator[Connection]:
    """One read-only look at the database, from the replica where the settings name one."""
    with engine(url or settings().read_database_url or None).connect() as connection, connection.begin():
        yield connection
