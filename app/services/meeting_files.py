"""The sections for the meeting as JSON and as tables: the figures of the page."""

from typing import Any

from app.rules.key_messages import KeyMessage
from app.rules.years import Ending, TimeLine
from app.services.overlap_json import money_text
from app.services.overlap_tables import money
from app.services.report_meeting import Meeting
from app.services.report_overlap import OverlapReport
from exports.table import Cell, Table

_DONORS, _MONEY = ("largest", "one", "other"), ("cents", "shared")


def meeting_as_json(report: OverlapReport, meeting: Meeting) -> dict[str, Any]:
    """What the page says beside the report; None: the report has too many projects for it."""
    return {
        "key_messages": [_message(report, one) for one in meeting.messages],
        "time_line": _time_line(report, meeting.time_line),
        "handovers": [
            {
                "country": one.country, "donor": report.donor(one.donor).ref, "amount": money_text(one.cents),
                "share": one.share, "areas": [report.area(area).code for area in one.areas],
                "takers": [report.donor(donor).ref for donor in one.takers],
            }
            for one in meeting.handovers
        ],
        "joint_work": None if meeting.joint is None else [
            {
                "country": one.country, "area": report.area(one.area).code,
                "donors": [report.donor(donor).ref for donor in one.donors], "years": list(one.years),
                "partners": [meeting.partners[number].name for number in one.partners],
                "amount": money_text(one.cents), "projects": one.projects,
            }
            for one in meeting.joint
        ],
        "leads": None if meeting.leads is None else [
            {
                "country": one.country, "area": report.area(one.area).code, "donor": report.donor(one.donor).ref,
                "lowest_share": one.lowest, "mean_share": one.mean, "years": list(one.years), "donors": one.donors,
            }
            for one in meeting.leads
        ],
        "ahead": _ahead(report, meeting),
        "ages": [
            {"donor": report.donor(donor).ref, "oldest": oldest.isoformat(), "newest": newest.isoformat()}
            for donor, (oldest, newest) in meeting.ages.items()
        ],
        "plans": [{"id": one.id, "country": one.country, "title": one.title} for one in meeting.plans],
        "plan_gaps": [
            {
                "country": one.country, "area": report.area(one.area).code, "need": money_text(one.need),
                "amount": money_text(one.funded), "funding_ratio": one.ratio, "linked": money_text(one.linked),
                "open_need": money_text(one.open_need), "status": one.status,
            }
            for one in meeting.plan_lines
        ],
    }  # fmt: skip


def _message(report: OverlapReport, message: KeyMessage) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, value in message.facts.items():
        if name in _DONORS:
            facts[name] = report.donor(value).ref
        elif name in _MONEY:
            facts[name] = money_text(value)
        else:
            facts[name] = report.area(value).code if name == "area" else value
    return {"code": message.code, **facts}


def _time_line(report: OverlapReport, line: TimeLine) -> dict[str, Any]:
    return {
        "compared": list(line.compared), "panel": [report.donor(donor).ref for donor in line.panel],
        "years": [
            {
                "year": one.year, "amount": money_text(one.cents), "donors": one.donors,
                "panel": None if one.of_panel is None else money_text(one.of_panel),
            }
            for one in line.years
        ],
    }  # fmt: skip


def _ahead(report: OverlapReport, meeting: Meeting) -> dict[str, Any] | None:
    ahead = meeting.ahead
    if ahead is None:
        return None
    return {
        "today": ahead.today.isoformat(), "until": ahead.until.isoformat(), "projects": ahead.projects,
        "open_ended": ahead.open_ended,
        "days": [
            {
                "day": one.day.isoformat(), "several": one.several, "single": one.single, "gaps": one.gaps,
                "projects": one.projects,
            }
            for one in ahead.days
        ],
        "endings": [
            {
                "country": one.country, "area": report.area(one.area).code, "day": one.day.isoformat(),
                "now": [report.donor(donor).ref for donor in one.now],
                "after": [report.donor(donor).ref for donor in one.after], "projects": one.projects,
                "amount": money_text(one.cents),
            }
            for one in ahead.endings
        ],
    }  # fmt: skip


def meeting_tables(report: OverlapReport, meeting: Meeting) -> list[Table]:
    """A sheet for each section that the report has."""
    tables = [_plans_table(report, meeting), _years_table(report, meeting.time_line), _handovers_table(report, meeting)]
    if meeting.joint is not None:
        tables.append(_joint_table(report, meeting))
    if meeting.leads is not None:
        tables.append(_leads_table(report, meeting))
    if meeting.ahead is not None:
        tables.append(_endings_table(report, meeting.ahead.endings))
    return tables


def _names(report: OverlapReport, donors: tuple[int, ...]) -> str:
    return ", ".join(report.donor(donor).name for donor in donors)


def _plans_table(report: OverlapReport, meeting: Meeting) -> Table:
    unit = report.currency
    headings = [
        "Country", "Area", "Area title", f"Need ({unit})", f"Amount ({unit})", "Funding ratio", f"Linked ({unit})",
        f"Open need ({unit})", "Status",
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            one.country, report.area(one.area).code, report.area(one.area).title, money(one.need), money(one.funded),
            None if one.ratio is None else round(one.ratio, 6), money(one.linked), money(one.open_need), one.status,
        ]
        for one in meeting.plan_lines
    ]  # fmt: skip
    return Table("Plans", headings, rows)


def _years_table(report: OverlapReport, line: TimeLine) -> Table:
    headings = ["Year", f"All donors ({report.currency})", "Donors", f"Fixed panel ({report.currency})"]
    rows: list[list[Cell]] = [
        [one.year, money(one.cents), one.donors, None if one.of_panel is None else money(one.of_panel)]
        for one in line.years
    ]
    return Table("Years", headings, rows)


def _joint_table(report: OverlapReport, meeting: Meeting) -> Table:
    headings = ["Country", "Area", "Donors", "Years", "Common partners", f"Together ({report.currency})", "Projects"]
    rows: list[list[Cell]] = [
        [
            one.country, report.area(one.area).code, _names(report, one.donors), " ".join(map(str, one.years)),
            ", ".join(meeting.partners[number].name for number in one.partners), money(one.cents), one.projects,
        ]
        for one in meeting.joint or ()
    ]  # fmt: skip
    return Table("Joint work", headings, rows)


def _handovers_table(report: OverlapReport, meeting: Meeting) -> Table:
    headings = ["Country", "Donor", f"Amount ({report.currency})", "Share of the country", "Areas", "Could take over"]
    rows: list[list[Cell]] = [
        [
            one.country, report.donor(one.donor).name, money(one.cents), round(one.share, 6),
            " ".join(report.area(area).code for area in one.areas), _names(report, one.takers),
        ]
        for one in meeting.handovers
    ]  # fmt: skip
    return Table("Handovers", headings, rows)


def _leads_table(report: OverlapReport, meeting: Meeting) -> Table:
    headings = ["Country", "Area", "Donor", "Smallest share", "Mean share", "Years", "Donors"]
    rows: list[list[Cell]] = [
        [
            one.country, report.area(one.area).code, report.donor(one.donor).name, round(one.lowest, 6),
            round(one.mean, 6), " ".join(map(str, one.years)), one.donors,
        ]
        for one in meeting.leads or ()
    ]  # fmt: skip
    return Table("Leads", headings, rows)


def _endings_table(report: OverlapReport, endings: tuple[Ending, ...]) -> Table:
    headings = ["Country", "Area", "Donors now", "Donors then", "Last day", "Projects", f"Amount ({report.currency})"]
    rows: list[list[Cell]] = [
        [
            one.country, report.area(one.area).code, _names(report, one.now), _names(report, one.after), one.day,
            one.projects, money(one.cents),
        ]
        for one in endings
    ]  # fmt: skip
    return Table("Ending", headings, rows)
