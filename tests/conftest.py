"""What every test may ask for: a migrated database of either kind, and a page in a real browser."""

import gc
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event
from sqlalchemy.pool import Pool

from app import database
from app.services.migrate_database import migrate_database
from app.settings import settings
from tests import postgres
from tests.browser import chromium, missing_browser

# Marker -> what this machine lacks for it, or None: its tests are skipped, and the closing lines say so.
MISSING = {"postgres": postgres.missing_postgres(), "browser": missing_browser()}

# The workers and many tests start Python anew: it must not compile everything each time, whatever its caller has set.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    lacking = [sentence for sentence in MISSING.values() if sentence]
    if lacking and os.environ.get("REQUIRE_ALL") == "1":
        raise pytest.UsageError("REQUIRE_ALL=1, but " + "; ".join(lacking))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        for marker, sentence in MISSING.items():
            if sentence and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=sentence))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for sentence in filter(None, MISSING.values()):
        count = sum(sentence in reason for reason in skipped)
        terminalreporter.write_line(f"SKIPPED {count} tests: {sentence}", yellow=True)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 at its least cost, for the hundreds of passwords that tests set and check."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PasswordHash, "recommended", lambda: cheap)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_wait_for_the_disk() -> Iterator[None]:
    """What tests store in SQLite has to survive a kill, but no power cut."""

    def relax(connection: Any, *_: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=OFF")

    event.listen(Pool, "checkout", relax)
    yield
    event.remove(Pool, "checkout", relax)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate_database(f"sqlite:///{path}")
    database.engine(f"sqlite:///{path}").dispose()  # all of it is in the one file then
    return path


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[postgres.Restorable]:
    """A migrated database on a server of this xdist worker's own."""
    with postgres.postgres_server() as folder:
        migrate_database(postgres.create_database(folder, "test"))
        yield postgres.Restorable(folder, "test")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated SQLite database of this test's own: the same URL each time, through a link to the
    test's folder, so that the engine keeps the statements that it has compiled."""
    shutil.copyfile(sqlite_template, tmp_path / "tessera.db")
    folder = sqlite_template.with_name("of-this-test")
    folder.unlink(missing_ok=True)
    folder.symlink_to(tmp_path)
    url = f"sqlite:///{folder / 'tessera.db'}"
    yield url
    database.engine(url).dispose()


@pytest.fixture
def postgres_url(postgres_database: postgres.Restorable) -> str:
    """The URL of a PostgreSQL database that is empty and migrated, as it is for each test."""
    postgres_database.put_back()
    return postgres_database.url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Runs the test twice, on an empty database of either kind that is also the settings' database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    monkeypatch.setenv("TESSERA_DATABASE_URL", url)
    monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TESSERA_SECRET_KEY", "signs-nothing-but-tests")
    forget_settings()
    yield url
    forget_settings()


def forget_settings() -> None:
    """The process reads its settings once; each test needs its own."""
    settings.cache_clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page in a context of its own, with a desk's screen size."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield context.new_page()
    context.close()
