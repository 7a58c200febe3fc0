"""What changed between two reports and why: by cell, by project, and for the donors that are in both."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from app.models.allocation import UNNAMED
from app.rules.compare_money import REFUNDS, Effect, Side, explain_money

Key = TypeVar("Key")
CellKey = tuple[str, int, int]  # country, area (0: not known), donor


@dataclass(slots=True)
class Change:
    """An amount then and now, and its difference by reason; the reasons add up to it to the cent."""

    before: int = 0
    after: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        return self.after - self.before

    def add(self, reason: str, cents: int) -> None:
        if cents:
            self.reasons[reason] = self.reasons.get(reason, 0) + cents


@dataclass(slots=True)
class Comparison:
    """`panel`: the donors with money in both reports, and `of_panel` their part; `renamed`: project -> titles."""

    total: Change
    of_panel: Change
    panel: list[int]
    cells: dict[CellKey, Change]
    projects: dict[int, Change]
    effects: list[Effect]
    renamed: dict[int, tuple[str, str]]


def compare_reports(before: Side, after: Side) -> Comparison:
    """Both sides' money, cell by cell and project by project.

    Cells and totals count refunds as the report does: a donor's year below nothing counts 0 (in a cell: of that
    cell; in the total: of that country); what that makes different stands under its own reason. A project's own
    money is not cut off so.
    """
    effects = explain_money(before, after)
    donors = _donors(before) & _donors(after) - {UNNAMED}
    return Comparison(
        _total(before, after, effects),
        _total(before, after, [one for one in effects if one.donor in donors], donors),
        sorted(donors), _cells(before, after, effects), _projects(before, after, effects), effects,
        _renamed(before, after),
    )  # fmt: skip


def _donors(side: Side) -> set[int]:
    return {row.donor for row in side.money.rows if side.counted(row)}


def _total(before: Side, after: Side, effects: Iterable[Effect], donors: set[int] | None = None) -> Change:
    totals, raws = [], []
    for side in (before, after):
        sums: dict[tuple[int, str, int], int] = defaultdict(int)
        for row in side.money.rows:
            if donors is None or row.donor in donors:
                sums[row.donor, row.country, row.year] += side.counted(row)
        totals.append(sum(max(0, cents) for cents in sums.values()))
        raws.append(sum(sums.values()))
    change = Change(totals[0], totals[1])
    for effect in effects:
        change.add(effect.reason, effect.cents)
    change.add(REFUNDS, (totals[1] - raws[1]) - (totals[0] - raws[0]))
    return change


def _cells(before: Side, after: Side, effects: Iterable[Effect]) -> dict[CellKey, Change]:
    found: dict[CellKey, Change] = defaultdict(Change)
    cut: dict[CellKey, int] = defaultdict(int)
    for sign, side in ((-1, before), (1, after)):
        years: dict[tuple[CellKey, int], int] = defaultdict(int)
        for row in side.money.rows:
            years[(row.country, row.area, row.donor), row.year] += side.counted(row)
        for (key, _), cents in years.items():
            change = found[key]
            if sign < 0:
                change.before += max(0, cents)
            else:
                change.after += max(0, cents)
            cut[key] += sign * (max(0, cents) - cents)
    for effect in effects:
        found[effect.country, effect.area, effect.donor].add(effect.reason, effect.cents)
    for key, cents in cut.items():
        found[key].add(REFUNDS, cents)
    return {key: change for key, change in sorted(found.items()) if change.reasons}


def _projects(before: Side, after: Side, effects: Iterable[Effect]) -> dict[int, Change]:
    found: dict[int, Change] = defaultdict(Change)
    for row in before.money.rows:
        found[row.project].before += before.counted(row)
    for row in after.money.rows:
        found[row.project].after += after.counted(row)
    for effect in effects:
        found[effect.project].add(effect.reason, effect.cents)
    return {project: change for project, change in sorted(found.items()) if change.reasons}


def _renamed(before: Side, after: Side) -> dict[int, tuple[str, str]]:
    both = before.money.projects.keys() & after.money.projects.keys()
    titles = {one: (before.money.projects[one].title, after.money.projects[one].title) for one in sorted(both)}
    # A title that is held back now or was then says nothing about a change.
    return {project: pair for project, pair in titles.items() if pair[0] != pair[1] and all(pair)}


def largest_changes(changes: Mapping[Key, Change]) -> list[tuple[Key, Change]]:
    """The changes with the largest differences first; what only moved goes last."""
    return sorted(changes.items(), key=lambda one: -abs(one[1].difference))
