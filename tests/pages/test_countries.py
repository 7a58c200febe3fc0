"""The list of countries and one country's page."""

import pytest

from tests.overlap_portfolio import import_overlap_portfolio
from tests.pages.conftest import People


@pytest.fixture(autouse=True)
def _imported(people: People) -> None:
    import_overlap_portfolio()


def test_countries_with_money_projects_and_statuses(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger):
        assert "Cambodia" in client.get("/countries").text
    assert people.nobody.get("/countries").status_code == 303
    rows = {one["country"]: one for one in people.owner.get("/countries?format=json").json()["countries"]}
    assert rows["KH"]["disbursement"] == "125000.00"
    assert (rows["KH"]["donors"], rows["KH"]["projects"]) == (4, 9)
    assert rows["KH"]["areas"]["shared"] == 2
    assert people.owner.get("/countries?format=csv").content.count(b"\n") == 3


def test_the_number_of_projects_is_that_of_the_list_it_leads_to(people: People) -> None:
    for row in people.owner.get("/countries?format=json").json()["countries"]:
        listed = people.owner.get(f"/portfolio?country={row['country']}&format=json").json()["projects"]
        assert len(listed) == row["projects"]


def test_a_code_in_small_letters(people: People) -> None:
    page = people.owner.get("/countries/kh").text
    assert "<h1>Cambodia</h1>" in page
    assert "US$125,000" in page


def test_one_country(people: People) -> None:
    page = people.stranger.get("/countries/KH").text
    for words in ("Cambodia", "Sida", "single donor", "Rural roads", "<svg", "The same figures as a table"):
        assert words in page
    assert people.nobody.get("/countries/KH").status_code == 303
    document = people.stranger.get("/countries/KH?format=json").json()
    assert document["years"] == [{"year": 2019, "commitment": "0.00", "disbursement": "125000.00", "budget": "0.00"}]
    assert people.stranger.get("/countries/KH?format=xlsx").content.startswith(b"PK")


def test_a_country_without_reports_and_one_that_is_none(people: People) -> None:
    assert "no data" in people.owner.get("/countries/FR").text
    assert people.owner.get("/countries/998").status_code == 200
    assert people.owner.get("/countries/QQ").status_code == 404
