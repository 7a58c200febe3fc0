"""Signing in and out: who gets in, who does not, and what the browser is told."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app import database
from app.queries import users
from app.routers.sign_in import safe_next
from app.services.sign_in import TRIES_BY_EMAIL
from tests.browser import find_axe_violations, follow
from tests.pages.conftest import ORIGIN, PASSWORD, People

FORM = {"email": " Owner@Example.org ", "password": PASSWORD}


def test_nobody_is_led_to_the_sign_in_and_back(people: People) -> None:
    answer = people.nobody.get("/imports?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fimports%3Fx%3D1"
    answer = people.nobody.post("/sign-in", data={**FORM, "next": "/imports?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/imports?x=1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert people.nobody.get("/imports").status_code == 200


def test_only_a_digest_of_the_token_is_kept(people: People, database_url: str) -> None:
    answer = people.nobody.post("/sign-in", data=FORM)
    token = answer.cookies["tessera_session"]
    with database.read() as connection:
        kept = set(connection.execute(select(users.SESSION.c.token_hash)).scalars())
    assert token not in kept
    assert users.digest_token(token) in kept


@pytest.mark.parametrize("form", [{**FORM, "password": "wrong"}, {**FORM, "email": "who@example.org"}])
def test_a_wrong_sign_in_says_so_once_for_all_reasons(people: People, form: dict[str, str]) -> None:
    answer = people.nobody.post("/sign-in", data=form)
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert "set-cookie" not in answer.headers


def test_too_many_tries_wait(people: People) -> None:
    wrong = {**FORM, "password": "wrong"}
    for _ in range(TRIES_BY_EMAIL):
        assert people.nobody.post("/sign-in", data=wrong).status_code == 422
    answer = people.nobody.post("/sign-in", data=FORM)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text


def test_signing_out_ends_the_session(people: People) -> None:
    token = people.owner.cookies["tessera_session"]
    assert people.owner.post("/sign-out").headers["location"] == "/sign-in"
    people.nobody.cookies.set("tessera_session", token)
    assert people.nobody.get("/").status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_other_sites_write_nothing(people: People, headers: dict[str, str]) -> None:
    assert people.owner.post("/sign-out", headers=headers).status_code == 403
    assert people.owner.get("/imports").status_code == 200


def test_our_own_pages_write(people: People) -> None:
    assert people.owner.post("/sign-out", headers={"Origin": ORIGIN}).status_code == 303


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "\t//e", "javascript:1", ""]
)
def test_next_leads_nowhere_else(address: str) -> None:
    assert safe_next(address) == "/"


def test_next_keeps_an_address_of_ours() -> None:
    assert safe_next("/reports/overlap?country=KH") == "/reports/overlap?country=KH"


def test_every_answer_carries_security_headers(people: People) -> None:
    for address in ("/sign-in", "/nothing", "/api/v1/activities", "/static/tessera.css"):
        headers = people.nobody.get(address).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers


@pytest.mark.parametrize("address", ["/imports/99999999999999999999", "/imports/x", "/sign-in?next=%00", "/nothing"])
def test_nonsense_is_refused_with_a_page(people: People, address: str) -> None:
    answer = people.owner.get(address)
    assert answer.status_code in (404, 422)
    assert "<h1>" in answer.text
    assert "Traceback" not in answer.text


def test_the_chosen_language_stays(people: People) -> None:
    assert people.owner.get("/imports", headers={"Accept-Language": "fr-CH, en;q=0.5"}).text.count('lang="fr"') == 2
    people.owner.post("/language", data={"lang": "ar", "next": "/imports"})
    page = people.owner.get("/imports").text
    assert '<html lang="ar" dir="rtl"' in page
    answer = people.nobody.post("/sign-in", data=FORM)
    assert "lang=ar" in answer.headers["set-cookie"]


def test_health(people: People) -> None:
    assert people.nobody.get("/healthz").json() == {"status": "ok"}
    assert people.nobody.get("/readyz").json() == {"status": "ok"}


def test_the_form_in_a_browser(server: str, page: Page) -> None:
    page.goto(f"{server}/imports")
    assert find_axe_violations(page) == []
    page.get_by_label("E-mail address").fill("owner@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
    assert page.url == f"{server}/imports"
    follow(page.get_by_role("button", name="Sign out"))
    assert page.url == f"{server}/sign-in"
