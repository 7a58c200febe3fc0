"""The fast way through plain tables makes, row by row, what the slow way makes."""

import csv
import os
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models.read_record import read_record
from app.models.record import Reported
from app.rules.money_totals import sum_flows, sum_records
from importers import plain_rows, sheet
from importers.base import FileRefused, Source
from importers.sheet import Sheet

PORTFOLIO = Path(__file__).parents[2] / "examples" / "portfolio"
DEMO = sorted(path for path in PORTFOLIO.iterdir() if path.suffix in (".csv", ".xlsx"))
COLUMNS = (
    "Project ID", "Title", "Description", "Objectives", "Notes", "Donor", "Donor ref", "Implementing partner", "Country",
    "Region", "Sector code", "Status", "Start date", "End date", "Currency", "Total commitment", "Total budget",
    "Total disbursement", "Budget 2019", "Disbursed 2019", "Disbursed 2020", "Contact email", "Location", "Gender marker",
    "Our folder",
)  # fmt: skip
TEXTS = ["Water & sanitation <phase 2>", "Agua", "“Émile’s” school", "n/a", "-", "", "line\nbreak", "'=1+1", " padded ", "[fr] Eau",
         "safe house at 12.34567, 45.67891", "prostitución infantil", "¶", "Maria Lopez, aged 9, of", "tab\there",
         "\xa0wide\xa0"]  # fmt: skip
AMOUNTS = [0, -5.25, 1500, 1e20, 0.1, 12345.678901, "1,234.50", "USD 20", "1.500", "abc", "", True, 1e-7]
CELLS: dict[str, list[Any]] = {
    "Country": ["Kenya", "KH 60%; TH 40%", "Niger/Nigeria", "Atlantis", "", "Africa"],
    "Region": ["", "South America", "Kampot"], "Sector code": ["15160", "11220 - Primary education", "15160; 11220", "x", ""],
    "Status": ["Closed", "Implementation", "2", "maybe", "", "Pipeline/identification"],
    "Start date": ["2019-01-05", date(2018, 3, 4), "2017", "03/04/2019", "", "nonsense"],
    "End date": ["2021-12-31", date(2010, 1, 1), "", "June 2022"], "Currency": ["EUR", "USD", "", "doubloons"],
    "Donor": ["Norad; Sida", "XM-DAC-6-4", "", "Ministry & Co"], "Donor ref": ["", "NO-BRC-971277882"],
    "Gender marker": [0, 1, "2", "", "some"], "Location": ["Kampot", "Kampot; Kep", ""],
}  # fmt: skip


def read_both(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch, **answers: Any
) -> tuple[list[Reported], list[Reported]]:
    sources = [Source(path, path.name, answers) for path in paths]
    monkeypatch.setattr(plain_rows, "FROM_ROWS", 1)
    fast = list(Sheet().read(sources))
    with monkeypatch.context() as slowly:
        slowly.setattr(sheet, "find_plain_rows", lambda _: None)
        return fast, list(Sheet().read(sources))


def compare(fast: list[Reported], slow: list[Reported]) -> None:
    assert [one.xml for one in fast] == [one.xml for one in slow]
    assert sorted(repr(issue) for one in fast for issue in one.issues) == sorted(
        repr(i) for one in slow for i in one.issues
    )
    assert [q for one in fast for q in one.questions] == [q for one in slow for q in one.questions]
    for short, one in zip(fast, slow, strict=True):
        assert list(short.places or ()) == list(one.places or ())
        if short.brief is not None:
            brief, record = short.brief, read_record(one)
            assert record.issues == one.issues  # nothing is found in it that the importer did not say
            assert (brief.identifier, brief.own_title, brief.reporter) == (
                record.identifier,
                record.own_title,
                record.reporter,
            )
            assert (brief.places(), brief.list_countries()) == (record.places(), record.list_countries())
            assert set(brief.list_years()) == set(record.list_years())
            assert {key: value for key, value in sum_records([brief]).items() if value} == {
                key: value for key, value in sum_flows(record.flows).items() if value
            }


def write_workbook(path: Path, rows: list[list[Any]]) -> None:
    workbook = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_urls": False,
                                               "strings_to_formulas": False})  # fmt: skip
    page = workbook.add_worksheet("Projects")
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    workbook.close()


def cells_of(name: str) -> st.SearchStrategy[Any]:
    if name in CELLS:
        return st.sampled_from(CELLS[name])
    if name.startswith(("Total", "Budget", "Disbursed")):
        return st.sampled_from(AMOUNTS) | st.floats(-1e9, 1e9).map(lambda value: round(value, 2)) | st.floats(0, 1e17)
    return st.sampled_from(TEXTS) | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Co", "Cn"]), max_size=12
    )


@st.composite
def tables(draw: st.DrawFn) -> list[list[Any]]:
    chosen = draw(st.sets(st.sampled_from(COLUMNS[2:]), min_size=3))
    names = [*COLUMNS[:2], *(name for name in COLUMNS[2:] if name in chosen)]
    usual = {name: draw(cells_of(name)) for name in names}
    rows = []
    for number in range(draw(st.integers(3, 8))):
        odd = draw(st.sets(st.sampled_from(names), max_size=4))
        rows.append([f"XX-{number}", *(draw(cells_of(name)) if name in odd else usual[name] for name in names[1:])])
    return [names, *rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables(), currency=st.sampled_from(["", "EUR"]))
def test_generated_tables(
    rows: list[list[Any]], currency: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made.xlsx"
    write_workbook(path, rows)
    try:
        both = read_both([path], monkeypatch, currency=currency)
    except FileRefused:
        return  # no project in it
    compare(*both)


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.name)
def test_demo_sheets(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(*read_both([path], monkeypatch, reporter={"ref": "XX-1", "name": "Somebody", "type": "10"}, currency="EUR"))


@pytest.fixture
def usual_rows() -> list[list[Any]]:
    names = ["Project ID", "Title", "Country", "Currency", "Disbursed 2019", "Our folder"]
    return [names, *([f"XX-{n}", f"Water & schools {n}", "Kenya", "EUR", n + 0.5, f"F{n}"] for n in range(20))]


def test_most_rows_go_the_fast_way(
    usual_rows: list[list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual_rows[7][2] = "KH 60%; TH 30%"  # does not sum to 100: that is said, the slow way
    del usual_rows[9][3:]  # programs leave blank cells at the end out
    usual_rows[12][1] = "Ask Maria Lopez, aged 9, at the school"  # is to be looked at with care
    path = tmp_path / "usual.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(usual_rows)
    fast, slow = read_both([path], monkeypatch)
    compare(fast, slow)
    assert [number for number, one in enumerate(fast) if one.brief is None] == [0, 6, 11]


def test_ids_that_are_not_unique_close_the_fast_way(
    usual_rows: list[list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual_rows[5][0] = "xx- 3"
    write_workbook(tmp_path / "twice.xlsx", usual_rows)
    fast, slow = read_both([tmp_path / "twice.xlsx"], monkeypatch)
    compare(fast, slow)
    assert all(one.brief is None for one in fast)


@pytest.mark.parametrize("with_threads", [False, True])
def test_large_sheets_are_read_by_a_second_process(
    usual_rows: list[list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_threads: bool
) -> None:
    usual_rows[4][3] = "doubloons"
    usual_rows += [[f"YY-{n}", f"Water {n}", "Kenya", "EUR", n + 0.5, f"G{n}"] for n in range(plain_rows.FROM_ROWS)]
    write_workbook(tmp_path / "large.xlsx", usual_rows)
    here, _ = read_both([tmp_path / "large.xlsx"], monkeypatch)
    monkeypatch.setattr(sheet, "AHEAD_FROM", 0)
    monkeypatch.setattr(sheet, "can_run_ahead", lambda: True)
    if with_threads:  # as in a server
        monkeypatch.setattr(os, "fork", None)
        monkeypatch.setattr(threading, "enumerate", lambda: [threading.Thread()])
    ahead, _ = read_both([tmp_path / "large.xlsx"], monkeypatch)
    assert [one.brief for one in ahead] == [one.brief for one in here]
    assert [one.issues for one in ahead] == [one.issues for one in here]
    for packed, plain in zip(ahead, here, strict=True):
        one, other = read_record(packed), read_record(plain)
        one.xml = other.xml = b""
        assert one == other
