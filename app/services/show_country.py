"""Countries: the list with their money, and one country's overview."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.codelists import is_code
from app.errors import NotFound
from app.models.worded import worded
from app.queries import places
from app.queries.portfolio import PortfolioFilter
from app.rules.permissions import Viewer
from app.services.list_portfolio import PortfolioPage, list_portfolio
from app.services.overlap_json import money_text
from app.services.place_names import place_name
from app.services.report_overlap import OverlapFilter, OverlapReport, count_statuses, report_overlap
from exports.table import Cell, Table

FLOWS = ("commitment", "disbursement", "budget")


@dataclass(slots=True)
class CountryRow:
    """A country or region: net money by flow type, donors that spend there, projects, areas by status."""

    code: str
    money: dict[str, int] = field(default_factory=dict)
    donors: int = 0
    projects: int = 0
    statuses: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class DonorMoney:
    """A donor with net money by flow type; ref '' where no report names it."""

    ref: str
    name: str
    money: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class CountryPage:
    """One country; `years`: year -> flow type -> net."""

    code: str
    report: OverlapReport
    donors: list[DonorMoney]
    years: dict[int, dict[str, int]]
    projects: PortfolioPage


def list_countries(connection: Connection, viewer: Viewer, framework: str = "") -> list[CountryRow]:
    """Every country and region with money, most spending first."""
    rows: dict[str, CountryRow] = {}
    for country, flow, net, donors in places.read_money_by_country(connection):
        row = rows.setdefault(country, CountryRow(country))
        row.money[flow] = int(net)
        if flow == "disbursement":
            row.donors = int(donors)
    projects = places.count_projects_by_country(connection, viewer)
    statuses = count_statuses(connection, OverlapFilter(framework))
    for code, row in rows.items():
        row.projects, row.statuses = projects.get(code, 0), dict(statuses.get(code, {}))
    return sorted(rows.values(), key=lambda row: (row.code.isdigit(), -row.money.get("disbursement", 0), row.code))


def show_country(connection: Connection, viewer: Viewer, code: str, framework: str = "") -> CountryPage:
    """One country or region. Raises NotFound for a code that is neither."""
    if not (is_code("Country", code) or is_code("Region", code)):
        raise NotFound(worded("There is no country or region “%(code)s”.", code=code))
    donors: dict[str, DonorMoney] = {}
    for ref, name, flow, net in places.read_money_by_donor(connection, code):
        donors.setdefault(ref or "", DonorMoney(ref or "", name or "")).money[flow] = int(net)
    report = report_overlap(connection, OverlapFilter(framework, countries=(code,)))
    asked = PortfolioFilter(country=code, sort="disbursement")
    ranked = sorted(donors.values(), key=lambda one: (-one.money.get("disbursement", 0), one.name))
    years = by_year(places.read_money_by_year(connection, country=code))
    return CountryPage(code, report, ranked, years, list_portfolio(connection, viewer, asked, framework))


def by_year(rows: list[Any]) -> dict[int, dict[str, int]]:
    """year -> flow type -> net, years without money between the first and the last included."""
    found: dict[int, dict[str, int]] = {}
    for year, flow, net in rows:
        found.setdefault(int(year), {})[flow] = int(net)
    return {year: found.get(year, {}) for year in range(min(found), max(found) + 1)} if found else {}


def countries_table(rows: list[CountryRow], currency: str) -> Table:
    """The list as a table."""
    statuses = ("no data", "gap", "single donor", "shared", "crowded")
    headings = [
        "Country",
        "Name",
        f"Commitments ({currency})",
        f"Disbursements ({currency})",
        "Donors",
        "Projects",
        *(f"Areas: {status}" for status in statuses),
    ]
    lines: list[list[Cell]] = [
        [
            row.code,
            place_name(row.code),
            *(Decimal(row.money.get(flow, 0)).scaleb(-2) for flow in FLOWS[:2]),
            row.donors,
            row.projects,
            *(row.statuses.get(status, 0) for status in statuses),
        ]
        for row in rows
    ]
    return Table("Countries", headings, lines)


def donors_table(donors: list[DonorMoney], currency: str) -> Table:
    """A country's donors."""
    headings = ["Donor", "Name", *(f"{flow.title()}s ({currency})" for flow in FLOWS)]
    lines: list[list[Cell]] = [
        [one.ref, one.name, *(Decimal(one.money.get(flow, 0)).scaleb(-2) for flow in FLOWS)] for one in donors
    ]
    return Table("Donors", headings, lines)


def years_table(years: dict[int, dict[str, int]], currency: str) -> Table:
    """Money by year."""
    headings = ["Year", *(f"{flow.title()}s ({currency})" for flow in FLOWS)]
    lines: list[list[Cell]] = [
        [year, *(Decimal(row.get(flow, 0)).scaleb(-2) for flow in FLOWS)] for year, row in years.items()
    ]
    return Table("Years", headings, lines)


def money_json(money: dict[str, int]) -> dict[str, str]:
    """Net money by flow type as decimal strings."""
    return {flow: money_text(money.get(flow, 0)) for flow in FLOWS}
