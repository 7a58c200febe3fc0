"""The projects behind a figure of the overlap report."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.errors import NotFound
from app.models.worded import worded
from app.queries import overlap_projects
from app.queries.frameworks import StoredFramework
from app.queries.overlap_projects import Behind, Contribution, Totals
from app.rules.permissions import Viewer
from app.services.netting_reasons import ShownReason, explain_reasons
from app.services.report_overlap import OverlapFilter, report_scope

PAGE_SIZE = 100
MAPPED, UNMAPPED = "mapped", "unmapped"


@dataclass(slots=True)
class OverlapProjects:
    """One page of contributions, with the reasons of each project and the sums of all pages."""

    framework: StoredFramework
    lines: list[Contribution]
    reasons: dict[int, list[ShownReason]]
    totals: Totals
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.totals.lines // PAGE_SIZE))


def list_overlap_projects(
    connection: Connection, viewer: Viewer, asked: OverlapFilter, area: str = "", page: int | None = 1
) -> OverlapProjects:
    """Projects whose money the report of `asked` counts: all, of one area (its code), 'mapped' or 'unmapped'.

    `page` None: all of them. Raises InvalidInput or NotFound for what does not exist.
    """
    framework, scope = report_scope(connection, asked)
    behind = Behind(scope, _area_id(framework, area), area == MAPPED, area == UNMAPPED)
    limit, offset = (None, 0) if page is None else (PAGE_SIZE, (page - 1) * PAGE_SIZE)
    lines = overlap_projects.read_contributions(connection, viewer, behind, limit, offset)
    ids = sorted({line.activity_id for line in lines})
    stored = overlap_projects.read_reasons(connection, viewer, behind, ids)
    words = explain_reasons(connection, viewer, [one for some in stored.values() for one in some])
    reasons = {
        number: list(dict.fromkeys(reason for one in some for reason in words[one])) for number, some in stored.items()
    }
    totals = overlap_projects.read_contribution_totals(connection, viewer, behind)
    return OverlapProjects(framework, lines, reasons, totals, page or 1)


def _area_id(framework: StoredFramework, code: str) -> int | None:
    if code in ("", MAPPED, UNMAPPED):
        return None
    for area in framework.areas:
        if area.code == code:
            return area.id
    raise NotFound(worded("The framework %(key)s has no area “%(code)s”.", key=framework.key, code=code))
