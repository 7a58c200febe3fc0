"""The sections of the meeting pack, in words: what a meeting reads from the overlap report.

Long tables show the lines with most money; the rest is added up in one line, apart, and is in no index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.formats import NOTHING, day, isolate, money, number, percent
from app.languages import gettext as _
from app.languages import ngettext
from app.models.allocation import UNNAMED
from app.queries.overlap_projects import Contribution, Totals
from app.services.overlap_heat import HeatMap, country_heat, heat_map
from app.services.overlap_view import view_overlap
from app.services.pack_words import (
    area_name,
    donor_name,
    exact,
    figure,
    fixed,
    listed,
    more_lines,
    place,
    rest_line,
    status_name,
    years_between,
)
from app.services.report_method import report_method
from app.services.report_overlap import OverlapReport
from exports.meeting_pack import PackSection, PackTable

HEAT_DONORS = HEAT_COUNTRIES = 20
MATRIX_COUNTRIES, UPRIGHT_COUNTRIES = 14, 6
LINES = 150  # of a table, the annex aside
PAIRS = 25
ANNEX = 1000
SILENT = 40
Ages = Mapping[int, tuple[date, date]]
NO_AGES: Ages = {}


@dataclass(frozen=True, slots=True)
class PackProjects:
    """Projects behind the report that its reader may see, most money first; `origins`: project -> what brought it;
    `totals`: of all of them, also those that are not in `lines`."""

    lines: Sequence[Contribution]
    totals: Totals
    origins: dict[int, str]


def donor_heat_table(report: OverlapReport, heat: HeatMap[int]) -> PackTable:
    """Areas by donors in thousands; the sum of each row is exact to the cent in the table of areas."""
    others = ngettext("%(num)s other donor", "%(num)s other donors", len(heat.others)) % {"num": len(heat.others)}
    return _heat_table(report, heat, [donor_name(report, donor) for donor in heat.columns], others)


def country_heat_table(report: OverlapReport, heat: HeatMap[str]) -> PackTable:
    """Areas by countries in thousands."""
    count = len(heat.others)
    others = ngettext("%(num)s other country or region", "%(num)s other countries and regions", count) % {"num": count}
    return _heat_table(report, heat, [place(code) for code in heat.columns], others)


def _heat_table(report: OverlapReport, heat: HeatMap[Any], names: list[str], others: str) -> PackTable:
    columns = names + ([others] if heat.others else [])
    lines = [(area_name(report, area), cells, total) for area, cells, total in heat.rows]
    if heat.rest:
        lines.append((other_areas(len(heat.other_areas)), *heat.rest))
    rows = [[name, *(_thousands(cell.amount) for cell in cells), _thousands(total)] for name, cells, total in lines]
    total = [_("All areas"), *(_thousands(cents) for cents in heat.totals), _thousands(heat.whole)]
    steps = [[0, *(cell.step for cell in cells)] for _name, cells, _total in lines]
    return PackTable([_("Area"), *columns, _("All")], rows, range(1, len(columns) + 2), (), steps, total)


def other_areas(count: int) -> str:
    return ngettext("%(num)s other area", "%(num)s other areas", count) % {"num": number(count)}


def _thousands(cents: int) -> str:
    return number(cents / 100_000, 0 if cents >= 1_000_000 else 1) if cents > 0 else NOTHING


def report_sections(
    report: OverlapReport, projects: PackProjects, ages: Ages = NO_AGES
) -> tuple[list[PackSection], list[PackSection]]:
    """What the report itself says: before and after what the meeting asks beside it."""
    sections = [
        _heat(report),
        _country_heat(report),
        _matrix(report),
        _gaps(report),
        _crowded(report),
        _areas(report),
        _donors(report, ages),
    ]
    sections += [_pairs(report), _countries(report)]
    after = [_annex(report, projects), _method(), _trust(report)]
    return [section for section in sections if section is not None], after


def _heat(report: OverlapReport) -> PackSection:
    heat = heat_map(report, HEAT_DONORS)
    title = _("Who funds what")
    if not heat.columns:
        return PackSection(title, [_("No money with a known area in this report.")])
    note = _("Money by area and donor in thousands of %(currency)s; darker is more.") % {"currency": report.currency}
    return PackSection(title, table=donor_heat_table(report, heat), note=note, is_wide=True)


def _country_heat(report: OverlapReport) -> PackSection | None:
    """For several countries; one of them is in the table of areas."""
    heat = country_heat(report, HEAT_COUNTRIES)
    if len(heat.columns) < 2:
        return None
    note = _("Money by area and country in thousands of %(currency)s; darker is more.") % {"currency": report.currency}
    return PackSection(_("Where the money goes"), table=country_heat_table(report, heat), note=note, is_wide=True)


def _matrix(report: OverlapReport) -> PackSection | None:
    """Statuses by country, for a few countries."""
    shown = view_overlap(report)
    countries = sorted(shown.countries, key=place)
    if not 1 < len(countries) <= MATRIX_COUNTRIES:
        return None
    rows, steps = [], []
    for area in report.framework.areas:
        lines = [shown.matrix[area.id][code] for code in countries]
        rows.append([area_name(report, area.id), *(_status_cell(line.donors, line.status.status) for line in lines)])
        steps.append(["", *(line.status.status for line in lines)])
    table = PackTable([_("Area"), *map(place, countries)], rows, (), [2, *[1] * len(countries)], steps)
    note = _("Number of donors and status of each area in each country.")
    return PackSection(_("Status by country"), table=table, note=note, is_wide=len(countries) > UPRIGHT_COUNTRIES)


def _status_cell(donors: int, status: str) -> str:
    return f"{number(donors)} · {status_name(status)}" if donors else status_name(status)


def _gaps(report: OverlapReport) -> PackSection:
    shown = view_overlap(report)
    points = [
        f"{area_name(report, area.id)}: {listed(sorted(map(place, shown.gaps[area.id])))}"
        for area in report.framework.areas
        if area.id in shown.gaps
    ]
    sentences = [] if points else [_("Every area has a donor wherever donors have reported.")]
    if shown.no_data:
        sentences.append(
            f"{_('No data, since no donor there has reported for these years:')} {listed(map(place, shown.no_data))}."
        )
    if not report.countries:
        sentences = [_("No money in this report.")]
    return PackSection(_("What nobody funds"), sentences, points)


def _crowded(report: OverlapReport) -> PackSection:
    lines = view_overlap(report).crowded
    points = [
        f"{listed([area_name(report, line.area), place(line.country)])}: "
        f"{listed([_donors_of(line.donors), exact(line.cents)])}"
        for line in lines[:LINES]
    ]
    limit = _("No area has more than %(count)s donors.") % {"count": number(report.asked.shared_max)}
    caution = _("An overlap is a question for the meeting, never a proof of duplication.")
    return PackSection(_("What is crowded"), [caution] if points else [limit], points, note=more_lines(lines[LINES:]))


def _donors_of(count: int) -> str:
    return ngettext("%(num)s donor", "%(num)s donors", count) % {"num": number(count)}


def _areas(report: OverlapReport) -> PackSection:
    """Every area of a report on few countries; else those with most money."""
    order = sorted(report.figures.areas, key=lambda line: place(line.country))
    if len(order) > LINES:
        order.sort(key=lambda line: -line.cents)
    shown, rest = order[:LINES], order[LINES:]
    several = len(report.countries) > 1
    rows = [
        [
            area_name(report, line.area), *([place(line.country)] if several else []), status_name(line.status.status),
            exact(line.cents), number(line.projects), number(line.donors), fixed(line.indices.fragmentation, 3),
            fixed(line.indices.effective_donors, 2), percent(line.indices.top_share),
        ]
        for line in shown
    ]  # fmt: skip
    headings = [
        _("Area"), *([_("Country")] if several else []), _("Status"), _("Amount"), _("Projects"), _("Donors"),
        _("Fragmentation"), _("Effective donors"), _("Top share"),
    ]  # fmt: skip
    at = 1 + several
    if rest:
        rows.append(rest_line(len(rest), at + 1, sum(line.cents for line in rest), len(headings)))
    total = [_("All areas"), *[""] * at, exact(sum(line.cents for line in order)), *[""] * (len(headings) - at - 2)]
    steps = [[0] * at + [line.status.status] for line in shown]
    widths = [2.8, *([1.6] if several else []), 1.3, 0, 1.05, 1, 1.6, 1.2, 0.85]
    return PackSection(
        _("Areas"), table=PackTable(headings, rows, range(at + 1, len(headings)), widths, steps, total),
        note=_("Amounts in %(currency)s. A dash: no value.") % {"currency": report.currency},
    )  # fmt: skip


def _donors(report: OverlapReport, ages: Ages) -> PackSection:
    lines = report.figures.donor_lines
    rows = [
        [
            donor_name(report, line.donor), exact(line.cents), exact(line.mapped), number(line.projects),
            number(line.areas), figure(report.concentration_ratio(line.donor)) if line.donor != UNNAMED else NOTHING,
            day(ages[line.donor][1]) if line.donor in ages else NOTHING,
        ]
        for line in lines[:LINES]
    ]  # fmt: skip
    headings = [
        _("Donor"), _("Amount"), _("With a known area"), _("Projects"), _("Areas"), _("Concentration ratio"), _("Last updated"),
    ]  # fmt: skip
    if rest := lines[LINES:]:
        rows.append(rest_line(len(rest), 1, sum(line.cents for line in rest), len(headings)))
    total = [_("All donors"), exact(report.figures.counted), *[""] * 5]
    if not lines:
        return PackSection(_("Donors"), [_("No money in this report.")])
    return PackSection(
        _("Donors"), table=PackTable(headings, rows, range(1, 6), [2, 0, 0, 0.9, 0.8, 1.2, 1.1], total=total)
    )


def _pairs(report: OverlapReport) -> PackSection:
    pairs = report.pairs()
    if not pairs:
        return PackSection(_("Pairs of donors"), [_("There are no two donors with money to compare.")])
    rows = []
    for one, other, pair in pairs[:PAIRS]:
        codes = " ".join(sorted({report.area(area).code for _country, area in pair.areas}))
        values = (pair.finger_kreinin, pair.jaccard, pair.cosine)
        names = f"{donor_name(report, one)} – {donor_name(report, other)}"
        rows.append([names, exact(pair.shared), *(fixed(value, 2) for value in values), isolate(codes)])
    headings = [
        _("Two donors"), _("Shared money"), _("Same profile (Finger-Kreinin)"), "Jaccard", _("Cosine"),
        _("Areas in common"),
    ]  # fmt: skip
    table = PackTable(headings, rows, range(1, 5), [3, 0, 1.1, 0, 0, 1.4])
    return PackSection(_("Pairs of donors"), table=table, note=more_lines(pairs[PAIRS:]))


def _countries(report: OverlapReport) -> PackSection | None:
    lines = report.figures.countries
    if len(lines) < 1:
        return None
    order = sorted(lines, key=lambda line: -line.cents)
    rows = [
        [
            place(line.country), exact(line.cents), number(line.overall.donors), fixed(line.overall.fragmentation, 3),
            fixed(line.labour.value, 3), figure(report.fragmentation_ratio(line.country)),
        ]
        for line in order[:LINES]
    ]  # fmt: skip
    headings = [
        _("Country"), _("With a known area"), _("Donors"), _("Fragmentation"), _("Division of labour"),
        _("Fragmentation ratio"),
    ]  # fmt: skip
    if rest := order[LINES:]:
        rows.append(rest_line(len(rest), 1, sum(line.cents for line in rest), len(headings)))
    return PackSection(_("Countries"), table=PackTable(headings, rows, range(1, 6), [1, 0, 0, 0, 0, 0]))


def _annex(report: OverlapReport, projects: PackProjects) -> PackSection:
    """The projects with most money, as the report counts it; the others added up."""
    basis = "gross" if report.asked.gross else "net"
    shown = projects.lines[:ANNEX]
    rows = [
        [
            isolate(one.identifier), one.title, isolate(one.donor_name or _("donor not named")),
            years_between(one.first_year, one.last_year), exact(getattr(one, basis)), projects.origins.get(one.activity_id, ""),
        ]
        for one in shown
    ]  # fmt: skip
    headings = [_("Identifier"), _("Title"), _("Donor"), _("Years"), _("Amount"), _("Import")]
    if not rows:
        return PackSection(_("Annex: the projects"), [_("No money in this report.")])
    whole = getattr(projects.totals, basis)
    if rest := projects.totals.lines - len(shown):
        rows.append(rest_line(rest, 4, whole - sum(getattr(one, basis) for one in shown), len(headings)))
    total = [_("All projects"), "", "", "", exact(whole), ""]
    note = _(
        "A line for each donor of a project. Projects that their owners do not share yet are counted "
        "in the report but not listed; refunds can make an amount negative."
    )
    table = PackTable(headings, rows, (4,), [2.4, 3.2, 2, 0, 0, 1.7], total=total)
    return PackSection(_("Annex: the projects"), table=table, note=note)


def _method() -> PackSection:
    return PackSection(_("How these figures are made"), points=[f"{what}: {how}" for what, how in report_method()])


def _trust(report: OverlapReport) -> PackSection:
    trust = report.trust
    no_rate = listed(isolate(f"{number(amount, 2)} {currency}") for currency, amount in trust.no_rate.items())
    silent = listed(isolate(one.name) for one in trust.not_reported[:SILENT])
    shares = [
        (_("area known for"), f"{figure(trust.area_known)} {_('of the money')}"),
        (_("confirmed for"), f"{figure(trust.confirmed)} {_('of that, the rest is suggested')}"),
        (_("split equally for want of percentages:"), figure(trust.equal_split, 1)),
        (_("traceable to another project:"), figure(trust.linked, 1)),
        (_("refunds left out:"), money(trust.refunds_left_out, 2)),
        (_("without a named donor, in no index:"), money(report.figures.unnamed, 2)),
        (_("without a rate:"), no_rate or _("none")),
        (_("oldest report:"), day(trust.oldest_report)),
        (_("newest report:"), day(trust.newest_report)),
        (_("named as funder but has not reported:"), silent or _("nobody")),
    ]
    return PackSection(_("How far to trust this"), points=[f"{words} {value}" for words, value in shares])
