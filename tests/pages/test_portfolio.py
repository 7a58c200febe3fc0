"""The list of projects: search, filters, downloads."""

import pytest

from app.queries.portfolio import search_expression
from tests.overlap_portfolio import SIDA, USAID, import_overlap_portfolio
from tests.pages.conftest import People


@pytest.fixture
def imported(people: People) -> int:
    return import_overlap_portfolio()


def titles(people: People, query: str) -> list[str]:
    answer = people.stranger.get(f"/portfolio?{query}&format=json")
    assert answer.status_code == 200, answer.text
    return sorted(one["title"] for one in answer.json()["projects"])


@pytest.mark.usefixtures("imported")
def test_everybody_who_is_signed_in_sees_shared_projects(people: People) -> None:
    for client in (people.owner, people.colleague, people.stranger, people.admin):
        page = client.get("/portfolio")
        assert "11 projects" in page.text
        assert "Rural roads" in page.text
    assert people.nobody.get("/portfolio").status_code == 303


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=rur", ["Rural roads"]),
        ("q=ecole+viol", ["École sans violence"]),
        ("q=ÉCOLE", ["École sans violence"]),
        ("q=US-GOV-1-P8", ["Rural roads"]),
        ("q=roads+rural", ["Rural roads"]),
        ('q="', None),
        ("q=roads+OR+nothing", []),
        ("q=NEAR(rural", []),
        ("q=rural*+AND", []),
        ("q=document:rural", []),
        ("q=%27%20%5C%20%26%20rural", ["Rural roads"]),
        ("country=KE", ["Project 10", "École sans violence"]),
        ("country=ke", ["Project 10", "École sans violence"]),
        ("owner=SE-0", []),
        ("owner=XM-DAC-6-4&q=rural", ["Rural roads"]),
        ("left_out=no-rate", []),
        ("region=289", ["Project 10", "École sans violence"]),
        (f"organisation={SIDA}", ["Project 1, told again", "Project 5", "Project 6"]),
        ("organisation=US&country=KE", ["École sans violence"]),
        ("area=N3", ["Project 6"]),
        ("mapping=none", ["Rural roads"]),
        ("mapping=confirmed&country=KE", ["Project 10", "École sans violence"]),
        ("mapping=suggested&area=N1", []),
        ("from=2021", []),
        ("to=2017", []),
        ("from=2019&to=2019&sector=16&country=KE", ["Project 10", "École sans violence"]),
        ("status=3", []),
        ("import=1&q=rural", ["Rural roads"]),
        ("import=2", []),
    ],
)
def test_filters(people: People, query: str, expected: list[str] | None) -> None:
    found = titles(people, query)
    assert len(found) == 11 if expected is None else found == expected


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("title", "École sans violence"),
        ("disbursement", "Project 1"),
        ("start", None),
        ("commitment", None),
        ("newest", None),
    ],
)
def test_sorting(people: People, sort: str, first: str | None) -> None:
    projects = people.owner.get(f"/portfolio?sort={sort}&format=json").json()["projects"]
    assert len({one["id"] for one in projects}) == 11
    if sort == "disbursement":
        assert (projects[0]["title"], projects[0]["disbursement"]) == (first, "40000.00")


@pytest.mark.usefixtures("imported")
def test_lines_name_donors_countries_and_areas(people: People) -> None:
    row = people.owner.get("/portfolio?q=US-GOV-1-P1&sort=disbursement&format=json").json()["projects"][0]
    assert row["donors"] == [{"ref": USAID, "name": "United States Agency for International Development"}]
    assert row["countries"] == ["KH"]
    assert [(area["area"], area["state"]) for area in row["areas"]] == [("N1", "confirmed")]
    csv = people.owner.get("/portfolio?format=csv").content.decode("utf-8-sig")
    assert len(csv.splitlines()) == 12
    assert people.owner.get("/portfolio?format=xlsx").content.startswith(b"PK")


@pytest.mark.usefixtures("imported")
def test_wrong_filters_are_refused(people: People) -> None:
    for wrong in ("page=0", "from=x", "sort=money", "import=99999999999999", "mapping=maybe", "left_out=lost"):
        assert people.owner.get(f"/portfolio?{wrong}").status_code == 422
    assert people.owner.get("/portfolio?framework=none").status_code == 404
    assert "No project fits" in people.owner.get("/portfolio?page=999").text


def test_words_are_never_syntax() -> None:
    assert search_expression('a "b* OR', True) == '"a" """b*" "OR"*'
    assert search_expression("l'été \\ & x", False) == "'l''ete' & 'x':*"
    assert search_expression(' " -- * ', True) == ""
