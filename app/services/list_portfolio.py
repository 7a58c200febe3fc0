"""The list of projects: search, filters, pages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.codelists import codes, name_of
from app.queries import places, portfolio
from app.queries.frameworks import StoredFramework, get_framework, list_frameworks
from app.queries.portfolio import PortfolioFilter, ProjectRow
from app.rules.permissions import Viewer
from app.services.overlap_json import money_text
from app.services.report_overlap import Named
from exports.table import Table

PAGE_SIZE = 50


@dataclass(slots=True)
class PortfolioPage:
    """One page of projects, and how many there are on all pages."""

    framework: StoredFramework
    rows: list[ProjectRow]
    found: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class PortfolioChoices:
    """What the form offers."""

    frameworks: list[StoredFramework]
    countries: list[str]
    regions: list[str]
    donors: list[Named]
    statuses: tuple[str, ...]


def list_portfolio(
    connection: Connection, viewer: Viewer, asked: PortfolioFilter, framework_key: str = "", page: int = 1
) -> PortfolioPage:
    """Page `page` of the projects that `asked` finds. Raises NotFound for an unknown framework."""
    framework = get_framework(connection, framework_key)
    asked = replace(asked, framework_id=framework.id)
    found = portfolio.count_projects(connection, viewer, asked)
    ids = portfolio.list_ids(connection, viewer, asked, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    return PortfolioPage(framework, list(portfolio.read_rows(connection, ids, framework.id)), found, page)


def list_whole_portfolio(
    connection: Connection, viewer: Viewer, asked: PortfolioFilter, framework_key: str = ""
) -> Iterator[ProjectRow]:
    """All projects that `asked` finds, 2,000 at a time."""
    framework = get_framework(connection, framework_key)
    ids = portfolio.list_ids(connection, viewer, replace(asked, framework_id=framework.id))
    return portfolio.read_rows(connection, ids, framework.id)


def read_portfolio_choices(connection: Connection) -> PortfolioChoices:
    """Frameworks, countries and regions with money, donors, statuses."""
    found = places.list_places_with_money(connection)
    donors = [Named(row.ref, row.name) for row in places.list_donors_with_money(connection)]
    countries = [code for code in found if not code.isdigit()]
    regions = [code for code in found if code.isdigit()]
    return PortfolioChoices(list_frameworks(connection), countries, regions, donors, codes("ActivityStatus"))


def portfolio_table(rows: Iterable[ProjectRow], currency: str) -> Table:
    """The list as a table: the columns of the page."""
    headings = [
        "Identifier",
        "Title",
        "Reporter",
        "Donors",
        "Countries",
        "Status",
        "Start",
        "End",
        f"Commitments ({currency})",
        f"Disbursements ({currency})",
        "Areas",
        "Areas are",
    ]
    return Table("Portfolio", headings, (_line(row) for row in rows))


def _line(row: ProjectRow) -> list[Any]:
    money = [Decimal(row.money.get(flow, 0)).scaleb(-2) for flow in ("commitment", "disbursement")]
    return [
        row.identifier,
        row.title,
        row.reporter[1],
        "; ".join(name for _, name in row.donors),
        " ".join(row.countries),
        name_of("ActivityStatus", row.status),
        row.start,
        row.end,
        *money,
        " ".join(code for code, _, _ in row.areas),
        row.areas[0][2] if row.areas else "",
    ]


def project_row_as_json(row: ProjectRow) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": row.id,
        "identifier": row.identifier,
        "title": row.title,
        "status": row.status,
        "start": row.start.isoformat() if row.start else None,
        "end": row.end.isoformat() if row.end else None,
        "reporter": {"ref": row.reporter[0], "name": row.reporter[1]},
        "donors": [{"ref": ref, "name": name} for ref, name in row.donors],
        "countries": row.countries,
        "commitment": money_text(row.money.get("commitment", 0)),
        "disbursement": money_text(row.money.get("disbursement", 0)),
        "areas": [{"area": code, "title": title, "state": state} for code, title, state in row.areas],
    }
