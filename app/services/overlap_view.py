"""What the page of the overlap report shows beside the report itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.queries import places
from app.queries.frameworks import StoredFramework, list_frameworks
from app.services.report_overlap import AreaLine, Named, OverlapReport

LINES_SHOWN = 200
PAIRS_SHOWN = 20
MATRIX_COUNTRIES = 40


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers."""

    frameworks: list[StoredFramework]
    countries: list[str]
    regions: list[str]
    donors: list[Named]


@dataclass(slots=True)
class OverlapView:
    """Lines in the order of the page.

    `matrix`: area id -> country -> line, for reports on several countries; `gaps`: area id -> the
    countries (no regions) in which donors reported and none funds it.
    """

    lines: list[AreaLine]
    left_out: int
    countries: list[str]
    matrix: dict[int, dict[str, AreaLine]]
    gaps: dict[int, list[str]] = field(default_factory=dict)
    crowded: list[AreaLine] = field(default_factory=list)
    no_data: list[str] = field(default_factory=list)


def read_choices(connection: Connection) -> Choices:
    """Frameworks, and the countries, regions and donors that have money."""
    codes = places.list_places_with_money(connection)
    donors = [Named(row.ref, row.name) for row in places.list_donors_with_money(connection)]
    countries = [code for code in codes if not code.isdigit()]
    return Choices(list_frameworks(connection), countries, [code for code in codes if code.isdigit()], donors)


def view_overlap(report: OverlapReport) -> OverlapView:
    """Sort `report`'s areas into what the page shows; a page of a whole world shows the first lines only."""
    lines = report.figures.areas
    money: dict[str, int] = defaultdict(int)
    matrix: dict[int, dict[str, AreaLine]] = defaultdict(dict)
    gaps: dict[int, list[str]] = defaultdict(list)
    for line in lines:
        money[line.country] += line.cents
        matrix[line.area][line.country] = line
        if line.status.status.startswith("gap") and not line.country.isdigit():
            gaps[line.area].append(line.country)
    ranked = sorted((code for code in money if not code.isdigit()), key=lambda code: (-money[code], code))
    silent = [code for code in report.countries if all(row[code].status.status == "no data" for row in matrix.values())]
    return OverlapView(
        lines[:LINES_SHOWN],
        max(0, len(lines) - LINES_SHOWN),
        sorted(ranked[:MATRIX_COUNTRIES]),
        dict(matrix),
        dict(gaps),
        sorted((line for line in lines if line.status.status == "crowded"), key=lambda line: -line.donors),
        silent,
    )


def donor_refs(report: OverlapReport, donors: Sequence[int]) -> list[str]:
    """The references by which an address names these donors."""
    return [report.donor(donor).ref for donor in donors]


def area_codes(report: OverlapReport, places: Sequence[tuple[str, int]]) -> list[str]:
    """Codes of the areas of these (country, area) places, each once."""
    return sorted({report.area(area).code for _, area in places})
