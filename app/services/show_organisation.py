"""Organisations: the list, and one organisation's part in the portfolio."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.codelists import name_of
from app.errors import NotFound
from app.models.worded import worded
from app.queries import places
from app.queries.frameworks import get_framework
from app.queries.organisations import organisation_by_ref
from app.queries.portfolio import PortfolioFilter
from app.rules.permissions import Viewer
from app.services.list_portfolio import PortfolioPage, list_portfolio
from app.services.show_country import by_year
from exports.table import Table

PAGE_SIZE = 100


@dataclass(slots=True)
class OrganisationList:
    """One page of organisations (rows of `places.list_organisations`)."""

    rows: list[Any]
    found: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE_SIZE))


@dataclass(slots=True)
class OrganisationPage:
    """One organisation; money is what it gives as a donor, a government's agencies included."""

    row: Any
    government: Any
    agencies: list[Any]
    roles: dict[str, int]
    countries: list[tuple[str, dict[str, int]]]
    areas: list[tuple[str, str, dict[str, int]]]
    years: dict[int, dict[str, int]]
    projects: PortfolioPage


def list_organisations(
    connection: Connection, words: str = "", *, unknown_only: bool = False, page: int | None = 1
) -> OrganisationList:
    """Organisations that take part in a project or give money; `page` None: all of them."""
    limit, offset = (None, 0) if page is None else (PAGE_SIZE, (page - 1) * PAGE_SIZE)
    rows = places.list_organisations(connection, words, unknown_only=unknown_only, limit=limit, offset=offset)
    return OrganisationList(rows, rows[0].found if rows else 0, page or 1)


def show_organisation(connection: Connection, viewer: Viewer, ref: str, framework: str = "") -> OrganisationPage:
    """One organisation by its reference. Raises NotFound."""
    row = organisation_by_ref(connection, ref)
    if row is None:
        raise NotFound(worded("There is no organisation with the reference “%(ref)s”.", ref=ref))
    agencies = places.read_agencies(connection, row.id)
    donors = [row.id, *(agency.id for agency in agencies)]
    chosen = get_framework(connection, framework)
    everywhere = places.read_money_of_donors(connection, donors, 0)
    of_areas = places.read_money_of_donors(connection, donors, chosen.id)
    years = by_year(places.read_money_by_year(connection, donors=donors))
    projects = list_portfolio(connection, viewer, PortfolioFilter(organisation=ref, sort="disbursement"), framework)
    return OrganisationPage(
        row,
        places.read_parent(connection, row.parent_id),
        agencies,
        places.count_roles(connection, viewer, row.id),
        _ranked(_sums(everywhere, "country")),
        [(area.code, area.title, money) for area in chosen.areas if (money := _sums(of_areas, "area_id").get(area.id))],
        years,
        projects,
    )


def _sums(rows: list[Any], key: str) -> dict[Any, dict[str, int]]:
    found: dict[Any, dict[str, int]] = {}
    for row in rows:
        money = found.setdefault(getattr(row, key), {})
        money[row.flow_type] = money.get(row.flow_type, 0) + int(row.net)
    return found


def _ranked(sums: dict[Any, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
    return sorted(sums.items(), key=lambda one: (-one[1].get("disbursement", 0), one[0]))


def organisations_table(found: OrganisationList, currency: str) -> Table:
    """The list as a table."""
    headings = [
        "Reference",
        "Name",
        "Type",
        "Government",
        "Confirmed",
        "Projects",
        f"Disbursed as donor ({currency})",
    ]
    lines = [
        [
            row.ref,
            row.name,
            name_of("OrganisationType", row.type) if row.type else "",
            row.country,
            "yes" if row.known else "no",
            row.projects,
            Decimal(int(row.cents)).scaleb(-2),
        ]
        for row in found.rows
    ]
    return Table("Organisations", headings, lines)


def organisation_tables(page: OrganisationPage, currency: str) -> list[Table]:
    """An organisation's money by country and by area."""
    flows = ("commitment", "disbursement", "budget")
    headings = [f"{flow.title()}s ({currency})" for flow in flows]

    def cells(money: dict[str, int]) -> list[Decimal]:
        return [Decimal(money.get(flow, 0)).scaleb(-2) for flow in flows]

    return [
        Table("Countries", ["Country", *headings], [[code, *cells(money)] for code, money in page.countries]),
        Table(
            "Areas",
            ["Area", "Title", *headings],
            [[code, title, *cells(money)] for code, title, money in page.areas],
        ),
        Table("Roles", ["Role", "Projects"], [[role, count] for role, count in page.roles.items()]),
    ]
