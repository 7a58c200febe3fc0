"""A preview of a plain sheet is the same, whether its projects are known in short or read whole."""

import csv
from io import StringIO
from typing import Any

import pytest

from app.services.confirm_import import confirm_import
from importers import plain_rows, sheet
from tests.services.stored import Portfolio, query
from tests.services.uploads import person, show, stage

STAGED = (
    "SELECT identifier, title, in_add, in_update, in_replace, activity_id, partial, places, record"
    " FROM staged_activity WHERE import_id = :number ORDER BY position"
)
TOTALS = "SELECT totals, mode_effects, issue_counts FROM import_run WHERE id = :number"
NAMES = ["Project ID", "Title", "Description", "Country", "Currency", "Budget 2019", "Disbursed 2019", "Our folder"]


def written(changed: bool = False) -> str:
    rows = [
        [f"XX-{n}", f"Safer schools {n}", "Water & light", "Kenya", "EUR", 1000 + n, n + 0.25, f"F{n}"]
        for n in range(12)
    ]
    rows[4][2] = "Ask for Maria, aged 9, at the school"
    if changed:
        rows[3][1], rows[5][6] = "Safer streets", ""
        rows.append(["XX-90", "New", "", "Kenya", "EUR", "", 7, ""])
    stream = StringIO()
    csv.writer(stream).writerows([NAMES, *rows])
    return stream.getvalue()


def staged(number: int) -> list[Any]:
    return [list(row) for text in (STAGED, TOTALS) for row in query(text.replace(":number", str(number)))]


@pytest.mark.parametrize("is_ahead", [False, True], ids=["here", "second process"])
def test_a_preview_is_the_same_either_way(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch, is_ahead: bool
) -> None:
    owner = person("owner@example.org")
    found = []
    for content in (written(), written(changed=True)):
        monkeypatch.setattr(plain_rows, "FROM_ROWS", 1)
        monkeypatch.setattr(sheet, "can_run_ahead", lambda: is_ahead)
        monkeypatch.setattr(sheet, "AHEAD_FROM", 0)
        fast = stage(owner, content)
        monkeypatch.setattr(plain_rows, "FROM_ROWS", 10**6)
        monkeypatch.setattr(sheet, "can_run_ahead", lambda: False)
        slow = stage(owner, content)
        assert staged(fast) == staged(slow)
        found.append(show(owner, fast).run)
        assert [one.state for one in found] == ["previewed"] * len(found)
        confirm_import(slow)
    assert (found[0].new, found[1].new, found[1].changed) == (12, 1, 1)
