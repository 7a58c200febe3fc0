"""Frameworks in the database: versions that carry mappings over, edits that no update undoes, the crosswalk."""

from pathlib import Path

import pytest

from app import database
from app.errors import InvalidInput, NotAllowed
from app.frameworks import load_framework as read_framework_file
from app.queries.frameworks import get_framework
from app.rules.permissions import OPERATOR, Viewer
from app.services.edit_framework import AreaChange, edit_area, edit_head, edit_match
from app.services.load_framework_file import load_framework_file
from app.services.load_frameworks import load_builtin_frameworks
from app.services.show_review import ReviewAsked, show_review
from app.services.suggest_areas import suggest_areas
from tests.services.iati_files import activity, area, spent
from tests.services.stored import Portfolio, areas, findings, money, query

FIRST = """key: ours
title: Our plan
version: "1"
areas:
- {code: A, title: Schools}
- {code: B, title: Courts}
- {code: C, title: Shelters}
- {code: D, title: Police}
"""
SECOND = """key: ours
title: Our plan
version: "2"
areas:
- {code: A, title: Schools and teachers}
- {code: J, title: Justice, was: [B, D]}
- {code: E, title: Streets, was: [X]}
"""


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def load(text: str) -> object:
    return load_framework_file(text.encode(), "ours.yaml")


def take(portfolio: Portfolio, number: int, **shares: int | None) -> None:
    tags = [area(code, share, framework="ours") for code, share in shares.items()]
    portfolio.take(activity(f"XX-1-{number}", *tags, spent("2019-05-01", 100)))


def test_a_new_version_carries_mappings_over_and_lists_the_rest(portfolio: Portfolio) -> None:
    load(FIRST)
    take(portfolio, 1, A=100)
    take(portfolio, 2, B=60, D=40)
    take(portfolio, 3, C=None)
    take(portfolio, 4, D=None)
    loaded = load_framework_file(SECOND.encode(), "ours.yaml")
    assert areas("XX-1-1", "ours") == {"A": ("file", "confirmed", 1_000_000)}
    assert areas("XX-1-2", "ours") == {"J": ("file", "confirmed", 1_000_000)}
    assert areas("XX-1-4", "ours") == {"J": ("file", "confirmed", None)}
    assert [(row.code, row.projects) for row in loaded.undecided] == [("C", 1)]
    assert {key[-1]: cents for key, cents in money("net", "ours").items()} == {"A": 100_00, "J": 100_00, "C": 100_00}
    with database.read() as connection:
        page = show_review(connection, OPERATOR, ReviewAsked("ours", kind="retired"))
    assert page.count == 1
    assert page.project is not None
    assert (page.project.row.identifier, page.project.why) == ("XX-1-3", ["retired"])
    assert [one.is_retired for one in page.project.areas] == [True]


def test_a_code_that_two_areas_claim_waits_for_a_person(portfolio: Portfolio) -> None:
    load(FIRST)
    take(portfolio, 1, B=None)
    split = SECOND.replace("was: [X]", "was: [B]")
    loaded = load_framework_file(split.encode(), "ours.yaml")
    assert [(row.code, row.projects) for row in loaded.undecided] == [("B", 1)]
    assert areas("XX-1-1", "ours") == {"B": ("file", "confirmed", None)}


def test_versions_are_kept_and_loading_again_adds_none(portfolio: Portfolio) -> None:
    for text in (FIRST, FIRST, SECOND):
        load(text)
    found = query("SELECT v.version, v.source FROM framework_version v JOIN framework f ON f.id = v.framework_id"
                  " WHERE f.key = 'ours' ORDER BY v.id")  # fmt: skip
    assert found == [("1", "file"), ("2", "file")]


def test_a_leading_framework_takes_the_lead_from_the_other(portfolio: Portfolio) -> None:
    load(FIRST.replace('version: "1"', 'version: "1"\nprimary: true'))
    assert query("SELECT key FROM framework WHERE is_primary") == [("ours",)]
    load(SECOND)
    assert query("SELECT key FROM framework WHERE is_primary") == [("ours",)]


def test_what_an_admin_changed_survives_an_update(portfolio: Portfolio) -> None:
    with database.write() as connection:
        edit_area(connection, OPERATOR, "rome-2012", AreaChange("PREV1", "Telling people", group="PREV"))
        edit_match(connection, OPERATOR, "florence-2008", "O4", "rome-2012/PREV4", "none")
        edit_match(connection, OPERATOR, "florence-2008", "O4", "rome-2012/PREV1", "exact")
        edit_head(connection, OPERATOR, "inspire-2016", short_title="Seven strategies")
    with database.write() as connection:
        load_builtin_frameworks(connection)
    with database.read() as connection:
        rome, inspire = get_framework(connection, "rome-2012"), get_framework(connection, "inspire-2016")
    assert {one.code: one.title for one in rome.areas}["PREV1"] == "Telling people"
    assert len(rome.areas) == 16
    assert inspire.short_title == "Seven strategies"
    matches = dict(map(tuple, query("SELECT r.code, x.match FROM area_match x JOIN area l ON l.id = x.from_area_id JOIN area r"
                                    " ON r.id = x.to_area_id WHERE l.code = 'O4'")))  # fmt: skip
    assert matches == {"PREV4": "none", "PREV1": "exact"}


def test_edits_that_make_no_framework_are_refused(portfolio: Portfolio) -> None:
    with database.write() as connection:
        with pytest.raises(InvalidInput, match="no title"):
            edit_area(connection, OPERATOR, "rome-2012", AreaChange("PREV1", ""))
        with pytest.raises(InvalidInput, match="circle"):
            edit_area(connection, OPERATOR, "rome-2012", AreaChange("PREV1", "A", parent="PREV1"))
        with pytest.raises(InvalidInput, match="another framework"):
            edit_match(connection, OPERATOR, "rome-2012", "PREV1", "rome-2012/PREV2", "close")
        with pytest.raises(NotAllowed):
            edit_head(connection, Viewer(1, 1, "editor"), "rome-2012", title="Mine")
    assert query("SELECT title FROM area WHERE code = 'PREV1'") == [("Awareness and communication",)]


def test_a_framework_of_ones_own_gets_suggestions_through_the_crosswalk(portfolio: Portfolio, tmp_path: Path) -> None:
    text = (
        FIRST + "matches:\n- {from: B, to: florence-2008/N3, match: broad}\n- {from: C, to: nowhere/Z, match: close}\n"
    )
    loaded = load_framework_file(text.encode(), "ours.yaml")
    assert [(one.other_framework, one.other_area) for one in loaded.unknown_matches] == [("nowhere", "Z")]
    portfolio.take(activity("XX-1-1", area("N3"), spent("2019-05-01", 100)))
    assert areas("XX-1-1", "ours") == {"B": ("crosswalk", "suggested", 1_000_000)}
    assert suggest_areas() == 0
    assert read_framework_file(text.encode()).matches[0].area == "B"
