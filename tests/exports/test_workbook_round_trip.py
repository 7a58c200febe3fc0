"""What an export to a spreadsheet says is what the import reads back: no money and no meaning is lost."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app import database
from app.models.record import ActivityRecord
from app.rules.permissions import OPERATOR
from app.services.export_portfolio import ExportFilter, export_to_file
from app.services.import_files import import_files
from exports.base import StoredRecord
from exports.registry import EXPORTERS
from tests.conftest import forget_settings
from tests.exports.portfolio import stored
from tests.importers.sheet_files import errors_of, issues_of, read_files

EXAMPLES = Path(__file__).parents[2] / "examples" / "portfolio"
PLACES = """
  <recipient-country code="KH" percentage="50"/><recipient-country code="CD" percentage="12.5"/>
  <recipient-region code="298" vocabulary="1" percentage="30"/>
  <recipient-region code="Mekong, delta" vocabulary="99" percentage="7.5"/>"""
SECTORS = """
  <sector vocabulary="1" code="15160" percentage="70"/><sector vocabulary="1" code="11220" percentage="20"/>
  <sector vocabulary="1" code="15160" percentage="10"/>
  <sector vocabulary="2" code="151" percentage="100"/>
  <sector vocabulary="99" code="CP; 20" percentage="60"/><sector vocabulary="99" code="Health, school"/>"""
TAGS = """
  <tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008" code="N3" t:share="60"/>
  <tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008" code="N4" t:share="40"/>
  <tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/florence-2008" code="O1" t:state="suggested"
       t:source="suggestion" t:confidence="0.48" t:evidence="campaign; radio"/>
  <tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/rome-2012" code="PROM2"/>"""
MONEY = """
  <budget type="1"><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/>
    <value currency="EUR" value-date="2020-01-15">1000.10</value></budget>
  <budget type="2"><period-start iso-date="2020-07-01"/><period-end iso-date="2021-06-30"/>
    <value value-date="2020-07-01">1200</value></budget>
  <planned-disbursement><period-start iso-date="2021-01-01"/><period-end iso-date="2021-03-31"/>
    <value value-date="2021-01-01">300</value></planned-disbursement>
  <transaction><transaction-type code="1"/><transaction-date iso-date="2020-02-01"/>
    <value value-date="2020-02-03">500</value>
    <provider-org ref="XM-DAC-7" type="10" provider-activity-id="XM-DAC-7-9"><narrative>Hill | Fund</narrative></provider-org>
    <receiver-org receiver-activity-id="X-1"/></transaction>
  <transaction><transaction-type code="2"/><transaction-date iso-date="2020-03-01"/>
    <value currency="JPY" value-date="2020-03-01">12345678901234.123456</value></transaction>
  <transaction><transaction-type code="3"/><transaction-date iso-date="2020-05-06"/><value value-date="2020-05-06">-5</value>
    <receiver-org ref="Y-1" type="22"><narrative>Lantern</narrative></receiver-org>
    <sector vocabulary="1" code="11220"/><sector vocabulary="99" code="CP"/>
    <recipient-country code="LA"/></transaction>
  <transaction><transaction-type code="4"/><transaction-date iso-date="1899-05-06"/><value value-date="1899-05-06">7</value>
    <recipient-region code="298" vocabulary="1"/></transaction>"""
RICH = f"""<iati-activities version="2.03" xmlns:t="https://tessera.example/ns/iati">
<iati-activity xml:lang="fr" default-currency="USD" hierarchy="1" last-updated-datetime="2024-05-06T07:08:09Z">
  <iati-identifier>X-1</iati-identifier>
  <reporting-org ref="XM-DAC-1" type="10"><narrative>River Agency</narrative></reporting-org>
  <title><narrative>=Eau; et plus</narrative><narrative xml:lang="en">+Water</narrative></title>
  <description type="1"><narrative>Première ligne
deuxième</narrative><narrative xml:lang="en">First line</narrative></description>
  <participating-org role="1" ref="XM-DAC-1" type="10"><narrative>River Agency</narrative></participating-org>
  <participating-org role="1" type="60"><narrative>Hill Fund</narrative></participating-org>
  <participating-org role="1" ref="XM-DAC-6-4"/>
  <participating-org role="4" ref="Y-1" type="22"><narrative>Lantern</narrative></participating-org>
  <activity-status code="4"/>
  <activity-date type="1" iso-date="2020-01-01"/><activity-date type="2" iso-date="2020-02-01"/>
  <activity-date type="3" iso-date="2021-12-31"/><activity-date type="4" iso-date="2022-01-31"/>
  {PLACES}{SECTORS}{TAGS}{MONEY}
  <related-activity type="2" ref="X-1-A"/><related-activity type="4" ref="Z-9"/>
</iati-activity>
<iati-activity default-currency="EUR">
  <iati-identifier>X-1</iati-identifier>
  <reporting-org ref="KH-9" type="10" secondary-reporter="1"><narrative>Ministry</narrative></reporting-org>
  <title><narrative>=Eau; et plus</narrative></title>
  <recipient-country code="KH"/><recipient-region code="689" vocabulary="1"/>
  <transaction><transaction-type code="3"/><transaction-date iso-date="2020-05-06"/><value value-date="2020-05-06">5</value></transaction>
</iati-activity>
<iati-activity>
  <iati-identifier>X-2</iati-identifier>
  <reporting-org ref="KH-9" type="10"><narrative>Ministry</narrative></reporting-org>
  <title><narrative>Region alone</narrative></title>
  <activity-status code="1"/>
  <activity-date type="1" iso-date="2025-01-01"/>
  <recipient-region code="delta" vocabulary="99"/>
</iati-activity>
</iati-activities>"""


def exported(records: list[StoredRecord], key: str, folder: Path) -> Path:
    out = BytesIO()
    EXPORTERS[key].write(records, out)
    path = folder / f"portfolio.{key}"
    path.write_bytes(out.getvalue())
    return path


def view(record: ActivityRecord) -> dict[str, Any]:
    """What a record says, without its places: lists whose order says nothing are sorted, codes that are given
    twice added up."""
    said = asdict(record)
    del said["needs_no_care"]  # what the reader found out, not what the record says
    for name in ("xml", "place", "issues", "language"):
        del said[name]
    said["sectors"] = added_up(record)
    for flow in said["flows"]:
        del flow["place"]
    for name in ("organisations", "countries", "areas", "related", "flows"):
        said[name] = sorted(said[name], key=str)
    return said


def added_up(record: ActivityRecord) -> dict[tuple[str, str], Decimal | None]:
    found: dict[tuple[str, str], Decimal | None] = {}
    for part in record.sectors:
        key = part.vocabulary, part.code.replace(";", ",")  # semicolons separate the entries of a list
        known = found.get(key)
        found[key] = part.percentage if known is None or part.percentage is None else known + part.percentage
    return found


@pytest.fixture
def rich() -> list[StoredRecord]:
    return stored(RICH.encode())


def records_of(portfolio: list[StoredRecord], folder: Path) -> list[ActivityRecord]:
    """The portfolio as the import of its IATI file reads it."""
    return read_files(exported(portfolio, "iati", folder).rename(folder / "portfolio.xml"))


def test_a_workbook_says_what_the_records_said(rich: list[StoredRecord], tmp_path: Path) -> None:
    before, after = records_of(rich, tmp_path), read_files(exported(rich, "xlsx", tmp_path))
    assert errors_of(after) == []
    assert {issue.code for record in after for issue in record.issues} == {"sheet-not-read", "percentages-missing"}
    assert len(after) == 3
    for one, other in zip(before, after, strict=True):
        assert view(other) == view(one)


def test_a_csv_holds_all_but_the_money(rich: list[StoredRecord], tmp_path: Path) -> None:
    before, after = records_of(rich, tmp_path), read_files(exported(rich, "csv", tmp_path))
    assert errors_of(after) == []
    sums = issues_of(after, "column-unknown")
    assert [(issue.column, issue.level) for issue in sums] == [
        ("Sum of commitments", "info"), ("Sum of disbursements", "info"), ("Sum of expenditure", "info"),
    ]  # fmt: skip
    assert "not counted as money" in sums[0].message
    for one, other in zip(before, after, strict=True):
        expected, found = view(one), view(other)
        assert found.pop("flows") == []
        for said in (expected, found):
            said.pop("flows", None)
            said["areas"] = [tuple(area.values() if isinstance(area, dict) else area)[:4] for area in said["areas"]]
        assert found == expected


def test_a_row_that_does_not_say_whose_report_it_belongs_to_is_a_question(
    rich: list[StoredRecord], tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    path = exported(rich, "xlsx", tmp_path)
    book = load_workbook(path)
    for cells in book["Transactions"].iter_rows(min_row=2, max_row=2):
        cells[1].value = cells[2].value = None
    book.save(path)
    (issue,) = issues_of(read_files(path), "project-unknown")
    assert (issue.level, issue.sheet, issue.cell, issue.activity) == ("error", "Transactions", "A2", "X-1")
    assert "Several organisations report" in issue.message


# --- the demo portfolio, through the database ------------------------------------------------------

SUMS = {
    "projects": "SELECT a.identifier, o.ref, a.title, a.status, a.start, a.end, a.last_updated, a.hierarchy, a.secondary"
    " FROM activity a JOIN organisation o ON o.id = a.reporter_id",
    "flows": "SELECT kind, currency, substr(start, 1, 4), sum(whole), sum(pico), count(*) FROM flow GROUP BY 1, 2, 3",
    "periods": "SELECT kind, currency, start, end, whole, pico FROM flow WHERE kind IN ('budget', 'planned')",
    "chains": "SELECT provider_activity, receiver_activity, count(*) FROM flow GROUP BY 1, 2",
    "money": "SELECT o.ref, l.country, l.flow_type, l.year, sum(l.gross), sum(l.net) FROM allocation l"
    " JOIN organisation o ON o.id = l.donor_id GROUP BY 1, 2, 3, 4",
    "areas": "SELECT a.identifier, f.key, r.code, m.share, m.state, m.source, m.confidence, m.evidence FROM area_mapping m"
    " JOIN activity a ON a.id = m.activity_id JOIN area r ON r.id = m.area_id JOIN framework f ON f.id = m.framework_id"
    # Suggestions are made anew, from texts of results too, which a workbook does not carry.
    " WHERE m.state <> 'suggested'",
    "countries": "SELECT a.identifier, c.code, c.share, c.rule FROM activity_country c JOIN activity a ON a.id = c.activity_id",
    "sectors": "SELECT a.identifier, s.vocabulary, s.code, s.share FROM activity_sector s"
    " JOIN activity a ON a.id = s.activity_id",
}  # fmt: skip


@pytest.fixture
def empty_database(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes a new, empty database that the settings name from then on."""

    def make(name: str) -> None:
        path = shutil.copyfile(sqlite_template, tmp_path / f"{name}.db")
        monkeypatch.setenv("TESSERA_DATABASE_URL", f"sqlite:///{path}")
        monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path))
        forget_settings()

    yield make
    database.engine().dispose()
    forget_settings()


def contents() -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as connection:
        return {
            name: sorted([tuple(row) for row in connection.execute(text(query))], key=str)
            for name, query in SUMS.items()
        }


def test_the_demo_portfolio_comes_back_whole(empty_database: Any, tmp_path: Path) -> None:
    empty_database("first")
    for name, owner in (("child-horizon.xml", "GB-CHC-9900117"), ("norad.xlsx", "NO-BRC-971277882"),
                        ("sida.xml", "XM-DAC-10-6"), ("bayanihan-fund.csv", "PH-SEC-CN99000123")):  # fmt: skip
        assert import_files([EXAMPLES / name], owner=owner).state == "committed"
    before, path = contents(), tmp_path / "portfolio.xlsx"
    with database.read() as connection:
        count = export_to_file(connection, OPERATOR, "xlsx", ExportFilter(), path)
    empty_database("second")
    result = import_files([path])
    assert (result.state, result.counts.new) == ("committed", count)
    after = contents()
    assert len(before["money"]) > 100
    for name in SUMS:
        assert after[name] == before[name], name
