"""The meeting pack on portfolios whose figures are known: five formats to the cent, languages, limits, empty reports."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import html
from pypdf import PdfReader
from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotFound
from app.queries.overlap_projects import Contribution, Totals
from app.routers.overlap import OverlapAddress
from app.routers.standalone import overlap_page
from app.rules.overlap_report import build_overlap
from app.rules.permissions import OPERATOR
from app.rules.years import TimeLine
from app.services.add_agreement import add_agreement
from app.services.build_pack import PackContent, PackOrder, build_pack
from app.services.freeze_snapshot import freeze_snapshot
from app.services.import_portfolio import ImportRequest, import_portfolio
from app.services.overlap_json import overlap_as_json
from app.services.pack_sections import PackProjects, report_sections
from app.services.report_meeting import Meeting
from app.services.report_overlap import Named, OverlapFilter, OverlapReport, report_overlap
from app.services.undo_import import undo_import
from app.services.write_agreement import AgreementForm
from app.services.write_pack import write_pack, write_pack_workbook
from exports.meeting_pack import MeetingPack, write_pack_pdf
from importers.base import Source
from tests.overlap_portfolio import FILE, USAID, import_overlap_portfolio
from tests.slow_overlap import Money, slow_sums

CAMBODIA = OverlapFilter(countries=("KH",))
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FIVE_MB = 5_000_000


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    import_overlap_portfolio()
    with database.read() as connection:
        yield connection


def packed(connection: Connection, asked: OverlapFilter, locale: str = "en") -> tuple[PackContent, ZipFile]:
    content = build_pack(connection, OPERATOR, PackOrder(asked, locale), NOW)
    out = io.BytesIO()
    write_pack(content, out)
    return content, ZipFile(out)


def pdf_text(pdf: bytes) -> str:
    """The words of all pages, without what only guides the setting of lines."""
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub("[\u2066-\u2069\u200b\u200e\u200f]", "", text)


def amounts_in(text: str) -> list[Decimal]:
    """Every amount that is said to the cent."""
    return [Decimal(one.replace(",", "")) for one in re.findall(r"US\$(-?[\d,]+\.\d\d)", text)]


@pytest.fixture
def odd_connection(database_url: str, tmp_path: Path) -> Iterator[Connection]:
    """The same portfolio with odd cents in its amounts."""
    text = FILE.read_text(encoding="utf-8")
    for number, amount in enumerate((">40000<", ">10000<", ">30000<", ">20000<"), 1):
        text = text.replace(amount, f"{amount[:-1]}.{number}7<")
    path = tmp_path / "odd.xml"
    path.write_text(text, encoding="utf-8")
    assert import_portfolio(ImportRequest([Source(path, path.name)], "XM-DAC-6-4")).state == "committed"
    with database.read() as connection:
        yield connection


def amounts_on_page(page: bytes, table: str) -> dict[str, Decimal]:
    """The first word or words of each row -> the exact amount that stands first in it."""
    rows: Any = html.document_fromstring(page.decode()).xpath(f"//*[@aria-labelledby='{table}']//tbody/tr[.//data]")
    return {row.find("th").text_content().strip(): Decimal(next(row.iter("data")).get("value")) for row in rows}


def sheet_amounts(book: Any, sheet: str, name: int, amount: int, skip: int = 1) -> dict[str, Decimal]:
    rows = book[sheet].iter_rows(min_row=skip + 1, values_only=True)
    return {row[name]: Decimal(str(row[amount])) for row in rows if row[amount]}


def csv_amounts(archive: ZipFile, name: str, key: str) -> dict[str, Decimal]:
    rows = csv.DictReader(io.StringIO(archive.read(f"data/{name}.csv").decode("utf-8-sig")))
    return {row[key]: Decimal(row["Amount (USD)"]) for row in rows if Decimal(row["Amount (USD)"])}


@pytest.mark.parametrize("gross", [False, True])
def test_page_json_workbook_pdf_and_csv_agree_to_the_cent(odd_connection: Connection, gross: bool) -> None:
    asked = replace(CAMBODIA, gross=gross)
    report = report_overlap(odd_connection, asked)
    document = overlap_as_json(report)
    areas = {line["area"]: Decimal(line["amount"]) for line in document["areas"] if Decimal(line["amount"])}
    donors = {line["name"]: Decimal(line["amount"]) for line in document["donors"] if Decimal(line["amount"])}
    assert sum(areas.values()) % 1, "the cents are odd"
    titles = {area.code: area.title for area in report.framework.areas}
    address = OverlapAddress.model_validate({"country": ["KH"], "basis": "gross" if gross else "net"})
    page = overlap_page(odd_connection, OPERATOR, address, "en")
    assert amounts_on_page(page, "areas") == {f"{code} {titles[code]}": amount for code, amount in areas.items()}
    assert amounts_on_page(page, "donors") == donors
    _, archive = packed(odd_connection, asked)
    assert csv_amounts(archive, "areas", "Area") == areas
    assert csv_amounts(archive, "donors", "Name") == donors
    book = openpyxl.load_workbook(io.BytesIO(archive.read("report.xlsx")))
    assert sheet_amounts(book, "Areas", 2, 4) == areas
    assert sheet_amounts(book, "Donors", 1, 2) == donors
    pivot = sheet_amounts(book, "Pivot donors", 0, -1, skip=4)
    assert pivot == {**{titles[code]: amount for code, amount in areas.items()}, "Grand Total": sum(areas.values())}
    words = " ".join(pdf_text(archive.read("report.pdf")).split())
    for code, amount in areas.items():
        said = rf"{code} {re.escape(titles[code])} (?:shared|single donor|crowded) US\$([\d,.]+)"
        assert [Decimal(one.replace(",", "")) for one in re.findall(said, words)] == [amount]
    for name, amount in donors.items():
        assert f"{name} US${amount:,.2f}" in words
    assert {Decimal(document["totals"][name]) for name in ("net", "gross", "unmapped")} <= set(amounts_in(words))


def test_the_annex_adds_up_to_the_net(connection: Connection) -> None:
    content, archive = packed(connection, CAMBODIA)
    rows = list(csv.DictReader(io.StringIO(archive.read("data/projects.csv").decode("utf-8-sig"))))
    assert sum(Decimal(row["Net (USD)"]) for row in rows) == Decimal(content.report.figures.net) / 100
    annex = next(one for one in content.pack.sections if one.title == "Annex: the projects")
    assert annex.table
    assert annex.table.total[4] == "US$125,000.00"
    assert all(row[5] == "1: overlap.xml" for row in annex.table.rows)


def test_the_archive_has_what_its_readme_says(connection: Connection) -> None:
    _, archive = packed(connection, CAMBODIA)
    assert archive.testzip() is None
    readme = archive.read("README.txt").decode()
    named = {name for name in archive.namelist() if not name.startswith("pictures/")} - {"README.txt"}
    assert all(name in readme for name in named)
    pictures = {name for name in archive.namelist() if name.startswith("pictures/")}
    assert pictures == {f"pictures/{name}.{end}" for name in ("heat-map", "donors", "areas") for end in ("svg", "png")}
    of_all = {one.name for one in build_pack(connection, OPERATOR, PackOrder(OverlapFilter()), NOW).pack.pictures}
    assert of_all == {"heat-map", "areas-by-country", "map-money", "map-donors", "map-status", "donors", "areas"}
    assert archive.read("pictures/areas.png")[:8] == b"\x89PNG\r\n\x1a\n"
    assert archive.read("pictures/areas.svg").startswith(b"<svg")


def test_the_workbook_has_live_charts_over_its_sheets(connection: Connection) -> None:
    _, archive = packed(connection, CAMBODIA)
    book = ZipFile(io.BytesIO(archive.read("report.xlsx")))
    charts = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 3
    formulas = re.findall(r"<c:f>([^<]+)</c:f>", "".join(charts))
    assert "'Chart data'!$B$2:$B$16" in formulas
    assert any(formula.startswith("Donors!$C$2:") for formula in formulas)


@pytest.mark.parametrize(("locale", "title"), [("fr", "Qui finance quoi"), ("ar", "من يموّل ماذا")])
def test_the_pack_speaks_the_readers_language(connection: Connection, locale: str, title: str) -> None:
    content, archive = packed(connection, CAMBODIA, locale)
    root: Any = PdfReader(io.BytesIO(archive.read("report.pdf"))).trailer["/Root"]
    assert root["/Lang"].startswith(locale)
    assert root["/MarkInfo"]["/Marked"]
    assert title in [section.title for section in content.pack.sections]
    fonts = fonts_of(archive.read("report.pdf"))
    assert all("Noto" in font for font in fonts)
    assert any("Arabic" in font for font in fonts) == (locale == "ar")


def fonts_of(pdf: bytes) -> set[str]:
    pages: Any = PdfReader(io.BytesIO(pdf)).pages
    return {str(font["/BaseFont"]) for page in pages for font in page["/Resources"]["/Font"].values()}


def test_texts_are_never_markup(connection: Connection) -> None:
    content = build_pack(connection, OPERATOR, PackOrder(CAMBODIA), NOW)
    trick = '#panic("no") $x$ *b* @ref <l> \\ #read("/etc/passwd") = h'
    pdf = write_pack_pdf(replace(content.pack, title=trick))
    assert "#panic" in pdf_text(pdf)


def test_changes_since_a_snapshot_are_told(connection: Connection) -> None:
    number = freeze_snapshot(OPERATOR, CAMBODIA, "First meeting")
    undo_import(1)
    with database.read() as reading:
        content = build_pack(reading, OPERATOR, PackOrder(CAMBODIA, since=number), NOW)
    text = " ".join(pdf_text(write_pack_pdf(content.pack)).split())
    assert "“First meeting”" in text
    assert "from US$125,000.00 to –" in text
    assert "project is gone: -US$125,000.00" in text or "project is gone: US$-125,000.00" in text
    book = openpyxl.load_workbook(io.BytesIO(write_pack_workbook(content)))
    assert "Changes Summary" in book.sheetnames


def test_agreements_are_told(connection: Connection) -> None:
    with database.write() as writing:
        said = AgreementForm("KH", "One survey for all", date(2020, 1, 1), area="N1", parties={USAID: "lead"})
        add_agreement(writing, OPERATOR, said)
    with database.read() as reading:
        content = build_pack(reading, OPERATOR, PackOrder(CAMBODIA), NOW)
    section = next(one for one in content.pack.sections if one.title == "Agreements")
    assert section.table
    assert section.table.rows[0][0] == "One survey for all"
    assert "leads" in section.table.rows[0][5]


EMPTY: dict[str, tuple[OverlapFilter, str]] = {
    "a framework without mappings": (OverlapFilter(framework="exploitation-forms"), "No money with a known area"),
    "a country without donors": (OverlapFilter(countries=("FR",)), "No donor has money in this report"),
    "one donor only": (OverlapFilter(countries=("KH",), donors=(USAID,)), "One donor:"),
    "years without money": (OverlapFilter(countries=("KH",), first_year=2025), "No donor has money in this report"),
    "a country with refunds": (OverlapFilter(countries=("KE",)), "refunds left out: US$3,000.00"),
}


@pytest.mark.parametrize("case", EMPTY)
def test_reports_with_little_in_them_are_packed_too(connection: Connection, case: str) -> None:
    asked, said = EMPTY[case]
    address = {
        "framework": asked.framework,
        "country": asked.countries,
        "donor": asked.donors,
        "from": asked.first_year,
    }
    assert b'id="heat"' in overlap_page(connection, OPERATOR, OverlapAddress.model_validate(address), "en")
    _, archive = packed(connection, asked)
    assert said in pdf_text(archive.read("report.pdf"))
    openpyxl.load_workbook(io.BytesIO(archive.read("report.xlsx")))


def test_no_data_is_never_a_gap(connection: Connection) -> None:
    content, _ = packed(connection, OverlapFilter(countries=("FR",)))
    gaps = next(one for one in content.pack.sections if one.title == "What nobody funds")
    assert not gaps.points
    assert any("No data" in sentence and "France" in sentence for sentence in gaps.sentences)


def test_what_does_not_exist_is_refused(connection: Connection) -> None:
    with pytest.raises(InvalidInput):
        build_pack(connection, OPERATOR, PackOrder(OverlapFilter(first_year=2020, last_year=2010)), NOW)
    with pytest.raises(NotFound):
        build_pack(connection, OPERATOR, PackOrder(CAMBODIA, since=99), NOW)


def made_up(real: OverlapReport, donors: int, areas: int, countries: list[str], refunds: bool = False) -> OverlapReport:
    """A report as `real`, with so many donors in so many areas of each country."""
    kept = real.framework.areas
    made = tuple(
        replace(kept[0], id=n, code=f"A{n}", title=f"Area number {n} of the plan") for n in range(1, areas + 1)
    )
    rows = [
        Money(country, area.id, donor, 2020, cents, max(0, cents), cents, 0, cents, 0)
        for country in countries
        for area in made
        for donor in range(1, donors + 1)
        if (donor + area.id) % 3 == 0 or refunds
        for cents in [-100 if refunds else 1_000_00 * (donors - donor + 1) + area.id]
    ]
    presences = [(row.country, row.area, row.donor, n) for n, row in enumerate(rows)]
    reported = dict.fromkeys(countries, donors)
    sums = slow_sums(rows, rows, presences, presences)
    figures = build_overlap(sums, [area.id for area in made], reported, countries)
    return replace(
        real, framework=replace(real.framework, areas=made), areas={area.id: area for area in made}, figures=figures,
        countries=countries, donors={n: Named(f"XX-{n}", f"Donor {n} for the children of the world") for n in range(1, donors + 1)},
        cells={}, first_year=2020, last_year=2020,
    )  # fmt: skip


def pack_of(report: OverlapReport, projects: int = 0) -> MeetingPack:
    lines = [
        Contribution(
            n, f"XX-{n}-PROJECT", f"A project with a long title, number {n}", "XX-1", "Donor 1", 2019, 2020, 100, 100
        )
        for n in range(projects)
    ]
    totals = Totals(projects, projects, projects * 100, projects * 100)
    before, after = report_sections(report, PackProjects(lines, totals, {}))
    facts: list[tuple[str, str]] = [("Framework", "Made up")]
    return MeetingPack(
        "en", False, "Pack", "Places", facts, "Key messages", ["One."], "Contents", [*before, *after], "Foot", "{0}/{1}"
    )


COUNTRIES = ["KH", "KE", "NP"]
# The report is made up: it is the same on either.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_pack_of_a_usual_meeting_fits_into_a_mail(connection: Connection) -> None:
    real = build_pack(connection, OPERATOR, PackOrder(CAMBODIA), NOW)
    report = made_up(real.report, 20, 15, COUNTRIES)
    content = replace(real, report=report, pack=replace(pack_of(report, 900), pictures=real.pack.pictures))
    out = io.BytesIO()
    write_pack(content, out)
    assert len(out.getvalue()) < FIVE_MB


@ONE_DATABASE
def test_three_hundred_donors_in_a_hundred_areas_stay_readable(connection: Connection) -> None:
    report = made_up(report_overlap(connection, CAMBODIA), 300, 100, COUNTRIES)
    pack = pack_of(report, 3000)
    tables = {section.title: section.table for section in pack.sections if section.table}
    heat, areas, donors = tables["Who funds what"], tables["Areas"], tables["Donors"]
    assert len(heat.headings) == 23  # area, 20 donors, the others, all
    assert heat.headings[21] == "280 other donors"
    assert areas.rows[-1][0] == "150 other lines"
    assert donors.rows[-1][0] == "150 other lines"
    shown = [amounts_in(row[1])[0] for row in donors.rows]
    assert sum(shown) == amounts_in(donors.total[1])[0] == Decimal(report.figures.counted) / 100
    line = report.figures.areas[0]
    assert line.indices.donors == 100, "the indices are those of all donors, whatever is shown"
    assert tables["Annex: the projects"].rows[-1][0] == "2,000 other lines"
    pdf = write_pack_pdf(pack)
    assert len(pdf) < FIVE_MB
    assert "280 other donors" in pdf_text(pdf)


@ONE_DATABASE
def test_the_page_of_three_hundred_donors_in_a_hundred_areas_is_readable(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = made_up(report_overlap(connection, CAMBODIA), 300, 100, COUNTRIES)
    monkeypatch.setattr("app.routers.overlap.report_overlap", lambda *_: report)
    page: Any = html.document_fromstring(
        overlap_page(connection, OPERATOR, OverlapAddress.model_validate({}), "en").decode()
    )
    [heat] = page.xpath("//table[@aria-labelledby='heat']")
    assert len(heat.xpath("./thead/tr/th")) == 28  # area, 25 donors, the others, all
    assert "275 other donors" in heat.xpath("./thead")[0].text_content()
    assert len(heat.xpath("./tbody/tr")) == 51
    assert "50 other areas" in heat.xpath("./tbody/tr")[-1].text_content()
    coloured = heat.xpath(".//td[contains(@class, 'heat-') and not(contains(@class, 'heat-0'))]")
    assert {len(cell.xpath("./preceding-sibling::td")) for cell in coloured} <= set(range(25)), (
        "the others have no colour"
    )
    rows = page.xpath("//*[@aria-labelledby='donors']//tbody/tr")
    assert len(rows) == 61
    assert "240 other donors" in rows[-1].text_content()


def test_refunds_alone_leave_a_report_without_money(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    report = made_up(report_overlap(connection, CAMBODIA), 3, 2, ["KH"], refunds=True)
    assert report.figures.counted == 0
    pack = pack_of(report)
    assert "No money with a known area" in pdf_text(write_pack_pdf(pack))
    monkeypatch.setattr("app.services.overlap_files.report_meeting", lambda *_: Meeting([], TimeLine(), []))
    monkeypatch.setattr("app.routers.overlap.report_overlap", lambda *_: report)
    page = overlap_page(connection, OPERATOR, OverlapAddress.model_validate({}), "en").decode()
    assert "No money with a known area in this report." in page


def test_the_page_alone_needs_nothing_else(connection: Connection) -> None:
    page = overlap_page(connection, OPERATOR, OverlapAddress.model_validate({"country": ["KH"]}), "ar").decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert "من يموّل ماذا" in page
    for part in ("<script", "<form", "<button", "<link", 'href="/', "src=", "http-equiv"):
        assert part not in page, part
    assert not re.search(r"url\((?!['\"]?data:)", page)


def test_json_is_the_same_report(connection: Connection) -> None:
    content, _ = packed(connection, CAMBODIA)
    assert json.dumps(overlap_as_json(content.report)) == json.dumps(
        overlap_as_json(report_overlap(connection, CAMBODIA))
    )
