"""`tessera import FILE --json --as XX` on a sheet as people send them: every question at its cell, nothing lost."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import database
from app.cli import main
from tests.conftest import forget_settings
from tests.importers.sheet_files import Rows, write_csv, write_workbook

FIRST_ROW = 44  # of the projects: below a title, 40 blank rows and headings of two rows
CONTRIBUTION = "Folder in the archive"
ROWS: Rows = [
    ["GOOD-1", "Helpline", "Kenya", "2019-04-25", "EUR", "1.250.000,00", 500.5, 7],
    ["AMOUNT", "Shelters", "Kenya", "2019-04-25", "EUR", 10, "12,5OO", ""],
    ["DATE", "Schools", "Kenya", "31/02/2019", "EUR", 10, "", ""],
    ["ERROR", "Courts", "Kenya", "2019-04-25", "EUR", "#REF!", "", ""],
    ["CURRENCY", "Police", "Kenya", "2019-04-25", "Galactic credits", 10, "", ""],
    ["SHARES", "Radio", "Kenya 80%; Uganda 50%", "2019-04-25", "EUR", 10, "", ""],
]
ISSUE_KEYS = {
    "level", "code", "message", "hint", "sheet", "row", "column", "cell", "line", "activity", "value",
}  # fmt: skip


@pytest.fixture
def settings_of_test(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TESSERA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path))
    forget_settings()
    yield
    database.engine().dispose()
    forget_settings()


@pytest.fixture
def workbook(tmp_path: Path, settings_of_test: None) -> Path:
    groups = [("Project", 2), "", "", "", "", ("Disbursements", 2), "", ""]
    headings = ["ID", "Title", "Country", "Start date", "Currency", 2018, 2019, CONTRIBUTION]
    rows: Rows = [["Our portfolio"], *([[]] * 40), groups, headings, *ROWS]
    return write_workbook(tmp_path / "portfolio.xlsx", Projects=rows)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, Any]:
    """The exit status of one command, and the one JSON document that it prints."""
    status = main([str(argument) for argument in arguments])
    return status, json.loads(capsys.readouterr().out)


def place(issue: dict[str, Any]) -> tuple[str, str, int, str, str]:
    return issue["code"], issue["sheet"], issue["row"], issue["column"], issue["cell"]


def test_a_sheet_with_errors_is_refused_with_each_at_its_cell(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, document = run(capsys, "import", workbook, "--json", "--as", "XX")
    assert status == 1
    assert (document["state"], document["format"], document["mode"]) == ("refused", "sheet", "update")
    assert {name: document[name] for name in ("read", "new", "changed", "unchanged", "removed", "rejected")} == {
        "read": 6, "new": 0, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 4,
    }  # fmt: skip
    assert all(set(issue) == ISSUE_KEYS and issue["hint"] for issue in document["issues"])
    errors = [issue for issue in document["issues"] if issue["level"] == "error"]
    assert [(*place(issue), issue["activity"], issue["value"]) for issue in errors] == [
        ("amount-unreadable", "Projects", FIRST_ROW + 1, "Disbursements 2019", "G45", "AMOUNT", "12,5OO"),
        ("date-unreadable", "Projects", FIRST_ROW + 2, "Start date", "D46", "DATE", "31/02/2019"),
        ("amount-unreadable", "Projects", FIRST_ROW + 3, "Disbursements 2018", "F47", "ERROR", "#REF!"),
        ("currency-unknown", "Projects", FIRST_ROW + 4, "Currency", "E48", "CURRENCY", "Galactic credits"),
    ]
    hints = [issue["hint"] for issue in errors]
    for words, hint in zip(("digits only", "YYYY-MM-DD", "digits only", "ISO 4217"), hints, strict=True):
        assert words in hint
    # Nothing of it is in the database.
    status, history = run(capsys, "imports", "--json")
    assert [one["state"] for one in history] == ["refused"]
    assert main(["export", "csv", "-o", str(tmp_path / "all.csv")]) == 0
    assert len((tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()) == 1


def test_warnings_keep_nothing_out(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, document = run(capsys, "import", workbook, "--json", "--as", "XX", "--keep-good")
    warnings = [issue for issue in document["issues"] if issue["level"] == "warning"]
    (shares,) = warnings
    (unknown,) = [issue for issue in document["issues"] if issue["code"] == "column-unknown"]
    assert (unknown["level"], *place(unknown)) == (
        "info",
        "column-unknown",
        "Projects",
        FIRST_ROW - 1,
        CONTRIBUTION,
        "H43",
    )
    assert (shares["code"], shares["sheet"], shares["row"]) == ("percentages-rebased", "Projects", FIRST_ROW + 5)
    assert (shares["activity"], shares["value"]) == ("SHARES", "130")


def test_the_good_rows_are_kept_if_their_owner_asks(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, document = run(capsys, "import", workbook, "--json", "--as", "XX", "--keep-good")
    assert status == 0
    assert (document["state"], document["new"], document["rejected"]) == ("committed", 2, 4)
    assert len([issue for issue in document["issues"] if issue["level"] == "error"]) == 4
    assert main(["export", "json", "-o", str(tmp_path / "all.json")]) == 0
    projects = {one["identifier"]: one for one in json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))}
    assert set(projects) == {"GOOD-1", "SHARES"}
    assert [(flow["amount"], flow["currency"], flow["start"]) for flow in projects["GOOD-1"]["flows"]] == [
        ("1250000.00", "EUR", "2018-12-31"), ("500.5", "EUR", "2019-12-31"),
    ]  # fmt: skip
    # The corrected file brings the others, and finds the two unchanged.
    rows: Rows = [list(row) for row in ROWS]
    rows[1][6], rows[2][3], rows[3][5], rows[4][4] = 12500, "2019-02-28", 10, "USD"
    headings = ["ID", "Title", "Country", "Start date", "Currency", "Disbursed 2018", "Disbursed 2019", CONTRIBUTION]
    corrected = write_workbook(tmp_path / "corrected.xlsx", Projects=[headings, *rows])
    status, document = run(capsys, "import", corrected, "--json", "--as", "XX")
    assert (status, document["new"], document["unchanged"], document["rejected"]) == (0, 4, 2, 0)


def test_the_command_prints_one_document_and_nothing_else(workbook: Path) -> None:
    command = [sys.executable, "-m", "app.cli", "import", str(workbook), "--json", "--as", "XX"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert (done.returncode, json.loads(done.stdout)["state"]) == (1, "refused")


@pytest.mark.usefixtures("settings_of_test")
def test_a_csv_says_the_row_that_the_spreadsheet_program_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "P1;One;1.250.000,00\nP2;Two;12,5OO\n"
    path = write_csv(tmp_path / "p.csv", "\n" * 40 + "ID;Title;Disbursed 2019 (EUR)\n" + rows)
    status, document = run(capsys, "import", path, "--json", "--as", "XX")
    (error,) = [issue for issue in document["issues"] if issue["level"] == "error"]
    assert (status, *place(error)) == (1, "amount-unreadable", "p.csv", 43, "Disbursed 2019 (EUR)", "C43")
