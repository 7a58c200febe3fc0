"""What a coordination meeting asks beside the overlap report: division of labour, years, the view ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from app.queries import meeting, overlap_sheets
from app.queries.overlap_money import Scope
from app.rules.division import (
    Handover,
    JointWork,
    Lead,
    Presence,
    find_handovers,
    find_joint_work,
    propose_leads,
)
from app.rules.follow_agreement import OVER
from app.rules.key_messages import KeyMessage, key_messages
from app.rules.overlap_sums import list_donor_years, sum_years
from app.rules.years import Forward, Running, TimeLine, build_time_line, funded_until, look_forward
from app.services.plan_gaps import PlanLine, PublicPlan, plan_gaps
from app.services.report_overlap import FLOWS, Named, OverlapReport, donors_of_level, kept, report_scope

# More projects than a meeting can talk about, and than a page can look through while somebody waits.
MOST_PROJECTS = 5_000


@dataclass(slots=True)
class Meeting:
    """The sections of a report; `joint`, `leads` and `ahead` None: the report has too many projects for them."""

    messages: list[KeyMessage]
    time_line: TimeLine
    handovers: list[Handover]
    joint: list[JointWork] | None = None
    leads: list[Lead] | None = None
    ahead: Forward | None = None
    partners: dict[int, Named] = field(default_factory=dict)
    plans: list[PublicPlan] = field(default_factory=list)
    plan_lines: list[PlanLine] = field(default_factory=list)
    # Donor -> the oldest and the newest day on which its projects here were last updated.
    ages: dict[int, tuple[date, date]] = field(default_factory=dict)


def report_meeting(connection: Connection, report: OverlapReport, today: date) -> Meeting:
    """The sections of `report`, built once after each change of the data."""
    key = ("meeting", report.asked, report.framework.id, today)
    found: Meeting = kept(connection, key, lambda: _build(connection, report, today))
    return found


def _build(connection: Connection, report: OverlapReport, today: date) -> Meeting:
    asked, figures = report.asked, report.figures
    _, scope = report_scope(connection, asked)
    top = donors_of_level(connection, asked.level)
    made = Meeting(
        key_messages(figures), _time_line(connection, scope, top),
        find_handovers(
            {(cell.country, cell.area, cell.donor): cell.cents for cell in figures.cells},
            report.significance.significant,
        ),
    )  # fmt: skip
    made.plans, made.plan_lines = plan_gaps(connection, scope)
    if figures.projects <= MOST_PROJECTS:
        _add_projects(connection, made, scope, top, today)
    return made


def _time_line(connection: Connection, scope: Scope, top: dict[int, int]) -> TimeLine:
    """Refunds cut off within donor, country and year, as in the report."""
    money = overlap_sheets.read_sums(connection, scope, [scope.flow_type])
    reports = overlap_sheets.read_sums(connection, replace(scope, donors=None), FLOWS)
    reported = {(year, top.get(donor, donor)) for year, donor in list_donor_years(reports, scope.years)}
    return build_time_line(sum_years(money, scope.basis, scope.years, top), reported)


def _add_projects(connection: Connection, made: Meeting, scope: Scope, top: dict[int, int], today: date) -> None:
    rows = meeting.read_presences(connection, scope)
    ids = sorted({row[3] for row in rows})
    partners = meeting.read_partners(connection, ids)
    presences = [
        Presence(country, area, top.get(donor, donor), project, first, last, cents, partners.get(project, frozenset()))
        for country, area, donor, project, first, last, cents in rows
    ]
    made.joint = find_joint_work(presences)
    made.ages = _ages(meeting.read_ages(connection, scope), top)
    years = meeting.read_area_years(connection, scope)
    made.leads = propose_leads((country, area, top.get(donor, donor), *rest) for country, area, donor, *rest in years)
    made.ahead = look_forward(_running(connection, presences, ids), today)
    named = sorted({one for joint in made.joint for one in joint.partners})
    names = meeting.read_organisation_names(connection, named)
    made.partners = {number: Named(*names[number]) for number in named}


def _ages(rows: Mapping[int, tuple[date, date]], top: dict[int, int]) -> dict[int, tuple[date, date]]:
    found: dict[int, tuple[date, date]] = {}
    for donor, (oldest, newest) in rows.items():
        who = top.get(donor, donor)
        known = found.get(who, (oldest, newest))
        found[who] = min(oldest, known[0]), max(newest, known[1])
    return found


def _running(connection: Connection, presences: Sequence[Presence], ids: Sequence[int]) -> list[Running]:
    """The projects that are not over by their own status, with the last day of their funding."""
    projects, promises = meeting.read_ends(connection, ids), meeting.read_promises(connection, ids)
    return [
        Running(
            one.country, one.area, one.donor, one.project,
            funded_until(projects[one.project].end, promises.get(one.project)), one.cents,
        )
        for one in presences
        if one.project in projects and projects[one.project].status not in OVER and one.cents > 0
    ]  # fmt: skip
