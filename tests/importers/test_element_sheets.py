"""Workbooks and CSV files of IATI elements: every element and language is kept, rows without an id belong to the one above."""

from pathlib import Path
from typing import Any

from lxml import etree

from app.models.record import ActivityRecord
from importers.base import Source
from importers.registry import read
from importers.sniff import sniff
from tests.importers.sheet_files import Rows, errors_of, flows, issues_of, read_files, write_csv, write_workbook

SETTINGS: Rows = [
    ["Activity Identifier", "Default Currency", "Default Language", "Hierarchy", "Humanitarian", "Secondary Reporter"],
    ["XX-1-A", "EUR - Euro", "fr - French", 1, "False", "False"],
    ["XX-1-B", "USD - US Dollar", "en - English", "", "True", ""],
]
TITLE: Rows = [
    ["Activity Identifier", "Narrative", "Language"],
    ["XX-1-A", "Eau", "fr - French"],
    ["", "Water", "en - English"],
    ["XX-1-B", "Health", ""],
]
COUNTRIES: Rows = [["Activity Identifier", "Code", "Percentage"], ["XX-1-A", "KE - Kenya", 60], ["", "UG - Uganda", 40]]
PARTNERS: Rows = [
    ["Activity Identifier", "Role", "Reference", "Type", "Narrative", "Language", "Invented"],
    ["XX-1-A", "1 - Funding", "XM-DAC-4", "10 - Government", "France", "fr - French", "kept"],
    ["", "", "", "", "French government", "en - English", ""],
    ["", "4 - Implementing", "", "", "Aqua", "", ""],
]
TRANSACTIONS: Rows = [
    ["Activity Identifier", "Reference", "Transaction Type Code", "Transaction Date Date", "Value Value", "Value Currency",
     "Provider Organisation Narrative", "Sector Vocabulary", "Sector Code"],
    ["XX-1-A", "t1", "2 - Outgoing Commitment", "2021-03-04", 1500.5, "", "France", "1 - OECD DAC", "14030 - Basic water"],
    ["", "t2", "3 - Disbursement", "2021-05-06", 700, "USD - US Dollar", "", "", ""],
    ["", "", "", "", "", "", "", "1 - OECD DAC", "14031 - Basic drinking water supply"],
]  # fmt: skip
LOCATIONS: Rows = [
    [
        "Activity Identifier",
        "Reference",
        "Name Narrative",
        "Point Srs Name",
        "Point Pos Latitude",
        "Point Pos Longitude",
    ],
    ["XX-1-A", "l1", "Kisumu", "http://www.opengis.net/def/crs/EPSG/0/4326", -0.1, 34.75],
]


def write_book(path: Path, **more: Rows) -> Path:
    sheets: dict[str, Rows] = {
        "Instructions": [["Read this"]], "Settings": SETTINGS,
        "Element with single field": [["Activity Identifier", "Activity Status"], ["XX-1-A", "2 - Implementation"]],
        "Title": TITLE, "Recipient Country": COUNTRIES, "Participating Org": PARTNERS, "Transaction": TRANSACTIONS,
        "Location": LOCATIONS, "Options": [["Don't change"], ["1 - General"]],
    }  # fmt: skip
    return write_workbook(path, **sheets | more)


def xml_of(record: ActivityRecord) -> etree._Element:
    return etree.fromstring(record.xml)


def test_a_workbook_with_a_sheet_an_element(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    assert sniff(Source(path, "book.xlsx")) == "iati-elements"
    water, health = read_files(path, reporter={"ref": "XX-1", "name": "Ministry", "type": "10"})
    assert (water.identifier, water.place, water.currency, water.status) == ("XX-1-A", "Settings!2", "EUR", "2")
    assert water.titles == [("fr", "Eau"), ("en", "Water")]
    assert (health.titles, health.currency) == ([("en", "Health")], "USD")
    assert (water.reporter.ref, water.secondary) == ("XX-1", False)
    assert [(part.code, int(part.percentage or 0)) for part in water.countries] == [("KE", 60), ("UG", 40)]
    assert [(role, party.ref, party.type) for role, party in water.organisations] == [
        ("1", "XM-DAC-4", "10"),
        ("4", "", ""),
    ]
    assert flows([water]) == [
        ("2", "2021-03-04", "", 1500.5, "EUR", "Transaction!2"),
        ("3", "2021-05-06", "", 700, "USD", "Transaction!3"),
    ]
    assert [[part.code for part in flow.sectors] for flow in water.flows] == [["14030"], ["14031"]]
    assert errors_of([water, health]) == []


def test_elements_stand_as_the_schema_wants_them_and_unknown_columns_are_kept(tmp_path: Path) -> None:
    element = xml_of(read_files(write_book(tmp_path / "book.xlsx"))[0])
    assert [child.tag for child in element if "column" not in str(child.tag)] == [
        "iati-identifier", "reporting-org", "title", "participating-org", "participating-org", "activity-status",
        "recipient-country", "recipient-country", "location", "transaction", "transaction",
    ]  # fmt: skip
    assert [name.text for name in element.findall("participating-org/narrative")] == [
        "France",
        "French government",
        "Aqua",
    ]
    assert element.findtext("location/point/pos") == "-0.1 34.75"
    (column,) = element.findall("participating-org/{*}column")
    assert (column.get("name"), column.text) == ("Invented", "kept")


def test_a_date_of_two_readings_is_one_question(tmp_path: Path) -> None:
    rows = [*TRANSACTIONS, ["", "t3", "3 - Disbursement", "03/04/2021", 1, "", "", "", ""]]
    path = write_book(tmp_path / "book.xlsx", Transaction=rows)

    def read_with(**answers: Any) -> tuple[list[tuple[str, ...]], list[str]]:
        reported = list(read([Source(path, path.name, answers)])[1])
        questions = [question.path for one in reported for question in one.questions]
        days = [
            str(day.get("iso-date"))
            for one in reported
            if one.element is not None
            for day in one.element.iter("transaction-date")
        ]
        return questions, days

    assert read_with() == ([("date_order",)], ["2021-03-04", "2021-05-06", "None"])
    assert read_with(date_order="dmy") == ([], ["2021-03-04", "2021-05-06", "2021-04-03"])


def test_a_row_with_no_id_above_it_is_an_error(tmp_path: Path) -> None:
    title: Rows = [["Activity Identifier", "Narrative", "Language"], ["", "Lost", ""], ["XX-1-A", "Eau", ""]]
    records = read_files(write_book(tmp_path / "book.xlsx", Title=title))
    (issue,) = issues_of(records, "identifier-missing")
    assert (issue.sheet, issue.row) == ("Title", 2)


CSV = """\
Activity Identifier,Activity Default Currency,Activity Title,Activity Description (Objectives),Planned Start Date,\
Participating Organisation Role,Participating Organisation Name,Transaction Internal Reference,Transaction Type,Transaction Date,\
Transaction Value,Budget Value,Budget Period Start,Budget Period End
XX-1-A,EUR,Water,Wells for all,25/12/2021,1,France,t1,2,03/04/2021,1500,90,01/01/2021,31/12/2021
,,,,,4,Aqua,t2,3,05/06/2021,700,80,01/01/2022,31/12/2022
XX-1-B,USD,Health,,,,,,,,,,,
"""


def test_a_csv_with_a_group_of_columns_an_element(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "all.csv", CSV)
    assert sniff(Source(path, "all.csv")) == "iati-elements"
    water, health = read_files(path)
    assert flows([water, health]) == [
        ("budget", "2021-01-01", "2021-12-31", 90, "EUR", "all.csv!2"),
        ("budget", "2022-01-01", "2022-12-31", 80, "EUR", "all.csv!3"),
        ("2", "2021-04-03", "", 1500, "EUR", "all.csv!2"),
        ("3", "2021-06-05", "", 700, "EUR", "all.csv!3"),
    ]
    assert [party.name for _, party in water.organisations] == ["France", "Aqua"]
    assert str(water.dates["1"]) == "2021-12-25"
    assert xml_of(water).find("description").get("type") == "2"  # type: ignore[union-attr]
    assert health.title == "Health"
