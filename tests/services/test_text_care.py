"""Texts that may tell of a child are their owner's alone until the owner has looked; shelters are not pointed at."""

from io import BytesIO

import pytest

from app import database
from app.errors import InvalidInput, NotFound
from app.queries import portfolio
from app.queries.portfolio import PortfolioFilter
from app.rules.permissions import OPERATOR, Viewer
from app.services.decide_areas import decide_areas
from app.services.export_portfolio import ExportFilter, export_portfolio
from app.services.release_texts import release_texts
from app.services.show_project import show_project
from app.services.undo_import import undo_import
from tests.services.iati_files import activity, description, spent
from tests.services.stored import Portfolio, findings, query

STRANGER = Viewer(5, 999_999, "editor")
TELLING = "We met Dara, 14 years old, at the office."
PLACE = (
    '<location><name><narrative>{name}</narrative></name><point srsName="http://www.opengis.net/def/crs/EPSG/0/4326">'
    '<pos>11.55612 104.92821</pos></point><exactness code="1"/></location>'
)


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def seen_by(viewer: Viewer) -> list[str]:
    with database.read() as connection:
        ids = portfolio_ids(connection, viewer)
    return [
        identifier for identifier, number in query("SELECT identifier, id FROM activity ORDER BY id") if number in ids
    ]


def portfolio_ids(connection: object, viewer: Viewer, words: str = "") -> list[int]:
    return portfolio.list_ids(connection, viewer, PortfolioFilter(words=words))  # type: ignore[arg-type]


def owner() -> Viewer:
    [(number,)] = query("SELECT DISTINCT owner_id FROM activity")
    return Viewer(None, number, "editor")


def take(portfolio: Portfolio, text: str, number: int = 1) -> list[str]:
    result = portfolio.take(activity(f"XX-1-{number}", description(text), spent("2019-05-01", 100)), owner="XX-1")
    return [issue.code for issue in result.issues if issue.code in ("personal-data", "shelter-place", "old-wording")]


def release(viewer: Viewer) -> None:
    with database.write() as connection:
        release_texts(connection, viewer, int(query("SELECT id FROM activity")[0][0]))


def test_a_text_that_may_tell_of_a_child_is_held_until_it_is_changed(portfolio: Portfolio) -> None:
    assert take(portfolio, "Nothing to see", 2) == []
    assert take(portfolio, TELLING) == ["personal-data"]
    assert (seen_by(owner()), seen_by(STRANGER)) == (["XX-1-2", "XX-1-1"], ["XX-1-2"])
    with database.read() as connection:
        number = int(query("SELECT id FROM activity WHERE identifier = 'XX-1-1'")[0][0])
        assert [one.masked for one in show_project(connection, owner(), number).held] == ["D•••, •• y•••• o••"]
        with pytest.raises(NotFound):
            show_project(connection, STRANGER, number)
    assert take(portfolio, "We met a girl at the office.") == []
    assert seen_by(STRANGER) == ["XX-1-2", "XX-1-1"]


def test_found_words_are_masked_in_the_issue(portfolio: Portfolio) -> None:
    result = portfolio.take(activity("XX-1-1", description(TELLING), spent("2019-05-01", 100)), owner="XX-1")
    [issue] = [issue for issue in result.issues if issue.code == "personal-data"]
    assert "D•••" in issue.message
    assert "Dara" not in f"{issue.message} {issue.hint} {issue.value}"
    assert (issue.level, issue.activity) == ("warning", "XX-1-1")


def test_the_owner_shares_what_tells_of_nobody(portfolio: Portfolio) -> None:
    take(portfolio, TELLING)
    with pytest.raises(NotFound):
        release(STRANGER)
    release(owner())
    assert seen_by(STRANGER) == ["XX-1-1"]
    with pytest.raises(InvalidInput):
        release(owner())
    take(portfolio, TELLING + " More words.")
    assert seen_by(STRANGER) == ["XX-1-1"]
    take(portfolio, TELLING + " And Srey, aged 9, too.")
    assert seen_by(STRANGER) == []


def test_an_undo_holds_and_shares_again(portfolio: Portfolio) -> None:
    take(portfolio, TELLING)
    second = portfolio.take(activity("XX-1-1", description("Roads"), spent("2019-05-01", 100)), owner="XX-1")
    assert seen_by(STRANGER) == ["XX-1-1"]
    undo_import(second.import_id)
    assert seen_by(STRANGER) == []


def test_what_an_owner_keeps_to_itself_stays_so(portfolio: Portfolio) -> None:
    take(portfolio, "Roads")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE activity SET visibility = 'private'")
    take(portfolio, TELLING)
    take(portfolio, "Bridges")
    assert query("SELECT visibility FROM activity") == [("private",)]


@pytest.mark.parametrize(("name", "text", "is_blurred"), [
    ("Safe house for girls", "Work", True), ("Office", "A shelter for trafficked girls", True), ("Office", "Cyclone shelters", False),
])  # fmt: skip
def test_exact_places_of_shelters_leave_rounded(portfolio: Portfolio, name: str, text: str, is_blurred: bool) -> None:
    result = portfolio.take(
        activity("XX-1-1", description(text), PLACE.format(name=name), spent("2019-05-01", 100)), owner="XX-1"
    )
    assert ("shelter-place" in [issue.code for issue in result.issues]) == is_blurred
    assert seen_by(STRANGER) == ["XX-1-1"]
    for viewer, exact in ((owner(), True), (STRANGER, not is_blurred), (OPERATOR, not is_blurred)):
        out = BytesIO()
        with database.read() as connection:
            export_portfolio(connection, viewer, "iati", ExportFilter(), out)
        assert (b"11.55612 104.92821" in out.getvalue()) == exact
        assert (b"<pos>11.6 104.9</pos>" in out.getvalue()) != exact


def test_a_comment_with_a_childs_name_is_refused(portfolio: Portfolio) -> None:
    take(portfolio, "Roads")
    number = int(query("SELECT id FROM activity")[0][0])
    with database.write() as connection, pytest.raises(InvalidInput, match="D•••"):
        decide_areas(connection, OPERATOR, number, "florence-2008", {}, TELLING)


def test_wording_to_give_up_is_pointed_out_and_either_finds_both(portfolio: Portfolio) -> None:
    assert take(portfolio, "Police against child pornography", 1) == ["old-wording"]
    assert take(portfolio, "Police against sexual exploitation of children through abusive images", 2) == []
    assert take(portfolio, "Lutte contre la prostitution infantile", 3) == ["old-wording"]
    assert take(portfolio, "Lutte contre l'exploitation sexuelle des enfants par la prostitution", 4) == []
    take(portfolio, "Roads", 5)
    names = {number: identifier for identifier, number in query("SELECT identifier, id FROM activity")}
    with database.read() as connection:
        found = {
            words: sorted(names[number] for number in portfolio_ids(connection, OPERATOR, words))
            for words in (
                "child pornography", "sexual exploitation of children through abusive images", "police child-pornography",
                "prostitution infantile", "pornography", "roads",
            )
        }  # fmt: skip
    assert found == {
        "child pornography": ["XX-1-1", "XX-1-2"],
        "sexual exploitation of children through abusive images": ["XX-1-1", "XX-1-2"],
        "police child-pornography": ["XX-1-1", "XX-1-2"],
        "prostitution infantile": ["XX-1-3", "XX-1-4"],
        "pornography": ["XX-1-1"],
        "roads": ["XX-1-5"],
    }
