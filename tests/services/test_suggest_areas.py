"""Areas suggested from words and sectors: with their evidence, only where nobody has decided."""

import json

import pytest

from app.errors import NotFound
from app.services.load_framework_file import load_framework_file
from app.services.run_suggesting import finish_suggesting
from app.services.suggest_areas import suggest_areas
from app.services.undo_import import undo_import
from tests.services.iati_files import activity, area, country, description, sector, spent
from tests.services.stored import Portfolio, areas, decide, dump, findings, money, query, visible

WORDS = "Legal aid and protection for child victims and witnesses of trafficking"
ABOUT = activity("XX-1-A", country("KH"), description(WORDS), sector("15160"), spent("2019-05-01", 100))
ROADS = activity(
    "XX-1-B", country("KH"), description("Roads and bridges"), sector("21020"), spent("2019-05-01", 100), title="Roads"
)


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def test_an_import_suggests_and_says_why(portfolio: Portfolio) -> None:
    portfolio.take(ABOUT, ROADS)
    found = areas("XX-1-A")
    assert found["N3"][:2] == ("suggestion", "suggested")
    assert sum(share or 0 for _, _, share in found.values()) == 1_000_000
    assert areas("XX-1-B") == {}
    [(evidence, confidence)] = query(
        "SELECT m.evidence, m.confidence FROM area_mapping m JOIN area r ON r.id = m.area_id JOIN framework f"
        " ON f.id = m.framework_id WHERE r.code = 'N3' AND f.key = 'florence-2008'"
    )
    assert any("child victims" in word.lower() for word in json.loads(evidence))
    assert 0 < float(confidence) <= 1


def test_suggested_money_counts_but_is_not_confirmed(portfolio: Portfolio) -> None:
    portfolio.take(ABOUT)
    assert sum(money("net", "florence-2008").values()) == 100_00
    assert sum(money("confirmed", "florence-2008").values()) == 0
    decide("XX-1-A", "N3")
    assert money("confirmed", "florence-2008") == {("XX-1-A", "XX-1", "KH", "disbursement", 2019, "N3"): 100_00}


def test_nothing_is_suggested_where_somebody_decided(portfolio: Portfolio) -> None:
    portfolio.take(ABOUT, suggest=False)
    decide("XX-1-A", "N3", "reject")
    assert suggest_areas("florence-2008") == 0
    assert areas("XX-1-A") == {"N3": ("person", "rejected", None)}
    assert suggest_areas() == 1  # in the other frameworks nobody has decided
    assert areas("XX-1-A") == {"N3": ("person", "rejected", None)}


def test_nothing_is_suggested_beside_areas_of_the_file(portfolio: Portfolio) -> None:
    tagged = activity(
        "XX-1-A", description(WORDS), area("N1"), area("1", framework="exploitation-forms"), spent("2019-05-01", 1)
    )
    portfolio.take(tagged)
    assert areas("XX-1-A") == {"N1": ("file", "confirmed", None)}


def test_suggesting_again_changes_nothing(portfolio: Portfolio) -> None:
    portfolio.take(ABOUT, ROADS)
    before = visible()
    suggest_areas()
    suggest_areas("florence-2008")
    assert visible() == before


def test_only_the_projects_asked_for(portfolio: Portfolio) -> None:
    first = portfolio.take(ABOUT, suggest=False)
    second = portfolio.take(ABOUT.replace("XX-1-A", "XX-1-C"), suggest=False)
    assert suggest_areas(import_id=second.import_id) == 1
    assert (areas("XX-1-A"), bool(areas("XX-1-C"))) == ({}, True)
    assert suggest_areas(import_id=first.import_id) == 1
    assert areas("XX-1-A") == areas("XX-1-C")
    assert suggest_areas(activity_ids=[]) == 0


def test_of_a_large_import_they_are_made_by_who_needs_them(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.suggest_areas.AT_ONCE", 1)
    portfolio.take(ABOUT, ROADS)
    assert areas("XX-1-A") == {}
    finish_suggesting()
    assert "N3" in areas("XX-1-A")
    before = dump("counter")
    finish_suggesting()
    assert dump("counter") == before


def test_after_a_large_one_is_taken_back_they_are_made_by_who_needs_them(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    portfolio.take(ABOUT, ROADS)
    second = portfolio.take(*(one.replace(WORDS, "Roads").replace("bridges", "ports") for one in (ABOUT, ROADS)))
    assert areas("XX-1-A") == {}
    monkeypatch.setattr("app.services.suggest_areas.AT_ONCE", 1)
    undo_import(second.import_id)
    assert areas("XX-1-A") == {}
    finish_suggesting()
    assert "N3" in areas("XX-1-A")


def test_new_words_bring_new_suggestions(portfolio: Portfolio) -> None:
    portfolio.take(ABOUT)
    portfolio.take(activity("XX-1-A", country("KH"), description("Roads"), spent("2019-05-01", 100), title="Roads"))
    assert areas("XX-1-A") == {}
    assert money("net", "florence-2008") == {}


def test_a_framework_without_words_is_refused(portfolio: Portfolio) -> None:
    portfolio.take(ABOUT)
    before = dump("counter")
    with pytest.raises(NotFound):
        suggest_areas("no-such-framework")
    assert dump("counter") == before


def test_a_framework_that_came_without_words_gets_suggestions_from_its_titles_and_matches(portfolio: Portfolio) -> None:
    portfolio.take(ABOUT)
    text = """key: ours
title: Ours
version: "1"
areas:
  - {code: P1, title: Witnesses of trafficking}
  - {code: P2, title: Whatever}
  - {code: P3, title: Fishing}
matches:
  - {from: P2, to: florence-2008/N3, match: close}
"""
    load_framework_file(text.encode(), "ours.yaml")
    assert suggest_areas("ours") == 1
    found = areas("XX-1-A", "ours")
    assert set(found) == {"P1", "P2"}
    assert all(state == "suggested" for _, state, _ in found.values())
