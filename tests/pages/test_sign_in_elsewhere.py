"""Signing in by an identity provider: only for whom it vouches, and only who began."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from httpx2 import Response
from playwright.sync_api import Page, expect

from app import database
from app.rules.permissions import OPERATOR
from app.services.close_account import close_account
from app.settings import SettingsError, read_settings
from tests.browser import find_axe_violations
from tests.conftest import forget_settings
from tests.identity_provider import CLIENT, SECRET, Provider, identity_provider
from tests.pages.conftest import ORIGIN, People
from tests.services.stored import query

OWNER = {"email": "Owner@example.org", "email_verified": True}
SetUp = Callable[[str], None]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_provider() as running:
        running.claims = dict(OWNER)
        yield running


@pytest.fixture
def set_up(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetUp]:
    """Sets the provider for an installation at an address."""

    def at(address: str) -> None:
        monkeypatch.setenv("TESSERA_OIDC_ISSUER", provider.issuer)
        monkeypatch.setenv("TESSERA_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("TESSERA_OIDC_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("TESSERA_OIDC_NAME", "Donors’ House")
        monkeypatch.setenv("TESSERA_PUBLIC_URL", address)
        forget_settings()

    yield at
    forget_settings()


def go(people: People, following: str = "/portfolio?q=x") -> str:
    """To the provider and back: the address that its answer sends the browser to."""
    there = people.nobody.get("/sign-in/elsewhere", params={"next": following})
    assert there.status_code == 303
    back = httpx2.get(there.headers["location"]).headers["location"]
    assert back.startswith(f"{ORIGIN}/sign-in/elsewhere/back?")
    return back.removeprefix(ORIGIN)


def refused(answer: Response, words: str) -> None:
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert "tessera_session" not in answer.headers.get("set-cookie", "")
    assert query("SELECT count(*) FROM sign_in_session") == [(4,)]


def test_who_has_an_account_is_signed_in_and_led_on(people: People, set_up: SetUp) -> None:
    set_up(ORIGIN)
    assert "Donors’ House" in people.nobody.get("/sign-in?next=/portfolio").text
    answer = people.nobody.get(go(people))
    assert (answer.status_code, answer.headers["location"]) == (303, "/portfolio?q=x")
    assert "owner@example.org" in people.nobody.get("/account").text
    assert "httponly" in answer.headers["set-cookie"].lower()


def test_an_address_elsewhere_is_not_led_on_to(people: People, set_up: SetUp) -> None:
    set_up(ORIGIN)
    assert people.nobody.get(go(people, "https://evil.example/")).headers["location"] == "/"


def test_what_only_userinfo_says_counts_for_the_same_person(people: People, provider: Provider, set_up: SetUp) -> None:
    set_up(ORIGIN)
    provider.claims, provider.more = {}, {**OWNER, "sub": "8"}
    refused(people.nobody.get(go(people)), "does not vouch")
    provider.more["sub"] = "7"
    assert people.nobody.get(go(people)).status_code == 303


@pytest.mark.parametrize(
    ("claims", "words"),
    [({"email": "new@example.org"}, "new@example.org, which has no account here"),
     ({"email_verified": False}, "does not vouch"), ({"email": 7}, "does not vouch"), ({"email": ""}, "does not vouch"),
     ({"nonce": "another"}, "relied on"), ({"nonce": None}, "relied on"), ({"aud": "others"}, "relied on"),
     ({"aud": [CLIENT, "others"], "azp": "others"}, "relied on"), ({"iss": "https://evil.example"}, "relied on"),
     ({"exp": int(time.time()) - 3600}, "relied on"), ({"exp": None}, "relied on"), ({"sub": None}, "relied on")],
)  # fmt: skip
def test_who_is_not_vouched_for_stays_out(
    people: People, provider: Provider, set_up: SetUp, claims: dict[str, Any], words: str
) -> None:
    set_up(ORIGIN)
    provider.claims |= claims
    refused(people.nobody.get(go(people)), words)


@pytest.mark.parametrize("changes", [{"signed_by": "other"}, {"algorithm": "none"}])
def test_a_token_that_the_provider_did_not_sign_counts_nothing(
    people: People, provider: Provider, set_up: SetUp, changes: dict[str, str]
) -> None:
    set_up(ORIGIN)
    for name, value in changes.items():
        setattr(provider, name, value)
    refused(people.nobody.get(go(people)), "relied on")


def test_only_who_began_may_end_and_once(people: People, set_up: SetUp) -> None:
    set_up(ORIGIN)
    back = go(people)
    refused(people.nobody.get(back.replace("state=", "state=x")), "Begin again")
    refused(people.nobody.get(back), "begun elsewhere")  # the ticket went with the try before
    back = go(people)
    assert people.nobody.get(back).status_code == 303
    people.nobody.cookies.delete("tessera_session")
    answer = people.nobody.get(back)
    assert (answer.status_code, "tessera_session" in answer.headers.get("set-cookie", "")) == (422, False)
    for ticket in ("x", "W10=", "Nw==", "%E9"):
        people.nobody.cookies.set("tessera_elsewhere", ticket, path="/sign-in/elsewhere")
        assert people.nobody.get("/sign-in/elsewhere/back?state=a&code=b").status_code == 422
        people.nobody.cookies.delete("tessera_elsewhere")
    go(people)
    assert people.nobody.get("/sign-in/elsewhere/back?error=access_denied&state=x").status_code == 422


def test_a_closed_account_stays_closed(people: People, set_up: SetUp) -> None:
    set_up(ORIGIN)
    with database.write() as connection:
        close_account(
            connection, OPERATOR, query("SELECT id FROM user_account WHERE email = 'owner@example.org'")[0][0]
        )
    answer = people.nobody.get(go(people))
    assert (answer.status_code, "This account is closed" in answer.text) == (422, True)


def test_a_provider_that_fails_is_said_and_passwords_still_do(
    people: People, provider: Provider, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people.nobody.get("/sign-in/elsewhere").status_code == 422
    set_up(ORIGIN)
    back = go(people)
    provider.described = {"issuer": "https://another.example"}
    refused(people.nobody.get(back), "does not describe itself")
    provider.described = {"token_endpoint": f"{provider.issuer}/nowhere"}
    refused(people.nobody.get(go(people)), "does not answer as it should")
    monkeypatch.setenv("TESSERA_OIDC_ISSUER", "http://127.0.0.1:9")
    forget_settings()
    answer = people.nobody.get("/sign-in/elsewhere")
    assert (answer.status_code, "does not answer" in answer.text, 'name="password"' in answer.text) == (422, True, True)


def test_settings_that_can_not_be_are_refused_at_the_start() -> None:
    whole = {
        "TESSERA_OIDC_ISSUER": "https://id.example.org",
        "TESSERA_OIDC_CLIENT_ID": "a",
        "TESSERA_OIDC_CLIENT_SECRET": "b",
    }
    found = read_settings(whole).provider
    assert found
    assert found.name == "id.example.org"
    for name in whole:
        with pytest.raises(SettingsError):
            read_settings({**whole, name: ""})
    with pytest.raises(SettingsError):
        read_settings({**whole, "TESSERA_OIDC_ISSUER": "http://id.example.org"})


def test_in_a_browser(page: Page, server: str, set_up: SetUp) -> None:
    set_up(server)
    page.goto(f"{server}/portfolio")
    assert not find_axe_violations(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Sign in with Donors’ House").click()
    expect(page).to_have_url(f"{server}/portfolio")
    expect(page.get_by_role("link", name="owner@example.org")).to_be_visible()
