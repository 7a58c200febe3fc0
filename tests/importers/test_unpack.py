"""Files inside zip and gzip files are read as if each had been chosen itself; nothing of an archive is trusted."""

import gzip
import zipfile
from pathlib import Path

import pytest

from app.models.read_record import read_record
from app.models.record import ActivityRecord
from importers.base import FileRefused, Issue, Source
from importers.registry import read
from tests.importers.sheet_files import issues_of, write_workbook

PROJECTS = "Project ID,Title\nP1,Helpline\nP2,Clinic\n"
TRANSACTIONS = "Project ID,Transaction type,Transaction date,Amount,Currency\nP1,Commitment,2021-03-04,100,EUR\n"
ACTIVITY = '<iati-activities version="2.03"><iati-activity><iati-identifier>{}</iati-identifier></iati-activity></iati-activities>'


def write_zip(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def read_packed(path: Path) -> tuple[str, list[ActivityRecord]]:
    key, activities = read([Source(path, path.name)])
    return key, [read_record(reported) for reported in activities]


def refusal(path: Path) -> Issue:
    with pytest.raises(FileRefused) as caught:
        read_packed(path)
    issue = caught.value.issues[0]
    assert isinstance(issue, Issue)
    assert issue.hint
    return issue


def test_spreadsheets_of_a_zip_are_read_together(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"data/projects.csv": PROJECTS, "data/transactions.csv": TRANSACTIONS})
    key, records = read_packed(path)
    assert key == "sheet"
    assert [(r.identifier, [str(f.value) for f in r.flows]) for r in records] == [("P1", ["100"]), ("P2", [])]
    assert records[0].place == "projects.csv!2"


def test_a_zip_of_many_iati_files_and_a_workbook(tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "b.xlsx", Projects=[["Project ID", "Title"], ["B1", "One"]])
    members: dict[str, str | bytes] = {f"{n}.xml": ACTIVITY.format(f"X{n}") for n in range(12)}
    key, records = read_packed(write_zip(tmp_path / "a.zip", members | {"b.xlsx": book.read_bytes()}))
    assert key == "iati-xml+sheet"
    assert {r.identifier for r in records} == {f"X{n}" for n in range(12)} | {"B1"}


def test_what_is_no_data_in_a_zip_is_left_out_and_said(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "p.csv": PROJECTS, "report.pdf": b"%PDF-1.7 ...", "__MACOSX/._p.csv": b"\0\5\26", "docs/": "", ".DS_Store": b"\0\0",
    }  # fmt: skip
    _, records = read_packed(write_zip(tmp_path / "a.zip", members))
    (left_out,) = issues_of(records, "member-not-read")
    assert left_out.sheet == "report.pdf"
    assert len(records) == 2


def test_a_gzip_file(tmp_path: Path) -> None:
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(PROJECTS.encode()))
    _, records = read_packed(tmp_path / "p.csv.gz")
    assert [r.place for r in records] == ["p.csv!2", "p.csv!3"]


def test_the_unpacked_files_are_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    good = write_zip(tmp_path / "good.zip", {"p.csv": PROJECTS})
    bad = write_zip(tmp_path / "bad.zip", {"p.csv": PROJECTS, "inner.zip": good.read_bytes()})
    read_packed(good)
    _, activities = read([Source(good, "good.zip")])
    next(activities)
    del activities  # somebody stops half way
    assert refusal(bad).code == "zip-not-workbook"
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_path_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    path = write_zip(inside / "a.zip", {"../../evil.csv": PROJECTS, "/tmp/evil.csv": TRANSACTIONS})
    _, records = read_packed(path)
    assert len(records) == 2
    assert not (tmp_path / "evil.csv").exists()
    assert not (tmp_path.parent / "evil.csv").exists()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"photo.png": b"\x89PNG\r\n\x1a\n\0\0"}, "zip-no-data"),
        ({}, "zip-no-data"),
        ({"p.csv": PROJECTS, "b.zip": b"PK\x05\x06" + b"\0" * 18}, "zip-not-workbook"),
        ({"p.csv.gz": gzip.compress(b"x")}, "file-packed"),
        ({"big.csv": b"Project ID,Title\n" * (4 << 20)}, "zip-bomb"),
        ({f"{n}.csv": PROJECTS for n in range(2001)}, "zip-too-many"),
    ],
)
def test_archives_that_are_refused(tmp_path: Path, members: dict[str, str | bytes], code: str) -> None:
    assert refusal(write_zip(tmp_path / "a.zip", members)).code == code


def test_a_gzip_bomb_and_a_broken_gzip_file(tmp_path: Path) -> None:
    bomb = gzip.compress(b"0" * (64 << 20))
    (tmp_path / "bomb.gz").write_bytes(bomb)
    assert refusal(tmp_path / "bomb.gz").code == "zip-bomb"
    (tmp_path / "cut.gz").write_bytes(gzip.compress(PROJECTS.encode())[:-12])
    assert refusal(tmp_path / "cut.gz").code == "file-packed"


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    data = bytearray(write_zip(tmp_path / "a.zip", {"p.csv": PROJECTS}).read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + flags] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    assert refusal(tmp_path / "b.zip").code == "file-encrypted"
