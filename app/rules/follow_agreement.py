"""What the data say of an agreement since it was made: pure, dated, our own rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

Verdict = Literal["leads", "there", "begun", "not-yet", "left", "leaving", "still-there", "was-not-there"]
LEAD, JOIN, LEAVE = "lead", "join", "leave"
ROLES = (LEAD, JOIN, LEAVE)
OVER = frozenset({"3", "4", "5"})  # IATI ActivityStatus: finalisation, closed, cancelled


class Project(NamedTuple):
    """One project of a party in the agreement's place."""

    project: int
    start: date | None
    end: date | None
    status: str
    first_year: int
    cents: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`before`, `since`: money of the years before and after that of the decision, `year`: of that year itself
    (amounts are known by year, so that year belongs to neither); `then`, `now`: running projects on the day and
    today; `until`: the last day of those of today (None: none runs, or nobody says)."""

    before: int
    year: int
    since: int
    then: int
    now: int
    until: date | None
    verdict: Verdict


def follow_up(
    role: str, projects: Iterable[Project], money: Iterable[tuple[int, int]], decided_on: date, today: date
) -> FollowUp:
    """How one party kept to its part, from its projects in the place and its (year, cents) there."""
    there, amounts = list(projects), list(money)
    then = {one.project for one in there if _runs(one, decided_on, decided_on)}
    running = [one for one in there if _runs(one, today, decided_on)]
    now = {one.project for one in running}
    ends = [one.end for one in running]
    until = None if not ends or None in ends else max(end for end in ends if end is not None)
    is_after = [cents for year, cents in amounts if year > decided_on.year]
    verdict = _leaver(then, now, until) if role == LEAVE else _comer(role, then, now, sum(is_after))
    return FollowUp(
        sum(cents for year, cents in amounts if year < decided_on.year),
        sum(cents for year, cents in amounts if year == decided_on.year),
        sum(is_after), len(then), len(now), until, verdict,
    )  # fmt: skip


def _runs(one: Project, day: date, decided_on: date) -> bool:
    """Begun, and neither ended nor closed; a status is that of today, so it says nothing about the day of decision
    unless there is no date."""
    begins = one.start or date(one.first_year, 1, 1)
    if begins > day:
        return False
    if one.end is not None and one.end < day:
        return False
    return not (one.status in OVER and (day > decided_on or one.end is None))


def _leaver(then: set[int], now: set[int], until: date | None) -> Verdict:
    if not now:
        return "left" if then else "was-not-there"
    return "leaving" if until is not None else "still-there"


def _comer(role: str, then: set[int], now: set[int], since: int) -> Verdict:
    if now - then or (since > 0 and not then):
        return "begun"
    if now:
        return "leads" if role == LEAD else "there"
    return "not-yet"
