"""The charts of the meeting pack: a heat map, and bars of donors and of areas."""

from app.formats import isolate, money, number
from app.languages import gettext as _
from app.languages import ngettext
from app.services.overlap_heat import heat_map
from app.services.pack_sections import heat_table
from app.services.pack_words import area_name, donor_name, years_between
from app.services.report_overlap import OverlapReport
from exports.meeting_pack import PackTable, Picture

HEAT_DONORS = 14
BARS = 15


def pictures(report: OverlapReport) -> list[Picture]:
    """None for a report without money whose area is known."""
    heat = heat_map(report, HEAT_DONORS)
    if not heat.donors:
        return []
    note = _("Money by area and donor in thousands of %(currency)s; darker is more.") % {"currency": report.currency}
    areas = sorted(((area_name(report, area), total) for area, _cells, total in heat.rows), key=lambda one: -one[1])
    donors = [(donor_name(report, line.donor), line.cents) for line in report.figures.donor_lines if line.cents > 0]
    said = _source(report)
    return [
        Picture("heat-map", _("Who funds what"), f"{note} {said}", heat_table(report, heat)),
        _bars("donors", _("Donors"), said, donors),
        _bars("areas", _("Areas"), said, [one for one in areas if one[1] > 0]),
    ]


def _source(report: OverlapReport) -> str:
    years = (
        years_between(report.first_year, report.last_year or report.first_year) if report.first_year else _("all years")
    )
    version = _("data version %(number)s") % {"number": report.data_version}
    return f"{isolate(report.currency)}, {years}. Tessera, {version}."


def _bars(name: str, title: str, note: str, lines: list[tuple[str, int]]) -> Picture:
    """The largest; what the others have together stands in the note, without a bar."""
    shown, rest = lines[:BARS], lines[BARS:]
    most = max(cents for _label, cents in shown)
    if rest:
        others = ngettext("%(num)s other: %(amount)s.", "%(num)s others: %(amount)s.", len(rest))
        note = f"{others % {'num': number(len(rest)), 'amount': money(sum(cents for _label, cents in rest))}} {note}"
    table = PackTable(["", ""], [[label, money(cents)] for label, cents in shown], (1,))
    return Picture(name, title, note, table, [cents / most for _label, cents in shown])
