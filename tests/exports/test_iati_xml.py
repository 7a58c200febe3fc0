"""IATI export: valid by the official schema whatever was read, the same bytes each time, nothing lost."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import BinaryIO, cast

import pytest
from lxml import etree

from app.models.kept import attributes_of
from app.models.record import TESSERA_NS, AreaTag
from exports.base import ExportRefused, StoredRecord
from exports.iati_xml import build_activity, write_iati
from tests.exports.portfolio import NAMES, bag_of, exported, stored, stored_file

NS = {"t": TESSERA_NS}


@pytest.mark.parametrize("name", NAMES)
def test_valid_by_the_official_schema(name: str, official_schema: etree.XMLSchema) -> None:
    official_schema.assertValid(etree.fromstring(exported(stored_file(name))))


@pytest.mark.parametrize("name", NAMES)
def test_export_import_export_gives_the_same_bytes(name: str) -> None:
    first = exported(stored_file(name))
    assert exported(stored(first)) == first


def test_every_element_of_the_source_is_in_the_export() -> None:
    """Values that the product can read are written in the schema's form; all else is as it was."""
    before = stored_file("faulty.xml")
    after = stored(exported(before))
    rewritten = {
        "5e-10": "0.0000000005", "2021-06-01T00:00:00": "2021-06-01", "50%": "50", "True": "true",
    }  # fmt: skip
    for record, again in zip(before, after, strict=True):
        text = record.xml.decode()
        for given, written in rewritten.items():
            text = text.replace(f'"{given}"', f'"{written}"').replace(f">{given}<", f">{written}<")
        assert bag_of(again.xml) == bag_of(text.encode())


def test_a_valid_activity_is_written_as_it_was_read() -> None:
    record = stored_file("rich.xml")[0]
    uri = "https://{}.example/frameworks/florence-2008"
    expected = bag_of(record.xml.decode().replace(uri.format("other"), uri.format("tessera")).encode())
    assert bag_of(etree.tostring(build_activity(record))) == expected


def test_texts_in_six_languages_survive() -> None:
    activity = build_activity(stored_file("rich.xml")[0])
    titles = {e.get("{http://www.w3.org/XML/1998/namespace}lang"): e.text for e in activity.findall("title/narrative")}
    assert titles["ar"] == "مدارس آمنة على ضفاف النهر"
    assert len(titles) == 6


# --- what is set aside and added -----------------------------------------------------------


def test_money_is_not_lost_for_want_of_a_date() -> None:
    activity = build_activity(stored_file("faulty.xml")[0])
    values = [(v.text, v.get("value-date")) for v in activity.findall("transaction/value")]
    assert values == [("0.0000000005", "2021-06-01"), ("20", "2021-03-01"), ("30", "2021-03-03")]


def test_what_cannot_be_valid_travels_under_its_own_name() -> None:
    activity = build_activity(stored_file("faulty.xml")[0])
    kept = {"k": f"{TESSERA_NS}/kept"}
    amounts = [v.text for v in activity.iterfind("k:transaction/k:value", kept)]
    assert amounts == ["10", "twelve"]
    assert activity.findtext("k:project-manager/k:name", namespaces=kept) == "K. Sok"
    assert activity.findtext("recipient-country/t:text", namespaces=NS) == "Cambodia"


def test_an_activity_with_nothing_but_its_identifier_is_written() -> None:
    activity = build_activity(stored_file("faulty.xml")[1])
    assert activity.findtext("title/narrative") == "XX-NGO-77-EMPTY"
    assert activity.findtext("reporting-org/narrative") == ""
    assert all(child.get(f"{{{TESSERA_NS}}}added") == "true" for child in list(activity)[1:])


def test_columns_of_a_spreadsheet_stay() -> None:
    column = build_activity(stored_file("faulty.xml")[2]).find("t:column", NS)
    assert column is not None
    assert (column.get("name"), column.text) == ("Project officer", "=SUM(A1)")


# --- areas ---------------------------------------------------------------------------------

AREAS = [
    AreaTag("rome-2012", "A1", None),
    AreaTag("florence-2008", "R1", Decimal("33.330"), "suggested", "suggestion", "0.8", "juvenile court"),
    AreaTag("florence-2008", "N3", Decimal("60.00")),
]


def tags_of(activity: etree._Element) -> list[tuple[str | None, str | None]]:
    return [(tag.get("code"), tag.get("vocabulary-uri")) for tag in activity.findall("tag")]


def test_areas_replace_the_records_own_tags_and_are_ordered() -> None:
    record = stored_file("rich.xml")[0]
    activity = build_activity(StoredRecord(record.xml, AREAS))
    uri = "https://tessera.example/frameworks/"
    assert tags_of(activity) == [
        ("16.2", None), ("N3", f"{uri}florence-2008"),
        ("R1", f"{uri}florence-2008"), ("A1", f"{uri}rome-2012"),
    ]  # fmt: skip
    suggested = activity.findall("tag")[2]
    assert {name.rpartition("}")[2]: value for name, value in attributes_of(suggested) if "}" in name} == {
        "share": "33.33", "state": "suggested", "source": "suggestion", "confidence": "0.8",
        "evidence": "juvenile court",
    }  # fmt: skip
    assert exported([StoredRecord(record.xml, AREAS[::-1])]) == exported([StoredRecord(record.xml, AREAS)])


def test_areas_are_read_back() -> None:
    (again,) = stored(exported([StoredRecord(stored_file("rich.xml")[1].xml, AREAS)]))
    assert sorted(again.areas) == sorted(
        [AREAS[0], AREAS[1]._replace(share=Decimal("33.33")), AREAS[2]._replace(share=Decimal(60))]
    )


def test_tags_of_frameworks_that_the_database_does_not_know_stay() -> None:
    record = stored_file("rich.xml")[0]
    activity = build_activity(StoredRecord(record.xml, (), frozenset({"rome-2012"})))
    assert ("N3", "https://other.example/frameworks/florence-2008") in tags_of(activity)


# --- the file ------------------------------------------------------------------------------


def test_the_file_is_dated_only_if_asked(official_schema: etree.XMLSchema) -> None:
    records = stored_file("rich.xml")
    assert attributes_of(etree.fromstring(exported(records))) == [("version", "2.03")]
    out = BytesIO()
    assert write_iati(records, out, datetime(2024, 5, 2, 8, tzinfo=UTC)) == 2
    root = etree.fromstring(out.getvalue())
    assert root.get("generated-datetime") == "2024-05-02T08:00:00+00:00"
    official_schema.assertValid(root)


def test_no_project_no_file() -> None:
    with pytest.raises(ExportRefused, match="no project"):
        write_iati([], BytesIO())


class Counted:
    """A file that only counts what is written to it."""

    size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        return len(data)


def test_the_file_is_written_while_the_records_are_read() -> None:
    record = stored_file("rich.xml")[0]
    out = Counted()
    sizes = []

    def many() -> Iterator[StoredRecord]:
        for _ in range(200):
            sizes.append(out.size)
            yield record

    assert write_iati(many(), cast(BinaryIO, out)) == 200
    assert out.size - sizes[-1] < 100_000
    assert sizes[100] == pytest.approx(out.size / 2, rel=0.05)
