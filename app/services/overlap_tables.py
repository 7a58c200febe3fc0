"""The overlap report as tables: one for CSV, all of them for a workbook."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from app.models.allocation import UNNAMED
from app.queries.overlap_projects import Contribution
from app.rules.indices import Figure
from app.services.overlap_heat import ALL, HeatMap, country_heat, heat_map
from app.services.overlap_json import AREA_INDICES
from app.services.place_names import place_name
from app.services.report_overlap import OverlapReport
from exports.table import Cell, Table

CAUTION = "An overlap is a question for the meeting, never a proof of duplication."
_SHARES = {
    "area_known": "Share of money with a known area",
    "equal_split": "Share of money split equally for want of percentages",
    "confirmed": "Share of money under areas that a person or the file confirmed",
    "linked": "Share of money with a traceable link to another project",
}


def money(cents: int) -> Decimal:
    """Hundredths of the base currency as an exact amount with two decimals."""
    return Decimal(cents).scaleb(-2)


def overlap_tables(report: OverlapReport, projects: Iterable[Contribution] | None = None) -> list[Table]:
    """Every table of `report`, and the sheet of the projects behind it where they are given."""
    tables = [
        _summary(report),
        areas_table(report),
        _heat(report),
        _country_heat(report),
        _donors(report),
        _pairs(report),
        _countries(report),
        _cells(report),
    ]
    if projects is not None:
        tables.append(projects_table(projects, report.currency))
    return [*tables, _trust(report)]


def areas_table(report: OverlapReport) -> Table:
    """A line for each area of each country: what CSV holds."""
    headings = [
        "Country",
        "Country name",
        "Area",
        "Area title",
        f"Amount ({report.currency})",
        "Projects",
        "Fractional projects",
        "Donors",
        "Status",
        "Why this status",
        *AREA_INDICES,
        f"Need ({report.currency})",
        "Funding ratio",
    ]
    rows: Iterable[list[Cell]] = (
        [
            line.country,
            place_name(line.country),
            report.area(line.area).code,
            report.area(line.area).title,
            money(line.cents),
            line.projects,
            round(line.fractional_projects, 4),
            line.donors,
            line.status.status,
            line.status.reason,
            *[_value(getattr(line.indices, name)) for name in AREA_INDICES],
            None if line.need is None else money(line.need),
            _value(line.cents / line.need if line.need else None),
        ]
        for line in report.figures.areas
    )
    return Table("Areas", headings, rows)


def projects_table(projects: Iterable[Contribution], currency: str) -> Table:
    """The projects behind a figure, a line for each donor of each."""
    headings = [
        "Identifier",
        "Title",
        "Donor",
        "Donor name",
        "First year",
        "Last year",
        f"Gross ({currency})",
        f"Net ({currency})",
    ]
    rows: Iterable[list[Cell]] = (
        [
            one.identifier,
            one.title,
            one.donor_ref or "",
            one.donor_name or "",
            one.first_year,
            one.last_year,
            money(one.gross),
            money(one.net),
        ]
        for one in projects
    )
    return Table("Projects", headings, rows)


def _value(value: float | None) -> float | str:
    """Six decimals; empty where the value does not exist."""
    return "" if value is None else round(value, 6)


def _figure(figure: Figure) -> Any:
    return figure.why if figure.value is None else round(figure.value, 6)


def _pairs_of(name: str, rows: Sequence[Sequence[Any]]) -> Table:
    return Table(name, ["What", "Value"], rows)


def _summary(report: OverlapReport) -> Table:
    asked, figures = report.asked, report.figures
    rows: list[list[Any]] = [
        ["Framework", f"{report.framework.title} ({report.framework.key})"],
        ["Countries and regions", ", ".join(place_name(code) for code in report.countries)],
        ["Donors asked for", ", ".join(asked.donors) or "all"],
        ["First year", report.first_year],
        ["Last year", report.last_year],
        ["Flow", asked.flow],
        ["Basis", "gross" if asked.gross else "net"],
        ["Donors as", "governments" if asked.level == "government" else "agencies"],
        ["Crowded above (donors)", asked.shared_max],
        ["Currency", report.currency],
        ["Gross", money(figures.gross)],
        ["Net", money(figures.net)],
        ["Shown in this report", money(figures.counted)],
        ["Of it with a known area", money(figures.mapped)],
        ["Of it without a named donor", money(figures.unnamed)],
        ["Projects", figures.projects],
        ["Donors", figures.donors],
        ["Data version", report.data_version],
        ["Caution", CAUTION],
    ]
    return _pairs_of("Summary", rows)


def _heat(report: OverlapReport) -> Table:
    heat = heat_map(report, ALL, ALL)
    return _heat_table(report, "Heat map", heat, [*(report.donor(donor).name for donor in heat.columns), "All donors"])


def _country_heat(report: OverlapReport) -> Table:
    heat = country_heat(report, ALL, ALL)
    return _heat_table(report, "Areas by country", heat, [*map(place_name, heat.columns), "All countries"])


def _heat_table(report: OverlapReport, name: str, heat: HeatMap[Any], columns: list[str]) -> Table:
    rows: list[list[Cell]] = [
        [report.area(area).code, report.area(area).title, *(money(cell.amount) for cell in cells), money(total)]
        for area, cells, total in heat.rows
    ]
    return Table(name, ["Area", "Area title", *columns], rows)


def _donors(report: OverlapReport) -> Table:
    headings = [
        "Donor",
        "Name",
        f"Amount ({report.currency})",
        f"With a known area ({report.currency})",
        "Projects",
        "Areas",
        "Concentration ratio",
    ]
    rows: list[list[Cell]] = [
        [
            report.donor(line.donor).ref,
            report.donor(line.donor).name,
            money(line.cents),
            money(line.mapped),
            line.projects,
            line.areas,
            _figure(report.concentration_ratio(line.donor)) if line.donor != UNNAMED else "",
        ]
        for line in report.figures.donor_lines
    ]
    return Table("Donors", headings, rows)


def _pairs(report: OverlapReport) -> Table:
    headings = [
        "Donor A",
        "Name A",
        "Donor B",
        "Name B",
        f"Shared ({report.currency})",
        "Finger-Kreinin",
        "Bray-Curtis",
        "Jaccard",
        "Cosine",
        "Areas",
    ]
    rows: list[list[Cell]] = []
    for one, other, pair in report.pairs():
        codes = sorted({report.area(area).code for _, area in pair.areas})
        measures = [_value(value) for value in (pair.finger_kreinin, pair.bray_curtis, pair.jaccard, pair.cosine)]
        a, b = report.donor(one), report.donor(other)
        rows.append([a.ref, a.name, b.ref, b.name, money(pair.shared), *measures, " ".join(codes)])
    return Table("Pairs", headings, rows)


def _countries(report: OverlapReport) -> Table:
    headings = [
        "Country",
        "Name",
        f"With a known area ({report.currency})",
        "Donors",
        "Fragmentation",
        "Effective donors",
        "Division of labour",
        "Fragmentation ratio",
        "Fit to plans",
    ]
    rows: list[list[Cell]] = [
        [
            line.country,
            place_name(line.country),
            money(line.cents),
            line.overall.donors,
            _value(line.overall.fragmentation),
            _value(line.overall.effective_donors),
            line.labour.why if line.labour.value is None else round(line.labour.value, 6),
            _figure(report.fragmentation_ratio(line.country)),
            _figure(report.plan_fit(line.country)),
        ]
        for line in report.figures.countries
    ]
    return Table("Countries", headings, rows)


def _cells(report: OverlapReport) -> Table:
    headings = ["Country", "Area", "Donor", "Donor name", f"Amount ({report.currency})", "Projects"]
    rows: Iterable[list[Cell]] = (
        [
            cell.country,
            report.area(cell.area).code,
            report.donor(cell.donor).ref,
            report.donor(cell.donor).name,
            money(cell.cents),
            cell.projects,
        ]
        for cell in report.figures.cells
    )
    return Table("Cells", headings, rows)


def data_table(report: OverlapReport) -> Table:
    """A line for each donor in each area of each country, with all names: what a pivot table is made of."""
    statuses = {(line.country, line.area): line.status.status for line in report.figures.areas}
    headings = [
        "Country", "Country name", "Area", "Area title", "Status", "Donor", "Donor name",
        f"Amount ({report.currency})", "Projects",
    ]  # fmt: skip
    rows: Iterable[list[Cell]] = (
        [
            cell.country, place_name(cell.country), report.area(cell.area).code, report.area(cell.area).title,
            statuses.get((cell.country, cell.area), ""), report.donor(cell.donor).ref, report.donor(cell.donor).name,
            money(cell.cents), cell.projects,
        ]
        for cell in report.figures.cells
    )  # fmt: skip
    return Table("Data", headings, rows)


def _trust(report: OverlapReport) -> Table:
    trust = report.trust
    rows: list[list[Any]] = [[words, _figure(getattr(trust, name))] for name, words in _SHARES.items()]
    rows += [
        ["Refunds left out (" + report.currency + ")", money(trust.refunds_left_out)],
        ["Oldest report", trust.oldest_report],
        ["Newest report", trust.newest_report],
    ]
    for why, amounts in trust.left_out.items():
        rows += [[f"Left out, {why} ({currency or 'no currency'})", amount] for currency, amount in amounts.items()]
    rows += [["Named as funder, has not reported", f"{donor.name} ({donor.ref})"] for donor in trust.not_reported]
    return _pairs_of("Trust", rows)
