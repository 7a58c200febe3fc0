"""Administration: admins keep accounts, read the log, see the state; nobody else does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app import database
from app.errors import InvalidInput
from app.queries.reviews import list_colleagues
from app.queries.users import find_user, find_viewer_by_token, insert_token
from app.services.create_token import create_token
from app.services.import_portfolio import ImportResult
from tests.browser import find_axe_violations
from tests.pages.conftest import PASSWORD, People
from tests.pages.test_account import signed_in_again
from tests.services.stored import query

NEW = {"email": "New@example.org ", "name": "Ana Lima", "role": "editor", "organisation": "XM-DAC-6-4"}
ROOMS = ("/admin", "/admin/log", "/admin/state", "/admin/accounts/1")


def number_of(name: str) -> int:
    return int(query("SELECT id FROM user_account WHERE email = :email", email=f"{name}@example.org")[0][0])


def password_in(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found
    return found[1]


def test_only_admins_get_in(people: People) -> None:
    number = number_of("colleague")
    posts = [
        "/admin/accounts",
        *(f"/admin/accounts/{number}{end}" for end in ("", "/password", "/sign-ins", "/close", "/open")),
    ]
    before = query("SELECT * FROM user_account ORDER BY id")
    for client, expected in (
        (people.owner, 403),
        (people.colleague, 403),
        (people.stranger, 403),
        (people.nobody, 303),
    ):
        assert [client.get(room).status_code for room in ROOMS] == [expected] * len(ROOMS)
        assert {client.post(one, data=NEW).status_code for one in posts} <= {expected, 401}
    assert [people.admin.get(room).status_code for room in ROOMS] == [200] * len(ROOMS)
    assert "/admin" not in people.owner.get("/").text
    assert 'href="/admin"' in people.admin.get("/").text
    assert query("SELECT * FROM user_account ORDER BY id") == before


def test_an_account_is_added_with_a_password_that_is_shown_once(people: People) -> None:
    answer = people.admin.post("/admin/accounts", data=NEW)
    password = password_in(answer.text)
    assert "new@example.org" in answer.text
    added = signed_in_again("new@example.org", password)
    assert "Ana Lima" in added.get("/account").text
    assert added.get("/mapping").status_code == 200
    again = people.admin.get(f"/admin/accounts/{number_of('new')}")
    assert password not in again.text
    assert query("SELECT action, subject, detail FROM audit_entry") == [
        ("add account", "new@example.org", "editor XM-DAC-6-4")
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"email": "nobody"}, "email"), ({"email": "a b@example.org"}, "email"), ({"email": "OWNER@example.org"}, "email"),
     ({"role": "king"}, "role"), ({"organisation": ""}, "organisation"), ({"organisation": "XX-NONE"}, "organisation")],
)  # fmt: skip
def test_what_can_not_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    people: People, changes: dict[str, str], field: str
) -> None:
    answer = people.admin.post("/admin/accounts", data=NEW | changes)
    assert (answer.status_code, f'id="{field}-problem"' in answer.text) == (422, True)
    assert "Ana Lima" in answer.text
    assert query("SELECT count(*) FROM user_account") == [(4,)]
    assert query("SELECT count(*) FROM organisation WHERE ref = 'XX-NONE'") == [(0,)]


def test_an_organisation_may_be_new_where_that_is_said(people: People) -> None:
    answer = people.admin.post("/admin/accounts", data=NEW | {"organisation": "XX-NEW", "is_new": "true"})
    assert "XX-NEW" in signed_in_again("new@example.org", password_in(answer.text)).get("/account").text


def test_a_changed_account_counts_from_the_next_page_on(people: People) -> None:
    number = number_of("colleague")
    form = {"email": "moved@example.org", "name": "", "role": "editor", "organisation": "SE-0"}
    assert people.colleague.get("/opportunities/new").status_code == 403
    assert people.admin.post(f"/admin/accounts/{number}", data=form).status_code == 303
    assert people.colleague.get("/opportunities/new").status_code == 200
    assert "moved@example.org" in people.colleague.get("/account").text
    taken = people.admin.post(f"/admin/accounts/{number}", data=form | {"email": "owner@example.org"})
    assert (taken.status_code, 'id="email-problem"' in taken.text) == (422, True)
    log = people.admin.get("/admin/log?q=moved").text
    assert "editor SE-0, was colleague@example.org" in log


def test_there_is_always_an_admin(people: People) -> None:
    number = number_of("admin")
    form = {"email": "admin@example.org", "role": "reader", "organisation": "SE-0"}
    assert 'id="role-problem"' in people.admin.post(f"/admin/accounts/{number}", data=form).text
    assert people.admin.post(f"/admin/accounts/{number}/close").status_code == 422
    assert people.admin.get("/admin").status_code == 200
    assert "/close" not in people.admin.get(f"/admin/accounts/{number}").text


def test_a_closed_account_lets_nobody_in_until_it_is_opened_again(people: People) -> None:
    number = number_of("owner")
    with database.write() as connection:
        insert_token(connection, "for a script", number)
    answer = people.admin.post(f"/admin/accounts/{number}/close")
    assert answer.headers["location"] == f"/admin/accounts/{number}?saved=true"
    assert people.owner.get("/").status_code == 303
    with database.write() as connection:
        assert find_viewer_by_token(connection, "for a script") is None
        organisation = find_user(connection, "owner@example.org").organisation_id
        assert list_colleagues(connection, organisation, None) == []
        with pytest.raises(InvalidInput):
            create_token(connection, "owner@example.org")
    refused = people.nobody.post("/sign-in", data={"email": "owner@example.org", "password": PASSWORD})
    assert (refused.status_code, "This account is closed" in refused.text) == (422, True)
    wrong = people.nobody.post("/sign-in", data={"email": "owner@example.org", "password": "a guess"})
    assert "closed" not in wrong.text
    assert "closed" in people.admin.get(f"/admin/accounts/{number}").text
    assert [one["email"] for one in people.admin.get("/admin?state=closed&format=json").json()["accounts"]] == [
        "owner@example.org"
    ]
    assert people.admin.post(f"/admin/accounts/{number}/open").status_code == 303
    assert signed_in_again("owner@example.org", PASSWORD).get("/").status_code == 200
    assert [row[0] for row in query("SELECT action FROM audit_entry ORDER BY id")] == ["close account", "open account"]


def test_a_new_password_and_an_end_of_sign_ins(people: People) -> None:
    number = number_of("owner")
    password = password_in(people.admin.post(f"/admin/accounts/{number}/password").text)
    assert people.owner.get("/").status_code == 303
    assert signed_in_again("owner@example.org", PASSWORD).get("/").status_code == 303
    again = signed_in_again("owner@example.org", password)
    assert again.get("/").status_code == 200
    assert people.admin.post(f"/admin/accounts/{number}/sign-ins").status_code == 303
    assert again.get("/").status_code == 303
    assert password not in str(query("SELECT * FROM audit_entry"))


def test_lists_are_found_and_downloaded(people: People) -> None:
    def emails(address: str) -> list[str]:
        return [one["email"].partition("@")[0] for one in people.admin.get(address).json()["accounts"]]

    assert (
        emails("/admin?format=json")
        == ["admin", "colleague", "owner", "stranger"][:1] + emails("/admin?format=json")[1:]
    )
    assert emails("/admin?role=reader&format=json") == ["colleague"]
    assert emails("/admin?q=SE-0&format=json") == ["stranger"]
    assert emails("/admin?q=%25&format=json") == []
    csv = people.admin.get("/admin?format=csv&role=admin")
    assert csv.text.splitlines()[0].endswith("Last signed in,Tokens,Closed")
    assert "admin@example.org" in csv.text
    assert people.admin.get("/admin?format=xlsx").content[:2] == b"PK"
    people.admin.post("/admin/accounts", data=NEW)
    assert [one["action"] for one in people.admin.get("/admin/log?format=json").json()["entries"]] == ["add account"]
    assert people.admin.get("/admin/log?format=csv").text.splitlines()[1].endswith("new@example.org,editor XM-DAC-6-4")
    state = people.admin.get("/admin/state?format=json").json()
    assert (state["migrated"], state["projects"], state["bytes"] > 0) == (True, 0, True)
    assert [
        people.admin.get(one).status_code for one in ("/admin/accounts/99", "/admin?page=0", "/admin?role=king")
    ] == [404, 422, 422]


def test_every_import_is_in_the_log(people: People, portfolio: ImportResult) -> None:
    page = people.admin.get("/admin/log").text
    assert f'<a href="/imports/{portfolio.import_id}">import {portfolio.import_id}</a>' in page


def test_the_log_goes_on_page_by_page(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.routers.admin.ENTRIES", 2)
    for name in ("a", "b", "c"):
        people.admin.post("/admin/accounts", data=NEW | {"email": f"{name}@example.org"})
    first = people.admin.get("/admin/log").text
    assert [f"{name}@example.org" in first for name in ("c", "b", "a")] == [True, True, False]
    older = re.search(r'href="(/admin/log\?before=\d+)"', first)
    assert older
    second = people.admin.get(older[1]).text
    assert ("a@example.org" in second, 'rel="next"' in second) == (True, False)


def test_what_was_given_up_is_shown_without_its_secrets(people: People) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO job (kind, arguments, state, worker, attempts, error, done, total, created_at) VALUES "
            "('fetch', '{}', 'failed', '', 3, 'Traceback\n  line\nConnectionError: no answer', 0, 0, '2026-01-05 10:00:00')"
        )
    page = people.admin.get("/admin/state").text
    assert "ConnectionError: no answer" in page
    assert "Traceback" not in page
    assert "given up" in page


def test_in_a_browser(page: Page, server: str, sign_in_to: Callable[[Page, str], None]) -> None:
    sign_in_to(page, "admin")
    page.get_by_role("link", name="Admin", exact=True).click()
    page.get_by_text("Add an account").click()
    page.get_by_label("E-mail address").fill("owner@example.org")
    page.get_by_label("Name", exact=True).fill("Ana Lima")
    page.get_by_label("Organisation (reference)").fill("SE-0")
    page.get_by_role("button", name="Add the account").click()
    expect(page.get_by_role("link", name="There is an account of owner@example.org already")).to_be_visible()
    assert not find_axe_violations(page)
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_role("button", name="Add the account").click()
    expect(page.get_by_role("heading", name="ana@example.org")).to_be_visible()
    expect(page.get_by_text("kept nowhere")).to_be_visible()
    assert not find_axe_violations(page)
    page.get_by_role("button", name="Close the account").click()
    expect(page.get_by_role("status").get_by_text("Done.")).to_be_visible()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 640})
        for address in ("/admin", "/admin/log", "/admin/state", f"/admin/accounts/{number_of('ana')}"):
            page.goto(server + address)
            assert not find_axe_violations(page), address
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
