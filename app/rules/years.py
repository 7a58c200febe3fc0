"""Money over the years, and what is left of it when today's projects end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.models.allocation import UNNAMED

COMPARED_YEARS = 6
MONTHS_AHEAD = 24
STEP = 6
Place = tuple[str, int]  # country, area


@dataclass(frozen=True, slots=True)
class Year:
    """One year's money: of all donors, and of the panel (None: a year that is not compared)."""

    year: int
    cents: int
    donors: int
    of_panel: int | None


@dataclass(frozen=True, slots=True)
class TimeLine:
    """`panel`: donors that reported in all of `compared`, the last years of the report."""

    years: tuple[Year, ...] = ()
    compared: tuple[int, ...] = ()
    panel: tuple[int, ...] = ()


def build_time_line(money: Iterable[tuple[int, int, int]], reported: Iterable[tuple[int, int]]) -> TimeLine:
    """From (year, donor, cents) and (year, donor) of every report of any flow: fewer reporters look like less money
    and better coordination, so change is shown for a fixed panel beside all (METRICS section 5)."""
    by_year: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for year, donor, cents in money:
        by_year[year][donor] += cents
    if not by_year:
        return TimeLine()
    years = range(min(by_year), max(by_year) + 1)
    compared = tuple(years)[-COMPARED_YEARS:]
    told: dict[int, set[int]] = defaultdict(set)
    for year, donor in reported:
        told[year].add(donor)
    panel = set.intersection(*(told[year] for year in compared)) - {UNNAMED}
    lines = tuple(_year(year, by_year.get(year, {}), panel if year in compared else None) for year in years)
    return TimeLine(lines, compared, tuple(sorted(panel)))


def _year(year: int, row: Mapping[int, int], panel: AbstractSet[int] | None) -> Year:
    positive = {donor: max(0, cents) for donor, cents in row.items()}
    named = sum(1 for donor, cents in positive.items() if cents and donor != UNNAMED)
    of_panel = None if panel is None else sum(positive.get(donor, 0) for donor in panel)
    return Year(year, sum(positive.values()), named, of_panel)


class Running(NamedTuple):
    """One project that a donor funds in an area of a country; `ends` None: nobody says when."""

    country: str
    area: int
    donor: int
    project: int
    ends: date | None
    cents: int


def funded_until(end: date | None, last_promise: date | None) -> date | None:
    """The last day that a project has funding for: money planned or budgeted beyond its end keeps it going."""
    known = [day for day in (end, last_promise) if day is not None]
    return max(known, default=None)


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many areas of countries are funded on one day: by several donors, by one, by nobody any more."""

    day: date
    several: int
    single: int
    gaps: int
    projects: int


@dataclass(frozen=True, slots=True)
class Ending:
    """An area of a country that loses donors within the time: who is there now, who stays, which day the last of
    those that leave is gone, how many projects end, and their money in the report."""

    country: str
    area: int
    now: tuple[int, ...]
    after: tuple[int, ...]
    day: date
    projects: int
    cents: int


@dataclass(frozen=True, slots=True)
class Forward:
    """The view ahead from `today`; `open_ended`: projects without a last day, taken as going on."""

    today: date
    until: date
    days: tuple[Ahead, ...]
    endings: tuple[Ending, ...]
    projects: int
    open_ended: int


def look_forward(running: Iterable[Running], today: date, months: int = MONTHS_AHEAD) -> Forward:
    """Which areas lose their donors within `months`, if nothing new comes: tomorrow's gaps first (our rule)."""
    places: dict[Place, list[Running]] = defaultdict(list)
    for one in running:
        if one.ends is None or one.ends >= today:
            places[one.country, one.area].append(one)
    days = [later(today, step) for step in range(0, months + 1, STEP)]
    until = days[-1]
    everything = [one for rows in places.values() for one in rows]
    endings = [_ending(place, rows, until) for place, rows in places.items()]
    ranked = sorted(
        (one for one in endings if one is not None), key=lambda one: (len(one.after) > 0, one.day, -one.cents)
    )
    return Forward(
        today, until, tuple(_ahead(places, day) for day in days), tuple(ranked),
        len({one.project for one in everything}), len({one.project for one in everything if one.ends is None}),
    )  # fmt: skip


def _there(rows: Iterable[Running], day: date) -> list[Running]:
    return [one for one in rows if one.ends is None or one.ends >= day]


def _ahead(places: Mapping[Place, list[Running]], day: date) -> Ahead:
    there = [_there(rows, day) for rows in places.values()]
    counts = [len({one.donor for one in rows}) for rows in there]
    projects = len({one.project for rows in there for one in rows})
    return Ahead(day, sum(c > 1 for c in counts), counts.count(1), counts.count(0), projects)


def _ending(place: Place, rows: list[Running], until: date) -> Ending | None:
    stay = _there(rows, until)
    now, after = {one.donor for one in rows}, {one.donor for one in stay}
    if now == after:
        return None
    gone = [one for one in rows if one not in stay and one.donor not in after]
    last = max(one.ends for one in gone if one.ends is not None)
    ends = [one for one in rows if one not in stay]
    return Ending(
        *place, tuple(sorted(now)), tuple(sorted(after)), last, len({one.project for one in ends}),
        sum(one.cents for one in ends),
    )  # fmt: skip


def later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month where it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first.replace(day=1) + (day - day.replace(day=1)), date.fromordinal(following.toordinal() - 1))
