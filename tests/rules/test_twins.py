"""Twins: nearly the same title, another reporter, nothing that speaks against it."""

import random
import time

import pytest

from app.rules.twins import Titled, find_twins, fold_title

KH = frozenset({"KH"})
ONE = Titled("A", "Strengthening child protection systems in Cambodia", "XX-1", KH, 2018, 2020)


def other(title: str = ONE.title, reporter: str = "YY-2", countries: frozenset[str] = KH, first: int | None = 2019,
          last: int | None = 2022) -> Titled:  # fmt: skip
    return Titled(7, title, reporter, countries, first, last)


def twins(one: Titled, *others: Titled) -> list[tuple[object, int]]:
    return [(twin.other, twin.score) for twin in find_twins([one], others)]


@pytest.mark.parametrize(
    "title",
    [
        ONE.title,
        "STRENGTHENING CHILD PROTECTION SYSTEMS IN CAMBODIA",
        "Cambodia: strengthening child protection systems",
        "Strengthening of child protection system in Cambodia",
    ],
)
def test_the_same_words_are_a_twin(title: str) -> None:
    [(number, score)] = twins(ONE, other(title))
    assert (number, score >= 88) == (7, True)


def test_accents_and_other_scripts_are_compared() -> None:
    assert fold_title("Santé des Élèves") == ("sante", "des", "eleves")
    one = Titled("A", "حماية الأطفال من الاستغلال الجنسي", "XX-1", KH)
    assert twins(one, other("حماية الأطفال من الاستغلال الجنسي")) == [(7, 100)]


@pytest.mark.parametrize(
    "other_one",
    [
        other(reporter="XX-1"),
        other(countries=frozenset({"PE"})),
        other(first=2021, last=2024),
        other("Strengthening health systems in rural Cambodia"),
        other("Child protection"),
        Titled(7, ONE.title, "YY-2"),  # neither country nor year to go by
    ],
    ids=["same reporter", "other country", "other years", "other words", "too short", "nothing known"],
)
def test_no_twin(other_one: Titled) -> None:
    assert twins(ONE, other_one) == []


def test_a_twin_says_why() -> None:
    [twin] = find_twins([ONE], [other()])
    assert twin.reasons == ("the same title", "both in KH", "both from 2019 to 2020")
    [twin] = find_twins([ONE], [other(countries=frozenset(), last=2019)])
    assert twin.reasons == ("the same title", "both in 2019")


def test_the_most_alike_comes_first() -> None:
    close = other("Strengthening the child protection systems of Cambodia")._replace(key=8)
    assert [number for number, _ in twins(ONE, close, other())] == [7, 8]


def test_many_are_compared_in_seconds() -> None:
    """Blocking: 5,000 with 5,000 others would be 25 million comparisons."""
    words = [f"word{n}" for n in range(750)]
    draw = random.Random(4)
    titles = [" ".join(draw.sample(words, 6)) for _ in range(5000)]
    ours = [Titled(f"A{n}", title, "XX-1", KH) for n, title in enumerate(titles)]
    others = [Titled(n, title + " project", "YY-2", KH) for n, title in enumerate(titles)]
    start = time.process_time()
    found = {(twin.one, twin.other) for twin in find_twins(ours, others)}
    assert time.process_time() - start < 5
    assert found >= {(f"A{n}", n) for n in range(5000)}
