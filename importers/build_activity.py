"""The rows of one project -> its `iati-activity` element, children in the order of the schema of 2.03.

`Start date` without a word on it is the actual start, unless the project is in its pipeline; `End
date` is the planned end, unless the project is over. A region beside a country describes the
country and is kept as a column: as a recipient it would take half of the money.
"""

import re

from lxml import etree

from app.codelists import is_code, match_code
from app.models.record import TESSERA_NS, XML_LANG, Reported
from app.models.worded import worded
from importers.build_flows import build_flows
from importers.build_parties import add_column, add_narrative, add_party, answered_ref
from importers.build_places import add_countries, add_locations, codes_beside
from importers.build_sectors import add_areas, add_markers, add_sectors
from importers.cell_lists import split_list
from importers.clean import is_blank
from importers.headings import Heading
from importers.project_rows import UNREADABLE, Project
from importers.questions import KEEP, answer
from importers.tables import Row
from importers.words import fold, words

_ROLES = {"donor": "1", "accountable": "2", "extending": "3", "implementer": "4"}
_DESCRIPTIONS = {"description": "1", "objectives": "2", "target-groups": "3", "notes": "4"}
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{1,8})*(?= - |$)")  # `km`, `km - Khmer`
_LANGUAGE_TAG = re.compile(r"^\[([a-zA-Z-]{2,8})\] ", re.MULTILINE)
Element = etree._Element


def build_activity(project: Project, reporter: dict[str, str] | None, currency: str = "") -> Reported:
    """Build one activity with its places and issues. `reporter` (ref, name, type) and `currency` stand in
    where no column says.
    """
    activity = etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})
    _set_attributes(project, activity)
    if project.identifier:
        etree.SubElement(activity, "iati-identifier").text = project.identifier
    add_reporter(project, activity, reporter)
    for build in (
        add_texts,
        add_organisations,
        add_status,
        _add_dates,
        add_contact,
        add_countries,
        add_locations,
        add_sectors,
        add_areas,
        add_markers,
    ):
        build(project, activity)
    places = build_flows(project, activity, activity.get("default-currency") or currency)
    add_related(project, activity)
    add_kept(project, activity, set(places))
    xml = etree.tostring(activity, encoding="utf-8")
    return Reported(activity, xml, places=[project.place, *places], partial=True, issues=project.issues)


def _set_attributes(project: Project, activity: Element) -> None:
    if updated := project.single("last-updated"):
        day = updated[0].period(updated[1])
        if day is not None:
            whole = updated[2] if updated[2].startswith(f"{day.start}T") else f"{day.start}T00:00:00Z"
            activity.set("last-updated-datetime", whole)
    if found := project.single("language"):
        code = words("languages").get(fold(found[2])) or (_LANGUAGE.match(found[2]) or [found[2][:2]])[0].lower()
        activity.set(XML_LANG, code)
    if found := project.single("hierarchy"):
        activity.set("hierarchy", found[2])
    for row in project.main_rows:
        code = project.currency_of(row)
        if code not in ("", UNREADABLE) and row.table.kind == "activity":
            activity.set("default-currency", code)
            break


def add_reporter(project: Project, activity: Element, answer: dict[str, str] | None) -> None:
    own = {
        part: found[2] if (found := project.single(name)) else ""
        for part, name in (("ref", "reporter-ref"), ("name", "reporter"), ("type", "reporter-type"))
    }
    chosen = own if own["ref"] or own["name"] else answer
    if chosen and (chosen.get("ref") or chosen.get("name")):
        kind = chosen.get("type") or ""
        secondary = project.single("secondary-reporter")
        attributes = {
            "type": match_code("OrganisationType", kind) or kind,
            "secondary-reporter": "1" if secondary and fold(secondary[2]) in ("yes", "1", "true") else "",
        }
        name = chosen.get("name") or ""
        ref = chosen.get("ref") or (answered_ref(project.rows[0], name) if chosen is own else "")
        add_party(activity, "reporting-org", ref, name, **attributes)


def add_texts(project: Project, activity: Element) -> None:
    titles: dict[str, tuple[Row, Heading, str]] = {}
    for found in project.cells("title"):
        language = found[1].meaning.language
        if language in titles and fold(titles[language][2]) != fold(found[2]):
            project.note_contradiction(titles[language], found)
        titles.setdefault(language, found)
    narratives = [(language, text) for language, (_, _, text) in titles.items()]
    narratives += _in_other_languages(project, "titles-other")
    if narratives:
        title = etree.SubElement(activity, "title")
        for language, text in narratives:
            add_narrative(title, text, language)
    for name, kind in _DESCRIPTIONS.items():
        if name == "description":
            texts = dict.fromkeys((heading.meaning.language, text) for _, heading, text in project.cells(name))
            texts |= dict.fromkeys(_in_other_languages(project, "descriptions-other"))
        else:
            texts = dict.fromkeys(_in_other_languages(project, name))
        if texts:
            description = etree.SubElement(activity, "description", type=kind)
            for language, text in texts:
                add_narrative(description, text, language)


def _in_other_languages(project: Project, name: str) -> list[tuple[str, str]]:
    """Language and text of each part of a cell such as `[en] Water` with a line `[fr] Eau` below it."""
    found: list[tuple[str, str]] = []
    for _, heading, text in project.cells(name):
        untagged, *tagged = _LANGUAGE_TAG.split(text)
        found += [(heading.meaning.language, untagged.strip())] if untagged.strip() else []
        found += [(code.lower(), part.strip()) for code, part in zip(tagged[::2], tagged[1::2], strict=True)]
    return found


# --- organisations, status, dates, contact -------------------------------------------------


def add_organisations(project: Project, activity: Element) -> None:
    found: dict[tuple[str, str, str, str], None] = {}
    for row in project.rows:
        for name, role in _ROLES.items():
            for number in row.table.numbers(name, f"{name}-ref"):
                pairs = _pair_organisations(row.text(f"{name}-ref", number), row.text(name, number))
                pairs = [(ref or answered_ref(row, organisation), organisation) for ref, organisation in pairs]
                kinds = codes_beside(project, row, f"{name}-type", number, len(pairs), "OrganisationType")
                for (ref, organisation), kind in zip(pairs, kinds, strict=True):
                    found.setdefault((role, ref, organisation, kind))
        if row.table.has("participant-role"):
            role_text = row.text("participant-role")
            role = words("roles").get(fold(role_text), role_text.split(" ")[0])
            name = row.text("participant")
            party = role, row.text("participant-ref") or answered_ref(row, name), name, row.text("participant-type")
            if party[1] or party[2]:
                found.setdefault(party)
    for role, ref, organisation, kind in found:
        add_party(activity, "participating-org", ref, organisation, type=kind, role=role)


def _pair_organisations(refs: str, names: str) -> list[tuple[str, str]]:
    """References and names of the same organisations; lists of different length stay apart."""
    ref_list, name_list = (["" if is_blank(one) else one for one in split_list(text)] for text in (refs, names))
    if len(ref_list) == len(name_list):
        return [(ref, "" if name == ref else name) for ref, name in zip(ref_list, name_list, strict=True)]
    return [(ref, "") for ref in ref_list if ref] + [("", name) for name in name_list if name]


def add_status(project: Project, activity: Element) -> None:
    found = project.single("status")
    if found is None:
        return
    row, heading, text = found
    code = (
        words("statuses").get(fold(text))
        or match_code("ActivityStatus", text)
        or match_code("ActivityStatus", text.split(" ")[0])
        or str(answer(row.table.answers, "statuses", text) or "")
    )
    if is_code("ActivityStatus", code):
        etree.SubElement(activity, "activity-status", code=code)
        return
    project.keep(heading, text)
    if code != KEEP:
        row.table.ask("status", ("statuses", text), heading, text)


def _add_dates(project: Project, activity: Element) -> None:
    status = activity.find("activity-status")
    code = status.get("code") if status is not None else ""
    starts, ends = ("1" if code == "1" else "2"), ("4" if code in ("3", "4") else "3")
    fields = {
        "start-planned": "1",
        "start": starts,
        "start-actual": "2",
        "end-planned": "3",
        "end": ends,
        "end-actual": "4",
    }
    dates: dict[str, str] = {}
    for name, kind in fields.items():
        if found := project.single(name):
            day = one_day(found[0], found[1], is_end=name.startswith("end"))
            if day and (len(name) > 5 or kind not in dates):
                dates[kind] = day
    for row, heading, _ in project.cells("date-value"):
        kind_text = row.text("date-type").split(" ")[0]
        day = one_day(row, heading, is_end=kind_text in ("3", "4"))
        if day and kind_text in ("1", "2", "3", "4"):
            dates.setdefault(kind_text, day)
    _note_backwards(project, dates)
    for kind in sorted(dates):
        etree.SubElement(activity, "activity-date", {"iso-date": dates[kind], "type": kind})


def _note_backwards(project: Project, dates: dict[str, str]) -> None:
    """Warn where a project ends before it starts, at the cell of its end."""
    start, end = dates.get("2") or dates.get("1"), dates.get("4") or dates.get("3")
    if not start or not end or end >= start:
        return
    row, heading, _ = next(project.cells("end-actual", "end", "end-planned", "date-value"))
    row.note(
        "warning",
        "dates-backwards",
        worded("The project ends (%(end)s) before it starts (%(start)s); both dates were kept.", end=end, start=start),
        "Correct the one that is wrong.",
        heading,
    )


def one_day(row: Row, heading: Heading, is_end: bool) -> str:
    """The day in a cell; a year or a month alone counts as its first day at a start and its last at an
    end.
    """
    period = row.period(heading)
    if period is None:
        return ""
    if not period.is_day:
        message = (
            worded("“%(heading)s” gives years or months: they were read as their last day.", heading=heading.text)
            if is_end
            else worded("“%(heading)s” gives years or months: they were read as their first day.", heading=heading.text)
        )
        row.table.say_once(
            "info",
            "date-without-day",
            heading,
            message,
            "Give full dates if you have them.",
        )
    return str(period.end if is_end else period.start)


def add_contact(project: Project, activity: Element) -> None:
    found = {
        name: project.single(name)
        for name in ("contact-organisation", "contact-name", "contact-telephone", "contact-email", "website")
    }
    if not any(found.values()):
        return
    contact = etree.SubElement(activity, "contact-info")
    tags = {
        "contact-organisation": "organisation",
        "contact-name": "person-name",
        "contact-telephone": "telephone",
        "contact-email": "email",
        "website": "website",
    }
    for name, cell in found.items():
        if cell is not None:
            element = etree.SubElement(contact, tags[name])
            if name in ("contact-organisation", "contact-name"):
                add_narrative(element, cell[2])
            else:
                element.text = cell[2]


def add_related(project: Project, activity: Element) -> None:
    for row in project.rows:
        if not row.table.has("related"):
            continue
        refs = split_list(row.text("related"))
        kinds = codes_beside(project, row, "related-type", 0, len(refs), "RelatedActivityType")
        for ref, kind in zip(refs, kinds, strict=True):
            related = etree.SubElement(activity, "related-activity", ref=ref)
            if kind:
                related.set("type", kind)


# --- what nobody asked for -----------------------------------------------------------------


def add_kept(project: Project, activity: Element, places: set[str]) -> None:
    """What no field takes, of rows that made no element of their own: an amount or a place keeps its columns itself."""
    for row in project.rows:
        if row.table.kind == "activity" or (row.table.kind != "location" and row.place not in places):
            for heading, text in [*row.filled(""), *row.filled("signed")]:
                project.keep(heading, text)
    for name, text in project.kept:
        add_column(activity, name, text)
