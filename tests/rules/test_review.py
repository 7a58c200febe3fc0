"""The pure parts of reviewing: urgency, the crosswalk's suggestions, marked texts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.crosswalk import match_areas
from app.rules.marked_text import compare_texts, mark_words
from app.rules.review_priority import uncertain_money

HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("money", "suggested", "uncertain"),
    [
        (1000, [(1_000_000, Decimal("0.9"))], 100),
        (1000, [(600_000, Decimal(1)), (400_000, Decimal(0))], 400),
        (1000, [(None, Decimal("0.5")), (600_000, Decimal("0.7"))], 400),  # without a share all count alike
        (1000, [(None, None)], 1000),
        (1000, [], 1000),
        (0, [(1_000_000, HALF)], 0),
        (-50, [(1_000_000, HALF)], 0),
        (1000, [(0, HALF)], 500),
        (1000, [(1_000_000, Decimal(7))], 0),
    ],
)
def test_uncertain_money(money: int, suggested: list[tuple[int | None, Decimal | None]], uncertain: int) -> None:
    assert uncertain_money(money, suggested) == uncertain


def test_areas_lead_through_the_crosswalk_in_both_directions() -> None:
    matches = [(1, 11, "close"), (12, 1, "narrow"), (2, 13, "related"), (2, 14, "none"), (3, 11, "exact")]
    found = {one.area_id: one for one in match_areas([(1, Decimal(60)), (2, Decimal(40))], matches)}
    # 1 is narrower than 12, so 12 is a wider area of it.
    assert {area: (one.share, one.confidence, one.through) for area, one in found.items()} == {
        11: (500_000, Decimal("0.80"), (1,)),
        12: (500_000, Decimal("0.70"), (1,)),
    }
    assert match_areas([], matches) == []
    assert match_areas([(2, Decimal(100))], matches) == []


def test_two_areas_that_lead_to_one_share_it() -> None:
    found = match_areas([(1, Decimal(30)), (2, Decimal(70))], [(1, 11, "broad"), (2, 11, "close"), (2, 12, "close")])
    assert [(one.area_id, one.share, one.confidence, one.through) for one in found] == [
        (11, 650_000, Decimal("0.80"), (1, 2)),
        (12, 350_000, Decimal("0.80"), (2,)),
    ]


def test_evidence_is_marked_wherever_it_stands() -> None:
    pieces = mark_words("Legal  aid for girls; LEGAL AID, legal aids", ["legal aid", "girls"])
    assert [piece.text for piece in pieces if piece.kind == "mark"] == ["Legal  aid", "girls", "LEGAL AID"]
    assert mark_words("", ["x"]) == []
    assert [piece.kind for piece in mark_words("text", [" "])] == [""]


@given(st.text(), st.lists(st.text()))
def test_marking_loses_nothing(text: str, quotes: list[str]) -> None:
    assert "".join(piece.text for piece in mark_words(text, quotes)) == text


@given(st.text(), st.text())
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    pieces = compare_texts(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == after
