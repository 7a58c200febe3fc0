"""One's own account: the password is changed by whoever knows it, and other browsers are signed out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from starlette.testclient import TestClient

from app.services.sign_in import TRIES_BY_EMAIL
from tests.browser import find_axe_violations
from tests.pages.conftest import ORIGIN, PASSWORD, People, application
from tests.services.stored import query

NEW = "four words in a row"
FORM = {"current": PASSWORD, "new": NEW}


def signed_in_again(email: str, password: str) -> TestClient:
    client = TestClient(application(), base_url=ORIGIN, follow_redirects=False)
    client.post("/sign-in", data={"email": email, "password": password})
    return client


def test_everybody_sees_their_own_account(people: People) -> None:
    assert people.nobody.get("/account").headers["location"].startswith("/sign-in")
    assert people.nobody.post("/account/password", data=FORM).status_code in (303, 401)
    for name in ("owner", "colleague", "stranger", "admin"):
        page = getattr(people, name).get("/account").text
        assert f"{name}@example.org" in page
    assert "XM-DAC-6-4" in people.colleague.get("/account").text


def test_a_changed_password_signs_other_browsers_out(people: People) -> None:
    elsewhere = signed_in_again("owner@example.org", PASSWORD)
    assert elsewhere.get("/").status_code == 200
    answer = people.owner.post("/account/password", data=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?changed=true")
    assert "signed out everywhere but here" in people.owner.get("/account?changed=true").text
    assert elsewhere.get("/").status_code == 303
    assert signed_in_again("owner@example.org", PASSWORD).get("/").status_code == 303
    assert signed_in_again("owner@example.org", NEW).get("/").status_code == 200
    assert people.colleague.get("/").status_code == 200
    assert query("SELECT action, subject FROM audit_entry") == [("change password", "owner@example.org")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"current": "wrong"}, "current"), ({"current": ""}, "current"), ({"new": "short"}, "new"), ({"new": "x" * 201}, "new"),
     ({"new": "Owner@example.org"}, "new")],
)  # fmt: skip
def test_what_can_not_be_is_said_and_changes_nothing(people: People, changes: dict[str, str], field: str) -> None:
    answer = people.owner.post("/account/password", data=FORM | changes)
    assert (answer.status_code, f'id="{field}-problem"' in answer.text) == (422, True)
    assert PASSWORD not in answer.text
    assert NEW not in answer.text
    assert signed_in_again("owner@example.org", PASSWORD).get("/").status_code == 200


def test_too_many_tries_wait(people: People) -> None:
    for _ in range(TRIES_BY_EMAIL):
        assert people.owner.post("/account/password", data=FORM | {"current": "wrong"}).status_code == 422
    assert people.owner.post("/account/password", data=FORM).status_code == 429


def test_in_a_browser(page: Page, server: str, sign_in_to: Callable[[Page, str], None]) -> None:
    sign_in_to(page, "owner")
    page.get_by_role("link", name="owner@example.org").click()
    page.get_by_label("Password until now").fill("wrong")
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    assert page.get_by_role("link", name="This is not your password").is_visible()
    assert not find_axe_violations(page)
    page.get_by_label("Password until now").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    assert page.get_by_role("status").get_by_text("The password is changed").is_visible()
    page.set_viewport_size({"width": 320, "height": 640})
    assert not find_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
