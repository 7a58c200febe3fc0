"""Workbook, CSV and JSON: typed cells, no formulas, exact amounts, headings that the import reads back."""

import csv
import json
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.models.record import ActivityRecord, AreaTag, Flow, Part, Party
from exports.base import ExportedActivity, StoredRecord
from exports.csv_table import write_csv
from exports.json_document import write_json
from exports.portfolio_tables import AREAS as AREAS_SHEET
from exports.portfolio_tables import PROJECTS, TRANSACTIONS
from exports.registry import EXPORTERS
from exports.table import LONGEST_TEXT, Cell, Table, write_table_csv, write_tables_xlsx
from exports.workbook import write_workbook
from importers.headings import recognise_heading
from tests.exports.portfolio import stored_file

RECORD = ActivityRecord(
    b"",
    identifier="X-1",
    reporter=Party("X", "River Agency"),
    currency="EUR",
    titles=[("en", "=HYPERLINK(1)")],
    descriptions=[("ar", "مدارس آمنة")],
    status="2",
    dates={"1": date(2020, 1, 1), "4": date(2021, 12, 31)},
    organisations=[
        ("1", Party("X", "River Agency")),
        ("1", Party("", "Hill; Fund")),
        ("4", Party("Y", "Lantern")),
    ],
    countries=[Part("KH", Decimal(60)), Part("LA", Decimal(40)), Part("298", None)],
    sectors=[Part("CP", Decimal(100), "99"), Part("15160", Decimal(70), "1"), Part("11220", None, "1")],
    flows=[
        Flow(
            "2",
            date(2020, 3, 1),
            None,
            Decimal("250000.10"),
            "EUR",
            date(2020, 3, 1),
            Party("X", "River Agency"),
        ),
        Flow("2", date(2020, 4, 1), None, Decimal("12345678901234.123456"), "EUR", None),
        Flow("3", date(2020, 5, 1), None, Decimal(-5), "USD", None),
        Flow("budget", date(2020, 1, 1), date(2020, 12, 31), Decimal(9), "EUR", None),
        Flow("3", None, None, None, "USD", None),
    ],
)
AREAS = [
    AreaTag("florence-2008", "N3", Decimal(60)),
    AreaTag("florence-2008", "O1", None, "suggested"),
    AreaTag("rome-2012", "A", None),
]
ACTIVITY = ExportedActivity(RECORD, AREAS)


def sheets_of(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(BytesIO(content))}


def workbook() -> dict[str, list[tuple[Any, ...]]]:
    out = BytesIO()
    assert write_workbook([ACTIVITY], out) == 1
    return sheets_of(out.getvalue())


def test_one_row_a_project() -> None:
    sheets = workbook()
    assert list(sheets) == ["Projects", "Transactions", "Areas", "Organisations", "Notes"]
    row = dict(zip(*sheets["Projects"], strict=True))
    assert row["Title"] == "=HYPERLINK(1)"
    assert (row["Language"], row["Description"]) == ("en", None)
    assert row["Descriptions in other languages"] == "[ar] مدارس آمنة"
    assert (row["Donor"], row["Donor ref"]) == ("River Agency; Hill, Fund", "X; –")
    assert (row["Implementing partner"], row["Implementing partner ref"]) == ("Lantern", "Y")
    assert (row["Country"], row["Country %"]) == ("Cambodia 60%; Laos 40%; Africa, regional", None)
    assert (row["Sector code"], row["Sector %"], row["Sector vocabulary"]) == ("15160 70%; 11220", None, "1")
    assert (row["Sector 2 code"], row["Sector 2 %"], row["Sector 2 vocabulary"]) == ("CP", 100, "99")
    assert row["Planned start date"].date() == date(2020, 1, 1)
    assert (row["Areas"], row["Suggested areas"], row["Status"]) == ("N3 60%; rome-2012: A", "O1", "Implementation")


def test_one_row_a_flow_with_its_exact_amount() -> None:
    headings, *rows = workbook()["Transactions"]
    flows = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [flow["Amount"] for flow in flows] == [250000.1, "12345678901234.123456", -5, 9, None]
    kinds = [flow["Transaction type"] for flow in flows]
    assert kinds[:3] == [
        "Outgoing Commitment",
        "Outgoing Commitment",
        "Disbursement",
    ]
    assert (flows[3]["Transaction type"], flows[3]["Period end"].date()) == ("Budget", date(2020, 12, 31))
    assert flows[3]["Transaction date"] is None


def test_areas_of_all_frameworks_and_all_organisations() -> None:
    sheets = workbook()
    assert [row[3:7] for row in sheets["Areas"][1:]] == [
        ("florence-2008", "N3", 60, None),
        ("florence-2008", "O1", None, "suggested"),
        ("rome-2012", "A", None, None),
    ]
    assert [row[1:4] for row in sheets["Organisations"][1:]] == [
        ("Funding", "River Agency", "X"), ("Funding", "Hill; Fund", None), ("Implementing", "Lantern", "Y"),
    ]  # fmt: skip


def test_headings_are_those_that_the_import_knows() -> None:
    assert [heading for heading in (*PROJECTS, *AREAS_SHEET) if not recognise_heading(heading).field] == []
    fields = {heading: recognise_heading(heading, "transaction", False).field for heading in TRANSACTIONS}
    assert [heading for heading, field in fields.items() if not field] == []


def test_csv_for_excel_with_sums() -> None:
    out = BytesIO()
    assert write_csv([ACTIVITY], out) == 1
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(StringIO(out.getvalue().decode("utf-8-sig")))
    assert row["Title"] == "'=HYPERLINK(1)"
    assert row["Sum of commitments"] == "12345679151234.223456"
    assert row["Sum of disbursements"] == "USD -5"
    assert row["Sum of expenditure"] == ""


def test_json() -> None:
    out = BytesIO()
    assert write_json([ACTIVITY, ACTIVITY], out) == 2
    first, second = json.loads(out.getvalue())
    assert first == second
    assert first["flows"][1]["amount"] == "12345678901234.123456"
    assert first["flows"][4]["amount"] is None
    assert first["areas"][0] == {
        "framework": "florence-2008", "code": "N3", "share": "60",
        "state": "", "source": "", "confidence": "", "evidence": "",
    }  # fmt: skip
    empty = BytesIO()
    assert write_json([], empty) == 0
    assert json.loads(empty.getvalue()) == []


@pytest.mark.parametrize("key", EXPORTERS)
def test_every_exporter_writes_stored_records(key: str) -> None:
    records = stored_file("rich.xml")
    out = BytesIO()
    assert EXPORTERS[key].write((record for record in records), out) == len(records)
    assert len(out.getvalue()) > 500


def test_exporters_say_how_many_they_wrote_of_an_empty_portfolio() -> None:
    none: list[StoredRecord] = []
    assert [EXPORTERS[key].write(none, BytesIO()) for key in ("xlsx", "csv", "json")] == [0, 0, 0]


# --- any table -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+44 1", "'+44 1"), ("-x", "'-x"), ("@a", "'@a"), ("\t=1", "'\t=1"),
        ("a=b", "a=b"),
        (Decimal("-5.50"), "-5.50"), (Decimal("1E+3"), "1000"), (-3, "-3"), (date(2020, 1, 2), "2020-01-02"),
        (None, ""),
    ],
)  # fmt: skip
def test_text_is_never_a_formula_and_numbers_stay_numbers(cell: Any, written: str) -> None:
    out = BytesIO()
    write_table_csv(Table("T", ["A", "B"], [[cell, "end"]]), out)
    rows = list(csv.reader(StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[1] == [written, "end"]


def test_any_tables_as_a_workbook() -> None:
    out = BytesIO()
    long = "x" * (LONGEST_TEXT + 5)
    rows: list[list[Cell]] = [
        ["=1+1", Decimal("0.1"), date(2020, 1, 2)],
        [long, 3, date(1850, 1, 1)],
        ["http://a", None, ""],
    ]
    write_tables_xlsx([Table("One", ["A", "B", "C"], rows), Table("Two", ["A"], [])], out)
    book = load_workbook(BytesIO(out.getvalue()))
    sheet = book["One"]
    assert sheet.freeze_panes == "A2"
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert (sheet["B2"].value, sheet["C2"].value.date()) == (0.1, date(2020, 1, 2))
    assert (len(sheet["A3"].value), sheet["A3"].value[-1], sheet["C3"].value) == (
        LONGEST_TEXT,
        "…",
        "1850-01-01",
    )
    assert sheet["A4"].hyperlink is None
    assert book["Two"].max_row == 1


@given(st.decimals(-(10**20), 10**20, places=4))
def test_amounts_in_workbooks_are_exact(value: Decimal) -> None:
    out = BytesIO()
    write_tables_xlsx([Table("T", ["A"], [[value]])], out)
    cell = sheets_of(out.getvalue())["T"][1][0]
    assert Decimal(str(cell)) == value
