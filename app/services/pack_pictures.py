"""The charts of the meeting pack: heat maps, maps of the world, and bars of donors and of areas."""

from collections import defaultdict

from app.formats import isolate, money, number
from app.languages import gettext as _
from app.languages import ngettext
from app.services.overlap_heat import country_heat, heat_map
from app.services.overlap_map import MapChoice, map_title, world_map
from app.services.pack_sections import country_heat_table, donor_heat_table
from app.services.pack_words import area_name, donor_name, listed, years_between
from app.services.report_overlap import OverlapReport
from exports.meeting_pack import PackMap, PackSection, PackTable, Picture

HEAT_DONORS = HEAT_COUNTRIES = 14
HEAT_AREAS = 24
BARS = 15
MAPS = {"map-money": MapChoice("money"), "map-donors": MapChoice("donors"), "map-status": MapChoice("status")}


def pictures(report: OverlapReport) -> list[Picture]:
    """None for a report without money whose area is known."""
    heat, countries = heat_map(report, HEAT_DONORS, HEAT_AREAS), country_heat(report, HEAT_COUNTRIES, HEAT_AREAS)
    if not heat.columns:
        return []
    note = _("Money by area and donor in thousands of %(currency)s; darker is more.") % {"currency": report.currency}
    where = _("Money by area and country in thousands of %(currency)s; darker is more.") % {"currency": report.currency}
    said = _source(report)
    found = [Picture("heat-map", _("Who funds what"), f"{note} {said}", donor_heat_table(report, heat))]
    if len(countries.columns) > 1:
        table = country_heat_table(report, countries)
        found += [
            Picture("areas-by-country", _("Where the money goes"), f"{where} {said}", table),
            *_maps(report, said),
        ]
    donors = [(donor_name(report, line.donor), line.cents) for line in report.figures.donor_lines if line.cents > 0]
    return [*found, _bars("donors", _("Donors"), said, donors), _bars("areas", _("Areas"), said, _area_sums(report))]


def _area_sums(report: OverlapReport) -> list[tuple[str, int]]:
    """Money of each area over all countries, most first."""
    sums: dict[int, int] = defaultdict(int)
    for line in report.figures.areas:
        sums[line.area] += line.cents
    ranked = sorted(sums.items(), key=lambda one: -one[1])
    return [(area_name(report, area), cents) for area, cents in ranked if cents > 0]


def _maps(report: OverlapReport, said: str) -> list[Picture]:
    return [
        Picture(name, map_title(report, choice), f"{map_note(report, choice)} {said}", map=pack_map(report, choice))
        for name, choice in MAPS.items()
    ]


def map_section(report: OverlapReport) -> list[PackSection]:
    """The map for the pages, of a report on several countries."""
    if sum(one[0] > 0 for one in report.figures.places.values()) < 2:
        return []
    choice = MAPS["map-money"]
    return [
        PackSection(
            map_title(report, choice), note=map_note(report, choice), is_wide=True, map=pack_map(report, choice)
        )
    ]


def pack_map(report: OverlapReport, choice: MapChoice) -> PackMap:
    world = world_map(report, choice)
    return PackMap(world.svg, map_title(report, choice), world.legend)


def map_note(report: OverlapReport, choice: MapChoice) -> str:
    """What the numbers on the map are, and what it does not say."""
    numbers = (
        _("Numbers on the map are millions of %(currency)s.") % {"currency": report.currency}
        if choice.figure == "money" else _("Numbers on the map are donors.")
    )  # fmt: skip
    borders = _("Borders: Natural Earth; they say nothing about the status of any territory.")
    return f"{numbers} {_('Grey: not in this report. Small countries are dots.')} {borders}"


def _source(report: OverlapReport) -> str:
    years = (
        years_between(report.first_year, report.last_year or report.first_year) if report.first_year else _("all years")
    )
    version = _("data version %(number)s") % {"number": report.data_version}
    return f"{listed([isolate(report.currency), years])}. {listed(['Tessera', version])}."


def _bars(name: str, title: str, note: str, lines: list[tuple[str, int]]) -> Picture:
    """The largest; what the others have together stands in the note, without a bar."""
    shown, rest = lines[:BARS], lines[BARS:]
    most = max(cents for _label, cents in shown)
    if rest:
        others = ngettext("%(num)s other: %(amount)s.", "%(num)s others: %(amount)s.", len(rest))
        note = f"{others % {'num': number(len(rest)), 'amount': money(sum(cents for _label, cents in rest))}} {note}"
    table = PackTable(["", ""], [[label, money(cents)] for label, cents in shown], (1,))
    return Picture(name, title, note, table, [cents / most for _label, cents in shown])
