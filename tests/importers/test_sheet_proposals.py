"""How columns would be read is proposed with samples, and corrected by answers."""

from pathlib import Path
from typing import Any

import pytest

from importers.base import Source
from importers.headings import recognise_heading
from importers.proposals import FIELDS, SheetProposal, propose
from importers.words import words
from tests.importers.sheet_files import Rows, flows, read_files, write_workbook

ROWS: Rows = [
    ["Our ministry's list"],
    ["Nr.", "Titel", "Staat", "Disbursed 2019 (EUR)", "Betrag", "Colour"],
    ["KE-001", "Water for all of Nairobi", "Kenya", 5, 120000, "red"],
    ["UG-002", "Schools in the north of Uganda", "Uganda", 6, 130000.5, "blue"],
    ["ML-003", "Health posts along the river", "Mali", 7, 90000, "red"],
]


def propose_rows(tmp_path: Path, rows: Rows, **answers: object) -> SheetProposal:
    path = write_workbook(tmp_path / "p.xlsx", Projects=rows)
    (sheet,) = propose([Source(path, path.name, answers)])
    return sheet


def test_each_column_has_a_field_a_reason_and_samples(tmp_path: Path) -> None:
    sheet = propose_rows(tmp_path, ROWS)
    assert (sheet.sheet, sheet.kind, sheet.header_row, sheet.layout, sheet.rows) == ("Projects", "activity", 2, "", 3)
    assert [(c.heading, c.letters, c.field, c.because, c.suggested) for c in sheet.columns] == [
        ("Nr.", "A", "identifier", "content", ""),
        ("Titel", "B", "title", "content", ""),
        ("Staat", "C", "country", "content", ""),
        ("Disbursed 2019 (EUR)", "D", "disbursement", "words", ""),
        ("Betrag", "E", "keep", "unknown", "amount"),
        ("Colour", "F", "keep", "unknown", ""),
    ]
    assert sheet.columns[5].samples == ("red", "blue")


def test_what_is_chosen_is_what_is_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "p.xlsx", Projects=ROWS)
    headings = {"Betrag": "commitment", "Disbursed 2019 (EUR)": "budget", "Colour": "location"}
    records = read_files(path, headings=headings, currency="USD")
    assert [(f[0], f[1], f[3], f[4]) for f in flows(records[:1])] == [
        ("budget", "2019-01-01", 5, "EUR"),
        ("2", "None", 120000, "USD"),
    ]
    sheet = propose_rows(tmp_path, ROWS, headings=headings)
    assert [(c.field, c.because) for c in sheet.columns[3:]] == [
        ("budget", "answer"),
        ("commitment", "answer"),
        ("location", "answer"),
    ]


def test_a_sheet_can_be_left_out_or_headed_by_another_row(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Country", "Status"], ["Code", "Nom", "Pays", ""], ["P1", "Eau", "Mali", ""]]
    assert propose_rows(tmp_path, rows, header_rows={"Projects": "2"}).header_row == 2
    path = write_workbook(tmp_path / "q.xlsx", Projects=rows, Old=rows)
    sheets = propose([Source(path, path.name, {"sheets": {"Old": "skip"}})])
    assert [(sheet.sheet, sheet.kind) for sheet in sheets] == [("Projects", "activity"), ("Old", "skip")]


def test_every_sheet_offers_the_rows_that_could_be_its_headings(tmp_path: Path) -> None:
    """A sheet without headings that are known is said to be one of projects, and then read so."""
    strange: Rows = [
        ["Meine Liste"],
        [],
        ["Kennung", "Was", "Wo"],
        ["A1", "Brunnen", "Mali"],
        ["A2", "Schulen", "Mali"],
    ]
    plain: Rows = [["ID", "Title"], ["P1", "One"]]
    path = write_workbook(tmp_path / "p.xlsx", Projects=plain, Liste=strange)
    left = propose([Source(path, path.name, {})])[1]
    assert (left.sheet, left.kind, left.header_row) == ("Liste", "skip", 0)
    assert left.first_rows[:2] == ((1, "Meine Liste"), (3, "Kennung · Was · Wo"))
    told = {
        "header_rows": {"Liste": 3},
        "sheets": {"Liste": "activity"},
        "headings": {"Kennung": "identifier", "Was": "title"},
    }
    (_, found) = propose([Source(path, path.name, told)])
    assert (found.sheet, found.kind, found.header_row, found.rows, found.is_answer) == ("Liste", "activity", 3, 2, True)
    titles = [record.title for record in read_files(path, **told)]
    assert titles[-2:] == ["Brunnen", "Schulen"]


def test_only_the_first_rows_of_a_large_sheet_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importers.proposals._HEAD", 10)
    rows: Rows = [["ID", "Title"], *[[f"P{n}", f"Project {n}"] for n in range(30)]]
    large = propose_rows(tmp_path, rows)
    assert (large.rows, large.more, large.columns[0].samples[0]) == (30, False, "P0")
    path = tmp_path / "p.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    (sheet,) = propose([Source(path, path.name, {})])
    assert (sheet.rows, sheet.more) == (9, True)


def test_a_kept_column_stays_kept_and_is_not_said_again(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "p.xlsx", Projects=ROWS)
    records = read_files(path, headings={"Betrag": "keep", "Colour": "keep"})
    assert not [issue for record in records for issue in record.issues if issue.code == "column-unknown"]
    assert b'name="Colour">red<' in records[0].xml


@pytest.mark.parametrize("section", ["activity", "transaction", "budget"])
def test_every_field_that_words_give_can_be_chosen(section: str) -> None:
    told = {"titles-other", "descriptions-other", "areas-suggested", "reported-sum", "amount-key"}
    for wording, field in words(f"headings.{section}").items():
        if not field.startswith("area-") and field not in told:
            assert field in FIELDS, wording
    assert recognise_heading(FIELDS["title"]).field == "title"


def test_a_file_that_is_named_anew_each_year_is_asked_about_once(tmp_path: Path) -> None:
    path = tmp_path / "Liste 2026.csv"
    path.write_text("Meine Liste,,\n,,\nKennung,Was,Wo\nA1,Brunnen,Mali\nA2,Schulen,Mali\n", encoding="utf-8")
    told: dict[str, Any] = {
        "header_rows": {"Liste 2025.csv": 3},
        "sheets": {"Liste 2025.csv": "activity"},
        "headings": {"Kennung": "identifier", "Was": "title"},
    }
    (found,) = propose([Source(path, path.name, told)])
    assert (found.kind, found.header_row, found.rows) == ("activity", 3, 2)
    assert [record.title for record in read_files(path, **told)] == ["Brunnen", "Schulen"]


def test_what_was_said_of_one_of_many_sheets_is_not_taken_for_another(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title"], ["P1", "One"]]
    others: Rows = [["ID", "Title"], ["P2", "Two"]]
    path = write_workbook(tmp_path / "p.xlsx", **{"Plan 2024": rows, "Plan 2025": others})
    assert [one.kind for one in propose([Source(path, path.name, {"sheets": {"Plan 2024": "skip"}})])] == [
        "activity",
        "skip",
    ]
    left = propose([Source(path, path.name, {"sheets": {"Plan 2023": "skip"}})])
    assert [one.kind for one in left] == ["activity", "activity"], "which of the two is meant nobody knows"
