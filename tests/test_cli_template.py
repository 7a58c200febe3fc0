"""`tessera template`: the workbook to fill in, and the round trip from the command line."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.cli import main

CSV = "Project ID,Title,Country,Currency,Disbursed 2024\nP-1,Safe hotels,Senegal,XOF,1000000\nP-2,Roads,Mali,XOF,5\n"


def test_an_empty_workbook_needs_no_database(tmp_path: Path) -> None:
    path = tmp_path / "vorlage.xlsx"
    assert main(["template", "--lang", "es", "-o", str(path)]) == 0
    assert load_workbook(path).sheetnames[:3] == ["Proyectos", "Transacciones", "Áreas"]
    assert list(tmp_path.iterdir()) == [path]


def test_filled_edited_and_imported(database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(CSV, encoding="utf-8")
    assert main(["import", str(tmp_path / "p.csv"), "--as", "XX-1"]) == 0
    path = tmp_path / "filled.xlsx"
    assert main(["template", "--lang", "ar", "--filled", "XX-1", "-o", str(path)]) == 0
    assert "2 projects written" in capsys.readouterr().err
    book = load_workbook(path)
    book.worksheets[1]["F2"] = 2_000_000
    book.save(path)
    assert main(["import", str(path), "--as", "XX-1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["changed"], told["unchanged"], told["removed"]) == (0, 1, 1, 0)


def test_an_organisation_that_nobody_knows_leaves_no_file(
    database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "filled.xlsx"
    assert main(["template", "--filled", "NOBODY-1", "-o", str(path)]) == 1
    assert "no organisation NOBODY-1" in capsys.readouterr().err
    assert not path.exists()
