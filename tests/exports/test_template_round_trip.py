"""Download your projects as a workbook, edit some of it, upload it: only what was edited changes."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree
from openpyxl import load_workbook
from sqlalchemy import text

from app import database
from app.codelists.reading import LOCALES
from app.codelists.template import template_columns, template_word
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import AreaTag, Reported
from app.rules.compare import differences, is_same_record, parse_record
from app.rules.lay_over import lay_over
from app.rules.permissions import OPERATOR
from app.services.decide_area import decide_area
from app.services.import_files import import_files
from app.services.import_portfolio import ImportResult
from app.services.write_template import write_filled_template
from exports.base import StoredRecord, read_stored
from exports.template import write_template
from importers.base import Source
from importers.registry import read
from tests.exports.portfolio import stored
from tests.exports.test_workbook_round_trip import RICH

EXAMPLES = Path(__file__).parents[2] / "examples"
DEMO = yaml.safe_load((EXAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
OWNER = "XX-1"
TEXTS = """
  <description type="1"><narrative>What it does</narrative><narrative xml:lang="en">It does</narrative></description>
  <description type="2"><narrative>Objectif; un | deux</narrative><narrative xml:lang="en">Aim</narrative></description>
  <description type="3"><narrative>Filles de 10 à 14 ans</narrative></description>
  <description type="4"><narrative>Le reste
[sic] en deux lignes</narrative></description>"""
PARTS = """
  <participating-org role="1" ref="N/A" type="10"><narrative>N/A</narrative></participating-org>
  <participating-org role="4" type="22" crs-channel-code="21000"><narrative>Hill; Fund | two</narrative></participating-org>
  <participating-org role="4" ref="Y-1"/>
  <location><name><narrative>Phnom Penh</narrative></name></location>"""
EDGES = f"""<iati-activities version="2.03" xmlns:t="https://tessera.example/ns/iati">
<iati-activity xml:lang="FR" default-currency="EUR" last-updated-datetime="2024-05-06" hierarchy="2">
  <iati-identifier> E-1 </iati-identifier>
  <title><narrative xml:lang="km">ទឹក</narrative><narrative>Eau</narrative></title>{TEXTS}{PARTS}
  <activity-status code="3"/><activity-date type="1" iso-date="2020-01-01"><narrative>signed</narrative></activity-date>
  <recipient-country code="KH" percentage="0.5"/><recipient-country code="Q9" percentage="99.5"/>
  <sector code="15160" percentage="60.5"><narrative>droits</narrative></sector>
  <sector code="1513010" percentage="39.5"/>
  <transaction ref="T1" humanitarian="1"><transaction-type code="3"/><transaction-date iso-date="2019-12-31"/>
    <value>100.10</value><description><narrative>First rate</narrative></description><flow-type code="10"/></transaction>
  <transaction><transaction-type code="3"/><transaction-date iso-date="2019-12-31"/><value>100.10</value></transaction>
  <transaction><transaction-type code="3"/><transaction-date iso-date="2019-06-30"/>
    <value currency="KHR">12345678901234.123456</value></transaction>
  <transaction><transaction-type code="2"/><transaction-date iso-date="2018-01-01"/><value value-date="2018-02-01">-5</value>
    <provider-org><narrative>XM-DAC-6-4</narrative></provider-org></transaction>
  <planned-disbursement><period-start iso-date="2021-01-01"/><value value-date="2021-01-01">3</value></planned-disbursement>
</iati-activity></iati-activities>"""


def round_trip(records: list[bytes], language: str, folder: Path) -> list[str]:
    """What differs once each stored record has been laid under what its row in the workbook says."""
    out = BytesIO()
    write_template(out, language, read_stored([StoredRecord(xml, areas_of(xml)) for xml in records], with_keys=True))
    path = folder / f"filled-{language}.xlsx"
    path.write_bytes(out.getvalue())
    answers = {"reporter": {"ref": OWNER, "name": "", "type": ""}}
    back = {}
    for reported in read([Source(path, path.name, answers)])[1]:
        record = read_record(reported)
        assert not record.has_errors, record.issues
        back[record.identifier, record.reporter.ref, record.reporter.name] = reported, record
    assert len(back) == len(records)
    found = []
    for xml in records:
        record = read_record(reported_of(xml))
        key = record.identifier, record.reporter.ref, record.reporter.name
        reported, said = back.get(key) or back[record.identifier, OWNER, ""]
        laid = etree.tostring(lay_over(parse_record(xml), parse_record(reported.xml), said, areas_of(xml)))
        if not is_same_record(xml, laid):
            found += [f"{record.identifier} {one.field}: {one.before} -> {one.after}" for one in differences(xml, laid)]
    return found


def reported_of(xml: bytes) -> Reported:
    return Reported(parse_record(xml), xml)


def areas_of(xml: bytes) -> list[AreaTag]:
    return read_record(reported_of(xml)).areas


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("content", [RICH, EDGES], ids=["rich", "edges"])
def test_what_nobody_edits_is_unchanged(content: str, language: str, tmp_path: Path) -> None:
    assert round_trip([one.xml for one in stored(content.encode())], language, tmp_path) == []


@pytest.mark.parametrize("row", DEMO, ids=[row["file"] for row in DEMO])
def test_each_portfolio_of_the_demo_is_unchanged(row: dict[str, str], tmp_path: Path) -> None:
    path = EXAMPLES / "portfolio" / row["file"]
    answers = {"reporter": {"ref": row["as"], "name": row["name"], "type": str(row["type"])}}
    records = [
        reported.xml or unpack_record(reported.packed)
        for reported in read([Source(path, path.name, answers)])[1]
        if not reported.parties
    ]
    assert len(records) > 0
    assert round_trip(records, LOCALES[DEMO.index(row) % len(LOCALES)], tmp_path) == []


# --- through the database --------------------------------------------------------------------

Edit = Callable[[Any], None]


class Desk:
    """The owner's desk: a portfolio that is imported, downloaded as a workbook, edited and uploaded."""

    def __init__(self, folder: Path, files: dict[str, str], language: str = "en") -> None:
        self.folder = folder
        self.language = language
        for name, owner in files.items():
            result = import_files([self.few_of(EXAMPLES / "portfolio" / name)], owner=owner)
            assert result.state == "committed", result.issues

    def few_of(self, path: Path) -> Path:
        """The first twelve projects of an IATI file; the files are read whole above."""
        if path.suffix != ".xml":
            return path
        tree = etree.parse(path)
        for activity in tree.findall("iati-activity")[12:]:
            tree.getroot().remove(activity)
        tree.write(self.folder / path.name, encoding="utf-8")
        return self.folder / path.name

    def download(self, owner: str) -> Path:
        path = self.folder / f"{owner}.xlsx"
        with database.read() as connection, path.open("wb") as out:
            assert write_filled_template(connection, OPERATOR, owner, self.language, out) > 0
        return path

    def upload(self, path: Path, owner: str) -> ImportResult:
        result = import_files([path], owner=owner)
        assert result.state == "committed", result.issues
        return result

    def edit(self, path: Path, table: str, change: Edit) -> Path:
        book = load_workbook(path)
        change(book[template_word("sheets", table, self.language)])
        book.save(path)
        return path

    def column(self, table: str, key: str) -> int:
        return [column.key for column in template_columns(table, self.language)].index(key) + 1


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    c = result.counts
    return c.new, c.changed, c.removed, c.rejected


SIDA, SMALL = "XM-DAC-10-6", {"sida.xml": "XM-DAC-10-6", "norad.xlsx": "NO-BRC-971277882"}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    return Desk(tmp_path, {"sida.xml": SIDA})


@pytest.fixture
def two_owners(database_url: str, tmp_path: Path) -> Desk:
    return Desk(tmp_path, SMALL)


def flows_of(identifier: str) -> list[tuple[Any, ...]]:
    query = (
        "SELECT f.kind, f.start, f.whole FROM flow f JOIN activity a ON a.id = f.activity_id WHERE a.identifier = :id"
    )
    with database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(text(query), {"id": identifier}))


def test_an_unedited_workbook_changes_nothing(two_owners: Desk) -> None:
    for owner in SMALL.values():
        result = two_owners.upload(two_owners.download(owner), owner)
        assert counts(result) == (0, 0, 0, 0)
        assert result.counts.unchanged == result.counts.read > 10


def test_areas_that_people_decided_are_no_change(two_owners: Desk) -> None:
    with database.write() as connection:
        query = "SELECT activity_id, area_id, state FROM area_mapping ORDER BY 1, 2"
        rows = connection.execute(text(query)).all()
        decided = {row.activity_id: row for row in rows}
        for number, row in enumerate(decided.values()):
            share = Decimal("33.3333") if number % 2 else None
            decide_area(
                connection, OPERATOR, row.activity_id, row.area_id, "confirm" if number % 3 else "reject", share
            )
    assert {row.state for row in rows} >= {"suggested"}
    for owner in SMALL.values():
        assert counts(two_owners.upload(two_owners.download(owner), owner)) == (0, 0, 0, 0)


def test_one_edited_amount_is_one_change_that_loses_nothing(desk: Desk) -> None:
    path, at = desk.download(SIDA), desk.column("transactions", "value")
    edited: list[str] = []

    def change(sheet: Any) -> None:
        edited.append(sheet.cell(2, 1).value)
        sheet.cell(2, at).value = sheet.cell(2, at).value + 1

    desk.edit(path, "transactions", change)
    before = record_of(edited[0])
    result = desk.upload(path, SIDA)
    assert counts(result) == (0, 1, 0, 0)
    after = record_of(edited[0])
    (only,) = differences(before, after)
    assert only.element in ("transaction", "budget", "planned-disbursement")
    for name in ("description", "aid-type", "flow-type"):
        assert len(parse_record(after).findall(f".//{name}")) == len(parse_record(before).findall(f".//{name}")), name
    assert counts(desk.upload(path, SIDA)) == (0, 0, 0, 0)


def record_of(identifier: str) -> bytes:
    query = "SELECT v.record FROM activity a JOIN activity_version v ON v.id = a.version_id WHERE a.identifier = :id"
    with database.read() as connection:
        return unpack_record(bytes(connection.execute(text(query), {"id": identifier}).scalar_one()))


def test_an_amount_that_moves_to_another_year_is_not_counted_twice(desk: Desk) -> None:
    path, at = desk.download(SIDA), desk.column("transactions", "transaction-date")
    edited: list[str] = []

    def change(sheet: Any) -> None:
        row = next(row for row in range(2, sheet.max_row) if sheet.cell(row, at).value)
        edited.append(sheet.cell(row, 1).value)
        sheet.cell(row, at).value = sheet.cell(row, at).value.replace(year=2009)

    desk.edit(path, "transactions", change)
    before = flows_of(edited[0])
    assert counts(desk.upload(path, SIDA)) == (0, 1, 0, 0)
    after = flows_of(edited[0])
    assert len(after) == len(before)
    assert len(set(after) - set(before)) == 1
    # The file still names the amount as it was before: it is known again.
    desk.edit(path, "transactions", change)
    assert counts(desk.upload(path, SIDA))[:2] in ((0, 0), (0, 1))
    assert len(flows_of(edited[0])) == len(before)


def test_rows_that_are_deleted_change_nothing(desk: Desk) -> None:
    path = desk.download(SIDA)
    book = load_workbook(path)
    for name in ("Transactions", "Areas", "Projects"):
        book[name].delete_rows(2, 1)
    left = {row[0] for row in book["Projects"].iter_rows(min_row=2, values_only=True)}
    for name in ("Transactions", "Areas"):
        sheet = book[name]
        for row in range(sheet.max_row, 1, -1):
            if sheet.cell(row, 1).value not in left:
                sheet.delete_rows(row)
    book.save(path)
    result = desk.upload(path, SIDA)
    assert counts(result) == (0, 0, 0, 0)
    assert result.counts.unchanged == len(left)


def test_a_new_row_is_a_new_amount_once(desk: Desk) -> None:
    path = desk.download(SIDA)
    edited: list[str] = []

    def change(sheet: Any) -> None:
        edited.append(sheet.cell(2, 1).value)
        row = sheet.max_row + 1
        for key, value in {
            "identifier": sheet.cell(2, 1).value, "transaction-type": "Disbursement", "transaction-date": "2009-03-04",
            "value": 77, "currency": "EUR",
        }.items():  # fmt: skip
            sheet.cell(row, desk.column("transactions", key)).value = value

    desk.edit(path, "transactions", change)
    before = flows_of(edited[0])
    assert counts(desk.upload(path, SIDA)) == (0, 1, 0, 0)
    assert len(flows_of(edited[0])) == len(before) + 1
    assert counts(desk.upload(path, SIDA)) == (0, 0, 0, 0)
