"""What a good practice needs before it is stored."""

from dataclasses import replace
from typing import Any

import pytest

from app.models.practice_document import EVIDENCE, PracticeDocument, practice_of
from app.rules.check_practice import check_practice

AREAS = {"florence-2008/N3"}
GOOD = PracticeDocument(
    "Hotels and police around one table", "A monthly meeting.", "Reports rose from 3 to 41 a year.", "One person must answer.",
    "One coordinator.", countries=("KH", "998"), areas=("florence-2008/N3",), projects=("SE-0-1",),
)  # fmt: skip
LINK = (("Final evaluation", "https://example.org/evaluation"),)


def codes(**changes: Any) -> list[tuple[str, str, str]]:
    return [(fault.level, fault.code, fault.field) for fault in check_practice(replace(GOOD, **changes), AREAS)]


def test_nothing_is_wrong_with_a_whole_one() -> None:
    assert codes() == []
    assert practice_of(GOOD.as_json()) == GOOD


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert codes(title=" ", description="", results="", areas=()) == [
        ("error", "title-missing", "title"), ("error", "description-missing", "description"),
        ("error", "results-missing", "results"), ("error", "areas-missing", "areas"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"areas": ("florence-2008/N99",)}, "area-unknown", "areas"),
        ({"countries": ("XX",)}, "country-unknown", "countries"),
        ({"evidence": "sure"}, "evidence-unknown", "evidence"),
        ({"documents": (("x", "example.org"),)}, "address-unreadable", "documents"),
        ({"visibility": "public"}, "visibility-unknown", "visibility"),
        ({"title": "x" * 301}, "text-too-long", "title"),
        ({"projects": tuple(map(str, range(201)))}, "too-many", "projects"),
        ({"lessons": "Srey Mom, 12 years old, told us."}, "personal-data", "lessons"),
        ({"contact": "Call +855 12 345 678"}, "personal-data", "contact"),
    ],
)
def test_what_can_not_be_is_said_with_its_field(changes: dict[str, Any], code: str, field: str) -> None:
    assert codes(**changes) == [("error", code, field)]


def test_words_that_tell_of_a_child_are_masked_in_what_is_said_of_them() -> None:
    [fault] = check_practice(replace(GOOD, results="Srey Mom, 12 years old, told us."), AREAS)
    assert "Srey" not in fault.message
    assert "12" not in fault.message


def test_an_evaluation_has_to_be_named() -> None:
    unnamed = {level: codes(evidence=level) for level in EVIDENCE}
    needed = [("error", "evidence-unnamed", "documents")]
    assert unnamed == {"described": [], "monitored": [], "evaluated": needed, "replicated": needed}
    assert codes(evidence="evaluated", documents=LINK) == []


def test_old_wording_keeps_nothing_out() -> None:
    assert codes(results="Less child pornography.") == [("warning", "old-wording", "results")]
