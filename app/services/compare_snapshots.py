"""A snapshot compared with another one, or with the data of now: what changed, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.codelists.countries import countries_of_region
from app.errors import InvalidInput
from app.models.worded import worded
from app.queries.frameworks import StoredArea
from app.rules.compare_money import Key, Side
from app.rules.compare_reports import Comparison, compare_reports
from app.rules.frozen_money import FrozenMoney, FrozenProject
from app.rules.method import VERSION
from app.services.freeze_snapshot import read_money_behind
from app.services.open_snapshot import open_money, open_snapshot
from app.services.report_overlap import NOBODY, Named, OverlapFilter, OverlapReport, report_overlap

MOST_ROWS = 100_000  # that somebody waits for


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two reports; `number` None: the data of now."""

    number: int | None
    title: str
    at: datetime
    method: str
    report: OverlapReport
    money: FrozenMoney


@dataclass(frozen=True, slots=True)
class ComparedSnapshots:
    """The older report and the newer one, and what lies between them."""

    before: Compared
    after: Compared
    found: Comparison

    def donor(self, number: int) -> Named:
        return self.after.report.donors.get(number) or self.before.report.donors.get(number, NOBODY)

    def area(self, number: int) -> StoredArea | None:
        """None: the area is not known."""
        return self.after.report.areas.get(number) or self.before.report.areas.get(number)

    def project(self, number: int) -> FrozenProject:
        """As it is called now; without a name where its owner doesn't share it with everybody."""
        both = (self.after.money.projects, self.before.money.projects)
        return next((some[number] for some in both if number in some), FrozenProject())

    @property
    def is_same_question(self) -> bool:
        return self.before.report.asked == self.after.report.asked


def compare_snapshots(connection: Connection, number: int, other: int | None) -> ComparedSnapshots:
    """Snapshot `number` and snapshot `other` (None: the same question asked of the data of now), the older one
    first. Raises NotFound, InvalidInput where two reports can't be compared."""
    if number == other:
        raise InvalidInput("A snapshot and itself have no difference: choose another one.")
    one = _frozen(connection, number)
    two = _now(connection, one.report.asked) if other is None else _frozen(connection, other)
    before, after = sorted((one, two), key=lambda each: (each.number is None, each.at, each.number or 0))
    _check(before.report, after.report)
    return ComparedSnapshots(before, after, compare_reports(_side(before), _side(after)))


def _frozen(connection: Connection, number: int) -> Compared:
    snapshot = open_snapshot(connection, number)
    at = snapshot.row.at if snapshot.row.at.tzinfo else snapshot.row.at.replace(tzinfo=UTC)
    money = open_money(snapshot)
    if len(money.rows) > 2 * MOST_ROWS:  # areas split them
        raise InvalidInput(
            worded(
                "Snapshot %(number)s is too large to compare: freeze one of fewer countries, donors or years.",
                number=number,
            )
        )
    return Compared(number, snapshot.row.title, at, snapshot.method, snapshot.report, money)


def _now(connection: Connection, asked: OverlapFilter) -> Compared:
    report, money = report_overlap(connection, asked), read_money_behind(connection, asked, MOST_ROWS)
    return Compared(None, "", datetime.now(UTC), VERSION, report, money)


def _check(before: OverlapReport, after: OverlapReport) -> None:
    facts = {
        "framework": [one.framework.key for one in (before, after)],
        "flow": [one.asked.flow for one in (before, after)],
        "basis": ["gross" if one.asked.gross else "net" for one in (before, after)],
        "level": [one.asked.level for one in (before, after)],
        "currency": [one.currency for one in (before, after)],
        "choice of donors": [", ".join(sorted(one.asked.donors)) or "all" for one in (before, after)],
    }
    if unlike := [f"{name} ({then} and {now})" for name, (then, now) in facts.items() if then != now]:
        raise InvalidInput(
            worded("These two reports can't be compared: they differ in %(names)s.", names="; ".join(unlike))
        )


def _side(one: Compared) -> Side:
    return Side(one.money, one.report.asked.gross, _covers(one.report.asked))


def _covers(asked: OverlapFilter) -> Callable[[Key], bool]:
    """Whether a report of `asked` would hold money of this country and year."""
    places = set(asked.countries)
    for region in asked.regions:
        places |= {region, *countries_of_region(region)}
    first, last = asked.first_year or 0, asked.last_year or 9999

    def covers(key: Key) -> bool:
        country, _, year = key
        return first <= year <= last and (not places or country in places)

    return covers
