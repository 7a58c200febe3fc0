"""All that a meeting pack says, in one language and read at one moment: every file of it is made from this."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.formats import day, isolate, moment, money, number
from app.languages import LANGUAGES, LOCALE, RIGHT_TO_LEFT, speaking
from app.languages import gettext as _
from app.queries import overlap_projects
from app.queries.overlap_projects import Behind
from app.rules.permissions import Viewer
from app.services.compare_snapshots import ComparedSnapshots, compare_snapshots
from app.services.list_agreements import AgreementLine, list_agreements
from app.services.pack_meeting import agreements_section, changes_section, meeting_sections
from app.services.pack_pictures import map_section, pictures
from app.services.pack_sections import ANNEX, PackProjects, report_sections
from app.services.pack_words import donor_name, flow_name, listed, place, years_between
from app.services.report_meeting import Meeting, report_meeting
from app.services.report_overlap import OverlapFilter, OverlapReport, report_overlap, report_scope
from app.services.word_message import word_message
from exports.meeting_pack import MeetingPack

PLACES_NAMED = 12
MOST_LISTED = 50_000  # projects in the workbook and as CSV


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What somebody asks a pack for; `since`: the snapshot to say the changes from, if any."""

    asked: OverlapFilter
    locale: str = "en"
    since: int | None = None

    @property
    def language(self) -> str:
        return self.locale if self.locale in LANGUAGES else "en"


@dataclass(frozen=True, slots=True)
class PackContent:
    """The report and what the meeting asks beside it, and the same in words."""

    report: OverlapReport
    meeting: Meeting
    projects: PackProjects
    agreements: list[AgreementLine]
    compared: ComparedSnapshots | None
    pack: MeetingPack


def build_pack(connection: Connection, viewer: Viewer, order: PackOrder, now: datetime) -> PackContent:
    """Raises InvalidInput or NotFound for what does not exist."""
    report = report_overlap(connection, order.asked)
    meeting = report_meeting(connection, report, now.date())
    agreed = list_agreements(connection, viewer, now.date(), report.countries, report.framework.key)
    compared = compare_snapshots(connection, order.since, None) if order.since else None
    with speaking(order.language):
        projects = _read_projects(connection, viewer, order.asked)
        before, after = report_sections(report, projects, meeting.ages)
        sections = [*before, *map_section(report), *meeting_sections(report, meeting)]
        if compared:
            sections.append(changes_section(compared))
        sections += [agreements_section(agreed), *after]
        title = _("Meeting pack: who funds what")
        pack = MeetingPack(
            LOCALE.get(), LOCALE.get() in RIGHT_TO_LEFT, title, _subtitle(report), _facts(report, viewer, now),
            _("Key messages"), _messages(report, meeting), _("Contents"), sections,
            f"Tessera · {_subtitle(report)} · {moment(now)}", _("Page %(page)s of %(pages)s") % {"page": "{0}", "pages": "{1}"},
            pictures(report),
        )  # fmt: skip
    return PackContent(report, meeting, projects, agreed, compared, pack)


def _read_projects(connection: Connection, viewer: Viewer, asked: OverlapFilter) -> PackProjects:
    _framework, scope = report_scope(connection, asked)
    lines = overlap_projects.read_contributions(connection, viewer, Behind(scope), MOST_LISTED)
    shown = sorted({line.activity_id for line in lines[:ANNEX]})
    origins = {
        project: _("by hand") if row.format == "by-hand" else isolate(f"{row.import_id}: {row.file_name}")
        for project, row in overlap_projects.read_origins(connection, viewer, shown).items()
    }
    return PackProjects(lines, overlap_projects.read_contribution_totals(connection, viewer, Behind(scope)), origins)


def _subtitle(report: OverlapReport) -> str:
    """Where and when."""
    places = sorted(map(place, report.countries))
    where = listed(places[:PLACES_NAMED]) or _("no country has money")
    if len(places) > PLACES_NAMED:
        where = _("%(count)s countries and regions") % {"count": number(len(places))}
    if not report.first_year:
        return f"{where}, {_('all years')}"
    return listed([where, years_between(report.first_year, report.last_year or report.first_year)])


def _messages(report: OverlapReport, meeting: Meeting) -> list[str]:
    said = [word_message(message, report) for message in meeting.messages]
    if report.asked.donors:
        said.append(
            _(
                "Only the chosen donors are counted. A gap or a single donor below is one among them: "
                "other donors may be there."
            )
        )
    return [*said, _("An overlap is a question for the meeting, never a proof of duplication.")]


def _facts(report: OverlapReport, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    asked, figures, trust = report.asked, report.figures, report.trust
    basis = _("gross: as reported") if asked.gross else _("net: the same money counts once")
    donors = listed(donor_name(report, n) for n, one in report.donors.items() if one.ref in asked.donors)
    level = _("governments") if asked.level == "government" else _("agencies")
    return [
        (_("Framework"), report.framework.title),
        (_("Money"), f"{flow_name(asked.flow)}; {basis}; {isolate(report.currency)}"),
        (_("Donors as"), f"{level}; {donors}" if donors else level),
        (_("Net"), money(figures.net, 2)), (_("Gross"), money(figures.gross, 2)),
        (_("Projects"), number(figures.projects)), (_("Donors"), number(figures.donors)),
        (_("Area not known"), money(figures.counted - figures.mapped, 2)),
        (_("Reports from"), f"{day(trust.oldest_report)} – {day(trust.newest_report)}"),
        (_("Data version"), str(report.data_version)),
        (_("Made by"), f"{isolate(viewer.name or viewer.email or 'Tessera')}, {moment(now)}"),
    ]  # fmt: skip
