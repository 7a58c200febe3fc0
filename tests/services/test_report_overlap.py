"""The overlap report on a portfolio whose figures are known, on both databases."""

import io
import json
from collections.abc import Iterator

import openpyxl
import pytest
from sqlalchemy import Connection

from app import database
from app.errors import InvalidInput, NotFound
from app.rules.permissions import OPERATOR
from app.services.list_overlap_projects import list_overlap_projects
from app.services.overlap_heat import HeatView, country_heat, heat_map
from app.services.overlap_json import overlap_as_json
from app.services.overlap_tables import areas_table, overlap_tables
from app.services.report_overlap import OverlapFilter, OverlapReport, report_overlap
from exports.table import write_tables_xlsx
from tests.overlap_portfolio import SIDA, STATE, UNICEF, USAID, import_overlap_portfolio

CAMBODIA = OverlapFilter(countries=("KH",))


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    import_overlap_portfolio()
    with database.read() as connection:
        yield connection


def status_of(report: OverlapReport, country: str, code: str) -> str:
    lines = {(line.country, report.area(line.area).code): line for line in report.figures.areas}
    return lines[country, code].status.status


def test_example_e2(connection: Connection) -> None:
    report = report_overlap(connection, CAMBODIA)
    figures = report.figures
    assert (figures.gross, figures.net, figures.mapped) == (16_500_000, 12_500_000, 10_000_000)
    assert (figures.projects, figures.donors) == (8, 4)
    lines = {report.area(line.area).code: line for line in figures.areas}
    assert [lines[code].cents for code in ("N1", "N2", "N3", "N4")] == [
        5_000_000,
        4_000_000,
        500_000,
        500_000,
    ]
    assert lines["N1"].indices.fragmentation == pytest.approx(0.32)
    assert lines["N2"].indices.fragmentation == pytest.approx(0.625)
    country = figures.countries[0]
    assert country.overall.fragmentation == pytest.approx(0.635)
    assert country.labour.value == pytest.approx(0.354331, abs=1e-6)
    pair = {frozenset((report.donor(a).ref, report.donor(b).ref)): pair for a, b, pair in report.pairs()}
    both = pair[frozenset((USAID, STATE))]
    assert (both.shared, both.jaccard) == (2_000_000, 1)
    assert both.finger_kreinin == pytest.approx(0.533333, abs=1e-6)
    assert both.cosine == pytest.approx(0.650791, abs=1e-6)


def test_statuses_tell_a_gap_from_no_data(connection: Connection) -> None:
    report = report_overlap(connection, OverlapFilter(countries=("KH", "FR")))
    found = [status_of(report, "KH", code) for code in ("N1", "N2", "N3", "N5")]
    assert found == ["shared", "shared", "single donor", "gap"]
    assert status_of(report, "FR", "N1") == "no data"
    crowded = report_overlap(connection, OverlapFilter(countries=("KH",), shared_max=2))
    assert [status_of(crowded, "KH", code) for code in ("N1", "N2")] == ["shared", "crowded"]


def test_gross_counts_the_second_report_too(connection: Connection) -> None:
    gross = report_overlap(connection, OverlapFilter(countries=("KH",), gross=True))
    assert (gross.figures.counted, gross.figures.projects) == (16_500_000, 9)


def test_government_level_joins_the_agencies_of_one_government(connection: Connection) -> None:
    report = report_overlap(connection, OverlapFilter(countries=("KH",), level="government"))
    lines = {report.donor(line.donor).ref: line.cents for line in report.figures.donor_lines}
    assert lines["US"] == 10_500_000
    assert report.figures.donors == 3


def test_a_government_as_filter_means_its_agencies_at_either_level(connection: Connection) -> None:
    for level, donors in (("agency", {USAID, STATE}), ("government", {"US"})):
        report = report_overlap(connection, OverlapFilter(countries=("KH",), donors=("US",), level=level))
        assert {report.donor(line.donor).ref for line in report.figures.donor_lines} == donors
        assert report.figures.net == 10_500_000


def test_a_region_and_a_country_outside_it(connection: Connection) -> None:
    report = report_overlap(connection, OverlapFilter(countries=("KH",), regions=("289",)))
    assert report.countries == ["KE", "KH"]


def test_refunds_without_payments_are_left_out_and_shown(connection: Connection) -> None:
    report = report_overlap(connection, OverlapFilter(countries=("KE",)))
    assert (report.figures.net, report.figures.counted) == (2_700_000, 3_000_000)
    assert report.trust.refunds_left_out == 300_000


def test_years_without_reports_have_no_data(connection: Connection) -> None:
    report = report_overlap(connection, OverlapFilter(countries=("KH",), first_year=2025))
    assert {line.status.status for line in report.figures.areas} == {"no data"}
    assert report.figures.area_known.value is None


def test_the_trust_line(connection: Connection) -> None:
    trust = report_overlap(connection, CAMBODIA).trust
    assert trust.area_known.value == pytest.approx(0.8)
    assert trust.confirmed.value == 1
    assert trust.linked.value == 0, "a second report with one identifier is no chain of payments"


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (OverlapFilter(framework="nothing"), NotFound),
        (OverlapFilter(donors=("XX-NOBODY",)), NotFound),
        (OverlapFilter(first_year=2020, last_year=2010), InvalidInput),
        (OverlapFilter(flow="gifts"), InvalidInput),
    ],
)
def test_what_does_not_exist_is_refused(connection: Connection, asked: OverlapFilter, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        report_overlap(connection, asked)


def test_json_gives_a_reason_for_each_value_that_does_not_exist(connection: Connection) -> None:
    document = overlap_as_json(report_overlap(connection, CAMBODIA))
    json.dumps(document, allow_nan=False)
    assert document["totals"]["net"] == "125000.00"
    assert document["totals"]["unmapped"] == "25000.00"
    areas = {line["area"]: line for line in document["areas"]}
    assert areas["N1"]["amount"] == "50000.00"
    assert areas["N1"]["why"] == dict.fromkeys(("need", "funding_ratio"), "no plan is part of this report")
    assert areas["N5"]["hhi"] is None
    assert areas["N5"]["why"]["hhi"] == "no money"
    assert areas["N3"]["why"]["evenness"] == "only one donor"
    for line in document["areas"] + document["donors"] + document["country_indices"] + [document["trust"]]:
        missing = {name for name, value in line.items() if value is None}
        assert missing == set(line.get("why", {}))
        assert all(line.get("why", {}).values())
    assert {"donor": UNICEF, "area": "N4", "country": "KH", "amount": "5000.00", "projects": 1} in document["cells"]


def test_workbook_has_every_sheet_and_the_same_sum(connection: Connection) -> None:
    report = report_overlap(connection, CAMBODIA)
    projects = list_overlap_projects(connection, OPERATOR, CAMBODIA, page=None)
    out = io.BytesIO()
    write_tables_xlsx(overlap_tables(report, projects.lines), out)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == [
        "Summary", "Areas", "Heat map", "Areas by country", "Donors", "Pairs", "Countries", "Cells", "Projects", "Trust",
    ]  # fmt: skip
    amounts = [row[4] for row in book["Areas"].iter_rows(min_row=2, values_only=True)]
    assert sum(amounts) == 100_000
    assert len(list(areas_table(report).rows)) == len(report.framework.areas)


def test_heat_map_keeps_the_sums_when_donors_are_joined(connection: Connection) -> None:
    report = report_overlap(connection, CAMBODIA)
    heat = heat_map(report, donors_shown=2)
    assert [report.donor(donor).ref for donor in heat.columns] == [USAID, STATE]
    assert heat.totals == [5_000_000, 3_000_000, 2_000_000]
    assert sum(total for _, _, total in heat.rows) == report.figures.mapped
    assert {0, 6} <= {cell.step for _, cells, _ in heat.rows for cell in cells[:2]}
    assert {cells[2].step for _, cells, _ in heat.rows} == {0}, "the others together are no cell to compare with"


def test_areas_by_country_as_money_projects_and_shares(connection: Connection) -> None:
    report = report_overlap(connection, OverlapFilter())
    money = country_heat(report)
    assert (money.columns, money.totals, money.whole) == (["KH", "KE"], [10_000_000, 3_000_000], report.figures.mapped)
    rows = {report.area(area).code: cells for area, cells, _ in money.rows}
    assert [cell.amount for cell in rows["N1"]] == [5_000_000, 3_000_000]
    shares: list[tuple[HeatView, list[float]]] = [
        (HeatView("money", "area"), [0.625, 0.375]), (HeatView("money", "column"), [0.5, 1.0]),
    ]  # fmt: skip
    for view, wanted in shares:
        heat = country_heat(report, view=view)
        assert [cell.share for cell in next(c for a, c, _ in heat.rows if report.area(a).code == "N1")] == wanted
    projects = country_heat(report, view=HeatView("projects"))
    lines = {(line.area, line.country): line.projects for line in report.figures.areas}
    for area, cells, _ in projects.rows:
        assert [cell.amount for cell in cells] == [lines[area, country] for country in projects.columns]


def test_areas_that_are_not_shown_are_summed_apart(connection: Connection) -> None:
    report = report_overlap(connection, CAMBODIA)
    heat = heat_map(report, areas_shown=2)
    assert [report.area(area).code for area, _, _ in heat.rows] == ["N1", "N2"]
    assert heat.rest is not None
    assert (len(heat.other_areas), heat.rest[1]) == (len(report.framework.areas) - 2, 1_000_000)
    assert sum(total for _, _, total in heat.rows) + heat.rest[1] == heat.whole == report.figures.mapped
    assert {cell.step for cell in heat.rest[0]} == {0}


def test_projects_behind_a_cell_sum_to_it(connection: Connection) -> None:
    found = list_overlap_projects(connection, OPERATOR, OverlapFilter(countries=("KH",), donors=(USAID,)), "N1")
    assert [(line.identifier, line.gross, line.net) for line in found.lines] == [("US-GOV-1-P1", 4_000_000, 4_000_000)]
    gross = list_overlap_projects(
        connection, OPERATOR, OverlapFilter(countries=("KH",), donors=(USAID,), gross=True), "N1"
    )
    assert sorted(line.net for line in gross.lines) == [0, 4_000_000]
    copy = next(line for line in gross.lines if not line.net)
    reason = gross.reasons[copy.activity_id][0]
    assert (reason.code, reason.identifier) == ("secondary-reporter", "US-GOV-1-P1")


def test_projects_without_an_area(connection: Connection) -> None:
    found = list_overlap_projects(connection, OPERATOR, CAMBODIA, "unmapped")
    assert [line.title for line in found.lines] == ["Rural roads"]
    assert found.totals.net == 2_500_000
    with pytest.raises(NotFound):
        list_overlap_projects(connection, OPERATOR, CAMBODIA, "Z9")


def test_donor_filter_leaves_the_others_out(connection: Connection) -> None:
    report = report_overlap(connection, OverlapFilter(countries=("KH",), donors=(SIDA,)))
    assert report.figures.net == 1_500_000
