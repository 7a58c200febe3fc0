"""The projects behind a figure of a snapshot, down to the reported amount, its rate and its row in the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import NotFound
from app.models.worded import worded
from app.queries.overlap_projects import Contribution
from app.rules.frozen_money import AREA_UNKNOWN, FrozenMoney, FrozenProject, MoneyRow
from app.services.open_snapshot import OpenedSnapshot, open_money
from app.services.report_overlap import UNNAMED_REF, OverlapReport


@dataclass(slots=True)
class FrozenLine:
    """One donor's money in one project, by year: (gross, net), and the reasons; `project` 0: in all those that not
    everybody may see."""

    project: int
    frozen: FrozenProject
    donor: int
    years: dict[int, tuple[int, int]] = field(default_factory=dict)
    reasons: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def gross(self) -> int:
        return sum(gross for gross, _ in self.years.values())

    @property
    def net(self) -> int:
        return sum(net for _, net in self.years.values())


def list_frozen_projects(
    snapshot: OpenedSnapshot, area: str = "", countries: Sequence[str] = (), donors: Sequence[str] = ()
) -> list[FrozenLine]:
    """Largest first; `area`: its code, 'mapped', 'unmapped' or '' for all. Raises NotFound for an unknown one."""
    report, money = snapshot.report, open_money(snapshot)
    wanted = _areas(report, area)
    refs = {number: report.donor(number).ref for number in {row.donor for row in money.rows}}
    lines: dict[tuple[int, int], FrozenLine] = {}
    for row in money.rows:
        is_there = (not countries or row.country in countries) and (not donors or refs[row.donor] in donors)
        if is_there and (wanted is None or row.area in wanted):
            _add(lines, money, row)
    gross = report.asked.gross
    return sorted(lines.values(), key=lambda one: (-(one.gross if gross else one.net), one.project, one.donor))


def _areas(report: OverlapReport, area: str) -> set[int] | None:
    if area in ("mapped", "unmapped"):
        return set(report.areas) if area == "mapped" else {AREA_UNKNOWN}
    found = {number for number, one in report.areas.items() if one.code == area}
    if area and not found:
        raise NotFound(worded("The report has no area “%(area)s”.", area=area))
    return found or None


def _add(lines: dict[tuple[int, int], FrozenLine], money: FrozenMoney, row: MoneyRow) -> None:
    project = money.projects[row.project]
    # What not everybody may see is one sum for each donor: less than that would say too much of one project.
    number = row.project if project.identifier else 0
    line = lines.setdefault((number, row.donor), FrozenLine(number, project if number else FrozenProject(), row.donor))
    gross, net = line.years.get(row.year, (0, 0))
    line.years[row.year] = (gross + row.gross, net + row.net)
    line.reasons.update(dict.fromkeys(row.reasons))


def contributions(report: OverlapReport, lines: Sequence[FrozenLine]) -> list[Contribution]:
    """The lines as the tables of a report of today have them."""
    found = []
    for one in lines:
        donor = report.donor(one.donor)
        ref, name = (None, None) if donor.ref == UNNAMED_REF else (donor.ref, donor.name)
        years = (min(one.years), max(one.years))
        found.append(
            Contribution(one.project, one.frozen.identifier, one.frozen.title, ref, name, *years, one.gross, one.net)
        )
    return found
