"""What every test may ask for: a migrated database of either kind, and a page in a real browser."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app import database
from app.services.migrate_database import migrate_database
from app.settings import settings
from tests import postgres
from tests.browser import chromium, missing_browser

# Marker -> what this machine lacks for it, or None: its tests are skipped, and the closing lines say so.
MISSING = {"postgres": postgres.missing_postgres(), "browser": missing_browser()}


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for sentence in filter(None, MISSING.values()):
        count = sum(sentence in reason for reason in skipped)
        terminalreporter.write_line(f"SKIPPED {count} tests: {sentence}", yellow=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate_database(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[Path]:
    """The socket's folder of a server that holds the migrated template; one server for each xdist worker."""
    with postgres.postgres_server() as folder:
        migrate_database(postgres.create_database(folder, postgres.TEMPLATE))
        yield folder


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty, migrated SQLite database of this test's own."""
    path = tmp_path / "tessera.db"
    with closing(sqlite3.connect(sqlite_template)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_template: Path) -> Iterator[str]:
    """The URL of an empty, migrated PostgreSQL database of this test's own."""
    name = "test"
    yield postgres.create_database(postgres_template, name, postgres.TEMPLATE)
    postgres.drop_database(postgres_template, name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Runs the test twice, on an empty database of either kind that is also the settings' database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    monkeypatch.setenv("TESSERA_DATABASE_URL", url)
    monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TESSERA_SECRET_KEY", "signs-nothing-but-tests")
    forget_settings()
    yield url
    database.engine().dispose()
    database.engine(url).dispose()
    forget_settings()


def forget_settings() -> None:
    """The process reads its settings and makes its engines once; each test needs its own."""
    settings.cache_clear()
    database.engine.cache_clear()


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
