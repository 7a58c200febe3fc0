"""Fits the numbers of app/rules/lexicon/weights.yaml to texts labelled by people: deterministic, one number at a time.

What is made as large as can be is the F1 of areas and forms with a soft threshold, so that a text just above
it counts for little more than one just below; less a price for each number that leaves its starting value, so
that what few texts say for it isn't believed. Relevance and the sections are left as they were set by hand:
fitting them to a hundred texts made unseen ones worse.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.rules.lexicon import Weights, load_lexicon
from app.rules.suggest import FORMS, read_case

Project = dict[str, Any]
FRAMEWORK = "florence-2008"
SOFTNESS = 0.1
PRICE = 0.1  # F1 for each unit by which a number leaves its starting value
ROUNDS = 2
STEPS = (-0.2, -0.1, 0.1, 0.2)
FITTED_AREAS = ("N2", "N6")  # those with texts enough

Change = Callable[[Weights, float], Weights]


def fit_weights(projects: Sequence[Project], start: Weights) -> Weights:
    """The weights with which these projects come out best, looked for around `start`."""
    best, best_value = start, _value(projects, start, 0.0)
    away: dict[str, float] = {}
    for _, (name, change), step in itertools.product(range(ROUNDS), _changes(), STEPS):
        tried, further = change(best, step), {**away, name: away.get(name, 0.0) + step}
        value = _value(projects, tried, PRICE * sum(map(abs, further.values())))
        if value > best_value:
            best, best_value, away = tried, value, further
    return best


def _changes() -> list[tuple[str, Change]]:
    plain: list[tuple[str, Change]] = [(name, _number(name)) for name in (
        "least_score", "least_part_of_best", "next_phrase")]  # fmt: skip
    sections = [(f"section {name}", _section(name)) for name in ("title", "mention")]
    areas = [(f"area {code}", _area(f"{FRAMEWORK}/{code}")) for code in FITTED_AREAS]
    return [*plain, *sections, *areas]


def _number(name: str) -> Change:
    return lambda weights, step: replace(weights, **{name: max(0.0, round(getattr(weights, name) + step, 3))})


def _section(name: str) -> Change:
    return lambda weights, step: replace(
        weights, sections={**weights.sections, name: max(0.05, round(weights.sections[name] + step, 3))}
    )


def _area(key: str) -> Change:
    return lambda weights, step: replace(
        weights, areas={**weights.areas, key: round(weights.areas.get(key, 0.0) + step, 3)}
    )


def _value(projects: Iterable[Project], weights: Weights, price: float) -> float:
    """Soft F1 of areas, and a third of that of forms, less the price."""
    counts = {name: [0.0, 0.0, 0.0] for name in ("areas", "forms")}
    for project in projects:
        _count(project, weights, counts)
    f1 = {name: 2 * right / max(1e-9, 2 * right + wrong + missed) for name, (right, wrong, missed) in counts.items()}
    return f1["areas"] + f1["forms"] / 3 - price


def _count(project: Project, weights: Weights, counts: dict[str, list[float]]) -> None:
    lexicon, forms = load_lexicon(FRAMEWORK), load_lexicon(FORMS)
    case = read_case(project["text"], (), project["countries"], (lexicon,), weights)
    relevant = _soft(case.relevance_score - weights.least_relevance) if case else 0.0
    for name, words in (("areas", lexicon), ("forms", forms)):
        scored = case.score_areas(words) if case else []
        chances = {area.code: relevant * _soft(area.score - area.least) for area in scored}
        for code in {*chances, *project[name]} - set(project[f"{name}_disputed"]):
            _add(counts[name], code in project[name], chances.get(code, 0.0))


def _add(counts: list[float], labelled: bool, chance: float) -> None:
    counts[0] += chance if labelled else 0.0
    counts[1] += 0.0 if labelled else chance
    counts[2] += 1 - chance if labelled else 0.0


def _soft(margin: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, margin / SOFTNESS))))
