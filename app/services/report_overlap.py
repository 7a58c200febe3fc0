"""The overlap report: who funds which area where, who overlaps, what nobody funds."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from app.codelists.countries import countries_of_region
from app.errors import InvalidInput, NotFound
from app.models.allocation import UNNAMED
from app.queries import frameworks, overlap_money
from app.queries.bulk import data_version
from app.queries.overlap_money import Scope
from app.rules.funding_gap import plan_fit
from app.rules.indices import NO_MONEY, Figure, PairSimilarity, Significance, significance
from app.rules.overlap import Thresholds
from app.rules.overlap_report import (
    AreaLine,
    Cell,
    CountryLine,
    DonorLine,
    Money,
    Overlap,
    Place,
    Presence,
    build_overlap,
)
from app.services.plan_needs import plan_needs
from app.settings import settings

FLOWS = ("commitment", "disbursement", "budget")
LEVELS = ("agency", "government")


@dataclass(frozen=True, slots=True)
class OverlapFilter:
    """What a reader asks the report for; also what the address of the page says."""

    framework: str = ""
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    flow: str = "disbursement"
    gross: bool = False
    level: str = "agency"
    shared_max: int = 5

    def check(self) -> None:
        """Raises InvalidInput for what no report can show."""
        if self.flow not in FLOWS:
            raise InvalidInput(f"There is no flow “{self.flow}”: choose {', '.join(FLOWS)}.")
        if self.level not in LEVELS:
            raise InvalidInput(f"There is no level “{self.level}”: choose {', '.join(LEVELS)}.")
        if self.first_year and self.last_year and self.first_year > self.last_year:
            raise InvalidInput(f"The years run backwards: {self.first_year} to {self.last_year}.")
        if self.shared_max < 1:
            raise InvalidInput("The largest number of donors that share an area must be at least 1.")


@dataclass(frozen=True, slots=True)
class Named:
    """A donor as the report shows it."""

    ref: str
    name: str


# How an address names money whose donor no report names.
UNNAMED_REF = "unnamed"
NOBODY = Named(UNNAMED_REF, "Donor not named")
NO_FIGURE = Figure(None, NO_MONEY)


@dataclass(slots=True)
class Trust:
    """How far the figures can be relied on (METRICS section 4)."""

    area_known: Figure
    equal_split: Figure
    confirmed: Figure
    linked: Figure
    refunds_left_out: int
    left_out: dict[str, dict[str, Decimal]]
    not_reported: list[Named]
    oldest_report: date | None
    newest_report: date | None

    @property
    def no_rate(self) -> dict[str, Decimal]:
        """Money without a rate, by currency."""
        return self.left_out.get("no-rate", {})


@dataclass(slots=True)
class OverlapReport:
    """One report: the question, the figures by id, and the names behind the ids."""

    asked: OverlapFilter
    framework: frameworks.StoredFramework
    currency: str
    countries: list[str]
    figures: Overlap
    donors: dict[int, Named]
    significance: Significance[int, str]
    trust: Trust
    first_year: int | None
    last_year: int | None
    data_version: int
    cells: dict[tuple[str, int, int], Cell] = field(default_factory=dict)
    areas: dict[int, frameworks.StoredArea] = field(default_factory=dict)

    def area(self, area_id: int) -> frameworks.StoredArea:
        return self.areas[area_id]

    def donor(self, donor_id: int) -> Named:
        """The donor as it is shown; money whose donor no report names has the empty reference."""
        return self.donors.get(donor_id, NOBODY)

    def concentration_ratio(self, donor_id: int) -> Figure:
        """Significant relations of a donor by all of its relations (OECD)."""
        return self.significance.concentration_ratio.get(donor_id, NO_FIGURE)

    def fragmentation_ratio(self, country: str) -> Figure:
        """Donors of a country whose relation with it is not significant by all its donors (OECD)."""
        return self.significance.fragmentation_ratio.get(country, NO_FIGURE)

    def plan_fit(self, country: str) -> Figure:
        """How the money by area fits what the country's public plans need (METRICS 3)."""
        lines = [line for line in self.figures.areas if line.country == country]
        return plan_fit({line.area: line.cents for line in lines}, {line.area: line.need or 0 for line in lines})

    def cell(self, country: str, area_id: int, donor_id: int) -> Cell | None:
        return self.cells.get((country, area_id, donor_id))

    def pairs(self) -> list[tuple[int, int, PairSimilarity[Place]]]:
        """Pairs of donors with money in a common area, most shared money first."""
        rows = [(a, b, pair) for (a, b), pair in self.figures.pairs.items()]
        return sorted(rows, key=lambda row: (-row[2].shared, row[0], row[1]))


def report_overlap(connection: Connection, asked: OverlapFilter) -> OverlapReport:
    """Build the report that `asked` describes. Raises InvalidInput or NotFound for what does not exist."""
    names = _names(connection)
    framework, scope = _scope(connection, asked, names)
    counted = _count(connection, asked, scope, [area.id for area in framework.areas])
    report = OverlapReport(
        asked, framework, settings().base_currency, counted.countries, counted.figures,
        {number: Named(row.ref, row.name) for number, row in names.items()},
        _significance(connection, scope, asked.level), counted.trust,
        asked.first_year or counted.first_year, asked.last_year or counted.last_year, data_version(connection),
    )  # fmt: skip
    report.areas = framework.by_id
    report.cells = {(cell.country, cell.area, cell.donor): cell for cell in counted.figures.cells}
    return report


class _Counted(NamedTuple):
    """What the database was read for: nobody changes it, since the next reader of the same report gets it too."""

    figures: Overlap
    trust: Trust
    countries: list[str]
    first_year: int | None
    last_year: int | None


def _count(connection: Connection, asked: OverlapFilter, scope: Scope, area_ids: list[int]) -> _Counted:
    """The figures of one scope, read once after each change of the data."""
    key = ("figures", scope, asked.countries, asked.level, asked.shared_max, tuple(area_ids))
    found: _Counted = kept(connection, key, lambda: _count_anew(connection, asked, scope, area_ids))
    return found


def _count_anew(connection: Connection, asked: OverlapFilter, scope: Scope, area_ids: list[int]) -> _Counted:
    top = donors_of_level(connection, asked.level)
    mapped = _money(overlap_money.read_money(connection, scope, mapped=True), top)
    everything = _money(overlap_money.read_money(connection, scope, mapped=False), top)
    presences = _presences(overlap_money.read_projects(connection, scope, mapped=True), top)
    all_presences = _presences(overlap_money.read_projects(connection, scope, mapped=False), top)
    reported = overlap_money.read_countries_reported(connection, scope)
    countries = sorted({*asked.countries, *(row.country for row in everything)})
    needs = plan_needs(connection, scope)
    figures = build_overlap(
        mapped, everything, presences, all_presences, area_ids, reported, countries, Thresholds(asked.shared_max), needs
    )
    years = [row.year for row in everything]
    trust = _trust(connection, scope, figures)
    return _Counted(figures, trust, countries, min(years, default=None), max(years, default=None))


def count_statuses(connection: Connection, asked: OverlapFilter) -> dict[str, Counter[str]]:
    """country -> how many of its areas have which status: the report's own, without counting projects."""
    framework, scope = report_scope(connection, asked)
    mapped = _money(overlap_money.read_money(connection, scope, mapped=True), {})
    everything = _money(overlap_money.read_money(connection, scope, mapped=False), {})
    reported = overlap_money.read_countries_reported(connection, scope)
    area_ids = [area.id for area in framework.areas]
    places = sorted({row.country for row in everything})
    needs = plan_needs(connection, scope)
    figures = build_overlap(mapped, everything, (), (), area_ids, reported, places, Thresholds(asked.shared_max), needs)
    found: dict[str, Counter[str]] = {}
    for line in figures.areas:
        found.setdefault(line.country, Counter())[line.status.status] += 1
    return found


def report_scope(connection: Connection, asked: OverlapFilter) -> tuple[frameworks.StoredFramework, Scope]:
    """The framework and the money of a report of `asked`. Raises InvalidInput or NotFound."""
    return _scope(connection, asked, _names(connection))


def _scope(
    connection: Connection, asked: OverlapFilter, names: dict[int, Any]
) -> tuple[frameworks.StoredFramework, Scope]:
    asked.check()
    framework = frameworks.get_framework(connection, asked.framework)
    places = set(asked.countries)
    for region in asked.regions:
        places |= {region, *countries_of_region(region)}
    return framework, Scope(
        framework.id, asked.flow, "gross" if asked.gross else "net",
        tuple(sorted(places)) if places else None, _donor_ids(asked.donors, names),
        asked.first_year, asked.last_year,
    )  # fmt: skip


def _donor_ids(refs: tuple[str, ...], names: dict[int, Any]) -> tuple[int, ...] | None:
    """The donors that are meant; a government stands for its agencies too, at either level."""
    if not refs:
        return None
    wanted = {number for number, row in names.items() if row.ref in refs}
    if missing := set(refs) - {names[number].ref for number in wanted} - {UNNAMED_REF}:
        raise NotFound(f"No donor with money has the reference {', '.join(sorted(missing))}.")
    nobody = {UNNAMED} if UNNAMED_REF in refs else set()
    return tuple(sorted({n for n, row in names.items() if n in wanted or row.parent_id in wanted} | nobody))


def donors_of_level(connection: Connection, level: str) -> dict[int, int]:
    """donor -> the donor that it counts as, where that is another one: an agency as its government."""
    if level != "government":
        return {}
    return {number: row.parent_id for number, row in _names(connection).items() if row.parent_id}


def _money(rows: list[Money], top: dict[int, int]) -> list[Money]:
    """The rows at the report's level: an agency's money is its government's where `top` says so."""
    return [row._replace(donor=top.get(row.donor, row.donor)) for row in rows] if top else rows


def _presences(rows: Sequence[Presence], top: dict[int, int]) -> Sequence[Presence]:
    if not top:
        return rows
    return [(country, area, top.get(donor, donor), project) for country, area, donor, project in rows]


# What stays the same until the next write: the donors' names, all relations, the figures of reports just read.
_KEPT: WeakKeyDictionary[Engine, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()
_MOST_KEPT = 40


def kept(connection: Connection, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """`make()`, or what it gave for this key since the data last changed."""
    known = _KEPT.setdefault(connection.engine, {})
    version = data_version(connection)
    if known.get(("version",)) != version or len(known) >= _MOST_KEPT:
        known.clear()
        known["version",] = version
    found = known.get(key)
    if found is None:  # another thread may clear what is kept at any moment
        found = known[key] = make()
    return found


def _names(connection: Connection) -> dict[int, Any]:
    """The donors of the whole database and their governments, by id."""
    found: dict[int, Any] = kept(connection, ("names",), lambda: overlap_money.read_names(connection))
    return found


def _significance(connection: Connection, scope: Scope, level: str) -> Significance[int, str]:
    """OECD significance of every donor's relation to every country, for the scope's flow and years."""
    key = ("significance", scope.flow_type, scope.basis, scope.first_year, scope.last_year, level)
    found: Significance[int, str] = kept(connection, key, lambda: _compute_significance(connection, scope, level))
    return found


def _compute_significance(connection: Connection, scope: Scope, level: str) -> Significance[int, str]:
    names = _names(connection)
    matrix: dict[int, dict[str, int]] = {}
    for donor, country, cents in overlap_money.read_relations(connection, scope):
        if donor == UNNAMED or cents <= 0:
            continue
        who = (names[donor].parent_id or donor) if level == "government" and donor in names else donor
        row = matrix.setdefault(who, {})
        row[country] = row.get(country, 0) + int(cents)
    return significance(matrix)


def _trust(connection: Connection, scope: Scope, figures: Overlap) -> Trust:
    left_out: dict[str, dict[str, Decimal]] = {}
    for why, currency, whole, pico in overlap_money.read_unconverted(connection, scope):
        left_out.setdefault(why, {})[currency] = Decimal(int(whole)) + Decimal(int(pico)).scaleb(-12)
    silent = [Named(row.ref, row.name) for row in overlap_money.read_silent_donors(connection, scope)]
    oldest, newest = overlap_money.read_report_days(connection, scope)
    return Trust(
        figures.area_known, figures.equal_split, figures.confirmed, figures.linked, figures.refunds_left_out,
        left_out, silent, oldest, newest,
    )  # fmt: skip


__all__ = [
    "AreaLine", "CountryLine", "DonorLine", "Named", "OverlapFilter", "OverlapReport",
    "report_overlap", "report_scope",
]  # fmt: skip
