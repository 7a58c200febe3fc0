"""Texts of our own with what a reader finds in them, in six languages; word lists may not lose them again."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.rules.lexicon import read_weights
from app.rules.suggest import Suggestion, suggester
from benchmarks.fit_weights import fit_weights
from benchmarks.measure_suggest import count_codes, count_relevance, number_of

ROWS: list[list[Any]] = yaml.load(
    Path(__file__).with_name("labelled_texts.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)
PROJECTS: list[dict[str, Any]] = [
    {"id": key, "relevance": relevance, "areas": areas, "areas_disputed": [], "forms": forms, "forms_disputed": [],
     "text": text, "countries": []} for key, relevance, areas, forms, text in ROWS
]  # fmt: skip


@cache
def suggested() -> list[tuple[dict[str, Any], Suggestion]]:
    return [(project, suggester("florence-2008").suggest(project["text"])) for project in PROJECTS]


def f1(counted: Counter[str]) -> float:
    return 2 * counted["right"] / (2 * counted["right"] + counted["wrong"] + counted["missed"])


def test_areas_forms_and_relevance_are_found() -> None:
    assert f1(count_relevance(suggested())) > 0.94
    for field, least in (("areas", 0.88), ("forms", 0.8)):
        assert f1(sum(count_codes(suggested(), field).values(), Counter())) > least


def test_each_language_is_read() -> None:
    for language in ("en", "fr", "es", "it", "pt", "ar"):
        theirs = [one for one in suggested() if one[0]["id"].startswith(language)]
        assert f1(sum(count_codes(theirs, "areas").values(), Counter())) > 0.7, language


def test_fitting_is_deterministic_and_never_worse_on_what_it_fits() -> None:
    few = [project for project in PROJECTS if number_of(project) % 5 == 0]
    start = read_weights()
    assert fit_weights(few, start) == fit_weights(few, start)
