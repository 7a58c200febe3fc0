"""IATI organisation files give names for the directory, and no activity."""

from pathlib import Path

import pytest

from app.models.record import Party
from importers.base import FileRefused, Source
from importers.registry import read
from tests.importers.sheet_files import write_csv

NEW = """<iati-organisations version="2.03"><iati-organisation>
<organisation-identifier>XM-DAC-6-4</organisation-identifier>
<name><narrative xml:lang="it">Agenzia italiana</narrative><narrative xml:lang="en">Italian Agency</narrative></name>
<reporting-org ref="XM-DAC-6-4" type="10"><narrative>Agenzia</narrative></reporting-org>
<recipient-org-budget><recipient-org ref="KE-NGO-1"><narrative>Alpha</narrative></recipient-org></recipient-org-budget>
<recipient-org-budget><recipient-org ref="KE-NGO-1"><narrative>Alpha</narrative></recipient-org></recipient-org-budget>
</iati-organisation></iati-organisations>"""
OLD = """<?xml version="1.0"?><!-- made by hand --><iati-organisations version="1.05"><iati-organisation>
<iati-identifier>GB-1</iati-identifier><name>DFID</name><reporting-org ref="GB-1" type="10">DFID</reporting-org>
</iati-organisation></iati-organisations>"""


def read_parties(path: Path) -> list[Party]:
    key, reading = read([Source(path, path.name)])
    assert key == "iati-organisations"
    found = list(reading)
    assert found[0].issues[0].code == "organisations-named"
    return [party for reported in found for party in reported.parties]


def test_organisations_are_named_once_each_with_their_type(tmp_path: Path) -> None:
    assert read_parties(write_csv(tmp_path / "new.xml", NEW)) == [
        Party("XM-DAC-6-4", "Italian Agency", "10"),
        Party("XM-DAC-6-4", "Agenzia", "10"),
        Party("KE-NGO-1", "Alpha", ""),
    ]
    assert read_parties(write_csv(tmp_path / "old.xml", OLD)) == [Party("GB-1", "DFID", "10")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<iati-organisations version="2.03"/>', "no-organisations"),
        (NEW[:200], "xml-broken"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + NEW, "dtd-refused"),
    ],
)
def test_files_that_name_nobody_are_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read_parties(write_csv(tmp_path / "o.xml", text))
    assert caught.value.issues[0].code == code  # type: ignore[attr-defined]
