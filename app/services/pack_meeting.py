"""The sections of the meeting pack beside the report: division of labour, what ends, changes, agreements."""

from collections.abc import Sequence

from app.formats import NOTHING, day, isolate, money, number, percent
from app.languages import gettext as _
from app.languages import ngettext
from app.rules.years import Ending
from app.services.compare_snapshots import ComparedSnapshots
from app.services.list_agreements import AgreementLine, PartyLine
from app.services.pack_words import area_name, donor_name, exact, listed, more_lines, place, status_name, years_between
from app.services.report_meeting import Meeting
from app.services.report_overlap import OverlapReport
from exports.meeting_pack import PackSection, PackTable

SHOWN = 12
PLAN_LINES = 60
AGREEMENTS = 60


def meeting_sections(report: OverlapReport, meeting: Meeting) -> list[PackSection]:
    """What the report has anything to say about."""
    sections = [
        _plans(report, meeting),
        _years(meeting),
        _ahead(report, meeting),
        _joint(report, meeting),
        _leads(report, meeting),
    ]
    sections.append(_handovers(report, meeting))
    return [section for section in sections if section is not None]


def _names(report: OverlapReport, donors: Sequence[int]) -> str:
    return listed(donor_name(report, donor) for donor in donors) or NOTHING


def _plans(report: OverlapReport, meeting: Meeting) -> PackSection | None:
    """What is open of public plans; only where there is one."""
    if not meeting.plans:
        return None
    titles = [f"{place(one.country)}: {isolate(one.title)}" for one in meeting.plans]
    fits = [
        _("%(country)s: the money fits the plan to %(fit)s.") % {"country": place(country), "fit": percent(found.value)}
        for country in sorted({one.country for one in meeting.plans})
        if (found := report.plan_fit(country)).value is not None
    ]
    rows = [
        [
            area_name(report, one.area), place(one.country), exact(one.need), exact(one.funded), percent(one.ratio),
            exact(one.linked), exact(one.open_need),
        ]
        for one in meeting.plan_lines[:PLAN_LINES]
    ]  # fmt: skip
    headings = [
        _("Area"), _("Country"), _("Need"), _("Money in the years of the plan"), _("Money by need"), _("Linked to the plan"),
        _("Open need"),
    ]  # fmt: skip
    totals = [
        sum(one) for one in zip(*((x.need, x.funded, x.linked, x.open_need) for x in meeting.plan_lines), strict=True)
    ]
    total = [_("All areas"), "", exact(totals[0]), exact(totals[1]), "", exact(totals[2]), exact(totals[3])]
    text = _(
        "Need is the cost that the country's own budget does not pay. Money is linked where somebody confirmed that "
        "a project serves an action of the plan; the open need is what is left after that."
    )
    table = PackTable(headings, rows, range(2, 7), [2, 1.2, 1.4, 1.6, 0.9, 1.3, 1.4], total=total)
    return PackSection(
        _("Gaps against national plans"), [text, *fits], titles, table, more_lines(meeting.plan_lines[PLAN_LINES:])
    )


def _years(meeting: Meeting) -> PackSection | None:
    line = meeting.time_line
    if not line.years:
        return None
    rows = [
        [isolate(str(one.year)), exact(one.cents), number(one.donors), exact(one.of_panel or 0)] for one in line.years
    ]
    said = {"first": line.compared[0], "last": line.compared[-1], "num": number(len(line.panel))}
    if line.panel:
        text = ngettext(
            "Fewer reporters look like less money. So change is also shown for a fixed panel: %(num)s "
            "donor that reported in every year from %(first)s to %(last)s.",
            "Fewer reporters look like less money. So change is also shown for a fixed panel: the "
            "%(num)s donors that reported in every year from %(first)s to %(last)s.",
            len(line.panel),
        )
    else:
        text = _(
            "No donor reported in every year from %(first)s to %(last)s, so there is no fixed panel to "
            "compare: a change may come from who reported."
        )
    headings = [_("Year"), _("All donors"), _("Donors"), _("Fixed panel")]
    return PackSection(_("Year by year"), [text % said], table=PackTable(headings, rows, range(1, 4), [1, 1, 1, 1]))


def _ahead(report: OverlapReport, meeting: Meeting) -> PackSection | None:
    ahead = meeting.ahead
    if ahead is None or not ahead.projects:
        return None
    last = ahead.days[-1]
    text = _(
        "If nothing new comes, nobody funds %(gaps)s of today's %(cells)s funded areas of countries any "
        "more by %(until)s.") % {
        "gaps": number(last.gaps), "cells": number(last.gaps + last.single + last.several), "until": day(ahead.until),
    }  # fmt: skip
    title, endings = _("Tomorrow's gaps"), ahead.endings
    if not endings:
        return PackSection(title, [text, _("No area loses a donor within this time.")])
    rows = [
        [
            area_name(report, one.area), place(one.country), day(one.day), _then(report, one),
            _names(report, [donor for donor in one.now if donor not in one.after]), exact(one.cents),
        ]
        for one in endings[:SHOWN]
    ]  # fmt: skip
    headings = [
        _("Area"), _("Country"), _("Ends on"), _("Then"), _("Who leaves"), _("Their money in this report"),
    ]  # fmt: skip
    table = PackTable(headings, rows, (5,), [2.4, 1.2, 0, 1, 2.4, 0])
    return PackSection(title, [text], table=table, note=more_lines(endings[SHOWN:]))


def _then(report: OverlapReport, one: Ending) -> str:
    donors = len(one.after)
    if donors < 2:
        return status_name("single donor" if donors else "gap")
    return status_name("shared" if donors <= report.asked.shared_max else "crowded")


def _joint(report: OverlapReport, meeting: Meeting) -> PackSection | None:
    if not meeting.joint:
        return None
    rows = [
        [
            _names(report, one.donors), area_name(report, one.area), place(one.country),
            years_between(one.years[0], one.years[-1]),
            listed(isolate(meeting.partners[partner].name) for partner in one.partners[:3]) or NOTHING, exact(one.cents),
        ]
        for one in meeting.joint[:SHOWN]
    ]  # fmt: skip
    headings = [
        _("Donors"), _("Area"), _("Country"), _("Common years"), _("Common partners"), _("Together"),
    ]  # fmt: skip
    table = PackTable(headings, rows, (5,), [2.4, 2, 1.1, 0, 1.8, 0])
    caution = _("These are questions for the meeting, read off the data; none of them is a verdict.")
    return PackSection(_("Who could work together"), [caution], table=table, note=more_lines(meeting.joint[SHOWN:]))


def _leads(report: OverlapReport, meeting: Meeting) -> PackSection | None:
    if not meeting.leads:
        return None
    rows = [
        [
            area_name(report, one.area), place(one.country), donor_name(report, one.donor), percent(one.lowest),
            percent(one.mean), years_between(one.years[0], one.years[-1]), number(one.donors),
        ]
        for one in meeting.leads[:SHOWN]
    ]  # fmt: skip
    headings = [
        _("Area"), _("Country"), _("Donor"), _("Smallest share"), _("Mean share"), _("Years"), _("Donors"),
    ]  # fmt: skip
    text = _(
        "Proposed is the donor whose share was never small over the last years (up to five) with money in the area."
    )
    table = PackTable(headings, rows, (3, 4, 6), [2.4, 1.2, 2.4, 0, 0, 0, 0])
    return PackSection(_("Who could lead"), [text], table=table, note=more_lines(meeting.leads[SHOWN:]))


def _handovers(report: OverlapReport, meeting: Meeting) -> PackSection | None:
    found = meeting.handovers
    if not found:
        return None
    rows = [
        [
            donor_name(report, one.donor), place(one.country), exact(one.cents), percent(one.share, 1),
            isolate(" ".join(report.area(area).code for area in one.areas)), _names(report, one.takers),
        ]
        for one in found[:SHOWN]
    ]  # fmt: skip
    headings = [
        _("Donor"), _("Country"), _("Amount"), _("Share of the country"), _("Areas"), _("Could take over"),
    ]  # fmt: skip
    text = ngettext(
        "%(num)s relation between a donor and a country is not significant: small for the country, and "
        "no focus of the donor.",
        "%(num)s relations between a donor and a country are not significant: small for the country, "
        "and no focus of the donor.",
        len(found),
    )
    table = PackTable(headings, rows, (2, 3), [2, 1.2, 0, 0, 1, 2.4])
    said = text % {"num": number(len(found))}
    return PackSection(_("What could be handed over"), [said], table=table, note=more_lines(found[SHOWN:]))


def reason_name(reason: str) -> str:
    """Why an amount is another one now."""
    return {
        "new-project": _("new project"), "gone-project": _("project is gone"), "amount": _("other amounts reported"),
        "rate": _("other exchange rate"), "split": _("split otherwise between countries, donors or years"),
        "netting": _("netting of double reports changed"), "mapping": _("areas of the project changed"),
        "scope": _("not asked for in the other report"), "refunds": _("refunds that count as zero changed"),
    }[reason]  # fmt: skip


def changes_section(compared: ComparedSnapshots) -> PackSection:
    """What changed since a snapshot, and why; the projects with the largest changes."""
    found = compared.found
    text = _("Since “%(title)s” of %(day)s: from %(before)s to %(after)s.") % {
        "title": isolate(compared.before.title), "day": day(compared.before.at.date()),
        "before": exact(found.total.before), "after": exact(found.total.after),
    }  # fmt: skip
    points = [f"{reason_name(reason)}: {signed(cents)}" for reason, cents in found.total.reasons.items()]
    changed = sorted(found.projects.items(), key=lambda item: (-abs(item[1].difference), item[0]))
    rows = [
        [
            isolate(compared.project(project).identifier or NOTHING), compared.project(project).title or NOTHING,
            exact(change.before), exact(change.after), listed(reason_name(reason) for reason in change.reasons),
        ]
        for project, change in changed[: 2 * SHOWN]
    ]  # fmt: skip
    headings = [_("Identifier"), _("Title"), _("Then"), _("Now"), _("Why")]
    table = PackTable(headings, rows, (2, 3), [2, 3, 0, 0, 2]) if rows else None
    return PackSection(_("What changed"), [text], points, table, more_lines(changed[2 * SHOWN :]))


def signed(cents: int) -> str:
    return ("+" if cents > 0 else "") + money(cents, 2)


def agreements_section(lines: Sequence[AgreementLine]) -> PackSection:
    """What was agreed, and what the data say since."""
    if not lines:
        return PackSection(_("Agreements"), [_("No agreement about these countries is recorded.")])
    rows = [
        [
            one.row.description, f"{place(one.row.country)}, {_area_of(one)}", _state_of(one), day(one.row.decided_on),
            day(one.row.due), "; ".join(_party(party) for party in one.parties) or NOTHING,
        ]
        for one in lines[:AGREEMENTS]
    ]  # fmt: skip
    headings = [
        _("What was agreed"), _("Where"), _("State"), _("Decided on"), _("Due"), _("What the data say since"),
    ]  # fmt: skip
    table = PackTable(headings, rows, (), [2.6, 1.6, 0, 0, 0, 2.6])
    return PackSection(_("Agreements"), table=table, note=more_lines(lines[AGREEMENTS:]))


def _area_of(line: AgreementLine) -> str:
    return f"{isolate(line.area.code)} {line.area.title}" if line.area else _("all areas")


def _state_of(line: AgreementLine) -> str:
    state = {"open": _("open"), "kept": _("kept"), "dropped": _("dropped")}[line.row.state]
    return f"{state}, {_('late')}" if line.is_late else state


def _party(party: PartyLine) -> str:
    role = {"lead": _("leads"), "join": _("joins"), "leave": _("leaves")}[party.role]
    verdict = {
        "leads": _("has projects there"), "there": _("has projects there, as before"), "begun": _("has begun"),
        "not-yet": _("nothing yet"), "left": _("has left"), "still-there": _("still there, without an end"),
        "leaving": _("still there, until %(day)s") % {"day": day(party.found.until)},
        "was-not-there": _("had no projects there"),
    }[party.found.verdict]  # fmt: skip
    return f"{isolate(party.name)} {role}: {verdict}"
