"""A file is known by its content; what can't be imported is refused with a remedy, before it does harm."""

import multiprocessing
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from app.models.read_record import read_record
from importers import sheet
from importers.base import FileRefused, Issue, Source
from importers.registry import group_sources, read
from importers.sheet import Sheet
from importers.sniff import sniff
from tests.importers.sheet_files import write_csv, write_workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
HEADINGS: list[list[object]] = [["Project ID", "Title"], ["P1", "One"]]


def sniff_bytes(tmp_path: Path, data: bytes, name: str = "file.xlsx") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return sniff(Source(path, name))


def refusal_of_reading(tmp_path: Path, data: bytes) -> Issue:
    """The refusal of a workbook that passes for one until it is read."""
    path = tmp_path / "read.xlsx"
    path.write_bytes(data)
    source = Source(path, path.name)
    assert sniff(source) == "sheet"
    with pytest.raises(FileRefused) as caught:
        list(Sheet().read([source]))
    (issue,) = caught.value.issues
    assert isinstance(issue, Issue)
    return issue


def refusal(tmp_path: Path, data: bytes, name: str = "file.xlsx") -> Issue:
    with pytest.raises(FileRefused) as caught:
        sniff_bytes(tmp_path, data, name)
    (issue,) = caught.value.issues
    assert isinstance(issue, Issue)
    assert issue.level == "error"
    assert issue.hint
    assert str(caught.value) == issue.message
    return issue


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b'<?xml version="1.0"?><iati-activities/>', "iati-xml"),
        (b"\xef\xbb\xbf\n<iati-activities/>", "iati-xml"),
        ('<?xml version="1.0" encoding="utf-16"?><iati-activities/>'.encode("utf-16"), "iati-xml"),
        (b"Project ID,Title\nP1,One\n", "sheet"),
        ("Código;Título\n1;Educación\n".encode("cp1252"), "sheet"),
        ("Project ID\tTitle\nP1\tOne\n".encode("utf-16"), "sheet"),
        (OLE + "Workbook".encode("utf-16-le"), "sheet"),
        (b'{"grants": []}', "sheet"),
        (b'<?xml version="1.0"?>\n<iati-organisations version="2.03"/>', "iati-organisations"),
    ],
)
def test_known_formats(tmp_path: Path, data: bytes, key: str) -> None:
    assert sniff_bytes(tmp_path, data, "whatever") == key


def test_a_workbook_is_known_whatever_its_name(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "book.dat", Projects=HEADINGS)
    assert sniff(Source(path, "book.dat")) == "sheet"


def test_an_xml_name_without_xml_is_left_to_the_xml_importer_to_refuse(tmp_path: Path) -> None:
    assert sniff_bytes(tmp_path, b"hello", "activities.xml") == "iati-xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b" \r\n ", "file-empty"),
        (b"\0" * 4000, "file-empty"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "file-encrypted"),
        (OLE + "WordDocument".encode("utf-16-le"), "word-file"),
        (OLE + b"junk" * 100, "file-unknown"),
        (bytes(range(256)) * 8, "file-unknown"),
        (b"%PDF-1.7\n...", "pdf-file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image-file"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image-file"),
        (b"\x1f\x8b\x08\0\0", "file-packed"),
        (b"<!DOCTYPE html><html><table></table></html>", "html-file"),
        (b"PK\x03\x04 cut off", "workbook-broken"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_a_remedy(tmp_path: Path, data: bytes, code: str) -> None:
    assert refusal(tmp_path, data).code == code


def test_zips_that_are_no_workbook(tmp_path: Path) -> None:
    for member, code in (("word/document.xml", "word-file"), ("photos/a.txt", "zip-not-workbook")):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr(member, "x")
        assert refusal(tmp_path, (tmp_path / "a.zip").read_bytes()).code == code


def bomb(tmp_path: Path, size: int) -> bytes:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            for _ in range(size >> 20):
                stream.write(b" " * (1 << 20))
    return path.read_bytes()


def test_a_zip_bomb_is_refused_without_unpacking_it_to_memory(tmp_path: Path) -> None:
    data = bomb(tmp_path, 64 << 20)
    tracemalloc.start()
    assert refusal(tmp_path, data).code == "zip-bomb"
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def lying_bomb(tmp_path: Path) -> bytes:
    data = bytearray(bomb(tmp_path, 64 << 20))
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 24, 1000)
    return bytes(data)


def test_a_zip_that_declares_a_small_size_is_measured_by_its_real_one(tmp_path: Path) -> None:
    data = lying_bomb(tmp_path)
    tracemalloc.start()
    assert refusal_of_reading(tmp_path, data).code in {"zip-bomb", "workbook-broken"}
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_large_workbook_is_looked_through_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "AHEAD_FROM", 0)
    monkeypatch.setattr(sheet, "can_run_ahead", lambda: True)
    assert refusal_of_reading(tmp_path, lying_bomb(tmp_path)).code in {"zip-bomb", "workbook-broken"}
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("opening", ['c r="XFD1048576"', "c s='1' r='XFD1048576'", 'x:c r="XFD1048576"'])
def test_a_stray_cell_in_the_last_corner_does_not_fill_the_memory(tmp_path: Path, opening: str) -> None:
    path = write_workbook(tmp_path / "corner.xlsx", Projects=[["Project ID", "Title"]])
    name = opening.split(maxsplit=1)[0]
    text = f'<{opening} t="str"><v>x</v></{name}></row></sheetData>'
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(tmp_path / "far.xlsx", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            part = old.read(info)
            if info.filename.endswith("sheet1.xml"):
                part = part.replace(b"</sheetData>", f'<row r="1048576">{text}'.encode())
            new.writestr(info.filename, part)
    issue = refusal_of_reading(tmp_path, (tmp_path / "far.xlsx").read_bytes())
    assert issue.code == "sheet-too-large"
    assert "stray cell" in issue.hint


def test_the_registry_reads_by_content_one_format_after_the_other(tmp_path: Path) -> None:
    sheet = Source(write_csv(tmp_path / "p.csv", "Project ID,Title\nP1,One\n"), "p.csv")
    activity = "<iati-activity><iati-identifier>X1</iati-identifier></iati-activity>"
    xml = Source(
        write_csv(tmp_path / "a.xml", f'<iati-activities version="2.03">{activity}</iati-activities>'), "a.xml"
    )
    key, activities = read([sheet])
    assert key == "sheet"
    assert [read_record(reported).identifier for reported in activities] == ["P1"]
    key, activities = read([xml, sheet])
    assert key == "iati-xml+sheet"
    assert [read_record(reported).identifier for reported in activities] == ["X1", "P1"]


def test_a_format_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    sheet = Source(write_csv(tmp_path / "p.csv", "Project ID,Title\nP1,One\n"), "p.csv")
    with pytest.raises(FileRefused) as caught:
        group_sources([sheet], "odt")
    assert caught.value.issues[0].code == "format-unknown"  # type: ignore[attr-defined]
