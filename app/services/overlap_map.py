"""The overlap report as a world map: money, donors or status of each country, and the same figures as lines."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.formats import money, number
from app.languages import LOCALE, ngettext
from app.languages import gettext as _
from app.rules.overlap_report import AreaLine
from app.services.overlap_heat import STEPS
from app.services.pack_words import place, status_name
from app.services.report_overlap import OverlapReport
from exports.world_map import Fill, MapPlace, draw_map, draw_swatch, is_on_map

# Of two statuses that equally many areas have, the first is said.
ORDER = ("gap with need", "gap", "single donor", "crowded", "shared", "no data")
Figure = Literal["money", "donors", "status"]


@dataclass(frozen=True, slots=True)
class MapChoice:
    """What colours the map, and of which area (its code; '': of all money)."""

    figure: Figure = "money"
    area: str = ""


MONEY = MapChoice()


@dataclass(frozen=True, slots=True)
class MapLine:
    """A country or region; `status` of the area, else the one that most areas have there."""

    country: str
    cents: int
    donors: int
    status: str
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class WorldMap:
    """`legend`: (swatch, words); `lines`: most money first."""

    choice: MapChoice
    lines: list[MapLine]
    svg: str
    legend: list[tuple[str, str]]

    @property
    def not_drawn(self) -> list[MapLine]:
        """Regions, and codes that are no country's any more."""
        return [line for line in self.lines if not line.is_drawn and line.cents]


def world_map(report: OverlapReport, choice: MapChoice, link: Callable[[str], str] = lambda _code: "") -> WorldMap:
    """The map of `report` in the reader's language; `link` leads from a country's code to its own page ('': nowhere)."""
    lines = _lines(report, choice.area)
    most = max((_value(line, choice.figure) for line in lines if line.is_drawn), default=0)
    places = {
        line.country: MapPlace(_fill(line, choice, most), _label(line, choice), _said(line), link(line.country))
        for line in lines if line.is_drawn
    }  # fmt: skip
    return WorldMap(choice, lines, draw_map(places, map_title(report, choice)), _legend(choice, most, places))


def map_title(report: OverlapReport, choice: MapChoice) -> str:
    """What the map shows, in words."""
    words = {
        "money": _("Money by country"), "donors": _("Donors by country"),
        "status": _("Status by country") if choice.area else _("The status that most areas of a country have"),
    }[choice.figure]  # fmt: skip
    area = next((one for one in report.framework.areas if one.code == choice.area), None)
    return f"{words}: {area.code} {area.title_in(LOCALE.get())}" if area else words


def _lines(report: OverlapReport, area: str) -> list[MapLine]:
    """Without a known area of that code: of all money."""
    by_country: dict[str, list[AreaLine]] = {}
    for line in report.figures.areas:
        by_country.setdefault(line.country, []).append(line)
    lines = []
    for country, all_areas in by_country.items():
        cents, donors = report.figures.places.get(country, (0, 0))
        chosen = [line for line in all_areas if report.area(line.area).code == area]
        if chosen:
            cents, donors = chosen[0].cents, chosen[0].donors
        lines.append(
            MapLine(
                country, cents, donors, _usual([line.status.status for line in chosen or all_areas]), is_on_map(country)
            )
        )
    return sorted(lines, key=lambda line: (-line.cents, line.country))


def _usual(statuses: list[str]) -> str:
    counts = Counter(statuses)
    return min(counts, key=lambda status: (-counts[status], ORDER.index(status)))


def _value(line: MapLine, figure: Figure) -> int:
    return line.donors if figure == "donors" else line.cents


def _fill(line: MapLine, choice: MapChoice, most: int) -> Fill:
    if choice.figure == "status" or line.status == "no data":
        return line.status
    value = _value(line, choice.figure)
    return 1 + sum(value > most * part for part in STEPS) if value > 0 else 0


def _label(line: MapLine, choice: MapChoice) -> str:
    """Millions, or donors: what fits on a country."""
    if choice.figure == "money":
        millions = line.cents / 100_000_000
        return number(millions, 0 if millions >= 10 else 1) if millions >= 0.05 else ""
    return number(line.donors) if line.donors else ""


def _said(line: MapLine) -> str:
    donors = ngettext("%(num)s donor", "%(num)s donors", line.donors) % {"num": number(line.donors)}
    return f"{place(line.country)}: {money(line.cents)}, {donors}, {status_name(line.status)}"


def _legend(choice: MapChoice, most: int, places: dict[str, MapPlace]) -> list[tuple[str, str]]:
    """Only what the map has."""
    fills = {one.fill for one in places.values()}
    found: list[tuple[str, str]] = []
    for step, part in enumerate((0.0, *STEPS), 1):
        if step in fills:
            least = int(most * part) + 1
            found.append((draw_swatch(step), _("from %(amount)s") % {"amount": _amount(least, choice.figure)}))
    if 0 in fills:
        found.insert(0, (draw_swatch(0), _("no money")))
    return found + [(draw_swatch(status), status_name(status)) for status in ORDER if status in fills]


def _amount(value: int, figure: Figure) -> str:
    return number(value) if figure == "donors" else money(value)
