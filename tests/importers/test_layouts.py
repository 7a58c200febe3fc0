"""Known layouts are read without a question; what their files count twice counts once."""

import csv
import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app.models.question import Question
from app.models.record import ActivityRecord
from importers import layouts
from importers.base import Source
from importers.layouts import list_layouts, read_layout
from importers.registry import read
from tests.importers.sheet_files import (
    Rows,
    errors_of,
    flows,
    issues_of,
    read_files,
    read_rows,
    write_csv,
    write_workbook,
)

CRS = [
    "Year", "donorcode", "donorname", "agencycode", "agencyname", "crsid", "projectnumber", "recipientcode", "recipientname",
    "flowname", "usd_commitment", "usd_disbursement", "usd_commitment_defl", "usd_amounttied", "projecttitle", "shortdescription",
    "longdescription", "purposecode", "purposename", "channelcode", "channelreportedname", "expectedstartdate",
    "completiondate", "gender", "climate", "currency",
]  # fmt: skip


def write_rows(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return write_csv(path, text.getvalue())


def questions_of(*paths: Path, **answers: Any) -> list[Question]:
    _, activities = read([Source(path, path.name, answers) for path in paths])
    return [question for reported in activities for question in reported.questions]


def codes_of(records: list[ActivityRecord]) -> set[str]:
    return {issue.code for record in records for issue in record.issues}


# --- OECD CRS ------------------------------------------------------------------------------


def crs_row(year: int = 2019, crsid: int = 700100, **cells: Any) -> list[Any]:
    usual: dict[str, Any] = {
        "Year": year, "donorcode": 6, "donorname": "Italy", "agencycode": 4, "agencyname": "AICS", "crsid": crsid,
        "recipientcode": 248, "recipientname": "Kenya", "flowname": "ODA Grants", "usd_commitment": 0, "usd_disbursement": 0,
        "projecttitle": "SHELTERS", "purposecode": 15160, "purposename": "Human rights", "longdescription": " - ",
        "expectedstartdate": "03-04-2018", "completiondate": "31-12-2021", "gender": 2, "climate": 0, "currency": "6",
    }  # fmt: skip
    return [(usual | cells).get(heading, "") for heading in CRS]


def read_crs(tmp_path: Path, *rows: list[Any], **answers: Any) -> list[ActivityRecord]:
    return read_rows(tmp_path, [CRS, *rows], "Data", **answers)


def test_a_crs_row_is_a_transaction_of_the_project_of_its_id(tmp_path: Path) -> None:
    records = read_crs(
        tmp_path,
        crs_row(2019, usd_commitment=1250000.5, usd_commitment_defl=1300000, usd_amounttied=9),
        crs_row(
            2020,
            usd_disbursement=400000,
            recipientcode=289,
            recipientname="South of Sahara, regional",
            purposecode=15170,
        ),
        crs_row(2020, 700200, recipientcode=728, recipientname="Cambodia", usd_commitment=-70000.25, channelcode=41122),
    )
    assert errors_of(records) == []
    assert [r.identifier for r in records] == ["XM-DAC-6-CRS-700100", "XM-DAC-6-CRS-700200"]
    assert [flow[:5] for flow in flows(records)] == [
        ("2", "2019-01-01", "", pytest.approx(1250000.5), "USD"),
        ("3", "2020-01-01", "", 400000, "USD"),
        ("2", "2020-01-01", "", pytest.approx(-70000.25), "USD"),
    ]
    first, second = records
    assert [[(part.code, part.vocabulary) for part in (*f.countries, *f.sectors)] for f in first.flows] == [
        [("KE", ""), ("15160", "1")],
        [("289", ""), ("15170", "1")],
    ]
    assert [part.code for part in second.countries] == ["KH"]
    assert ("1", ("XM-DAC-6", "Italy", "")) in [(role, tuple(party)) for role, party in first.organisations]
    assert ("3", "XM-DAC-6-4", "AICS") in [(role, party.ref, party.name) for role, party in first.organisations]
    assert "United Nations Children’s Fund" in [
        p.name.replace("'", "’") for role, p in second.organisations if role == "4"
    ]
    assert {kind: str(day) for kind, day in first.dates.items()} == {"1": "2018-04-03", "3": "2021-12-31"}
    assert b'code="1" significance="2"' in first.xml
    (kept,) = issues_of(records, "sum-not-counted")
    assert "usd_commitment_defl, usd_amounttied" in kept.message


@pytest.mark.parametrize(("amounts", "scale"), [((1.25, 0.004, 12.5), 1_000_000), ((1250000, 900, 12500000), 1)])
def test_crs_amounts_say_themselves_whether_they_are_millions(tmp_path: Path, amounts: Any, scale: int) -> None:
    records = read_crs(tmp_path, *(crs_row(2019, n, usd_commitment=amount) for n, amount in enumerate(amounts)))
    assert [float(f.value or 0) for r in records for f in r.flows] == [amount * scale for amount in amounts]


def test_crs_amounts_that_may_be_either_are_one_question(tmp_path: Path) -> None:
    rows = [crs_row(2019, n, usd_commitment=amount) for n, amount in enumerate((600, 700, 1900))]
    path = write_workbook(tmp_path / "crs.xlsx", Data=[CRS, *rows])
    (question,) = questions_of(path)
    assert (question.path, question.kind, question.count) == (("scales", "usd_commitment"), "scale", 3)
    assert [value for value, _ in question.options] == ["1", "1000000"]
    answered = {"scales": {"usd_commitment": "1000000"}}
    assert questions_of(path, **answered) == []
    assert [f.value for r in read_files(path, **answered) for f in r.flows] == [600_000_000, 700_000_000, 1_900_000_000]


def test_the_last_row_of_a_project_describes_it_and_what_others_say_is_kept(tmp_path: Path) -> None:
    (record,) = read_crs(
        tmp_path,
        crs_row(2019, projecttitle="SHELTERS I", completiondate="31-12-2020", usd_disbursement=50000),
        crs_row(2020, projecttitle="SHELTERS I AND II", usd_disbursement=70000),
    )
    assert (record.title, str(record.dates["3"])) == ("SHELTERS I AND II", "2021-12-31")
    assert [issue.column for issue in issues_of([record], "rows-differ")] == ["completiondate", "projecttitle"]
    assert b">SHELTERS I<" in record.xml
    assert errors_of([record]) == []


def test_a_recipient_whose_number_nobody_knows_is_read_by_name_or_asked(tmp_path: Path) -> None:
    rows = [crs_row(2019, 1, recipientcode="XK", recipientname="Kosovo"), crs_row(2019, 2, recipientcode=271, recipientname="Senegal"),
            crs_row(2019, 3, recipientcode=999, recipientname="Xanadu")]  # fmt: skip
    path = write_workbook(tmp_path / "crs.xlsx", Data=[CRS, *rows])
    assert [[part.code for part in r.countries] for r in read_files(path)] == [["XK"], ["ER"], []]
    assert [question.path for question in questions_of(path)] == [("countries", "Xanadu")]


def test_other_sheets_of_a_crs_file_do_not_disturb(tmp_path: Path) -> None:
    names: Rows = [["10000", "PUBLIC SECTOR INSTITUTIONS"], ["11000", "Donor Government"]]
    path = write_workbook(
        tmp_path / "crs.xlsx", Notes=[["About", "Converted"]], Data=[CRS, crs_row(usd_commitment=9000)], Names=names
    )
    (record,) = read_files(path)
    assert [flow[3] for flow in flows([record])] == [9000]


# --- OCHA FTS ------------------------------------------------------------------------------

FTS = [
    "id", "amountUSD", "fullParkedAmountUSD", "childFlowIds", "date", "description", "flowType", "originalAmount",
    "originalCurrency", "parentFlowId", "status", "boundary", "onBoundary", "refCode", "newMoney",
    "sourceObjects_Organization.id", "sourceObjects_Organization.name", "destinationObjects_Organization.name",
    "destinationObjects_Location.name", "destinationObjects_GlobalCluster.id", "destinationObjects_GlobalCluster.name",
]  # fmt: skip


def fts_row(number: int, amount: int, **cells: Any) -> list[Any]:
    usual: dict[str, Any] = {
        "id": number, "amountUSD": amount, "date": "2026-02-03T00:00:00Z", "description": "Cash for families", "flowType": "Standard",
        "originalAmount": amount * 2, "originalCurrency": "EUR", "status": "commitment", "boundary": "incoming",
        "onBoundary": "single", "sourceObjects_Organization.id": 11, "sourceObjects_Organization.name": "Italy, Government of",
        "destinationObjects_Organization.name": "World Food Programme", "destinationObjects_Location.name": "Kenya",
        "destinationObjects_GlobalCluster.id": 6, "destinationObjects_GlobalCluster.name": "Food Security",
    }  # fmt: skip
    return [(usual | cells).get(heading, "") for heading in FTS]


def test_an_fts_flow_is_a_project_with_one_transaction(tmp_path: Path) -> None:
    (paid,) = read_files(write_rows(tmp_path / "fts.csv", [FTS, fts_row(5, 700, status="paid", refCode="R-7")]))
    assert (paid.identifier, paid.title) == ("FTS-5", "Cash for families")
    assert [flow[:5] for flow in flows([paid])] == [("3", "2026-02-03", "", 700, "USD")]
    assert paid.flows[0].provider is not None
    assert paid.flows[0].provider.name == "Italy, Government of"
    assert [(part.code, part.vocabulary) for part in paid.sectors] == [("6", "10")]
    assert b">1400<" in paid.xml
    assert codes_of([paid]) == {"sum-not-counted"}


def test_no_dollar_of_fts_counts_twice(tmp_path: Path) -> None:
    rows = [
        fts_row(1, 100, fullParkedAmountUSD=1000, childFlowIds="2|3", flowType="Parked"),
        fts_row(2, 600, parentFlowId=1),
        fts_row(3, 300, parentFlowId=1, onBoundary="shared", **{"destinationObjects_Location.name": "Chad; Mali"}),
        fts_row(4, 600, boundary="internal", **{"sourceObjects_Organization.name": "World Food Programme"}),
        fts_row(5, 0, fullParkedAmountUSD=50, flowType="Parked"),
    ]
    again = [FTS, fts_row(3, 300, parentFlowId=1)]
    records = read_files(write_rows(tmp_path / "a.csv", [FTS, *rows]), write_rows(tmp_path / "b.csv", again))
    assert [r.identifier for r in records] == ["FTS-1", "FTS-2", "FTS-3", "FTS-4", "FTS-5"]
    assert sum(f.value or 0 for r in records for f in r.flows) == 1000
    assert [part.code for part in records[2].countries] == ["ML", "TD"] or [p.code for p in records[2].countries] == [
        "TD",
        "ML",
    ]
    assert b'name="amountUSD">600<' in records[3].xml
    assert {"amount-not-counted", "row-repeated"} <= codes_of(records)
    assert errors_of(records) == []


# --- presence ------------------------------------------------------------------------------

PRESENCE: Rows = [
    ["Month", "Activity status", "Donor Name", "Program Partner Name", "Implementing Partner Name", "Region", "Zone", "Woreda",
     "WoredaPcod", "Cluster", "Activity", "Lat", "Long"],
    ["May", "Completed", "ECHO", "Alpha", "Beta", "North", "Lake", "Aba", "ET010101", "WASH", "Latrines", 9.5, 38.25],
    ["May", "On-going", "ECHO", "Alpha", "Beta", "North", "Hill", "Dib", "ET010202", "WASH", "Latrines", 9.75, 38.5],
    ["", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["May", "Planned", "", "", "Gamma", "South", "Sea", "Gib", "ET020303", "Health", "Clinics", "", ""],
]  # fmt: skip


def test_a_presence_list_makes_projects_with_places_and_without_money(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "3w.csv", PRESENCE)
    latrines, clinics = read_files(path, countries={"ET": "ET"})
    assert latrines.title == "WASH: Latrines (Beta)"
    assert [(role, party.name) for role, party in latrines.organisations] == [
        ("1", "ECHO"),
        ("3", "Alpha"),
        ("4", "Beta"),
    ]
    assert (latrines.status, clinics.status) == ("2", "1")
    assert latrines.xml.count(b"<location>") == 2
    assert b"9.75 38.5" in latrines.xml
    assert [[part.code for part in r.countries] for r in (latrines, clinics)] == [["ET"], ["ET"]]
    assert latrines.flows == clinics.flows == []
    assert codes_of([latrines, clinics]) == {"rows-differ"}
    again = read_files(write_rows(tmp_path / "june.csv", [PRESENCE[0], *PRESENCE[:0:-1]]))
    assert {r.identifier for r in again} == {latrines.identifier, clinics.identifier}


def test_the_country_of_a_presence_list_is_one_question(tmp_path: Path) -> None:
    (question,) = questions_of(write_rows(tmp_path / "3w.csv", PRESENCE))
    assert (question.path, question.kind, question.suggested) == (("countries", "ET"), "country", "ET")
    assert question.count == 3
    elsewhere = [PRESENCE[0], [*PRESENCE[1][:8], "SO0101", *PRESENCE[1][9:]]]
    path = write_rows(tmp_path / "somalia.csv", elsewhere)
    assert [q.path for q in questions_of(path, countries={"ET": "ET"})] == [("countries", "SO")]


# --- 360Giving -----------------------------------------------------------------------------

GRANTS: Rows = [
    ["Identifier", "Title", "Description", "Currency", "Amount Applied For", "Amount Awarded", "Amount Disbursed", "Award Date",
     "Planned Dates:Start Date", "Recipient Org:Identifier", "Recipient Org:Name", "Recipient Org:City", "Funding Org:Identifier",
     "Funding Org:Name", "Beneficiary Location:Country Code"],
    ["360G-x-1", "Night shelter", "Beds", "GBP", 9000, 7500.5, "", "2021-02-03", "2021-04-01", "GB-CHC-11", "Shelter Ltd", "Leeds",
     "GB-CHC-22", "A Foundation", "KE"],
    ["360G-x-2", "Helpline", "Calls", "GBP", 900, 750, 500, "2021-02-13", "", "GB-CHC-12", "Line", "York", "GB-CHC-22", "A Foundation", ""],
]  # fmt: skip
GRANT = {
    "id": "360G-x-3",
    "title": "Clinic",
    "description": "Care",
    "currency": "GBP",
    "amountAwarded": 1234.5,
    "amountDisbursed": 0.0,
    "awardDate": "2021-05-06",
    "plannedDates": [{"startDate": "2021-06-01", "endDate": "2022-05-31"}],
    "recipientOrganization": [{"id": "GB-CHC-13", "name": "Care Ltd", "postalCode": "LS1"}],
    "fundingOrganization": [{"id": "GB-CHC-22", "name": "A Foundation"}],
    "beneficiaryLocation": [{"name": "Nairobi", "countryCode": "KE"}, {"name": "Kampala", "countryCode": "UG"}],
    "classifications": [{"title": ["Health", "Poverty"]}],
}


def check_grants(records: list[ActivityRecord]) -> None:
    assert [flow[:5] for flow in flows(records)] == [
        ("2", "2021-02-03", "", pytest.approx(7500.5), "GBP"),
        ("2", "2021-02-13", "", 750, "GBP"),
        ("3", "2021-02-13", "", 500, "GBP"),
    ]
    first = records[0]
    assert [(role, party.ref, party.name) for role, party in first.organisations] == [
        ("1", "GB-CHC-22", "A Foundation"),
        ("4", "GB-CHC-11", "Shelter Ltd"),
    ]
    assert ([part.code for part in first.countries], str(first.dates["1"])) == (["KE"], "2021-04-01")
    assert errors_of(records) == []
    assert "column-unknown" not in codes_of(records)


def test_grants_as_workbook_and_csv(tmp_path: Path) -> None:
    check_grants(read_rows(tmp_path, GRANTS, "grants"))
    check_grants(read_files(write_rows(tmp_path / "grants.csv", GRANTS)))


def test_grants_as_json(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "grants.json", json.dumps({"version": "1.1", "grants": [GRANT]}))
    (record,) = read_files(path)
    assert (record.identifier, record.place) == ("360G-x-3", "grants!2")
    assert [flow[:5] for flow in flows([record])] == [("2", "2021-05-06", "", pytest.approx(1234.5), "GBP")]
    assert sorted(part.code for part in record.countries) == ["KE", "UG"]
    assert record.xml.count(b"<location>") == 2
    assert [issue.column for issue in issues_of([record], "column-unknown")] == ["classifications/0/title"]
    assert b">Health; Poverty<" in record.xml


# --- AidData, our own workbook -------------------------------------------------------------


def test_a_release_of_aiddata(tmp_path: Path) -> None:
    projects = write_rows(tmp_path / "projects.csv", [
        ["project_id", "is_geocoded", "project_title", "start_actual_isodate", "donors", "recipients", "recipients_iso3",
         "ad_sector_codes", "ad_sector_names", "status", "total_commitments"],
        ["P-1", 1, "Roads", "2012-05-06", "World Bank", "Bangladesh", "BGD", "21020", "Road transport", "Completion", "46000000.0"],
    ])  # fmt: skip
    transactions = write_rows(tmp_path / "transactions.csv", [
        ["transaction_id", "project_id", "transaction_isodate", "transaction_year", "transaction_value_code",
         "transaction_currency", "transaction_value"],
        ["q1", "P-1", "", 2012, "C", "USD", "46000000.0"],
    ])  # fmt: skip
    locations = write_rows(tmp_path / "locations.csv", [
        ["project_id", "project_location_id", "precision_code", "geoname_id", "place_name", "latitude", "longitude"],
        ["P-1", "P-1_7", 3, 7, "Dhaka", "23.7", "90.4"],
    ])  # fmt: skip
    (record,) = read_files(projects, transactions, locations)
    assert [flow[:5] for flow in flows([record])] == [("2", "2012-01-01", "", 46000000, "USD")]
    assert b"<pos>23.7 90.4</pos>" in record.xml
    assert questions_of(projects, transactions, locations) == []
    assert codes_of([record]) == {"date-year-only"}


# --- layouts as data -----------------------------------------------------------------------


def test_every_layout_knows_the_headings_it_is_known_by() -> None:
    for layout in list_layouts():
        made = {key for recipes in layout.made.values() for recipe in recipes for key in recipe.headings}
        for headings in layout.recognised:
            assert headings
            assert headings <= {*layout.columns, *made} or layout.key == "tessera", layout.key


def test_a_new_layout_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bank.yaml").write_text("""
key: bank
title: A bank's list of payments
recognised: [[Beneficiary no, Lot, Paid (thousand)]]
row: transaction
answers: {date_order: mdy}
filled_down: [Beneficiary no]
made:
  identifier: "{Beneficiary no}/{Lot}"
  title: "{What for}"
  currency: CHF
columns:
  Beneficiary no: used
  Lot: used
  What for: used
  Paid on: transaction-date
  Paid (thousand): {field: disbursement, scale: 1000, decimal: ","}
""")
    monkeypatch.setattr(layouts, "FOLDER", tmp_path)
    list_layouts.cache_clear()
    rows = [["Payments of 2021"], ["Beneficiary no", "Lot", "What for", "Paid on", "Paid (thousand)", "Clerk"],
            ["B7", "1", "Wells", "03/04/2021", "1,500", "Jo"], ["", "2", "Pumps", "05/06/2021", "2", ""]]  # fmt: skip
    try:
        records = read_files(write_rows(tmp_path / "bank.csv", rows))
    finally:
        list_layouts.cache_clear()
    assert [(r.identifier, r.title) for r in records] == [("B7/1", "Wells"), ("B7/2", "Pumps")]
    assert [flow[:5] for flow in flows(records)] == [
        ("3", "2021-03-04", "", 1500, "CHF"),
        ("3", "2021-05-06", "", 2000, "CHF"),
    ]
    assert {issue.column for issue in issues_of(records, "column-unknown")} == {"Clerk"}


@pytest.mark.parametrize("told", [{"colums": {}}, {"made": {"title": "{a|shout}"}}])
def test_a_layout_with_a_word_that_means_nothing_is_refused(told: dict[str, Any]) -> None:
    layout = {"key": "x", "title": "X", "row": "project", "recognised": [["a", "b"]], "columns": {"a": "title"}}
    with pytest.raises(ValueError, match=r"means nothing here|no reading"):
        read_layout(layout | told)


def test_what_the_owner_answered_goes_before_the_layout(tmp_path: Path) -> None:
    answers = {"headings": {"Recipient Org:City": "location", "Title": "keep"}}
    record = read_rows(tmp_path, GRANTS, "grants", **answers)[0]
    assert record.title == record.identifier
    assert b"<narrative>Leeds</narrative>" in record.xml
