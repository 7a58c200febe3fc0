"""What a cell says at each border of its rules, and refunds that are larger than payments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.overlap import Thresholds, cell_status, clamp_refunds, is_orphan


def test_refunds_net_within_their_cell_and_the_rest_is_left_out() -> None:
    found = clamp_refunds(
        [
            (("D1", "N1", 2019), 100),
            (("D1", "N1", 2019), -30),
            (("D1", "N1", 2020), -80),
            (("D1", "N1", 2020), 20),
            (("D2", "N1", 2020), 50),
            (("D2", "N2", 2020), -50),
            (("D2", "N2", 2020), 50),
        ]
    )
    assert found.amounts == {
        ("D1", "N1", 2019): 70,
        ("D1", "N1", 2020): 0,
        ("D2", "N1", 2020): 50,
        ("D2", "N2", 2020): 0,
    }
    assert found.left_out == {("D1", "N1", 2020): 60}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-(10**12), 10**12))))
def test_what_counts_less_what_is_left_out_is_all_that_was_given(rows: list[tuple[int, int]]) -> None:
    amounts, left_out = clamp_refunds(rows)
    assert sum(amounts.values()) - sum(left_out.values()) == sum(cents for _, cents in rows)
    assert min(amounts.values(), default=0) >= 0
    assert min(left_out.values(), default=1) > 0


@pytest.mark.parametrize(
    ("donors", "reported", "need", "status"),
    [
        (0, 0, None, "no data"),
        (0, 0, 500, "no data"),
        (0, 3, None, "gap"),
        (0, 3, 0, "gap"),
        (0, True, 500, "gap with need"),
        (1, 3, 500, "single donor"),
        (2, 3, None, "shared"),
        (5, 5, None, "shared"),
        (6, 6, 500, "crowded"),
    ],
)
def test_the_status_of_a_cell(donors: int, reported: int, need: int | None, status: str) -> None:
    found = cell_status(donors, reported, need)
    assert found.status == status
    assert found.reason.endswith(".")
    assert ("EU Code of Conduct on division of labour, 2007" in found.reason) == (donors > 1)
    assert ("our rule" in found.reason) == (donors <= 1)


def test_a_report_may_draw_the_line_elsewhere_and_the_reason_says_so() -> None:
    found = cell_status(4, 4, None, Thresholds(shared_max=3))
    assert found.status == "crowded"
    assert found.reason.startswith("4 donors fund this area, more than the 3 that this report sets (EU Code")
    assert cell_status(6, 6, None, Thresholds(shared_max=6)).status == "shared"
    assert cell_status(2, 2, None, Thresholds(shared_max=1)).status == "crowded"
    with pytest.raises(ValueError, match="at least 1"):
        Thresholds(shared_max=0)


@pytest.mark.parametrize(
    ("need", "net", "donors", "orphan"),
    [
        (None, 0, 0, False),
        (0, 0, 0, False),
        (100, 0, 0, True),
        (100, 49, 1, True),
        (100, 50, 1, False),
        (101, 50, 2, True),
        (100, 900, 3, False),
    ],
)
def test_an_orphan_has_a_need_and_no_donor_or_less_than_half_of_it(
    need: int | None, net: int, donors: int, orphan: bool
) -> None:
    assert is_orphan(need, net, donors) is orphan
