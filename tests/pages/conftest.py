"""A running server, and the four people that every page is tried with."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page
from starlette.testclient import TestClient

from app import database
from app.main import create_app
from app.queries import imports, users
from app.services.import_portfolio import ImportRequest, ImportResult, import_portfolio
from app.services.sign_in import password_hasher
from importers.base import Source

ORIGIN = "http://testserver"
PASSWORD = "a long enough password"
OWNERS_ORG, STRANGERS_ORG = "XM-DAC-6-4", "SE-0"
HEADINGS = "Project ID,Title,Description,Country,Start date,Donor,Commitment 2019 (USD)\n"
EXPLOITATION = "Psychosocial recovery for child victims of commercial sexual exploitation"
ROWS = {
    "T-1": f"T-1,Schools free from violence,{EXPLOITATION},Cambodia,2019-01-15,,120000\n",
    "T-2": "T-2,Rural roads,Roads between villages,Kenya,2018-03-01,,75000\n",
}


@cache
def _password_hash() -> str:
    return password_hasher().hash(PASSWORD)


@cache
def application() -> FastAPI:
    """One for all tests, since each works out its routes anew; it keeps nothing of a database or of the settings."""
    return create_app()


@dataclass(frozen=True)
class People:
    """Signed-in clients: who imported, a reader of the same organisation, an editor of another one, an admin,
    and nobody."""

    owner: TestClient
    colleague: TestClient
    stranger: TestClient
    admin: TestClient
    nobody: TestClient


PEOPLE = {
    "owner": ("editor", OWNERS_ORG),
    "colleague": ("reader", OWNERS_ORG),
    "stranger": ("editor", STRANGERS_ORG),
    "admin": ("admin", None),
}


def add_people() -> None:
    """Accounts of PEOPLE, name@example.org; all with PASSWORD, which is hashed once for all tests."""
    with database.write() as connection:
        for name, (role, ref) in PEOPLE.items():
            users.insert_user(
                connection, email=f"{name}@example.org", role=role, password_hash=_password_hash(),
                organisation_id=imports.organisation_id(connection, ref) if ref else None,
            )  # fmt: skip


def signed_in(client: TestClient, name: str) -> TestClient:
    """`client` with a session, opened without the cost of checking a password."""
    token = f"session-of-{name}"
    with database.write() as connection:
        user = users.find_user(connection, f"{name}@example.org")
        users.insert_session(connection, token, user.id, timedelta(hours=1))
    client.cookies.set("tessera_session", token)
    return client


@pytest.fixture
def people(database_url: str) -> People:
    """The four, and an admin, on an empty database."""
    add_people()

    def client() -> TestClient:
        return TestClient(application(), base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=True)

    clients = {name: signed_in(client(), name) for name in PEOPLE}
    return People(**clients, nobody=client())


@pytest.fixture
def portfolio(people: People, tmp_path: Path) -> ImportResult:
    """The owner's organisation has imported two small projects."""
    path = tmp_path / "portfolio.csv"
    path.write_text(HEADINGS + "".join(ROWS.values()), encoding="utf-8")
    result = import_portfolio(ImportRequest([Source(path, path.name)], OWNERS_ORG))
    assert result.state == "committed", result.issues
    return result


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a real server on an empty SQLite database with the same people."""
    from tests.conftest import forget_settings

    monkeypatch.setenv("TESSERA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path))
    forget_settings()
    add_people()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(application(), log_level="warning"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        thread.join()
    forget_settings()


@pytest.fixture
def sign_in_to(server: str) -> Callable[[Page, str], None]:
    """Signs somebody in by the form, as people do."""

    def sign_in(page: Page, name: str) -> None:
        page.goto(f"{server}/sign-in")
        page.get_by_label("E-mail address").fill(f"{name}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()

    return sign_in
