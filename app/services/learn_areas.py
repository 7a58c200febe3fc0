"""Learn which words speak for an area from what people of this installation confirmed, and keep that as numbers.

Needs the extra `learn` (scikit-learn); what was learned is used without it. It is kept in the data folder as JSON,
a file for each framework, and replaced as a whole.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import database
from app.errors import InvalidInput, NotFound
from app.models.read_record import read_words
from app.models.worded import worded
from app.queries.learning import read_decided
from app.queries.lexicons import stored_lexicon
from app.queries.records import iterate_records
from app.rules.learned import LearnedArea, LearnedWords, split_words
from app.rules.project_words import read_project_words
from app.rules.suggest import Suggester, suggestible_frameworks
from app.settings import settings

FOLDS = 5
FEWEST_PROJECTS = 30  # with fewer nothing can be said of words
FEWEST_OF_AREA = 10
BETTER = 0.02  # F1 by which what was learned must beat the word list
MOST_WORDS = 4_000
STRENGTH = 10.0  # of the fit, against keeping all weights small


@dataclass(frozen=True, slots=True)
class Example:
    """A decided project: its text, the word list's confidence by area, and what people confirmed."""

    text: str
    listed: dict[str, float]
    areas: set[str]


def learn_areas(framework: str) -> LearnedWords:
    """Learn from all decided projects, try it on those left out in turn, and use it where it was better.

    Raises NotFound for a framework without a word list; InvalidInput where too few projects are decided, or the
    extra is not installed.
    """
    if framework not in suggestible_frameworks():
        raise NotFound(worded("There is no word list for the framework %(framework)s.", framework=framework))
    with database.read() as connection:
        examples = list(_read_examples(connection, framework))
    if len(examples) < FEWEST_PROJECTS:
        raise InvalidInput(
            worded(
                "%(count)s projects are decided in %(framework)s; learning needs %(fewest_projects)s.",
                count=len(examples),
                framework=framework,
                fewest_projects=FEWEST_PROJECTS,
            )
        )
    before = read_learned().get(framework)
    learned = _learn(framework, examples, before.version + 1 if before else 1)
    _keep(learned)
    return learned


def switch_learned(framework: str, is_on: bool) -> LearnedWords:
    """Use what was learned, or don't. Raises NotFound where nothing was learned."""
    learned = read_learned().get(framework)
    if learned is None:
        raise NotFound(worded("Nothing was learned for the framework %(framework)s yet.", framework=framework))
    _keep(switched := replace(learned, is_on=is_on))
    return switched


def read_learned() -> dict[str, LearnedWords]:
    """What was learned, by framework."""
    found = {}
    for path in sorted(_folder().glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        found[said["framework"]] = LearnedWords(**{**said, "areas": tuple(LearnedArea(**one) for one in said["areas"])})
    return found


def describe_learned(learned: LearnedWords) -> dict[str, Any]:
    """How it did, without the weights of words."""
    areas = [{name: value for name, value in asdict(one).items() if name not in ("words", "bias", "listed")}
             for one in learned.areas]  # fmt: skip
    return {"framework": learned.framework, "version": learned.version, "at": learned.at, "projects": learned.projects,
            "is_on": learned.is_on, "areas": areas}  # fmt: skip


def _folder() -> Path:
    return settings().data_dir / "learned"


def _keep(learned: LearnedWords) -> None:
    _folder().mkdir(parents=True, exist_ok=True)
    path = _folder() / f"{learned.framework}.json"
    path.with_suffix(".new").write_text(json.dumps(asdict(learned), ensure_ascii=False), encoding="utf-8")
    path.with_suffix(".new").replace(path)


def _read_examples(connection: Any, framework: str) -> Iterator[Example]:
    decided = read_decided(connection, framework)
    suggest = Suggester(stored_lexicon(connection, framework) or framework).suggest
    for rows in iterate_records(connection, ids=sorted(decided)):
        for row in rows:
            words = read_project_words(read_words(row.record))
            listed = {area.code: area.confidence for area in suggest(*words).areas}
            yield Example(words.text, listed, decided[row.activity_id])


def _learn(framework: str, examples: Sequence[Example], version: int) -> LearnedWords:
    counted = _Counted(examples)
    codes = sorted({code for one in examples for code in one.areas})
    areas = tuple(counted.learn(code) for code in codes if sum(code in one.areas for one in examples) >= FEWEST_OF_AREA)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return LearnedWords(framework, version, at, len(examples), counted.rarity, areas)


class _Counted:
    """The words of the examples as numbers."""

    def __init__(self, examples: Sequence[Example]) -> None:
        try:
            from sklearn.feature_extraction.text import TfidfVectorizer
        except ImportError as error:
            raise InvalidInput("Learning needs scikit-learn: install the extra “learn”.") from error
        self._examples = examples
        vectors = TfidfVectorizer(analyzer=split_words, sublinear_tf=True, min_df=2, max_features=MOST_WORDS)
        self._numbers = vectors.fit_transform([one.text for one in examples])
        self._words = list(vectors.get_feature_names_out())
        self.rarity = {word: round(float(rare), 4) for word, rare in zip(self._words, vectors.idf_, strict=True)}

    def learn(self, code: str) -> LearnedArea:
        """One area, tried on examples left out; the same text twice is never on both sides."""
        import numpy as np
        from scipy.sparse import csr_matrix, hstack
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GroupKFold, cross_val_predict

        listed = np.array([[one.listed.get(code, 0.0)] for one in self._examples])
        wanted = np.array([code in one.areas for one in self._examples])
        given = hstack([self._numbers, csr_matrix(listed)]).tocsr()
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2_000)
        texts: dict[str, int] = {}
        groups = [texts.setdefault(one.text, len(texts)) for one in self._examples]
        told = cross_val_predict(model, given, wanted, groups=groups, cv=GroupKFold(FOLDS))
        (_, listed_f1), (precision, learned_f1) = _f1(listed[:, 0] > 0, wanted), _f1(told, wanted)
        model.fit(given, wanted)
        *weights, by_list = (round(float(weight), 4) for weight in model.coef_[0])
        return LearnedArea(
            code, int(wanted.sum()), listed_f1, learned_f1, precision, learned_f1 >= listed_f1 + BETTER,
            round(float(model.intercept_[0]), 4), by_list, {w: x for w, x in zip(self._words, weights, strict=True) if x},
        )  # fmt: skip


def _f1(told: Any, wanted: Any) -> tuple[float, float]:
    """Precision and F1."""
    right, wrong, missed = (int(some.sum()) for some in (told & wanted, told & ~wanted, ~told & wanted))
    precision = right / (right + wrong) if right + wrong else 0.0
    return round(precision, 3), round(2 * right / (2 * right + wrong + missed) if right + wrong + missed else 0.0, 3)
