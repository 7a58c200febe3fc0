"""Small IATI files, and what the importer makes of them."""

from pathlib import Path

import pytest

from app.errors import FileRefused
from app.models.issue import Issue
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import ActivityRecord
from importers.base import Source
from importers.iati_xml import read_iati_file

HEAD = '<iati-activities version="2.03">\n'
END = "</iati-activities>\n"


def read_path(path: Path) -> list[ActivityRecord]:
    records = []
    for reported in read_iati_file(Source(path, path.name)):
        record = read_record(reported)
        record.xml = unpack_record(reported.packed)
        records.append(record)
    return records


def read(content: str | bytes, tmp_path: Path) -> list[ActivityRecord]:
    path = tmp_path / "file.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_path(path)


def refusal(content: str | bytes, tmp_path: Path) -> Issue:
    """The one issue of a file that is refused."""
    with pytest.raises(FileRefused) as caught:
        read(content, tmp_path)
    [issue] = caught.value.issues
    assert isinstance(issue, Issue)
    assert issue.level == "error"
    assert issue.hint
    return issue


def one(identifier: str, *parts: str) -> str:
    return "\n".join(
        ["<iati-activity>", f"<iati-identifier>{identifier}</iati-identifier>", *parts, "</iati-activity>\n"]
    )


def identifiers(records: list[ActivityRecord]) -> list[str]:
    return [record.identifier for record in records]


ACCENTED = HEAD + one("É", "<title><narrative>Écoles “sûres” €</narrative></title>") + END
