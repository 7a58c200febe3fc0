"""Areas told from parts of words, where no phrase of the word list is found."""

import json

import numpy as np
import pytest

from app.rules import word_parts
from app.rules.folded_text import fold_words
from app.rules.suggest import TOLD, Suggester, suggest_all
from app.rules.word_parts import WordParts, number_parts, read_word_parts
from scripts.weigh_word_parts import FRAMEWORK, LEAST, TEXTS, digest, learn

TEXT = (
    "Guardians of the brick kilns | Child labour: neighbours walk the kilns at night, persuade families to let the small"
    " ones go home and keep a tent school open for them."
)


def test_what_is_kept_was_learned_from_the_coded_texts() -> None:
    kept = read_word_parts(FRAMEWORK)
    assert kept is not None
    assert kept.source == digest(), "run python scripts/weigh_word_parts.py"
    assert {"N3", "N6", "O3"} <= set(kept.areas)


def test_learning_again_gives_the_same() -> None:
    """With some of the texts: the areas that these are about, and the same numbers each time."""
    texts = json.loads(TEXTS.read_text(encoding="utf-8"))[:300]
    one, other = learn(texts), learn(texts)
    assert all(np.array_equal(one[name], other[name]) for name in ("areas", "weights", "rarity", "least"))
    weights = one["weights"].astype(np.float32) * one["steps"][:, None]
    learned = WordParts(tuple(one["areas"]), weights, one["rarity"].astype(np.float32), one["least"], "")
    right = wrong = 0
    for text in texts:
        told = {code for code, _ in learned.tell(fold_words(text["text"]).split())} - set(text["areas_disputed"])
        right += len(told & set(text["areas"]))
        wrong += len(told - set(text["areas"]))
    assert right > 3 * wrong


def test_they_add_an_area_with_the_words_that_said_most() -> None:
    (area,) = [one for one in Suggester(FRAMEWORK).suggest(TEXT).areas if TOLD in one.evidence]
    assert area.code == "N6"
    *words, mark = area.evidence
    assert mark == TOLD
    assert [TEXT[place.start : place.end] for place in area.places] == words
    assert 0 < len(words) <= 3
    assert area.confidence <= 0.5


def test_they_take_nothing_away_and_make_nothing_relevant(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text["text"] for text in json.loads(TEXTS.read_text(encoding="utf-8"))[:200]]
    suggest = Suggester(FRAMEWORK).suggest
    with_parts = [suggest(text) for text in texts]
    monkeypatch.setattr("app.rules.suggest.read_word_parts", lambda _: None)
    for text, found in zip(texts, with_parts, strict=True):
        before = suggest(text)
        assert before.relevance == found.relevance
        assert {one.code for one in before.areas} == {one.code for one in found.areas if TOLD not in one.evidence}
        assert sum(one.share for one in found.areas) == pytest.approx(1 if found.areas else 0)


def test_other_frameworks_have_none() -> None:
    assert read_word_parts("inspire-2016") is None
    assert all(TOLD not in one.evidence for one in suggest_all(TEXT)["inspire-2016"].areas)


@pytest.mark.parametrize(
    "words", [[], ["a", "of"], ["kilns", "families", "home"], [letter * 6 for letter in "bcdfghjklmnpqrstvwxz"]]
)
def test_nothing_is_told_by_nothing(words: list[str]) -> None:
    kept = read_word_parts(FRAMEWORK)
    assert kept is not None
    assert kept.tell(words) == []


def test_a_word_has_parts_with_its_beginning_and_end() -> None:
    assert len(number_parts("kiln")) == 9  # " ki" "kil" "iln" "ln " " kil" "kiln" "iln " " kiln" "kiln "
    assert all(number_parts("kiln") < word_parts.PARTS)
    assert LEAST < 0
