"""Deciding on a project's areas as a set: who waits, what stays, what a new text and an undo do."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from app import database
from app.errors import InvalidInput, NotFound
from app.rules.permissions import OPERATOR
from app.services.decide_areas import decide_areas
from app.services.decide_found import SearchChanged, decide_found, preview_found
from app.services.review_project import keep_decision
from app.services.show_review import ReviewAsked, show_review
from app.services.undo_decision import DecisionConflict, undo_decision
from app.services.undo_import import undo_import
from tests.services.iati_files import activity, area, country, description, spent
from tests.services.stored import Portfolio, areas, findings, money, query

WORDS = (
    "Legal aid and protection for child victims and witnesses of trafficking, and training of police on sexual "
    "exploitation of children."
)
FRAMEWORK = "florence-2008"


def project(number: int, words: str = WORDS, paid: int = 100, *parts: str) -> str:
    return activity(f"XX-1-{number}", country("KH"), description(words), *parts, spent("2019-05-01", paid))


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def id_of(identifier: str) -> int:
    return int(query("SELECT id FROM activity WHERE identifier = :i", i=identifier)[0][0])


def waiting(kind: str = "", **asked: str) -> list[str]:
    """Identifiers of the queue in its order, walked with next and next."""
    found: list[str] = []
    with database.read() as connection:
        page = show_review(connection, OPERATOR, ReviewAsked(kind=kind, **asked))  # type: ignore[arg-type]
        while page.project:
            found.append(page.project.row.identifier)
            if page.next is None:
                break
            page = show_review(connection, OPERATOR, ReviewAsked(kind=kind, at=page.next, **asked))
        assert page.count == len(found)
    return found


def accept(identifier: str, **shares: int | None) -> None:
    with database.write() as connection:
        wanted = {code: None if share is None else Decimal(share) for code, share in shares.items()}
        decide_areas(connection, OPERATOR, id_of(identifier), FRAMEWORK, wanted)


def undo() -> list[int]:
    with database.write() as connection:
        return undo_decision(connection, OPERATOR)


def test_the_queue_begins_with_the_most_uncertain_money(portfolio: Portfolio) -> None:
    portfolio.take(project(1, paid=10), project(2, paid=1000), project(3, paid=100), activity("XX-1-9", title="Roads"))
    assert waiting() == ["XX-1-2", "XX-1-3", "XX-1-1"]
    assert waiting(words="protection", country="KH") == ["XX-1-2", "XX-1-3", "XX-1-1"]
    assert waiting(country="KE") == []
    assert waiting(organisation="XX-1") == ["XX-1-2", "XX-1-3", "XX-1-1"]


def test_a_decision_is_a_set_and_leaves_the_queue(portfolio: Portfolio) -> None:
    portfolio.take(project(1))
    suggested = areas("XX-1-1")
    assert len(suggested) > 1
    accept("XX-1-1", N3=75, O2=25)
    decided = {code: found[:2] for code, found in areas("XX-1-1").items()}
    assert decided == {
        **dict.fromkeys(suggested, ("person", "rejected")), "N3": ("person", "confirmed"), "O2": ("person", "confirmed"),
    }  # fmt: skip
    assert {key[-1]: cents for key, cents in money("net", FRAMEWORK).items()} == {"N3": 75_00, "O2": 25_00}
    assert waiting() == []


def test_none_at_all_is_a_decision(portfolio: Portfolio) -> None:
    portfolio.take(project(1))
    accept("XX-1-1")
    assert {state for _, state, _ in areas("XX-1-1").values()} == {"rejected"}
    assert money("net", FRAMEWORK) == {}
    assert waiting() == []


@pytest.mark.parametrize("shares", [{"N3": 80, "O2": 30}, {"N3": 100, "O2": None}, {"N3": 0}, {"N3": 101}])
def test_shares_that_cannot_be_are_refused(portfolio: Portfolio, shares: dict[str, int | None]) -> None:
    portfolio.take(project(1))
    before = areas("XX-1-1")
    with pytest.raises(InvalidInput):
        accept("XX-1-1", **shares)
    with pytest.raises(NotFound):
        accept("XX-1-1", ZZ=10)
    assert areas("XX-1-1") == before


def test_a_text_that_changes_after_a_decision_asks_again(portfolio: Portfolio) -> None:
    portfolio.take(project(1), owner="XX-1")
    accept("XX-1-1", N3=None)
    decided = areas("XX-1-1")
    portfolio.take(project(1, paid=200), owner="XX-1")
    assert waiting() == []
    changed = portfolio.take(project(1, WORDS.replace("Legal aid", "Shelter and legal aid"), 200), owner="XX-1")
    assert (areas("XX-1-1"), waiting("changed")) == (decided, ["XX-1-1"])
    with database.read() as connection:
        found = show_review(connection, OPERATOR, ReviewAsked()).project
    assert found is not None
    assert [(piece.text.strip(), piece.kind) for piece in found.difference if piece.kind] == [
        ("Legal", "del"), ("Shelter and legal", "ins"),
    ]  # fmt: skip
    with database.write() as connection:
        keep_decision(connection, OPERATOR, id_of("XX-1-1"), FRAMEWORK)
    assert (areas("XX-1-1"), waiting()) == (decided, [])
    undo()
    assert waiting("changed") == ["XX-1-1"]
    undo_import(changed.import_id)
    assert waiting() == []


def test_what_a_file_adds_after_a_decision_is_put_to_the_person(portfolio: Portfolio) -> None:
    portfolio.take(project(1, WORDS, 100, area("N1")), owner="XX-1")
    assert waiting() == []
    accept("XX-1-1", N1=None)
    portfolio.take(project(1, WORDS, 100, area("N1"), area("R2")), owner="XX-1")
    assert areas("XX-1-1") == {"N1": ("person", "confirmed", None), "R2": ("file", "suggested", None)}
    assert waiting() == ["XX-1-1"]
    assert {key[-1] for key in money("net", FRAMEWORK)} == {"N1"}


def test_the_last_decision_can_be_taken_back(portfolio: Portfolio) -> None:
    portfolio.take(project(1), project(2))
    before = areas("XX-1-1"), areas("XX-1-2"), money("net", FRAMEWORK)
    accept("XX-1-1", N3=None)
    accept("XX-1-2", N1=None)
    assert undo() == [id_of("XX-1-2")]
    assert undo() == [id_of("XX-1-1")]
    assert (areas("XX-1-1"), areas("XX-1-2"), money("net", FRAMEWORK)) == before
    assert len(waiting()) == 2
    with pytest.raises(NotFound):
        undo()


def test_what_somebody_else_decided_since_is_not_taken_back(portfolio: Portfolio) -> None:
    portfolio.take(project(1))
    accept("XX-1-1", N3=None)
    with database.write() as connection:
        connection.execute(text("UPDATE mapping_decision SET user_id = 77"))
    accept("XX-1-1", N1=None)
    with database.write() as connection:
        connection.execute(text("UPDATE mapping_decision SET user_id = NULL WHERE user_id = 77"))
        connection.execute(text("UPDATE mapping_decision SET user_id = 77 WHERE id = 2"))
    with pytest.raises(DecisionConflict):
        undo()


def test_one_area_for_all_that_a_search_finds(portfolio: Portfolio) -> None:
    portfolio.take(*(project(number) for number in range(1, 6)), activity("XX-1-9", title="Roads"))
    accept("XX-1-3", O1=None)
    with database.write() as connection:
        decide_areas(connection, OPERATOR, id_of("XX-1-4"), FRAMEWORK, {"N3": Decimal(40)})
    asked = ReviewAsked(words="protection")
    with database.read() as connection:
        found = preview_found(connection, OPERATOR, asked, "N3")
    # The two on which somebody has decided about N3 are left alone: one has it, in the other it was rejected.
    assert (len(found.ids), found.settled, len(found.rows)) == (3, 2, 3)
    with database.write() as connection, pytest.raises(SearchChanged):
        decide_found(connection, OPERATOR, asked, "N3", "another")
    with database.write() as connection:
        assert decide_found(connection, OPERATOR, asked, "N3", found.digest, "reject") is None
    assert areas("XX-1-1")["N3"] == ("person", "confirmed", None)
    assert areas("XX-1-3")["N3"][1] == "rejected"
    assert areas("XX-1-4")["N3"][2] == 400_000
    assert areas("XX-1-9") == {}
    assert waiting() == []
    assert len(undo()) == 3
    assert len(waiting()) == 3


def test_a_bulk_decision_needs_a_search(portfolio: Portfolio) -> None:
    portfolio.take(project(1))
    with database.read() as connection:
        assert preview_found(connection, OPERATOR, ReviewAsked(), "N3").ids == []


def test_a_decision_suggests_in_other_frameworks(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-1", country("KH"), spent("2019-05-01", 100)))
    accept("XX-1-1", O3=None, N4=None)
    found = areas("XX-1-1", "rome-2012")
    assert {code: said[:2] for code, said in found.items()} == {
        "PREV3": ("crosswalk", "suggested"), "PROT4": ("crosswalk", "suggested"),
    }  # fmt: skip
    assert sum(share or 0 for _, _, share in found.values()) == 1_000_000
    assert waiting(framework="rome-2012") == ["XX-1-1"]
    accept("XX-1-1", N4=None)
    assert set(areas("XX-1-1", "rome-2012")) == {"PROT4"}
    undo()
    assert set(areas("XX-1-1", "rome-2012")) == {"PREV3", "PROT4"}
