"""The command line as a script uses it: what it prints, and the status with which it ends."""

import json
from pathlib import Path

import pytest

from app.cli import main
from app.services.sign_in import AccountClosed, WrongSignIn, sign_in
from tests.overlap_portfolio import FILE

CSV = "Project ID,Title,Country,Currency,Disbursed 2024\nP-1,Safe hotels,Senegal,XOF,1000000\n"


@pytest.fixture
def portfolio(database_url: str, capsys: pytest.CaptureFixture[str]) -> str:
    """A database with the portfolio of METRICS E2."""
    assert main(["import", str(FILE)]) == 0
    capsys.readouterr()
    return database_url


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_the_report_in_every_format(portfolio: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = json.loads(printed(capsys, "report", "overlap", "--country", "kh"))
    assert report["countries"] == ["KH"]
    assert {area["country"] for area in report["areas"]} == {"KH"}
    assert sum(float(cell["amount"]) for cell in report["cells"]) > 0
    for form in ("csv", "xlsx", "pdf", "html"):
        assert main(["report", "overlap", "--format", form, "--lang", "fr", "-o", str(tmp_path / form)]) == 0
        assert (tmp_path / form).stat().st_size > 500


def test_what_a_meeting_keeps(portfolio: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(printed(capsys, "report", "overlap", "--country", "KH"))
    assert report["meeting"]["time_line"]["years"]
    assert report["agreements"] == []
    assert printed(capsys, "report", "snapshot", "Spring", "--country", "kh", "--note", "First") == "snapshot 1\n"
    [kept] = json.loads(printed(capsys, "report", "snapshots", "--json"))
    assert (kept["title"], kept["places"], kept["note"]) == ("Spring", "KH", "First")
    assert "Spring" in printed(capsys, "report", "snapshots")
    assert "undone" in printed(capsys, "undo", "1")
    assert "-125000.00\tproject is gone" in printed(capsys, "report", "compare", "1")
    changed = json.loads(printed(capsys, "report", "compare", "1", "--json"))
    assert changed["total"]["difference"] == "-125000.00"
    assert json.loads(printed(capsys, "report", "agreements", "--country", "kh", "--state", "open", "--json")) == []
    assert main(["report", "compare", "9"]) == 1
    assert main(["report", "snapshot", " "]) == 1
    assert main(["report", "snapshot", "Backwards", "--from", "2020", "--to", "2010"]) == 1


def test_exports_and_history(portfolio: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for form in ("iati", "xlsx", "csv", "json"):
        assert main(["export", form, "-o", str(tmp_path / form)]) == 0
        assert (tmp_path / form).stat().st_size > 100
    history = json.loads(printed(capsys, "imports", "--json"))
    assert [(row["import_id"], row["state"]) for row in history] == [(1, "committed")]
    assert "undone" in printed(capsys, "undo", "1")
    assert json.loads(printed(capsys, "report", "overlap"))["totals"]["projects"] == 0
    assert main(["check"]) == 0


def test_rates_that_an_operator_brings(database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(CSV, encoding="utf-8")
    assert main(["import", str(tmp_path / "p.csv"), "--as", "XX-1"]) == 0
    (tmp_path / "rates.csv").write_text("currency,date,rate\nXOF,2024-12-31,0.0016\n", encoding="utf-8")
    assert "1 rates loaded" in printed(capsys, "rates", "load", str(tmp_path / "rates.csv"))
    assert json.loads(printed(capsys, "report", "overlap"))["totals"]["net"] == "1600.00"
    (tmp_path / "bad.csv").write_text("currency,date,rate\nXOF,2024-12-31,dear\nAAA,2024-12-31,1\n", encoding="utf-8")
    assert main(["rates", "load", str(tmp_path / "bad.csv")]) == 1
    told = capsys.readouterr().err
    assert "line 2" in told
    assert "line 3" in told


def test_suggestions_count_only_what_changes(portfolio: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "map", "--all", "--json"))["projects"] == 0
    assert main(["map", "--framework", "nobody-knows"]) == 1


def test_suggest_reads_lines_and_answers_in_order(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    texts = ["Road from A to B", "Helpline for children who are victims of sexual exploitation"]
    lines = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(texts)]
    (tmp_path / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    answers = [json.loads(line) for line in printed(capsys, "suggest", str(tmp_path / "texts.jsonl")).splitlines()]
    assert [(answer["id"], answer["relevance"]) for answer in answers] == [("0", "none"), ("1", "core")]
    assert "N4" in {area["area"] for area in answers[1]["areas"]}


def test_organisations_get_their_names(database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["organisation", "add", "XX-1", "Foundation One", "--type", "60"]) == 0
    (tmp_path / "p.csv").write_text(CSV.replace("XOF", "USD"), encoding="utf-8")
    assert main(["import", str(tmp_path / "p.csv"), "--as", "XX-1"]) == 0
    capsys.readouterr()
    donors = json.loads(printed(capsys, "report", "overlap"))["donors"]
    assert [(donor["donor"], donor["name"]) for donor in donors] == [("XX-1", "Foundation One")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "no-such-file.xml"],
        ["suggest", "no-such-file.jsonl"],
        ["rates", "load", "no-such-file.csv"],
        ["report", "overlap", "-o", "no-such-folder/report.json"],
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    database_url: str, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_frameworks_are_loaded_and_versioned(
    database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = "key: ours\ntitle: Our plan\nshort_title: Ours\nversion: '1'\ngroups: []\nareas:\n- {code: P1, title: One}\n"
    (tmp_path / "ours.yaml").write_text(text + "- {code: P2, title: Two}\n", encoding="utf-8")
    assert main(["frameworks", "load", str(tmp_path / "ours.yaml")]) == 0
    (tmp_path / "ours.yaml").write_text(text.replace("'1'", "'2'"), encoding="utf-8")
    assert main(["frameworks", "load", str(tmp_path / "ours.yaml")]) == 0
    capsys.readouterr()
    listed = {one["key"]: one for one in json.loads(printed(capsys, "frameworks", "--json"))}
    assert [area["code"] for area in listed["ours"]["areas"]] == ["P1"]
    assert listed["florence-2008"]["primary"]


def test_a_retired_area_keeps_its_money(database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = "key: ours\ntitle: Our plan\nshort_title: Ours\nversion: '1'\ngroups: []\nareas:\n- {code: P1, title: One}\n"
    (tmp_path / "ours.yaml").write_text(text + "- {code: P2, title: Two}\n", encoding="utf-8")
    assert main(["frameworks", "load", str(tmp_path / "ours.yaml")]) == 0
    tag = '<tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/ours" code="P2"/>'
    xml = FILE.read_text(encoding="utf-8").replace("</iati-activity>", f"{tag}</iati-activity>")
    (tmp_path / "p.xml").write_text(xml, encoding="utf-8")
    assert main(["import", str(tmp_path / "p.xml")]) == 0
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    assert main(["frameworks", "load", str(tmp_path / "ours.yaml")]) == 0
    capsys.readouterr()
    report = json.loads(printed(capsys, "report", "overlap", "--framework", "ours"))
    assert {cell["area"] for cell in report["cells"]} == {"P2"}


def test_accounts_from_the_machine_itself(portfolio: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the only admin has lost the password."""
    first = printed(capsys, "user", "add", "Officer@example.org", "--role", "editor", "--org", "XM-DAC-10-6").split()[1]
    new = printed(capsys, "user", "password", " officer@example.org").strip()
    with pytest.raises(WrongSignIn):
        sign_in("officer@example.org", first, "")
    assert sign_in("officer@example.org", new, "").token
    assert printed(capsys, "user", "close", "officer@example.org") == "officer@example.org: closed\n"
    with pytest.raises(AccountClosed):
        sign_in("officer@example.org", new, "")
    assert main(["token", "officer@example.org"]) == 1
    assert "editor, XM-DAC-10-6  closed\n" in printed(capsys, "user", "list")
    [one] = json.loads(printed(capsys, "user", "list", "--json"))
    assert (one["email"], one["organisation"], bool(one["signed_in"])) == ("officer@example.org", "XM-DAC-10-6", True)
    assert printed(capsys, "user", "open", "officer@example.org") == "officer@example.org: open\n"
    assert sign_in("officer@example.org", new, "").token
    assert printed(capsys, "token", "officer@example.org").strip()
    for action in ("password", "close", "open"):
        assert main(["user", action, "nobody@example.org"]) == 1
