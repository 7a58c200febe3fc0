"""One project's page, and decisions about its areas."""

import pytest
from sqlalchemy import text

from app import database
from app.services.run_jobs import run_waiting_jobs
from tests.overlap_portfolio import import_overlap_portfolio
from tests.pages.conftest import ORIGIN, People

SAME_ORIGIN = {"Origin": ORIGIN}


@pytest.fixture(autouse=True)
def _imported(people: People) -> None:
    import_overlap_portfolio()


def number_of(identifier: str) -> int:
    with database.read() as connection:
        query = text("SELECT min(id) FROM activity WHERE identifier = :identifier")
        return int(connection.execute(query, {"identifier": identifier}).scalar_one())


def area_id(code: str) -> int:
    of_framework = "(SELECT id FROM framework WHERE key = 'florence-2008')"
    query = f"SELECT id FROM area WHERE code = :code AND framework_id = {of_framework}"
    with database.read() as connection:
        return int(connection.execute(text(query), {"code": code}).scalar_one())


def test_shared_projects_are_open_to_all_who_are_signed_in(people: People) -> None:
    address = f"/projects/{number_of('US-GOV-1-P1')}"
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        page = client.get(address)
        assert page.status_code == 200
        assert "Project 1" in page.text
    assert people.nobody.get(address).status_code == 303
    assert people.owner.get("/projects/999999").status_code == 404


def test_a_project_that_is_not_shared_is_the_owners_alone(people: People) -> None:
    number = number_of("US-GOV-1-P1")
    with database.write() as connection:
        connection.execute(text("UPDATE activity SET visibility = 'private' WHERE id = :id"), {"id": number})
    assert people.colleague.get(f"/projects/{number}").status_code == 200
    for address in (f"/projects/{number}", f"/projects/{number}?format=json"):
        assert people.stranger.get(address).status_code == 404
    assert "Project 1<" not in people.stranger.get("/portfolio").text
    listed = people.stranger.get("/reports/overlap/projects?country=KH&area=N1&format=json").json()
    assert number not in [one["id"] for one in listed["projects"]]
    copy = people.stranger.get("/portfolio?q=told+again&format=json").json()["projects"][0]["id"]
    assert f"/projects/{number}" not in people.stranger.get(f"/projects/{copy}").text


def test_the_page_holds_the_rest_of_the_record(people: People) -> None:
    page = people.stranger.get(f"/projects/{number_of('US-GOV-11-P9')}").text
    for words in (
        "École sans violence",
        "Fewer cases",
        "2017: 120",
        "Final report",
        "office@example.org",
        "about -1.3, 36.8",
    ):
        assert words in page
    assert "1.283" not in page
    assert "policy-marker" in page


def test_shares_are_explained_where_there_is_something_to_share(people: People) -> None:
    rows = "Project ID,Title,Country\nS-1,Schools,Cambodia\nS-2,Schools,Cambodia; Kenya\n"
    people.owner.post("/imports", files={"files": ("shares.csv", rows.encode())})
    run_waiting_jobs()
    people.owner.post("/imports/2/confirm")
    alone = people.owner.get(f"/projects/{number_of('S-1')}").text
    assert "100%" in alone
    assert "equal, no percentages reported" not in alone
    assert "equal, no percentages reported" in people.owner.get(f"/projects/{number_of('S-2')}").text


def test_money_says_where_it_is_from_and_why_it_does_not_count(people: People) -> None:
    copy = people.owner.get("/portfolio?q=told+again&format=json").json()["projects"][0]["id"]
    page = people.owner.get(f"/projects/{copy}").text
    assert "This is a secondary report" in page
    assert "overlap.xml" in page
    document = people.owner.get(f"/projects/{copy}?format=json").json()
    assert document["flows"][0]["value"] == "40000.00"
    assert [(one["gross"], one["net"], one["reasons"]) for one in document["allocations"]] == [
        ("40000.00", "0.00", ["secondary-reporter"])
    ]
    csv = people.owner.get(f"/projects/{copy}?format=csv").content.decode("utf-8-sig")
    assert "overlap.xml" in csv.splitlines()[1]
    assert people.owner.get(f"/projects/{copy}?format=xlsx").content.startswith(b"PK")


def test_only_the_owners_editors_decide(people: People) -> None:
    number = number_of("US-GOV-1-P8")
    form = {"area_id": area_id("O1"), "decision": "confirm"}
    assert people.colleague.post(f"/projects/{number}/areas", data=form, headers=SAME_ORIGIN).status_code == 403
    assert people.stranger.post(f"/projects/{number}/areas", data=form, headers=SAME_ORIGIN).status_code == 403
    assert people.nobody.post(f"/projects/{number}/areas", data=form, headers=SAME_ORIGIN).status_code in (
        303,
        401,
    )
    assert "Add an area" not in people.stranger.get(f"/projects/{number}").text
    assert "Add an area" in people.owner.get(f"/projects/{number}").text


def test_a_decision_moves_the_money_and_is_on_record(people: People) -> None:
    number = number_of("US-GOV-1-P8")
    address = f"/projects/{number}/areas"
    behind = "/reports/overlap/projects?country=KH&format=json&area="
    add = {"area_id": area_id("O1"), "decision": "confirm", "share": ""}
    assert people.owner.post(address, data=add, headers=SAME_ORIGIN).status_code == 303
    assert people.stranger.get(f"{behind}O1").json()["totals"]["net"] == "25000.00"
    more = {"area_id": area_id("O2"), "decision": "confirm", "share": "20"}
    people.owner.post(address, data=more, headers=SAME_ORIGIN)
    assert people.stranger.get(f"{behind}O2").json()["totals"]["net"] == "5000.00"
    people.owner.post(address, data={"area_id": area_id("O1"), "decision": "reject"}, headers=SAME_ORIGIN)
    assert people.stranger.get(f"{behind}O1").json()["totals"]["net"] == "0.00"
    with database.read() as connection:
        entries = connection.execute(text("SELECT action, subject, user_id FROM audit_entry ORDER BY id")).all()
    found = [row.action for row in entries if row.subject == f"activity {number}"]
    assert found == ["area confirmed", "area confirmed", "area rejected"]
    assert all(row.user_id for row in entries if row.subject == f"activity {number}")


def test_a_decision_that_makes_no_sense_is_refused(people: People) -> None:
    address = f"/projects/{number_of('US-GOV-1-P8')}/areas"
    for form, status in (
        ({"area_id": 999_999, "decision": "confirm"}, 404),
        ({"area_id": area_id("O1"), "decision": "perhaps"}, 422),
        ({"area_id": area_id("O1"), "decision": "confirm", "share": "101"}, 422),
    ):
        assert people.owner.post(address, data=form, headers=SAME_ORIGIN).status_code == status


def test_held_texts_are_shared_by_the_owners_editors_alone(people: People) -> None:
    row = 'Project ID,Title,Description,Country\nH-1,Open day,"We met Dara, 14 years old, there.",Cambodia\n'
    people.owner.post("/api/v1/imports", files={"files": ("held.csv", row.encode())})
    address = f"/projects/{number_of('H-1')}"
    page = people.owner.get(address).text
    assert "Only your organisation sees this project" in page
    assert "D•••" in page
    assert "share the project" in page
    assert "share the project" not in people.colleague.get(address).text
    assert people.stranger.get(address).status_code == 404
    release = f"{address}/release"
    assert people.colleague.post(release, headers=SAME_ORIGIN).status_code == 403
    assert people.stranger.post(release, headers=SAME_ORIGIN).status_code == 404
    assert people.nobody.post(release, headers=SAME_ORIGIN).status_code == 303
    assert people.owner.post(release, headers=SAME_ORIGIN).status_code == 303
    assert people.stranger.get(address).status_code == 200
    assert people.owner.post(release, headers=SAME_ORIGIN).status_code == 422
