"""The overlap report: who funds which area where, who overlaps, what nobody funds."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from app.codelists.countries import countries_of_region
from app.errors import InvalidInput, NotFound
from app.models.allocation import UNNAMED
from app.models.worded import worded
from app.queries import frameworks, overlap_money, overlap_sheets
from app.queries.bulk import data_version
from app.queries.overlap_money import Scope
from app.rules.cell_sums import Cell, Place
from app.rules.funding_gap import plan_fit
from app.rules.indices import NO_MONEY, Figure, PairSimilarity, Significance, most_shared, significance
from app.rules.overlap import Thresholds
from app.rules.overlap_report import (
    AreaLine,
    CountryLine,
    DonorLine,
    Overlap,
    Sums,
    build_overlap,
)
from app.rules.overlap_sums import Sheets, Told, count_projects, name_relations, sum_money, sum_relations, tell
from app.services.collector import collector_paused
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
            raise InvalidInput(
                worded("There is no flow “%(flow)s”: choose %(choices)s.", flow=self.flow, choices=", ".join(FLOWS))
            )
        if self.level not in LEVELS:
            raise InvalidInput(
                worded(
                    "There is no level “%(level)s”: choose %(choices)s.", level=self.level, choices=", ".join(LEVELS)
                )
            )
        if self.first_year and self.last_year and self.first_year > self.last_year:
            raise InvalidInput(
                worded(
                    "The years run backwards: %(first_year)s to %(last_year)s.",
                    first_year=self.first_year,
                    last_year=self.last_year,
                )
            )
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
        if not self.cells:  # a page of the world asks for none of its many
            self.cells = {(cell.country, cell.area, cell.donor): cell for cell in self.figures.cells}
        return self.cells.get((country, area_id, donor_id))

    def pairs(self, limit: int | None = None) -> list[tuple[int, int, PairSimilarity[Place]]]:
        """Pairs of donors with money, most shared money first; as many as asked for (None: all)."""
        pairs = self.figures.pairs
        return [(*pair, pairs[pair]) for pair in most_shared(pairs, limit)]


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
    with collector_paused():
        sums = _sum_up(connection, scope, donors_of_level(connection, asked.level))
        reported = _reporting_donors(connection, scope)
        countries = sorted({*asked.countries, *(country for _, country, _ in sums.totals)})
        needs = plan_needs(connection, scope)
        thresholds = Thresholds(asked.shared_max)
        figures = build_overlap(sums, area_ids, reported, countries, thresholds, needs, gross=asked.gross)
    first, last = sums.years or (None, None)
    return _Counted(figures, _trust(connection, scope, figures), countries, first, last)


def _sum_up(connection: Connection, scope: Scope, top: dict[int, int], *, is_counted: bool = True) -> Sums:
    """The sums of a scope; without projects unless they are counted."""
    whole = scope.years == (None, None)
    by_donor = whole and not top  # refunds are cut off each year, by what counts as one donor
    everything = _world(connection, scope.flow_type, whole=by_donor).only(scope.countries, scope.donors)
    reads = overlap_sheets.list_money_reads(connection, scope, whole=by_donor)
    if is_counted:
        reads += overlap_sheets.list_project_reads(connection, scope, whole=whole)
    with closing(overlap_sheets.read_ahead(reads)) as sheets:
        sums = sum_money(next(sheets), next(sheets), everything, scope.basis, scope.years, top)
        if is_counted:
            count_projects(sums, next(sheets), next(sheets), scope.years, top)
    return sums


def _world(connection: Connection, flow_type: str, *, whole: bool) -> Sheets:
    read = partial(overlap_sheets.read_world, connection, flow_type, whole=whole)
    found: Sheets = kept(connection, ("world", flow_type, whole), read)
    return found


def _reporting_donors(connection: Connection, scope: Scope) -> dict[str, int]:
    """Donors with any report on each country for these years, whatever the flow."""
    if scope.years == (None, None):
        return overlap_sheets.count_reporting_donors(connection, scope.countries)
    return overlap_money.read_countries_reported(connection, scope)


def count_statuses(connection: Connection, asked: OverlapFilter) -> dict[str, Counter[str]]:
    """country -> how many of its areas have which status: the report's own, without counting projects."""
    framework, scope = report_scope(connection, asked)
    sums = _sum_up(connection, scope, {}, is_counted=False)
    reported = _reporting_donors(connection, scope)
    area_ids = [area.id for area in framework.areas]
    places = sorted({country for _, country, _ in sums.totals})
    needs = plan_needs(connection, scope)
    figures = build_overlap(sums, area_ids, reported, places, Thresholds(asked.shared_max), needs)
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
        raise NotFound(worded("No donor with money has the reference %(names)s.", names=", ".join(sorted(missing))))
    nobody = {UNNAMED} if UNNAMED_REF in refs else set()
    return tuple(sorted({n for n, row in names.items() if n in wanted or row.parent_id in wanted} | nobody))


def donors_of_level(connection: Connection, level: str) -> dict[int, int]:
    """donor -> the donor that it counts as, where that is another one: an agency as its government."""
    if level != "government":
        return {}
    return {number: row.parent_id for number, row in _names(connection).items() if row.parent_id}


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
    world = _world(connection, scope.flow_type, whole=scope.years == (None, None))
    rows = sum_relations(world, scope.basis, scope.years)
    return significance(name_relations(rows, donors_of_level(connection, level)))


def _trust(connection: Connection, scope: Scope, figures: Overlap) -> Trust:
    left_out: dict[str, dict[str, Decimal]] = {}
    for why, currency, whole, pico in overlap_money.read_unconverted(connection, scope):
        left_out.setdefault(why, {})[currency] = Decimal(int(whole)) + Decimal(int(pico)).scaleb(-12)
    told = tell(overlap_sheets.read_told(connection, scope, scope.told_flows), scope.years)
    silent = [Named(row.ref, row.name) for row in _silent_donors(connection, scope, told)]
    oldest, newest = map(date.fromordinal, told.days) if told.days else (None, None)
    return Trust(
        figures.area_known, figures.equal_split, figures.confirmed, figures.linked, figures.refunds_left_out,
        left_out, silent, oldest, newest,
    )  # fmt: skip


def _silent_donors(connection: Connection, scope: Scope, told: Told) -> list[Any]:
    """Organisations that others name as funders of money in this scope and that report nothing
    themselves for these years, of any flow: (id, ref, name)."""
    reporters = told.reporters | told.owners
    candidates = told.funders - reporters
    if candidates and (scope.donors is not None or scope.years != (None, None)):
        everybody = replace(scope, donors=None)
        flows = FLOWS if scope.years != (None, None) else scope.told_flows
        candidates -= tell(overlap_sheets.read_told(connection, everybody, flows), scope.years).reporters
    return overlap_money.read_silent(connection, candidates, reporters)


__all__ = [
    "AreaLine", "CountryLine", "DonorLine", "Named", "OverlapFilter", "OverlapReport",
    "report_overlap", "report_scope",
]  # fmt: skip
