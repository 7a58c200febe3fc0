"""The overlap report with all that stands beside it, as JSON and as tables: page, API and command give the same."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.rules.permissions import Viewer
from app.services.agreement_tables import agreements_table
from app.services.list_agreements import AgreementLine, agreement_as_json, list_agreements
from app.services.list_overlap_projects import list_overlap_projects
from app.services.meeting_files import meeting_as_json, meeting_tables
from app.services.overlap_json import overlap_as_json
from app.services.overlap_tables import overlap_tables
from app.services.report_meeting import Meeting, report_meeting
from app.services.report_overlap import OverlapReport
from exports.table import Table


@dataclass(frozen=True, slots=True)
class Beside:
    """What a meeting asks beside the figures, and what it agreed."""

    meeting: Meeting
    agreements: list[AgreementLine]


def read_beside(connection: Connection, viewer: Viewer, report: OverlapReport, today: date) -> Beside:
    """As `viewer` may see it."""
    agreed = list_agreements(connection, viewer, today, report.countries, report.framework.key)
    return Beside(report_meeting(connection, report, today), agreed)


def overlap_document(report: OverlapReport, beside: Beside) -> dict[str, Any]:
    """All of it for scripts."""
    return {
        **overlap_as_json(report), "meeting": meeting_as_json(report, beside.meeting),
        "agreements": [agreement_as_json(line) for line in beside.agreements],
    }  # fmt: skip


def overlap_workbook(connection: Connection, viewer: Viewer, report: OverlapReport, beside: Beside) -> list[Table]:
    """All of it as sheets, with the projects that `viewer` may see."""
    projects = list_overlap_projects(connection, viewer, report.asked, page=None)
    meeting = meeting_tables(report, beside.meeting)
    return [*overlap_tables(report, projects.lines), *meeting, agreements_table(beside.agreements)]
