"""Answers: where each stands, how its path is written, how they are put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.answers import flatten_answers, is_path, merge_answers, parse_path, set_answer, write_path

PART = st.text("abä/= .\"'", min_size=1).filter(lambda part: part == part.strip() and part.strip("/") == part)


@given(st.lists(PART, min_size=1, max_size=3))
def test_a_path_is_read_as_it_was_written(parts: list[str]) -> None:
    assert parse_path(write_path(tuple(parts))) == tuple(parts)


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (("date_order",), True), (("headings", "Montant 1"), True), (("reporter", "ref"), True), (("date_order", "Sheet"), True),
        ((), False), (("headings",), False), (("password",), False), (("headings", ""), False), (("headings", "x" * 500), False),
    ],
)  # fmt: skip
def test_what_can_be_answered(path: tuple[str, ...], is_one: bool) -> None:
    assert is_path(path) is is_one


def test_answers_are_put_in_changed_and_forgotten() -> None:
    one = set_answer({}, ("countries", "Niger(ia)"), "NG")
    two = set_answer(one, ("date_order",), "dmy")
    assert two == {"countries": {"Niger(ia)": "NG"}, "date_order": "dmy"}
    assert one == {"countries": {"Niger(ia)": "NG"}}
    assert set_answer(two, ("countries", "Niger(ia)"), None) == {"date_order": "dmy"}
    assert set_answer({}, ("header_rows", "Data"), "7") == {"header_rows": {"Data": 7}}
    assert list(flatten_answers(two)) == [(("countries", "Niger(ia)"), "NG"), (("date_order",), "dmy")]


def test_later_answers_count_and_earlier_ones_stay() -> None:
    earlier = {"countries": {"a": "KH", "b": "LA"}, "currency": "EUR"}
    assert merge_answers(earlier, {"countries": {"b": "VN"}, "decimal": ","}) == {
        "countries": {"a": "KH", "b": "VN"}, "currency": "EUR", "decimal": ",",
    }  # fmt: skip
